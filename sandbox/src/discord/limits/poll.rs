//! Polls (<https://docs.discord.com/developers/resources/poll>).

use serde_json::{Value, json};

use crate::discord::api::form::Form;
use crate::discord::api::json::Fields as _;

/// What a bot wants a poll to be.
#[derive(Debug)]
pub(crate) struct PollDraft {
    /// The poll object but for its end and its results.
    pub(crate) json: Value,
    /// Hours until it ends.
    pub(crate) duration: u64,
}

/// Reads the poll of a message.
pub(crate) fn read(form: &mut Form<'_>) -> Option<PollDraft> {
    let mut poll = form.object("poll")?;
    let question = if let Some(mut question) = poll.object("question") {
        json!({ "text": question.required_text("text", 300) })
    } else {
        poll.missing("question");
        Value::Null
    };
    let mut answer_id = 0;
    let answers = poll.list("answers", 10, |answer| {
        answer_id += 1;
        json!({ "answer_id": answer_id, "poll_media": read_media(answer) })
    });
    let answers = answers.unwrap_or_default();
    if answers.is_empty() {
        poll.breach("answers", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.");
    }
    let duration = poll.integer("duration", 1, 768).unwrap_or(24).unsigned_abs();
    let json = json!({
        "question": question,
        "answers": answers,
        "allow_multiselect": poll.flag("allow_multiselect").unwrap_or(false),
        "layout_type": poll.one_of("layout_type", &[1]).unwrap_or(1),
    });
    Some(PollDraft { json, duration })
}

fn read_media(answer: &mut Form<'_>) -> Value {
    let Some(mut media) = answer.object("poll_media") else {
        answer.missing("poll_media");
        return Value::Null;
    };
    let mut read = json!({});
    let (text, emoji) = (media.text("text", 55), media.raw("emoji"));
    if text.is_none() && emoji.is_null() {
        media.missing("text");
    }
    if let Some(text) = text {
        read.set("text", text);
    }
    if !emoji.is_null() {
        let id = emoji.at("id").clone();
        read.set("emoji", json!({ "id": id, "name": emoji.at("name") }));
    }
    read
}
