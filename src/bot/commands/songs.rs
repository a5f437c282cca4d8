//! `/songs`.

use serenity::builder::CreateAutocompleteResponse;

use crate::{
    bot::{
        BotState, Context,
        command_error::{CommandError, in_time},
        invoker::Invoker,
    },
    discord_api::InteractionResponse,
    domain::Search,
    jobs::MeantSong,
    messages::text,
};

/// Look through your songs, or show one again
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(in crate::bot) async fn songs(
    context: Context<'_>,
    #[description = "Only songs with these words in their prompt, title or tags"]
    #[max_length = 40]
    search: Option<String>,
    #[description = "A song to show again right here, for everybody"]
    #[max_length = 100]
    #[autocomplete = "suggested"]
    show: Option<String>,
) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    if let Some(song) = show {
        return show_again(state, &invoker, &song).await;
    }
    let search = Search::new(search.as_deref().unwrap_or_default());
    let message = in_time(state.jobs.listing(invoker.user, &search, 0)).await?;
    state.respond(&invoker, &InteractionResponse::Message(message)).await;
    Ok(())
}

/// Posts a finished song once more; where its user could not ask for it, only they see it. A choice's
/// value can be forged: only their own is found.
async fn show_again(state: &BotState, invoker: &Invoker, typed: &str) -> Result<(), CommandError> {
    let (person, guild) = (invoker.user, invoker.place.guild);
    let found = in_time(state.jobs.meant_song(person, typed)).await?;
    let job = match found {
        MeantSong::One(job) => job,
        MeantSong::None => return Err(CommandError::declined(text::NO_SUCH_SONG)),
        MeantSong::Several(count, list) => {
            let message = list.for_one(&text::several_songs(count));
            state.respond(invoker, &InteractionResponse::Message(message)).await;
            return Ok(());
        }
    };
    let (message, restriction) = in_time(state.jobs.shown_again(&job, guild)).await?;
    let not_here = state.access.check(guild).err();
    let shown = match not_here.or(restriction.map(text::not_public)) {
        Some(why) => message.for_one(why),
        None => message,
    };
    match state.respond_with_message(invoker, &shown).await {
        Err(error) if error.is_rejection() => Err(CommandError::declined(text::SONG_NOT_SHOWN)),
        Err(_unknown) => Ok(()),
        Ok(posted) => {
            state.jobs.attach_again(*job, invoker.interaction, invoker.place.clone(), posted);
            Ok(())
        }
    }
}

/// Never asked: what is typed is answered by `autocomplete`, before poise sees it. It is here so that
/// Discord is told to ask at all.
pub(in crate::bot) async fn suggested(_: Context<'_>, _: &str) -> CreateAutocompleteResponse {
    CreateAutocompleteResponse::new()
}
