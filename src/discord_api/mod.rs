//! Discord's REST API, as far as the bot uses it: endpoints ([`Discord`]), rate limits, and errors by
//! meaning ([`DiscordError`]). It knows no song and no sentence.

mod application;
mod attempts;
mod auth;
mod callback;
mod client;
mod error;
mod gateway;
mod inspection;
mod limits;
mod message;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod request;
mod response;
mod seen_message;

pub use application::{Application, Installs};
pub use callback::{AnswerTime, Reply, Suggestion};
pub use client::Discord;
pub(crate) use client::PAGE;
pub use error::DiscordError;
pub use gateway::GatewayAnswer;
pub use inspection::{GuildChannel, JoinedGuild, Overwrite};
pub use limits::priority::Priority;
pub use message::Message;
pub use response::answers::Posted;
pub(crate) use seen_message::SeenMessage;
