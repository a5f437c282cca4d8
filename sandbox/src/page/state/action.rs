//! What a visitor does as one of the people.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Something that a person does in a channel.
#[derive(Debug, Deserialize)]
pub(crate) struct PersonAction {
    #[serde(deserialize_with = "id")]
    pub(crate) person: u64,
    #[serde(deserialize_with = "id")]
    pub(crate) channel: u64,
    #[serde(flatten)]
    pub(crate) action: Action,
}

/// The name of a command with its subcommands, and the values of its options.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) options: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
/// What the person does.
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Action {
    Command(Typed),
    Suggest {
        #[serde(flatten)]
        typed: Typed,
        option: String,
    },
    MessageCommand {
        name: String,
        #[serde(deserialize_with = "id")]
        message: u64,
    },
    UserCommand {
        name: String,
        #[serde(deserialize_with = "id")]
        user: u64,
    },
    Click {
        #[serde(deserialize_with = "id")]
        message: u64,
        custom_id: String,
    },
    Pick {
        #[serde(deserialize_with = "id")]
        message: u64,
        custom_id: String,
        values: Vec<String>,
    },
    Submit {
        #[serde(deserialize_with = "id")]
        interaction: u64,
        answers: BTreeMap<String, Vec<String>>,
    },
    Say {
        text: String,
    },
    Delete {
        #[serde(deserialize_with = "id")]
        message: u64,
    },
}

/// Reads an id, which is a text, since JavaScript's numbers are too small for ids.
pub(crate) fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
