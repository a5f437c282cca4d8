//! An interaction reduced to what this bot reads of it.
//!
//! serenity's model is of its time: something new in a part that nobody needs, an embed or a user's
//! flags, makes the whole unreadable for it. Everything that it is strict about is left out here or
//! put into the form that it knows.

use serde_json::{Map, Value, json};

/// The file size that Discord allows everywhere, where an interaction doesn't say.
const ATTACHMENT_SIZE: u64 = 10 << 20;

/// A message must have a time, which nobody reads.
const SOME_TIME: &str = "2015-01-01T00:00:00Z";

/// An id, as text or as a number.
pub(super) fn id(value: &Value) -> Option<u64> {
    let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    id.filter(|id| *id != 0)
}

/// Who uses the bot: in a server its member, elsewhere a user. `None` where that isn't said, or where
/// an id can't be stored: nobody may be charged in their place.
pub(super) fn person(raw: &Value) -> Option<u64> {
    let stored = |value: &Value| id(value).filter(|id| i64::try_from(*id).is_ok());
    let path = match field(raw, "guild_id") {
        Value::Null => "/user/id",
        guild => stored(guild).map(|_| "/member/user/id")?,
    };
    stored(raw.pointer(path)?)
}

/// An interaction with nothing but what this bot reads.
pub(super) fn reduced(raw: &Value) -> Value {
    let channel = raw.pointer("/channel/id").unwrap_or(&Value::Null);
    let channel = known_id(field(raw, "channel_id")).or_else(|| known_id(channel));
    let size = field(raw, "attachment_size_limit").as_u64();
    let size = size.filter(|size| u32::try_from(*size).is_ok());
    let mut reduced = json!({
        "id": known_id(field(raw, "id")),
        "application_id": known_id(field(raw, "application_id")),
        "type": field(raw, "type"),
        "token": field(raw, "token"),
        "version": 1,
        "channel_id": channel,
        "guild_id": known_id(field(raw, "guild_id")),
        "locale": field(raw, "locale").as_str().unwrap_or("en-US"),
        "entitlements": [],
        "authorizing_integration_owners": owners(field(raw, "authorizing_integration_owners")),
        "context": field(raw, "context").as_u64().filter(|context| *context <= 2),
        "attachment_size_limit": size.unwrap_or(ATTACHMENT_SIZE),
        "data": data(raw),
    });
    if let Some(fields) = reduced.as_object_mut() {
        if raw.get("member").is_some_and(Value::is_object) {
            fields.insert("member".to_owned(), member(field(raw, "member")));
        }
        if raw.get("user").is_some_and(Value::is_object) {
            fields.insert("user".to_owned(), user(field(raw, "user")));
        }
        if raw.get("message").is_some_and(Value::is_object) {
            fields.insert("message".to_owned(), message(field(raw, "message")));
        }
    }
    reduced
}

fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn known_id(value: &Value) -> Option<String> {
    id(value).map(|id| id.to_string())
}

/// The entries of a list, or none.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A map's entries, each in the form that is known.
fn each(map: &Value, form: impl Fn(&Value) -> Option<Value>) -> Map<String, Value> {
    let entries = map.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), form(value)?))).collect()
}

fn owners(raw: &Value) -> Value {
    let known = |name: &str| {
        let owner = field(raw, name);
        let owner = owner.as_u64().or_else(|| owner.as_str()?.parse().ok())?;
        Some((name.to_owned(), Value::String(owner.to_string())))
    };
    ["0", "1"].into_iter().filter_map(known).collect::<Map<_, _>>().into()
}

fn user(raw: &Value) -> Value {
    json!({
        "id": known_id(field(raw, "id")),
        "username": field(raw, "username").as_str().unwrap_or_default(),
        "global_name": field(raw, "global_name").as_str(),
        "bot": field(raw, "bot") == true,
    })
}

/// Somebody whom an option names, as far as they are a member: who they are stands elsewhere.
fn member_of(raw: &Value) -> Value {
    json!({ "roles": roles(raw), "deaf": false, "mute": false })
}

fn roles(member: &Value) -> Vec<String> {
    list(field(member, "roles")).iter().filter_map(known_id).collect()
}

fn member(raw: &Value) -> Value {
    let permissions = field(raw, "permissions");
    let permissions = permissions.as_u64().or_else(|| permissions.as_str()?.parse().ok());
    json!({
        "user": user(field(raw, "user")),
        "roles": roles(raw),
        "permissions": permissions.map(|bits| bits.to_string()),
        "deaf": false,
        "mute": false,
        "flags": 0,
    })
}

fn data(raw: &Value) -> Value {
    let data = field(raw, "data");
    let resolved = field(data, "resolved");
    let readable = |kind: &str| each(field(resolved, kind), |value| Some(value.clone()));
    match field(raw, "type").as_u64() {
        Some(3) => json!({
            "custom_id": field(data, "custom_id"),
            "component_type": field(data, "component_type").as_u64().filter(|kind| (2..=8).contains(kind)).unwrap_or(2),
            "values": list(field(data, "values")),
        }),
        Some(5) => {
            let mut inputs = Vec::new();
            collect(field(data, "components"), &mut inputs, &|it| {
                let (name, text) = (field(it, "custom_id").as_str()?, field(it, "value").as_str()?);
                Some(json!({ "type": 4, "custom_id": name, "value": text }))
            });
            json!({ "custom_id": field(data, "custom_id"), "components": rows(inputs) })
        }
        _ => json!({
            "id": known_id(field(data, "id")),
            "name": field(data, "name"),
            "type": field(data, "type"),
            "guild_id": known_id(field(data, "guild_id")),
            "options": list(field(data, "options")),
            "target_id": known_id(field(data, "target_id")),
            "resolved": {
                "users": each(field(resolved, "users"), |it| Some(user(it))),
                "members": each(field(resolved, "members"), |it| Some(member_of(it))),
                "roles": readable("roles"),
                "channels": readable("channels"),
                "messages": each(field(resolved, "messages"), |it| Some(message(it))),
            },
        }),
    }
}

fn message(raw: &Value) -> Value {
    let mut buttons = Vec::new();
    collect(field(raw, "components"), &mut buttons, &|it| {
        let name = field(it, "custom_id").as_str()?;
        let disabled = field(it, "disabled") == true;
        Some(json!({ "type": 2, "style": 2, "custom_id": name, "disabled": disabled }))
    });
    json!({
        "id": known_id(field(raw, "id")),
        "channel_id": known_id(field(raw, "channel_id")),
        "application_id": known_id(field(raw, "application_id")),
        "author": user(field(raw, "author")),
        "application_id": known_id(field(raw, "application_id")),
        "content": field(raw, "content").as_str().unwrap_or_default(),
        "timestamp": SOME_TIME,
        "flags": field(raw, "flags").as_u64().and_then(|flags| u32::try_from(flags).ok()),
        "tts": false,
        "mention_everyone": false,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": false,
        "type": 0,
        "components": rows(buttons),
    })
}

/// Finds things in a tree of components, however they are nested.
fn collect(tree: &Value, found: &mut Vec<Value>, known: &impl Fn(&Value) -> Option<Value>) {
    match tree {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found, known)),
        Value::Object(fields) => {
            found.extend(known(tree));
            for name in ["components", "component", "accessory"] {
                if let Some(inner) = fields.get(name) {
                    collect(inner, found, known);
                }
            }
        }
        _ => {}
    }
}

/// A row for each.
fn rows(components: Vec<Value>) -> Vec<Value> {
    let row = |component| json!({ "type": 1, "components": [component] });
    components.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_made_up() {
        let ann = json!({ "id": "7" });
        for (raw, expected) in [
            (json!({ "user": ann }), Some(7)),
            (json!({ "guild_id": null, "user": ann }), Some(7)),
            (json!({ "guild_id": "5", "member": { "user": ann } }), Some(7)),
            (json!({ "guild_id": 5, "member": { "user": { "id": 7 } }, "user": {} }), Some(7)),
            (json!({ "guild_id": "5", "user": ann }), None),
            (json!({ "guild_id": "5", "member": {} }), None),
            (json!({ "guild_id": "0", "member": { "user": ann } }), None),
            (json!({ "guild_id": {}, "member": { "user": ann }, "user": ann }), None),
            (json!({ "member": { "user": ann } }), None),
            (json!({ "user": { "id": "0" } }), None),
            (json!({ "user": { "id": "9223372036854775808" } }), None),
            (json!({ "guild_id": u64::MAX, "member": { "user": ann } }), None),
            (json!([]), None),
        ] {
            assert_eq!(person(&raw), expected, "{raw}");
        }
    }
}
