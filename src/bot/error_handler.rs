//! Errors of poise's commands: a sentence for the person, the cause for the log.

use std::borrow::Cow;

use futures_util::future::BoxFuture;
use poise::FrameworkError;
use tracing::{error, info, warn};

use super::{BotState, command_error::CommandError, invoker::Invoker};
use crate::messages::text;

/// Tells the person, and the log where the bot's owner has to act.
pub(super) fn handle(error: FrameworkError<'_, BotState, CommandError>) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let sentence = match &error {
            FrameworkError::Command { error, .. }
                if !matches!(error, CommandError::NoSubcommand) =>
            {
                error.reported()
            }
            FrameworkError::CommandPanic { .. } => {
                // The panic's own message may hold anything; the panic hook has printed it.
                error!("command handler panicked");
                Cow::Borrowed(text::UNFORESEEN)
            }
            FrameworkError::ArgumentParse { .. } => {
                // Discord checks options against their limits; a client that has missed a change
                // of them doesn't.
                info!(command = name(&error), "an option has a value that can't be used");
                Cow::Borrowed(text::BAD_OPTION)
            }
            other => {
                let (command, kind) = (name(other), kind(other));
                warn!(
                    command,
                    kind, "a command came with other options than ours; a restart registers ours"
                );
                Cow::Borrowed(text::COMMAND_CHANGED)
            }
        };
        let (state, interaction) = match &error {
            FrameworkError::UnknownInteraction { framework, interaction, .. } => {
                (framework.user_data, *interaction)
            }
            other => match other.ctx() {
                Some(poise::Context::Application(context)) => {
                    (context.framework.user_data, context.interaction)
                }
                _ => return,
            },
        };
        state.reply_ephemeral(&Invoker::of_command(interaction), &sentence).await;
    })
}

/// The command's name.
fn name(error: &FrameworkError<'_, BotState, CommandError>) -> String {
    match error {
        // Its first word is one of ours.
        FrameworkError::UnknownInteraction { interaction, .. } => interaction.data.name.clone(),
        other => {
            let name = other.ctx().map(|context| context.command().qualified_name.to_string());
            name.unwrap_or_default()
        }
    }
}

/// Poise's errors by name: their texts can hold what people typed.
fn kind(error: &FrameworkError<'_, BotState, CommandError>) -> &'static str {
    match error {
        FrameworkError::Command { .. } => "no subcommand",
        FrameworkError::CommandStructureMismatch { .. } => "structure",
        FrameworkError::UnknownInteraction { .. } => "unknown command",
        _ => "other",
    }
}
