//! The ways by which an outcome gets to people, and the order in which they are tried.

use std::time::Duration;

use super::{Delivery, Event, Job, MessageId, Reach, Shown, Timestamp};

/// For how long, and how often at least, a way is tried while Discord rejects each attempt: a new
/// code may mean anything, and known ones may come from a short failure.
const REJECTED_FOR: Duration = Duration::from_mins(5);
const REJECTED_TRIES: u32 = 5;
/// For how long the interaction's token is tried alone while that fails: something in front of
/// Discord may block it, and not the channel.
const TOKEN_ALONE_FOR: Duration = Duration::from_mins(1);

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
    /// Discord will not have it by an edit, or has rejected it for too long.
    Unfit,
    /// The way is closed for good.
    Closed,
    /// It surely was not carried out; another time it may be.
    NotNow,
    /// Discord rejected it: its content in every form, or for a reason that the bot doesn't know.
    Rejected,
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

/// The ways by which Discord has rejected attempts.
#[derive(Clone, Debug, Default)]
pub struct RejectedWays(Vec<Rejections>);

#[derive(Clone, Debug)]
struct Rejections {
    way: Way,
    since: Duration,
    count: u32,
}

impl RejectedWays {
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
        rejections.count >= REJECTED_TRIES && lasted >= REJECTED_FOR
    }
}

/// Whether the interaction's token keeps failing, for reasons that may concern it alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenTrouble {
    since: Option<Duration>,
    alternates: bool,
}

impl TokenTrouble {
    /// Takes note of what came of an attempt. `at` is measured by a clock that can't jump.
    pub fn note(&mut self, way: Way, attempt: Attempt, at: Duration) {
        match (way, attempt) {
            (Way::Token, Attempt::NotNow | Attempt::Unknown) => {
                let since = *self.since.get_or_insert(at);
                self.alternates = at.saturating_sub(since) >= TOKEN_ALONE_FOR;
            }
            (Way::Token, _) => *self = Self::default(),
            _ => self.alternates = false,
        }
    }
}

impl Job {
    /// The other way to the same message, in place of the token, where that has failed for a while:
    /// with every second attempt, so that an outage brings no more requests.
    pub fn detour(&self, way: Way, trouble: TokenTrouble) -> Option<Way> {
        match (way, self.without_token()) {
            (Way::Token, other @ Way::Message(_)) if trouble.alternates => Some(other),
            _ => None,
        }
    }

    /// What to do after an attempt by that way. It closes nothing, and nothing is posted after it:
    /// the token's attempts may have been carried out.
    pub fn after_detour(&self, attempt: Attempt) -> Next {
        match attempt {
            Attempt::Stands(shown) => Next::Delivered(shown),
            Attempt::Missing => Next::End(Event::DeliveryEnded),
            _ => Next::Later(None),
        }
    }

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
            (Way::New(_), Attempt::NotNow | Attempt::Rejected) => {
                Next::Later(Some(Event::PostFailed))
            }
            (_, Attempt::NotNow | Attempt::Rejected | Attempt::Unknown) => Next::Later(None),
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
    use crate::domain::{JobId, UserId, fixtures};

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

    #[test]
    fn every_second_attempt_goes_by_the_channel_once_the_token_has_failed_for_a_minute() {
        let mut job = fixtures::job(JobId(1), UserId(2));
        (job.place.reach, job.message) = (Reach::Channel, Some(MessageId(9)));
        let other = Some(Way::Message(MessageId(9)));
        let mut trouble = TokenTrouble::default();
        for at in [0, 30, 59] {
            trouble.note(Way::Token, Attempt::Unknown, Duration::from_secs(at));
            assert_eq!(job.detour(Way::Token, trouble), None, "{at}");
        }
        for at in [60, 90] {
            trouble.note(Way::Token, Attempt::NotNow, Duration::from_secs(at));
            assert_eq!(job.detour(Way::Token, trouble), other);
            assert_eq!(job.detour(Way::New(Post::Direct), trouble), None);
            let unreachable = Job { message: None, ..job.clone() };
            assert_eq!(unreachable.detour(Way::Token, trouble), None, "nothing is posted");
            trouble.note(Way::Message(MessageId(9)), Attempt::Unknown, Duration::from_secs(at));
            assert_eq!(job.detour(Way::Token, trouble), None);
        }
        trouble.note(Way::Token, Attempt::Rejected, Duration::from_secs(95));
        trouble.note(Way::Token, Attempt::Unknown, Duration::from_secs(99));
        assert_eq!(job.detour(Way::Token, trouble), None, "it answered meanwhile");
        for attempt in [Attempt::Closed, Attempt::Unfit, Attempt::Rejected, Attempt::Unknown] {
            assert_eq!(job.after_detour(attempt), Next::Later(None));
        }
    }

    proptest! {
        /// No way is given up soon, or after few tries; one that is rejected for good is.
        #[test]
        fn a_way_is_given_up_after_minutes_of_rejections(
            attempts in prop::collection::vec((any_way(), 0..90_u64), 1..200),
        ) {
            let (mut rejected, mut now) = (RejectedWays::default(), Duration::ZERO);
            let mut seen: Vec<(Way, Duration)> = Vec::new();
            for (way, pause) in attempts {
                now += Duration::from_secs(pause);
                seen.push((way, now));
                let of_way: Vec<_> = seen.iter().filter(|(other, _)| *other == way).collect();
                let lasted = now.saturating_sub(of_way[0].1);
                let expected = of_way.len() >= 5 && lasted >= Duration::from_mins(5);
                prop_assert_eq!(rejected.exhausts(way, now), expected);
            }
        }
    }
}
