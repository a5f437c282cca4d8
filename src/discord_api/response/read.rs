//! Reading what Discord sends: strict about ids, lenient about all that the bot can do without.
//!
//! A message that can't be read is a message of unknown outcome, so that a field that has a new
//! form, or that a proxy has rewritten, must not spoil the rest.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// An id. Discord sends text, since ids are too large for JavaScript; a number is read as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub(in crate::discord_api) struct Snowflake(pub(in crate::discord_api) u64);

impl TryFrom<Value> for Snowflake {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        id.map(Self).ok_or("an id is not a number")
    }
}

/// Any object with an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::discord_api) struct Identified {
    pub(in crate::discord_api) id: Snowflake,
}

/// A field that may be absent, null or in an unknown form: it has its default then. For
/// `#[serde(default, deserialize_with = "or_default")]`.
pub(in crate::discord_api) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A list of which each entry may be unreadable: those are left out.
pub(in crate::discord_api) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let entries: Vec<Value> = or_default(deserializer)?;
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Sample {
        #[serde(flatten)]
        identified: Identified,
        #[serde(default, deserialize_with = "or_default")]
        flags: u64,
        #[serde(default, deserialize_with = "readable")]
        others: Vec<Identified>,
    }

    fn read(json: Value) -> Option<(u64, u64, usize)> {
        let sample: Sample = serde_json::from_value(json).ok()?;
        Some((sample.identified.id.0, sample.flags, sample.others.len()))
    }

    #[test]
    fn an_id_may_be_text_or_a_number_but_nothing_else() {
        assert_eq!(
            read(json!({ "id": "1300000000000000001" })),
            Some((1_300_000_000_000_000_001, 0, 0))
        );
        assert_eq!(
            read(json!({ "id": 1_300_000_000_000_000_001_u64 })),
            Some((1_300_000_000_000_000_001, 0, 0))
        );
        for id in [json!(null), json!("x"), json!(1.5), json!(-1), json!([1]), json!("")] {
            assert_eq!(read(json!({ "id": id })), None);
        }
        assert_eq!(read(json!({})), None);
    }

    #[test]
    fn a_field_in_an_unknown_form_does_not_spoil_the_rest() {
        for odd in [json!(null), json!("64"), json!(-1), json!({}), json!([])] {
            assert_eq!(read(json!({ "id": "7", "flags": odd, "others": odd })), Some((7, 0, 0)));
        }
        let others = json!([{ "id": "1" }, null, { "id": {} }, { "id": 2 }]);
        assert_eq!(read(json!({ "id": "7", "flags": 64, "others": others })), Some((7, 64, 2)));
    }
}
