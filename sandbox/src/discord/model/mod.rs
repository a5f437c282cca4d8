//! What a Discord keeps: people, servers, channels, messages, commands, interactions.

pub(super) mod channel;
pub(super) mod command;
pub(super) mod guild;
pub(super) mod interaction;
pub(super) mod message;
pub(super) mod permission;
pub(super) mod user;

use serde_json::Value;

/// An object with the fields of another added.
pub(crate) fn merged(mut object: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (object.as_object_mut(), more) {
        fields.extend(more);
    }
    object
}
