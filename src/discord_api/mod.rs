//! Discord's REST API, as far as the bot uses it: endpoints ([`Discord`]), rate limits, and errors by
//! meaning ([`DiscordError`]). It knows no song and no sentence.

mod answers;
mod application;
mod attempts;
mod auth;
mod callback;
mod client;
mod codes;
mod error;
mod gateway;
mod inspection;
mod invalid;
mod limiter;
mod message;
mod priority;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod read;
mod request;
mod response;
mod seen_message;

pub use answers::Posted;
pub use application::{Application, Installs};
pub use callback::{AnswerTime, Reply, Suggestion};
pub use client::Discord;
pub(crate) use client::PAGE;
pub use error::DiscordError;
pub use gateway::GatewayAnswer;
pub use inspection::{GuildChannel, JoinedGuild, Overwrite};
pub use message::Message;
pub use priority::Priority;
pub(crate) use seen_message::SeenMessage;
