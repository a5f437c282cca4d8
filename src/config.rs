//! Every setting: its name, meaning, default and check.
//!
//! Settings come from the environment and from a `.env` file; the environment wins, and a variable
//! that is set to nothing counts as unset, but for `HTTP_ADDR`. All errors are told at once.

mod alert_webhook;
mod checks;
mod env_file;
mod environment;
mod errors;
pub(crate) mod help;
mod names;
mod origins;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod reader;
mod secrets;
mod settings;
mod shown;
mod table;
mod unknown;

use std::{net::SocketAddr, path::Path};

use environment::{Environment, Given};
use reader::Reader;

pub use alert_webhook::{AlertWebhook, SigningKey, WebhookUrl};
pub use errors::ConfigErrors;
pub use settings::{LogFormat, Settings};
pub use table::{Fallback, Setting, TABLE};
pub use unknown::UnknownName;

impl Settings {
    /// Reads the settings from the environment and, for what it leaves out, from a `.env` file, if
    /// there is one.
    ///
    /// # Errors
    /// All that is wrong, the file's invalid lines included.
    pub fn load(env_file: &Path) -> Result<Self, ConfigErrors> {
        let (environment, errors) = Environment::read(env_file);
        let settings = Reader { lookup: &|name| environment.get(name), errors };
        let settings = settings.read(Reader::settings);
        let settings = settings.map_err(|errors| environment.explain(errors))?;
        Ok(Self { unknown: environment.unknown, ..settings })
    }

    /// Reads the settings with a function that knows each variable's value.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let lookup =
            |name: &str| lookup(name).map(|text| Given { name: name.to_owned(), text, line: None });
        Reader { lookup: &lookup, errors: Vec::new() }.read(Reader::settings)
    }
}

/// Reads [`Settings::database_url`] alone, as [`Settings::load`] does: for a command that has no
/// business with the secrets.
///
/// # Errors
/// What is wrong with it, and the file's invalid lines that may have been meant for it. A line that was
/// meant for another setting keeps nobody from a backup.
pub fn database_url(env_file: &Path) -> Result<String, ConfigErrors> {
    let (environment, mut errors) = Environment::read(env_file);
    errors
        .retain(|error| error.line_of().is_none_or(|meant| meant.name == table::DATABASE_URL.name));
    let reader = Reader { lookup: &|name| environment.get(name), errors };
    let url = reader.read(|reader| reader.required(table::DATABASE_URL, checks::database));
    url.map_err(|errors| environment.explain(errors))
}

/// Reads [`Settings::http_addr`] alone, for a command that has no business with the secrets.
///
/// # Errors
/// What is wrong with it.
pub fn http_addr(env_file: &Path) -> Result<Option<SocketAddr>, ConfigErrors> {
    let (environment, _) = Environment::read(env_file);
    let reader = Reader { lookup: &|name| environment.get(name), errors: Vec::new() };
    reader.read(|reader| reader.required(table::HTTP_ADDR, checks::http_address))
}

#[cfg(test)]
mod tests;
