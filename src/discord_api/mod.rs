//! Discord's REST API, as far as the bot uses it: endpoints ([`Discord`]), rate limits, and errors by
//! meaning ([`DiscordError`]). It knows no song and no sentence.

mod attempts;
mod auth;
mod client;
mod endpoints;
mod error;
pub(crate) mod install_links;
mod limits;
mod message;
pub(crate) mod permissions;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod request;
mod response;
mod seen_message;

pub use client::Discord;
pub use endpoints::application::{Application, Installs};
pub use endpoints::callback::{InteractionResponse, ResponseTime, Suggestion};
pub use endpoints::gateway::GatewayBody;
pub use endpoints::inspection::{GuildChannel, JoinedGuild, Overwrite};
pub(crate) use endpoints::messages::PAGE;
pub use error::DiscordError;
pub use limits::priority::Priority;
pub use message::Message;
pub use response::bodies::Posted;
pub(crate) use seen_message::SeenMessage;
