//! What is suggested while somebody types a command's option. It is answered here and not by
//! poise, which would use serenity's HTTP client.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use serenity::all::{CommandInteraction, Interaction};
use tokio::time::{Instant, timeout};
use tracing::{debug, error, warn};

use super::{BotState, invoker::Invoker};
use crate::{
    discord_api::{DiscordError, InteractionResponse, Suggestion},
    domain::{Job, Page, Search},
    messages::suggestions,
    store::StoreError,
};

/// Suggestions that come later than this help nobody: the next letter is typed by then.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// Of that, this much may go into asking what people are called.
const NAMES: Duration = Duration::from_millis(600);

/// Of the songs under way, these are looked at to find those in line.
const WAITING: Page = Page { number: 1, size: 200 };

/// Answers an interaction, if somebody is typing; `false` if it is another's to answer. Whatever
/// goes wrong, there are just no suggestions.
pub(super) async fn handle(state: &BotState, interaction: &Interaction) -> bool {
    let Interaction::Autocomplete(typing) = interaction else { return false };
    let invoker = Invoker::of_command(typing);
    let work = AssertUnwindSafe(suggest(state, &invoker, typing)).catch_unwind();
    let choices = match timeout(LOOK_UP_TIMEOUT, work).await {
        Ok(Ok(Ok(choices))) => choices,
        Ok(Ok(Err(cause))) => {
            warn!(%cause, "the database failed; nothing is suggested");
            Vec::new()
        }
        Ok(Err(_panic)) => {
            error!("autocomplete handler panicked");
            Vec::new()
        }
        Err(_late) => Vec::new(),
    };
    let reply = InteractionResponse::Autocomplete(choices);
    if let Err(error) =
        state.discord.create_response(invoker.interaction, &invoker.token, &reply).await
    {
        debug!(%error, "autocomplete response failed");
        if error == DiscordError::AcknowledgedElsewhere {
            state.jobs.acknowledged_elsewhere(invoker.interaction);
        }
    }
    true
}

async fn suggest(
    state: &BotState,
    invoker: &Invoker,
    typing: &CommandInteraction,
) -> Result<Vec<Suggestion>, StoreError> {
    let Some(option) = typing.data.autocomplete() else { return Ok(Vec::new()) };
    let typed = Search::new(option.value);
    match (typing.data.name.as_str(), option.name) {
        ("song", "prompt") => Ok(suggestions::prompts(
            &state.jobs.store().recent_prompts(invoker.user).await?,
            &typed,
        )),
        ("songs", "show") => {
            Ok(suggestions::songs(&state.jobs.songs_of(invoker.user).await?, &typed))
        }
        // A moderator's look reaches no further than their server. Whatever is sent in the end is
        // checked again.
        ("admin", "song") => match invoker.place.guild {
            Some(guild) => {
                let mut open = state.jobs.store().open_jobs(Some(guild), WAITING).await?.items;
                open.retain(Job::awaits_turn);
                let people = open.iter().map(|job| job.requester);
                state.names.learn(guild, people, Instant::now() + NAMES).await;
                let name = |job: &Job| state.names.of_member(guild, job.requester);
                Ok(suggestions::waiting(&open, &typed, name))
            }
            None => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}
