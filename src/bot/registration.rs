//! Telling Discord which commands there are.

use std::time::Duration;

use serde_json::Value;
use serenity::builder::CreateCommand;
use tracing::{error, info, warn};

use crate::{
    discord_api::{Discord, DiscordError},
    domain::ApplicationId,
    jobs::{Backoff, rounded},
};

/// The most commands of one kind are there (Discord docs, JSON Error Codes),
const TOO_MANY: u64 = 30_032;
/// and the 200 that may be created in a day were (Discord docs, Registering a Command).
const DAILY_CREATIONS: u64 = 30_034;

/// Registers the commands everywhere, unless Discord has them already, and tries until Discord has
/// them.
pub(super) async fn register(
    discord: &Discord,
    application: ApplicationId,
    commands: &[CreateCommand],
) {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(10));
    loop {
        match try_register(discord, application, commands).await {
            Ok(true) => return info!("the commands are registered"),
            Ok(false) => return info!("the commands are registered already"),
            Err(error) => {
                let wait = least_wait(&error).max(backoff.next());
                tell(&error, wait);
                tokio::time::sleep(wait).await;
            }
        }
    }
}

/// How long to wait at least after an error. What Discord rejects for good is worth a try now and
/// then, since the next version of the bot, or of Discord, may mend it.
fn least_wait(error: &DiscordError) -> Duration {
    match error {
        DiscordError::Unexpected { code: DAILY_CREATIONS, .. } => Duration::from_hours(4),
        DiscordError::RateLimited { after } => *after,
        error if error.is_rejection() || !error.is_passing() => Duration::from_hours(1),
        _ => Duration::from_secs(1),
    }
}

fn tell(error: &DiscordError, wait: Duration) {
    match error {
        DiscordError::Unexpected { code: DAILY_CREATIONS, .. } => error!(
            next_attempt_in = ?rounded(wait),
            "Discord takes no more than 200 new commands a day (30034); the commands stay as they \
             are until it takes more"
        ),
        DiscordError::Unexpected { code: TOO_MANY, .. } => error!(
            next_attempt_in = ?rounded(wait),
            "the application has more commands than Discord allows (30032); remove some in other \
             programs that use it"
        ),
        error if error.is_rejection() => {
            error!(%error, next_attempt_in = ?rounded(wait), "Discord rejected the commands");
        }
        error => {
            let cause = error.cause();
            warn!(cause, next_attempt_in = ?rounded(wait), "registering the commands failed, retrying");
        }
    }
}

/// Whether anything had to be changed.
async fn try_register(
    discord: &Discord,
    application: ApplicationId,
    commands: &[CreateCommand],
) -> Result<bool, DiscordError> {
    let wanted = serde_json::to_value(commands).unwrap_or_default();
    if agrees(&wanted, &Value::Array(discord.commands(application).await?)) {
        return Ok(false);
    }
    discord.set_commands(application, commands).await?;
    Ok(true)
}

/// Whether what Discord has is what we want: it adds ids, versions and defaults to everything, so
/// all that we say must be there, and no list may hold more than ours.
fn agrees(wanted: &Value, present: &Value) -> bool {
    match (wanted, present) {
        (Value::Object(wanted), present) => wanted.iter().all(|(name, value)| {
            let present = present.get(name).unwrap_or(&Value::Null);
            agrees(value, present) || (is_default(value) && is_default(present))
        }),
        (Value::Array(wanted), Value::Array(present)) => {
            let found = |value: &Value| present.iter().any(|other| agrees(value, other));
            wanted.len() == present.len() && wanted.iter().all(found)
        }
        (wanted, present) => wanted == present,
    }
}

/// Values that Discord leaves out or puts in as it likes.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_discord_adds_is_no_difference() {
        let wanted = json!([{ "name": "song", "options": [{ "name": "prompt", "type": 3 }],
            "name_localizations": {}, "nsfw": false }]);
        let present = json!([{ "id": "1", "version": "2", "name": "song", "type": 1,
            "name_localizations": null,
            "options": [{ "type": 3, "name": "prompt", "description_localizations": null }] }]);
        assert!(agrees(&wanted, &present));
    }

    #[test]
    fn a_changed_removed_or_extra_command_is_one() {
        let wanted =
            json!([{ "name": "song", "options": [{ "name": "prompt", "required": true }] }]);
        for present in [
            json!([]),
            json!([{ "name": "song" }]),
            json!([{ "name": "song", "options": [{ "name": "prompt" }] }]),
            json!([{ "name": "song", "options": [{ "name": "prompt", "required": true }] },
                { "name": "old" }]),
        ] {
            assert!(!agrees(&wanted, &present), "{present}");
        }
    }
}
