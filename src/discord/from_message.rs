//! "Make a song of this", in a message's menu.

use super::{Context, asker::Asker, errors::CommandError};
use crate::{
    delivery::{Reply, prompt_form},
    domain::Action,
};

/// Opens a form with the message's text as the prompt, to be adjusted before a song is asked for.
/// Its name is [`MAKE_SONG_OF_THIS`](crate::delivery::sentences::MAKE_SONG_OF_THIS).
#[poise::command(
    context_menu_command = "Make a song of this",
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(super) async fn song_of_this(
    context: Context<'_>,
    message: serenity::all::Message,
) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let asker = Asker::of_command(context.interaction);
    // Nobody should write a prompt in vain.
    front.check(&asker)?;
    let action = Action::Compose { origin: None, reach: asker.place.reach };
    front.answer(&asker, &Reply::Form(prompt_form(action, &message.content))).await;
    Ok(())
}
