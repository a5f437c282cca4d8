//! `/song`.

use super::{Context, asker::Asker, errors::CommandError};

/// Make a song from a few words
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(super) async fn song(
    context: Context<'_>,
    #[description = "What the song should be like: style, mood, topic"]
    #[min_length = 1]
    #[max_length = 1000]
    prompt: String,
) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    front.ask(&Asker::of_command(context.interaction), &prompt, None).await
}
