//! Telling Discord which commands there are.

use std::time::Duration;

use serde_json::Value;
use serenity::builder::CreateCommand;
use tracing::{info, warn};

use crate::{
    delivery::{Discord, DiscordError},
    domain::ApplicationId,
    jobs::Backoff,
};

/// Registers the commands everywhere, unless Discord has them already, and tries until they stand.
pub(super) async fn register(
    discord: &Discord,
    application: ApplicationId,
    commands: &[CreateCommand],
) {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(10));
    loop {
        match try_register(discord, application, commands).await {
            Ok(true) => return info!("the commands are registered"),
            Ok(false) => return info!("the commands stand as they are"),
            Err(error) => {
                let wait = match &error {
                    DiscordError::RateLimited { after } => *after,
                    _ => Duration::from_secs(1),
                };
                warn!(%error, "the commands can't be registered yet");
                tokio::time::sleep(wait.max(backoff.next())).await;
            }
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
