//! The routes by which an outcome gets to people, and the order in which they are tried.

use std::time::Duration;

use crate::domain::{
    Delivery, Event, Job, MessageAccess, MessageId, NewMessageTarget, Shown, Timestamp,
};

/// For how long, and how often at least, a route is tried while Discord rejects each attempt: a new
/// code may mean anything, and known ones may come from a short failure.
const REJECTED_FOR: Duration = Duration::from_mins(5);
const REJECTED_TRIES: u32 = 5;
/// For how long the interaction's token is tried alone while that fails: something in front of
/// Discord may block it, and not the channel.
const TOKEN_ALONE_FOR: Duration = Duration::from_mins(1);

/// A route by which an outcome gets to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryRoute {
    /// The interaction's token: anyone who has it can edit the first response for 15 minutes.
    Token,
    /// An edit of the message through its channel.
    Message(MessageId),
    /// A new message. It is to be written down before the first attempt, as [`Event::PostBegins`].
    New(NewMessageTarget),
    /// The same new message once more, after an attempt of unknown outcome that is so recent that
    /// Discord knows its nonce: it makes no second message.
    Again(NewMessageTarget),
    /// To look for the new message, after an attempt of unknown outcome.
    Find(NewMessageTarget),
}

/// The outcome of an attempt by a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteOutcome {
    /// People can see the outcome.
    Delivered(Shown),
    /// There is no such message: a person deleted it, or it never was.
    NoSuchMessage,
    /// This route can't deliver it, but the channel may: a new message is tried.
    Unusable,
    /// The bot has no access by this route: its channel is skipped, too.
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
pub enum NextStep {
    /// The outcome is delivered.
    Delivered(Shown),
    /// This ends the delivery without.
    End(Event),
    /// To try another route at once.
    Try(DeliveryRoute),
    /// To try again later, and to write this down first if there is anything.
    Later(Option<Event>),
}

/// The routes by which Discord has rejected attempts.
#[derive(Clone, Debug, Default)]
pub struct RejectedRoutes(Vec<Rejections>);

#[derive(Clone, Debug)]
struct Rejections {
    route: DeliveryRoute,
    since: Duration,
    count: u32,
}

impl RejectedRoutes {
    /// Takes note of one more such rejection, and says whether the route is to be given up. `at` is
    /// measured by a clock that can't jump.
    pub fn exhausts(&mut self, route: DeliveryRoute, at: Duration) -> bool {
        let known = self.0.iter_mut().find(|rejections| rejections.route == route);
        let Some(rejections) = known else {
            self.0.push(Rejections { route, since: at, count: 1 });
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
    pub fn note(&mut self, route: DeliveryRoute, attempt: RouteOutcome, at: Duration) {
        match (route, attempt) {
            (DeliveryRoute::Token, RouteOutcome::NotNow | RouteOutcome::Unknown) => {
                let since = *self.since.get_or_insert(at);
                self.alternates = at.saturating_sub(since) >= TOKEN_ALONE_FOR;
            }
            (DeliveryRoute::Token, _) => *self = Self::default(),
            _ => self.alternates = false,
        }
    }
}

impl Job {
    /// The other route to the same message, in place of the token, where that has failed for a while:
    /// with every second attempt, so that an outage brings no more requests.
    pub fn detour(&self, route: DeliveryRoute, trouble: TokenTrouble) -> Option<DeliveryRoute> {
        match (route, self.without_token()) {
            (DeliveryRoute::Token, other @ DeliveryRoute::Message(_)) if trouble.alternates => {
                Some(other)
            }
            _ => None,
        }
    }

    /// What to do after an attempt by that route. It closes nothing, and nothing is posted after it:
    /// the token's attempts may have been carried out.
    pub fn after_detour(&self, attempt: RouteOutcome) -> NextStep {
        match attempt {
            RouteOutcome::Delivered(shown) => NextStep::Delivered(shown),
            RouteOutcome::NoSuchMessage => NextStep::End(Event::DeliveryEnded),
            _ => NextStep::Later(None),
        }
    }

    /// Whether its interaction's token is still of use.
    pub fn has_live_token(&self, now: Timestamp) -> bool {
        self.place.token.is_some() && now < self.token_expires_at()
    }

    /// The route to begin with, or to go on with. `recent` says whether this run of the bot has begun
    /// to post the new message, if there is one, so lately that Discord still knows its nonce.
    pub fn first_route(&self, now: Timestamp, recent: bool) -> DeliveryRoute {
        match self.delivery {
            Delivery::Posting(post) if recent => DeliveryRoute::Again(post),
            Delivery::Posting(post) => DeliveryRoute::Find(post),
            _ if self.has_live_token(now) => DeliveryRoute::Token,
            _ => self.without_token(),
        }
    }

    /// What to do after an attempt.
    pub fn next_route(&self, route: DeliveryRoute, attempt: RouteOutcome) -> NextStep {
        match (route, attempt) {
            (_, RouteOutcome::Delivered(shown)) => NextStep::Delivered(shown),
            // The post surely did not happen.
            (DeliveryRoute::New(_), RouteOutcome::NotNow | RouteOutcome::Rejected) => {
                NextStep::Later(Some(Event::PostFailed))
            }
            (_, RouteOutcome::NotNow | RouteOutcome::Rejected | RouteOutcome::Unknown) => {
                NextStep::Later(None)
            }
            (DeliveryRoute::Token, RouteOutcome::Unusable | RouteOutcome::Closed) => {
                NextStep::Try(self.without_token())
            }
            // A message that can't be edited any more does not keep a new one from being posted:
            // that opens an archived thread again, unless it is locked (Discord docs, Threads).
            (DeliveryRoute::Message(_), RouteOutcome::Unusable) => {
                NextStep::Try(DeliveryRoute::New(NewMessageTarget::InChannel))
            }
            (DeliveryRoute::Message(_), RouteOutcome::Closed)
            | (DeliveryRoute::New(NewMessageTarget::InChannel), _) => {
                NextStep::Try(DeliveryRoute::New(NewMessageTarget::Direct))
            }
            // An earlier attempt may have been carried out all the same.
            (DeliveryRoute::Again(post), _) => NextStep::Try(DeliveryRoute::Find(post)),
            (DeliveryRoute::Find(post), RouteOutcome::NoSuchMessage) => {
                NextStep::Try(DeliveryRoute::New(post))
            }
            // What a person deleted stays deleted; where the bot may not look, it gives up rather
            // than post twice; and behind closed direct messages no route is left.
            (DeliveryRoute::Token | DeliveryRoute::Message(_), RouteOutcome::NoSuchMessage)
            | (DeliveryRoute::Find(_) | DeliveryRoute::New(NewMessageTarget::Direct), _) => {
                NextStep::End(Event::DeliveryEnded)
            }
        }
    }

    fn without_token(&self) -> DeliveryRoute {
        match (self.place.access, self.message) {
            (MessageAccess::Channel, Some(id)) => DeliveryRoute::Message(id),
            (MessageAccess::Channel, None) => DeliveryRoute::New(NewMessageTarget::InChannel),
            (MessageAccess::TokenOnly, _) => DeliveryRoute::New(NewMessageTarget::Direct),
        }
    }
}

#[cfg(test)]
mod tests;
