//! Discord's REST API, as far as the bot uses it: endpoints ([`Discord`]), rate limits, and errors by
//! meaning ([`DiscordError`]). It knows no song and no sentence.

pub(crate) mod answers;
mod application;
mod attempts;
mod auth;
pub(crate) mod callback;
mod client;
mod codes;
mod error;
mod gateway;
mod invalid;
mod limiter;
pub(crate) mod message;
mod priority;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
pub(crate) mod read;
pub(crate) mod request;
pub(crate) mod response;
mod seen_message;

pub use answers::Posted;
pub use application::Application;
pub(crate) use auth::Auth;
pub use callback::{AnswerTime, Reply, Suggestion};
pub use client::Discord;
pub(crate) use client::PAGE;
pub use error::DiscordError;
pub use gateway::GatewayAnswer;
pub use message::Message;
pub use priority::Priority;
pub(crate) use seen_message::SeenMessage;
