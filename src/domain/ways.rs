//! The ways by which an outcome gets to people, and the order in which they are tried.

use super::{Delivery, Event, Job, MessageId, Reach, Shown, Timestamp};

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
            (Way::New(_), Attempt::NotNow) => Next::Later(Some(Event::PostFailed)),
            (_, Attempt::NotNow | Attempt::Unknown) => Next::Later(None),
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
