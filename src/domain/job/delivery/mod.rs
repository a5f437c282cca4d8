//! How an outcome reaches people, and what its requester gets afterwards.

mod due_follow_ups;
mod follow_ups;
mod new_message_target;
mod route;

pub use follow_ups::{FollowUpSettings, FollowUps, Shown};
pub use new_message_target::NewMessageTarget;
pub use route::{DeliveryRoute, NextStep, RejectedRoutes, RouteOutcome, TokenTrouble};

/// How far a job's outcome has come on its way to Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not there yet.
    Pending,
    /// A new message is about to be, or may have been, posted: what came of it is not known.
    Posting(NewMessageTarget),
    /// People can see it.
    Delivered,
    /// Every way was tried, or a person deleted the message: it stays undelivered.
    Undeliverable,
}
