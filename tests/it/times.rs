//! Times in messages that stay where people can see them: they must be true without an edit.

use sandbox::{DiscordSandbox, Message};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

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
    let told_early = |json: &Value| {
        let texts = texts(json);
        // An interaction takes a moment, by which the bot's clock may be fast.
        let latest = shown_at(json) + 1;
        relative_times(&texts).iter().any(|at| *at > latest).then_some(texts)
    };
    live.flat_map(|message| &message.revisions).filter_map(|form| told_early(&form.json)).collect()
}

/// When a message took this form, by Discord's clock, in seconds since 1970.
fn shown_at(json: &Value) -> i64 {
    let at = json["edited_timestamp"].as_str().or(json["timestamp"].as_str()).unwrap();
    OffsetDateTime::parse(at, &Rfc3339).unwrap().unix_timestamp()
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
