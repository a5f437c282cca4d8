//! What people can do in Discord, and the gateway connection over which they do it.

mod access;
mod admin;
mod autocomplete;
mod bot_state;
mod command_error;
mod commands;
mod components;
mod error_handler;
mod gateway;
mod invoker;
mod names;
mod owners;
mod registration;

pub use access::Access;
pub use bot_state::{BotState, Doctor};
pub use components::PendingDeletions;
pub use gateway::{GatewayError, serve};
pub use names::Names;
pub use owners::Owners;

/// A poise context of this bot.
type Context<'a> = poise::ApplicationContext<'a, BotState, command_error::CommandError>;

/// Every command of the bot.
fn all_commands() -> Vec<poise::Command<BotState, command_error::CommandError>> {
    vec![
        commands::song::song(),
        commands::songs::songs(),
        commands::quota::quota(),
        commands::help::help(),
        commands::my_data::my_data(),
        commands::notify::notify(),
        admin::admin(),
        commands::from_message::song_of_this(),
    ]
}
