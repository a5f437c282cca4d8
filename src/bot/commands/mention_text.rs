//! Texts of Discord's as people see them: without the codes that its clients replace (Discord docs,
//! Reference > Message Formatting).

use std::collections::BTreeMap;

use serde_json::Value;

/// The names of people, by their ids.
type NamesById = BTreeMap<String, String>;

/// A message in which every text is as people see it.
pub(in crate::bot) fn with_mentions_as_text(message: &Value) -> Value {
    let mut names = NamesById::new();
    collect(message, &mut names);
    let mut shown = message.clone();
    replace(&mut shown, &names);
    shown
}

/// Finds the people whom a message and those that it forwards mention.
fn collect(message: &Value, names: &mut NamesById) {
    let list = |name| message.get(name).and_then(Value::as_array).into_iter().flatten();
    for person in list("mentions") {
        let text = |path| person.pointer(path).and_then(Value::as_str).filter(|it| !it.is_empty());
        let name = text("/member/nick").or(text("/global_name")).or(text("/username"));
        if let (Some(id), Some(name)) = (text("/id"), name) {
            names.insert(id.to_owned(), name.to_owned());
        }
    }
    let forwarded = list("message_snapshots").filter_map(|snapshot| snapshot.get("message"));
    // One deep: what is forwarded forwards nothing by itself.
    for person in forwarded.filter_map(|message| message.get("mentions")) {
        collect(&serde_json::json!({ "mentions": person }), names);
    }
}

fn replace(value: &mut Value, names: &NamesById) {
    match value {
        Value::String(text) if text.contains('<') => *text = shown(text, names),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, names)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, names)),
        _ => {}
    }
}

/// A text with each code replaced by what stands for it on the screen, or by nothing.
fn shown(text: &str, names: &NamesById) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let code =
            after.split_once('>').and_then(|(code, after)| Some((meaning(code, names)?, after)));
        let Some((meaning, after)) = code else {
            shown.push('<');
            rest = after;
            continue;
        };
        shown.push_str(&meaning);
        let gap = shown.is_empty() || shown.ends_with(char::is_whitespace);
        // What leaves nothing behind leaves no gap, either.
        rest = after.strip_prefix(' ').filter(|_| gap && meaning.is_empty()).unwrap_or(after);
    }
    shown.push_str(rest);
    shown
}

/// What stands for a code, without its brackets; `None` if it is none.
fn meaning(code: &str, names: &NamesById) -> Option<String> {
    let nothing = |is_code: bool| is_code.then(String::new);
    let mut characters = code.chars();
    match characters.next()? {
        '@' => {
            let rest = characters.as_str();
            let person = rest.strip_prefix('!').unwrap_or(rest);
            match names.get(person) {
                Some(name) => Some(name.clone()),
                None => nothing(is_id(person.strip_prefix('&').unwrap_or(person))),
            }
        }
        '#' => nothing(is_id(characters.as_str())),
        // A time, or a way through a server's settings.
        't' => nothing(is_time(characters.as_str().strip_prefix(':')?)),
        'i' => nothing(code.starts_with("id:") && !code.contains(char::is_whitespace)),
        '/' => {
            let (name, id) = characters.as_str().rsplit_once(':')?;
            is_id(id).then(|| format!("/{name}"))
        }
        ':' => emoji(characters.as_str()),
        'a' => emoji(characters.as_str().strip_prefix(':')?),
        _ => None,
    }
}

/// `name:id`.
fn emoji(code: &str) -> Option<String> {
    let (name, id) = code.split_once(':')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '~' | '-');
    (is_id(id) && !name.is_empty() && name.chars().all(is_name)).then(|| format!(":{name}:"))
}

/// Seconds, and perhaps in which way they are shown.
fn is_time(code: &str) -> bool {
    let (seconds, style) = code.split_once(':').unwrap_or((code, ""));
    is_id(seconds.strip_prefix('-').unwrap_or(seconds))
        && style.len() <= 2
        && style.chars().all(|c| c.is_ascii_alphabetic())
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn content(text: &str) -> String {
        let ann = json!({ "id": "7", "username": "ann_1", "global_name": "Ann" });
        let bob = json!({ "id": "8", "username": "bob", "global_name": null });
        let cleo = json!({ "id": "9", "username": "cleo", "member": { "nick": "Queen <:x:1>" } });
        let forwarded = json!([{ "message": { "mentions": [cleo] } }]);
        let message =
            json!({ "content": text, "mentions": [ann, bob, 7], "message_snapshots": forwarded });
        with_mentions_as_text(&message)["content"].as_str().unwrap().to_owned()
    }

    #[test]
    fn codes_become_what_people_see() {
        for (text, expected) in [
            ("a song for <@7> and <@!8>", "a song for Ann and bob"),
            ("<@9>!", "Queen <:x:1>!"),
            ("for <@123> <@&5> in <#6>", "for in "),
            ("<@123> rain", "rain"),
            ("rain <:blob:123><a:dance_2:4> rain", "rain :blob::dance_2: rain"),
            ("at <t:1700000000:R> or <t:1700000000>.", "at or ."),
            ("type </song:99> or </admin quota server:9>", "type /song or /admin quota server"),
            ("see <id:customize>, <id:linked-roles:5>", "see , "),
            (
                "1 < 2 > 1, <3, <b>, <tea:time>, <@ann>, <:x:>, <",
                "1 < 2 > 1, <3, <b>, <tea:time>, <@ann>, <:x:>, <",
            ),
            ("a < b <@7>", "a < b Ann"),
            ("<https://example.com>", "<https://example.com>"),
            ("I <<:love:1>> it", "I <:love:> it"),
        ] {
            assert_eq!(content(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_without_codes_stays_as_it_is(text in "[^<]*|[a-z<> ]*") {
            prop_assert_eq!(content(&text), text);
        }

        #[test]
        fn any_text_is_shown(text in "[<>@!&#:t/a0-9 ]{0,40}|\\PC*") {
            prop_assert!(content(&text).len() <= text.len() * 4 + 40);
        }
    }
}
