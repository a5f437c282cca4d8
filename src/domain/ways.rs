//! The ways by which an outcome gets to people, and the order in which they are tried.

use std::time::Duration;

use super::{Delivery, Event, Job, MessageId, Reach, Shown, Timestamp};

/// For how long, and how often at least, a way is tried while Discord rejects each attempt for a
/// reason that the bot doesn't know: a new code may mean anything, a short failure too.
const UNEXPLAINED_FOR: Duration = Duration::from_mins(5);
const UNEXPLAINED_TRIES: u32 = 5;

/// A new message in place of one that can't be edited: where it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// In the channel where the song was asked for.
    InChannel,
    /// To its requester directly.
    Direct,
}

/// A way by which an outcome gets to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The interaction's token: whoever has it can edit the first answer for 15 minutes.
    Token,
    /// An edit of the message through its channel.
    Message(MessageId),
    /// A new message. It is to be written down before the first attempt, as [`Event::PostBegins`].
    New(Post),
    /// The same new message once more, after an attempt of unknown fate that is so recent that
    /// Discord knows its nonce: it makes no second message.
    Again(Post),
    /// To look for the new message, after an attempt of unknown fate.
    Find(Post),
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The outcome is where people can see it.
    Stands(Shown),
    /// There is no such message: a person deleted it, or it never was.
    Missing,
    /// Discord will not have it in this form, or not by an edit.
    Unfit,
    /// The way is closed for good.
    Closed,
    /// It surely was not carried out; another time it may be.
    NotNow,
    /// It surely was not carried out, for a reason that the bot doesn't know.
    Unexplained,
    /// Nobody knows whether it was carried out.
    Unknown,
}

/// What to do after an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// The outcome is delivered.
    Delivered(Shown),
    /// This ends the delivery without.
    End(Event),
    /// To try another way at once.
    Try(Way),
    /// To try again later, and to write this down first if there is anything.
    Later(Option<Event>),
}

/// The ways by which Discord has rejected attempts for reasons that the bot doesn't know.
#[derive(Clone, Debug, Default)]
pub struct Unexplained(Vec<Rejections>);

#[derive(Clone, Debug)]
struct Rejections {
    way: Way,
    since: Duration,
    count: u32,
}

impl Unexplained {
    /// Takes note of one more such rejection, and says whether the way is to be given up. `at` is
    /// measured by a clock that can't jump.
    pub fn exhausts(&mut self, way: Way, at: Duration) -> bool {
        let known = self.0.iter_mut().find(|rejections| rejections.way == way);
        let Some(rejections) = known else {
            self.0.push(Rejections { way, since: at, count: 1 });
            return false;
        };
        rejections.count = rejections.count.saturating_add(1);
        let lasted = at.saturating_sub(rejections.since);
        rejections.count >= UNEXPLAINED_TRIES && lasted >= UNEXPLAINED_FOR
    }
}

impl Job {
    /// Whether its interaction's token is still of use.
    pub fn has_live_token(&self, now: Timestamp) -> bool {
        self.place.token.is_some() && now < self.token_expires_at()
    }

    /// The way to begin with, or to go on with. `recent` says whether this run of the bot has begun
    /// to post the new message, if there is one, so lately that Discord still knows its nonce.
    pub fn first_way(&self, now: Timestamp, recent: bool) -> Way {
        match self.delivery {
            Delivery::Posting(post) if recent => Way::Again(post),
            Delivery::Posting(post) => Way::Find(post),
            _ if self.has_live_token(now) => Way::Token,
            _ => self.without_token(),
        }
    }

    /// What to do after an attempt.
    pub fn next_way(&self, way: Way, attempt: Attempt) -> Next {
        match (way, attempt) {
            (_, Attempt::Stands(shown)) => Next::Delivered(shown),
            // Nothing hangs over the job that began with this attempt.
            (Way::New(_), Attempt::NotNow | Attempt::Unexplained) => {
                Next::Later(Some(Event::PostFailed))
            }
            (_, Attempt::NotNow | Attempt::Unexplained | Attempt::Unknown) => Next::Later(None),
            (Way::Token, Attempt::Unfit | Attempt::Closed) => Next::Try(self.without_token()),
            // A message that can't be edited any more does not keep a new one from being posted:
            // that opens an archived thread again, unless it is locked (Discord docs, Threads).
            (Way::Message(_), Attempt::Unfit) => Next::Try(Way::New(Post::InChannel)),
            (Way::Message(_), Attempt::Closed) | (Way::New(Post::InChannel), _) => {
                Next::Try(Way::New(Post::Direct))
            }
            // An earlier attempt may stand all the same.
            (Way::Again(post), _) => Next::Try(Way::Find(post)),
            (Way::Find(post), Attempt::Missing) => Next::Try(Way::New(post)),
            // What a person deleted stays deleted; where the bot may not look, it gives up rather
            // than post twice; and behind closed direct messages no way is left.
            (Way::Token | Way::Message(_), Attempt::Missing)
            | (Way::Find(_) | Way::New(Post::Direct), _) => Next::End(Event::DeliveryEnded),
        }
    }

    fn without_token(&self) -> Way {
        match (self.place.reach, self.message) {
            (Reach::Channel, Some(id)) => Way::Message(id),
            (Reach::Channel, None) => Way::New(Post::InChannel),
            (Reach::TokenOnly, _) => Way::New(Post::Direct),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_way() -> impl Strategy<Value = Way> {
        let post = prop_oneof![Just(Post::InChannel), Just(Post::Direct)];
        prop_oneof![
            Just(Way::Token),
            Just(Way::Message(MessageId(9))),
            post.clone().prop_map(Way::New),
            post.clone().prop_map(Way::Again),
            post.prop_map(Way::Find),
        ]
    }

    proptest! {
        /// No way is given up soon, or after few tries; one that is rejected for good is.
        #[test]
        fn a_way_is_given_up_after_minutes_of_unexplained_rejections(
            attempts in prop::collection::vec((any_way(), 0..90_u64), 1..200),
        ) {
            let (mut unexplained, mut now) = (Unexplained::default(), Duration::ZERO);
            let mut seen: Vec<(Way, Duration)> = Vec::new();
            for (way, pause) in attempts {
                now += Duration::from_secs(pause);
                seen.push((way, now));
                let of_way: Vec<_> = seen.iter().filter(|(other, _)| *other == way).collect();
                let lasted = now.saturating_sub(of_way[0].1);
                let expected = of_way.len() >= 5 && lasted >= Duration::from_mins(5);
                prop_assert_eq!(unexplained.exhausts(way, now), expected);
            }
        }
    }
}
