//! The text that people see in a message, of whatever kind.

use serde_json::Value;

use super::mention_text::with_mentions_as_text;
use crate::domain::{Prompt, PromptError};

/// Messages within messages and components within components are looked into so deep.
const DEEPEST: usize = 8;

/// The text of a message: what its author wrote or, where that is nothing, what else can be read in
/// it. Discord's own JSON is read, which holds more than serenity's model of it.
pub(in crate::bot) fn text(message: &Value) -> Option<String> {
    look(&with_mentions_as_text(message), DEEPEST)
}

fn look(message: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let said = || part(message, "content");
    let laid_out = || {
        let mut lines = Vec::new();
        components(message.get("components")?, depth, &mut lines);
        joined(lines)
    };
    let embedded = || joined(items(message, "embeds").filter_map(embed));
    let asked = || poll(message.get("poll")?);
    let forwarded = || {
        let snapshots = items(message, "message_snapshots");
        joined(snapshots.filter_map(|snapshot| look(snapshot.get("message")?, depth)))
    };
    let described = || {
        let files = items(message, "attachments");
        joined(files.filter_map(|file| part(file, "description").or_else(|| part(file, "title"))))
    };
    said().or_else(forwarded).or_else(asked).or_else(laid_out).or_else(embedded).or_else(described)
}

/// A text with something to see in it.
fn part(of: &Value, name: &str) -> Option<String> {
    let text = of.get(name)?.as_str()?.trim();
    let empty = matches!(Prompt::parse(text), Err(PromptError::Empty));
    (!empty).then(|| text.to_owned())
}

fn items<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn joined(lines: impl IntoIterator<Item = String>) -> Option<String> {
    let lines: Vec<_> = lines.into_iter().collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn embed(embed: &Value) -> Option<String> {
    if embed.get("type").and_then(Value::as_str) == Some("poll_result") {
        return poll_result(embed);
    }
    let fields = items(embed, "fields").flat_map(|it| [part(it, "name"), part(it, "value")]);
    let author = embed.get("author").and_then(|author| part(author, "name"));
    let footer = embed.get("footer").and_then(|footer| part(footer, "text"));
    let (title, description) = (part(embed, "title"), part(embed, "description"));
    // Who posted it and small print are worth nothing beside a text.
    let text = joined([title, description].into_iter().chain(fields).flatten());
    text.or_else(|| joined([author, footer].into_iter().flatten()))
}

fn poll(poll: &Value) -> Option<String> {
    let text = |of: &Value, name: &str| part(of.get(name)?, "text");
    let answers = items(poll, "answers").map(|answer| text(answer, "poll_media"));
    joined([text(poll, "question")].into_iter().chain(answers).flatten())
}

/// What a poll came to. The fields are named for programs; Discord shows the question and the answer
/// that won (Discord docs, Embed Fields by Embed Type > Poll Result Embed Fields).
fn poll_result(embed: &Value) -> Option<String> {
    let value = |name: &str| {
        let named = |field: &&Value| field.get("name").and_then(Value::as_str) == Some(name);
        part(items(embed, "fields").find(named)?, "value")
    };
    joined(["poll_question_text", "victor_answer_text"].into_iter().filter_map(value))
}

/// What is written in components: text displays, wherever they are, and what describes pictures.
fn components(tree: &Value, depth: usize, lines: &mut Vec<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match tree {
        Value::Array(list) => list.iter().for_each(|item| components(item, depth, lines)),
        Value::Object(fields) => {
            lines.extend(part(tree, "content"));
            for name in ["components", "component"] {
                if let Some(inner) = fields.get(name) {
                    components(inner, depth, lines);
                }
            }
            lines.extend(items(tree, "items").filter_map(|item| part(item, "description")));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn reads(message: &Value, expected: &str) {
        assert_eq!(text(message).unwrap_or_default(), expected, "{message}");
    }

    #[test]
    fn what_somebody_wrote_is_read_before_everything_else() {
        let embeds = json!([{ "title": "a page that is linked to" }]);
        reads(&json!({ "content": " rain \n", "embeds": embeds }), "rain");
        reads(&json!({ "content": "", "embeds": embeds }), "a page that is linked to");
    }

    #[test]
    fn text_is_found_wherever_people_see_it() {
        let snapshot = |message| json!({ "message_snapshots": [{ "message": message }] });
        reads(&snapshot(json!({ "content": "forwarded" })), "forwarded");
        reads(&snapshot(json!({ "embeds": [{ "description": "news" }] })), "news");
        reads(&snapshot(snapshot(json!({ "content": "deep" }))), "deep");
        let answers =
            json!([{ "poll_media": { "text": "Dogs" } }, { "poll_media": { "emoji": {} } }]);
        let poll = json!({ "question": { "text": "Cats?" }, "answers": answers });
        reads(&json!({ "content": "", "poll": poll }), "Cats?\nDogs");
        let field = json!({ "name": "Mood", "value": "calm", "inline": true });
        let embed = json!({ "author": { "name": "x" }, "title": "Rain", "fields": [field] });
        reads(&json!({ "embeds": [embed] }), "Rain\nMood\ncalm");
        reads(&json!({ "embeds": [{ "author": { "name": "Only a name" } }] }), "Only a name");
        let display = |text: &str| json!({ "type": 10, "content": text });
        let section =
            json!({ "type": 9, "components": [display("b")], "accessory": { "type": 2 } });
        let gallery = json!({ "type": 12, "items": [{ "description": "a lake" }] });
        let container = json!({ "type": 17, "components": [display("a"), section, gallery] });
        reads(&json!({ "content": "", "flags": 32768, "components": [container] }), "a\nb\na lake");
        reads(
            &json!({ "attachments": [{ "description": "a cat in the rain" }] }),
            "a cat in the rain",
        );
    }

    #[test]
    fn of_a_polls_result_the_question_and_the_winner_are_read() {
        let field = |name: &str, value: &str| json!({ "name": name, "value": value });
        let told = [
            field("poll_question_text", "Best genre?"),
            field("victor_answer_votes", "2"),
            field("total_votes", "3"),
            field("victor_answer_id", "1"),
            field("victor_answer_text", "jazz"),
        ];
        let result = json!({ "type": "poll_result", "fields": told });
        reads(&json!({ "type": 46, "content": "", "embeds": [result] }), "Best genre?\njazz");
        let draw = json!({ "type": "poll_result", "fields": [told[0]] });
        reads(&json!({ "embeds": [draw] }), "Best genre?");
    }

    #[test]
    fn what_shows_nothing_is_no_text() {
        let embeds = json!([{ "title": "Rain" }]);
        for nothing in
            ["<t:1700000000:R>", "<@7>\n<#8>", "\u{AD}\u{200B}", "\u{E000}\u{F8FF} \u{10FFFD}"]
        {
            reads(&json!({ "content": nothing, "embeds": embeds }), "Rain");
            assert_eq!(text(&json!({ "content": nothing })), None, "{nothing:?}");
        }
        let ann = json!([{ "id": "7", "username": "ann" }]);
        reads(&json!({ "content": "<@7>", "mentions": ann }), "ann");
    }

    #[test]
    fn odd_shapes_hold_no_text_and_do_no_harm() {
        let mut deep = json!({ "content": "too deep" });
        for _ in 0..DEEPEST {
            deep = json!({ "message_snapshots": [{ "message": deep }] });
        }
        let odd = [
            json!(null),
            json!([]),
            json!({ "content": 7, "embeds": {}, "poll": [], "components": "x" }),
            json!({ "content": "\u{200B} \n", "embeds": [null, {}], "message_snapshots": [{}, 1] }),
            json!({ "poll": { "question": "x", "answers": [{ "poll_media": 7 }] } }),
            deep,
        ];
        for message in odd {
            assert_eq!(text(&message), None, "{message}");
        }
    }
}
