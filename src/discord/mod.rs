//! The front door: what people can do in Discord, and the connection over which they do it.

mod access;
mod admin;
mod asker;
mod clicks;
mod connection;
mod errors;
mod front;
mod gateway;
mod notify;
mod owners;
mod registration;
mod song;

pub use access::Access;
pub use front::Front;
pub use gateway::{GatewayError, serve};
pub use owners::Owners;

/// A poise context of this bot.
type Context<'a> = poise::ApplicationContext<'a, Front, errors::CommandError>;
type Framework = poise::Framework<Front, errors::CommandError>;

/// Every command of the bot.
fn commands() -> Vec<poise::Command<Front, errors::CommandError>> {
    vec![song::song(), notify::notify(), admin::admin()]
}
