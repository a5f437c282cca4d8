//! Every sentence that people read, in one place: to be read, improved and translated together.
//!
//! Each says what happened and what to do next. Text that a person or an API wrote never comes in
//! here unescaped; times are Discord's `<t:…:R>` markup, which counts in the reader's own client.

pub mod admin;
mod alerts;
mod deletion;
mod durations;
mod follow_ups;
mod help;
mod my_data;
mod owner;
mod refusals;
mod rejected;
mod song;
#[cfg(test)]
mod tests;
mod user;

use std::time::Duration;

use crate::domain::{Quota, Timestamp, format_duration};

pub use alerts::*;
pub use deletion::*;
pub use durations::*;
pub use follow_ups::*;
pub use help::*;
pub use my_data::*;
pub use owner::*;
pub use refusals::*;
pub use rejected::*;
pub use song::*;
pub use user::*;

/// A time as it is from now, in the reader's client.
fn relative(at: Timestamp) -> String {
    format!("<t:{}:R>", at.seconds())
}

/// The full second after a time, so that the person who comes back at the second that is told is
/// not too early.
fn rounded_up(at: Timestamp) -> Timestamp {
    at.saturating_add(Duration::from_millis(999))
}

const ONE_SONG: &str = "1 song";

/// A quota in words: 5 in 1d as "5 songs a day". A window of nothing goes without saying.
fn songs_of(quota: Quota) -> String {
    let Quota::Limited { count, window } = quota else { return "songs".to_owned() };
    let songs = if count == 1 { ONE_SONG.to_owned() } else { format!("{count} songs") };
    let window = format_duration(window);
    let unit = window.trim_start_matches(|c: char| c.is_ascii_digit());
    let word = match unit {
        "w" => "week",
        "d" => "day",
        "h" => "hour",
        "m" => "minute",
        _ => "second",
    };
    match window.strip_suffix(unit).unwrap_or_default() {
        "0" => songs,
        "1" if word == "hour" => format!("{songs} an hour"),
        "1" => format!("{songs} a {word}"),
        number => format!("{songs} in {number} {word}s"),
    }
}
