//! JSON objects without a way to panic.

use serde_json::Value;

/// The value of an absent field.
const ABSENT: &Value = &Value::Null;

/// Fields of an object.
pub(crate) trait Fields {
    /// A field; null when absent.
    fn at(&self, key: &str) -> &Value;
    /// Sets a field of an object; anything else stays as it is.
    fn set(&mut self, key: &str, value: impl Into<Value>);
}

impl Fields for Value {
    fn at(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(ABSENT)
    }

    fn set(&mut self, key: &str, value: impl Into<Value>) {
        if let Some(fields) = self.as_object_mut() {
            fields.insert(key.to_owned(), value.into());
        }
    }
}

/// An object with the fields of another added.
pub(crate) fn merged(mut object: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (object.as_object_mut(), more) {
        fields.extend(more);
    }
    object
}

/// Puts a value into another, object by object; null changes nothing.
pub(crate) fn overlay(under: &mut Value, over: &Value) {
    match (under, over) {
        (_, Value::Null) => {}
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                overlay(under.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => over.clone_into(under),
    }
}
