//! Reading a request's body as Discord does: every breach is found, none ends the reading, and the
//! answer tells them in one nested object
//! (<https://docs.discord.com/developers/reference#error-messages>).

use serde_json::{Map, Value, json};

use crate::discord::api::error::ApiError;

/// The length that Discord's limits count: UTF-16 code units, its strictest way.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A breach: where, Discord's code, what a person reads.
#[derive(Debug)]
struct Breach {
    path: Vec<String>,
    code: &'static str,
    message: String,
}

/// The errors of one body.
#[derive(Debug, Default)]
pub(crate) struct Breaches(Vec<Breach>);

impl Breaches {
    /// `value`, unless something was found wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, ApiError> {
        if self.0.is_empty() { Ok(value) } else { Err(self.into_error()) }
    }

    fn into_error(self) -> ApiError {
        let mut errors = Map::new();
        for breach in self.0 {
            let entry = json!({ "code": breach.code, "message": breach.message });
            note(&mut errors, &breach.path, entry);
        }
        ApiError::invalid_form(errors.into())
    }
}

/// Adds an entry to the list at a place in the nested errors.
fn note(errors: &mut Map<String, Value>, path: &[String], entry: Value) {
    if let Some((key, rest)) = path.split_first() {
        let inner = errors.entry(key.as_str()).or_insert_with(|| json!({}));
        if let Some(inner) = inner.as_object_mut() {
            note(inner, rest, entry);
        }
    } else {
        let list = errors.entry("_errors").or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(entry);
        }
    }
}

/// One object inside a body, with its place, so that breaches can be told.
pub(crate) struct Form<'a> {
    value: &'a Value,
    path: Vec<String>,
    breaches: &'a mut Breaches,
}

impl<'a> Form<'a> {
    /// A whole body.
    pub(crate) fn new(value: &'a Value, breaches: &'a mut Breaches) -> Self {
        Self { value, path: Vec::new(), breaches }
    }

    /// A field as it came; `Null` when absent.
    pub(crate) fn raw(&self, key: &str) -> &'a Value {
        self.value.get(key).unwrap_or(&Value::Null)
    }

    /// The object as it came.
    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// Whether a field is there, be it null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    /// Notes a breach at a field (or at the object itself, for an empty key).
    pub(crate) fn breach(&mut self, key: &str, code: &'static str, message: impl Into<String>) {
        let mut path = self.path.clone();
        path.extend((!key.is_empty()).then(|| key.to_owned()));
        self.breaches.0.push(Breach { path, code, message: message.into() });
    }

    /// Notes that a field must be there.
    pub(crate) fn missing(&mut self, key: &str) {
        self.breach(key, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A text without the white space around it; `None` when absent, null or empty.
    pub(crate) fn text(&mut self, key: &str, most: usize) -> Option<String> {
        let text = match self.raw(key) {
            Value::Null => return None,
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.breach(key, "STRING_TYPE_CONVERT", "Could not interpret as string.");
                return None;
            }
        };
        if length(&text) > most {
            self.breach(key, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
        }
        (!text.is_empty()).then_some(text)
    }

    /// A text that must be there and not empty.
    pub(crate) fn required_text(&mut self, key: &str, most: usize) -> String {
        let found = self.text(key, most);
        if found.is_none() && matches!(self.raw(key), Value::Null | Value::String(_)) {
            self.missing(key);
        }
        found.unwrap_or_default()
    }

    /// A whole number within bounds; digits in a string count.
    pub(crate) fn integer(&mut self, key: &str, least: i64, most: i64) -> Option<i64> {
        let raw = self.raw(key);
        if raw.is_null() {
            return None;
        }
        let number = raw.as_i64().or_else(|| raw.as_str()?.parse().ok());
        match number {
            None => self.breach(key, "NUMBER_TYPE_COERCE", format!("Value \"{raw}\" is not int.")),
            Some(number) if number < least => self.breach(
                key,
                "NUMBER_TYPE_MIN",
                format!("int value should be greater than or equal to {least}."),
            ),
            Some(number) if number > most => self.breach(
                key,
                "NUMBER_TYPE_MAX",
                format!("int value should be less than or equal to {most}."),
            ),
            Some(_) => {}
        }
        number
    }

    /// A whole number that must be one of a few.
    pub(crate) fn one_of(&mut self, key: &str, allowed: &[i64]) -> Option<i64> {
        let number = self.integer(key, i64::MIN, i64::MAX)?;
        if allowed.contains(&number) {
            return Some(number);
        }
        self.breach(key, "BASE_TYPE_CHOICES", format!("Value must be one of {allowed:?}."));
        None
    }

    /// A yes or no.
    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        match self.raw(key) {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            _ => {
                self.breach(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
                None
            }
        }
    }

    /// An id, in a string or as a number.
    pub(crate) fn snowflake(&mut self, key: &str) -> Option<u64> {
        let raw = self.raw(key);
        if raw.is_null() {
            return None;
        }
        let id = raw.as_u64().or_else(|| raw.as_str()?.parse().ok());
        if id.is_none() {
            self.breach(key, "NUMBER_TYPE_COERCE", format!("Value \"{raw}\" is not snowflake."));
        }
        id
    }

    /// A link whose scheme is one of a few.
    pub(crate) fn link(&mut self, key: &str, most: usize, schemes: &[&str]) -> Option<String> {
        let link = self.text(key, most)?;
        match link.split_once("://") {
            None => self.breach(key, "URL_TYPE_INVALID_URL", "Not a well formed URL."),
            Some((scheme, _)) if !schemes.contains(&scheme.to_lowercase().as_str()) => {
                let message = format!("Scheme \"{scheme}\" must be one of {schemes:?}.");
                self.breach(key, "URL_TYPE_INVALID_SCHEME", message);
            }
            Some((_, rest)) if rest.is_empty() || rest.contains(char::is_whitespace) => {
                self.breach(key, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
            }
            Some(_) => {}
        }
        Some(link)
    }

    /// An object in a field.
    pub(crate) fn object(&mut self, key: &str) -> Option<Form<'_>> {
        let value = self.raw(key);
        if value.is_null() {
            return None;
        }
        let mut inner = Form { value, path: self.path.clone(), breaches: self.breaches };
        inner.path.push(key.to_owned());
        inner.checked()
    }

    fn checked(mut self) -> Option<Self> {
        if self.value.is_object() {
            return Some(self);
        }
        self.breach("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        None
    }

    /// The objects of a list in a field (or of the body itself, for an empty key), each read by
    /// `read`; `None` when absent or null.
    pub(crate) fn list<T>(
        &mut self,
        key: &str,
        most: usize,
        mut read: impl FnMut(&mut Form<'_>) -> T,
    ) -> Option<Vec<T>> {
        let value = if key.is_empty() { self.value } else { self.raw(key) };
        if value.is_null() {
            return None;
        }
        let Some(items) = value.as_array() else {
            self.breach(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            return None;
        };
        if items.len() > most {
            let message = format!("Must be {most} or fewer in length.");
            self.breach(key, "BASE_TYPE_MAX_LENGTH", message);
        }
        let mut read_items = Vec::with_capacity(items.len());
        for (index, value) in items.iter().enumerate() {
            let mut path = self.path.clone();
            path.extend((!key.is_empty()).then(|| key.to_owned()));
            path.push(index.to_string());
            let form = Form { value, path, breaches: self.breaches };
            if let Some(mut form) = form.checked() {
                read_items.push(read(&mut form));
            }
        }
        Some(read_items)
    }
}
