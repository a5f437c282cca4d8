//! What the bot keeps, shows and logs about people.

pub(crate) mod large_export;
mod log_checks;
mod log_secrets;
mod my_data;
