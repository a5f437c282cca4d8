//! Times in messages that stay where people can see them: they must be true without an edit.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sandbox::{DiscordSandbox, Message};
use serde_json::Value;

/// The times that a message counts from now on or back (`<t:SECONDS:R>`), in seconds since 1970.
pub(crate) fn relative_times(text: &str) -> Vec<i64> {
    let marks = text.split("<t:").zip(text.split("<t:").skip(1));
    let marks = marks.filter(|(before, _)| !before.ends_with('\\'));
    let seconds = marks.filter_map(|(_, mark)| mark.split_once(":R>")?.0.parse().ok());
    seconds.collect()
}

/// Relative times that lay in the future when a message told them, in any form that any message
/// had. "Ready in a minute" turns into "ready 16 seconds ago" before the next edit, or for as long as
/// the bot is down.
///
/// What only one person sees answers their question of that moment, is never edited, and may say
/// when a quota has room: that comes whatever happens.
pub(crate) fn told_too_early(discord: &DiscordSandbox) -> Vec<String> {
    let messages = discord.messages();
    let live = messages.iter().filter(|message| !message.ephemeral());
    live.flat_map(|message| message.revisions.iter())
        .filter_map(|form| {
            let told_at = SystemTime::now() - form.at.elapsed();
            let told_at = told_at.duration_since(UNIX_EPOCH).unwrap_or_default();
            let texts = texts(&form.json);
            // The sandbox's clock and the bot's may differ by what an interaction takes on its way.
            let latest = told_at + Duration::from_secs(1);
            let early = |at: &i64| u64::try_from(*at).is_ok_and(|at| at > latest.as_secs());
            relative_times(&texts).iter().any(early).then_some(texts)
        })
        .collect()
}

/// All texts in a message's JSON.
fn texts(json: &Value) -> String {
    match json {
        Value::String(text) => format!("{text}\n"),
        Value::Array(values) => values.iter().map(texts).collect(),
        Value::Object(fields) => fields.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// All that a message has ever told, form by form.
pub(crate) fn forms(message: &Message) -> Vec<String> {
    message.revisions.iter().map(|form| texts(&form.json)).collect()
}
