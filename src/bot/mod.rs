//! What people can do in Discord, and the gateway connection over which they do it.

mod access;
mod admin;
mod autocomplete;
mod bot_state;
mod components;
mod deletion;
mod error_handler;
mod errors;
mod from_message;
mod gateway;
mod help;
mod invoker;
mod my_data;
mod names;
mod notify;
mod owners;
mod pending_deletions;
mod quota;
mod readable;
mod registration;
mod shown;
mod song;
mod songs;

pub use access::Access;
pub use bot_state::BotState;
pub use gateway::{GatewayError, serve};
pub use names::Names;
pub use owners::Owners;
pub use pending_deletions::PendingDeletions;

/// A poise context of this bot.
type Context<'a> = poise::ApplicationContext<'a, BotState, errors::CommandError>;

/// Every command of the bot.
fn commands() -> Vec<poise::Command<BotState, errors::CommandError>> {
    vec![
        song::song(),
        songs::songs(),
        quota::quota(),
        help::help(),
        my_data::my_data(),
        notify::notify(),
        admin::admin(),
        from_message::song_of_this(),
    ]
}
