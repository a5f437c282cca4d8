//! Every sentence that people read, in one place: to be read, improved and translated together.
//!
//! Each says what happened and what to do next. Text that a person or an API wrote never comes in
//! here unescaped; times are Discord's `<t:…:R>` markup, which counts in the reader's own client.

pub mod admin;
mod deletion;
mod durations;
mod extras;
mod help;
mod interactions;
mod my_data;
mod rejected;
#[cfg(test)]
mod tests;
mod user;

use std::time::Duration;

use crate::domain::Obstacle;
use crate::domain::{
    Canceller, Charge, Failure, Limit, PROMPT_MAX, PromptError, Quota, Refusal, Remedy, Timestamp,
    UserId, Wait, format_duration,
};

pub use deletion::*;
pub use durations::*;
pub use extras::*;
pub use help::*;
pub use interactions::*;
pub use my_data::*;
pub use rejected::*;
pub use user::*;

/// The title while a job waits in line.
pub const IN_LINE: &str = "🎟️ In line";
/// The title when its turn has come.
pub const SUBMITTING: &str = "📨 Sending it to Whisul";
/// The title while Whisul composes.
pub const COMPOSING: &str = "🎼 Composing";
/// The title of a song that came without one.
pub const UNTITLED: &str = "Your song";
/// The title of a failed job.
pub const FAILED: &str = "No song this time";
/// The title of a job that was cancelled.
pub const CANCELLED: &str = "Cancelled";
/// The label of the song's link.
pub const LISTEN: &str = "Listen";
/// The labels of the buttons below an outcome,
pub const AGAIN: &str = "Again";
/// below one without a song,
pub const TRY_AGAIN: &str = "Try again";
/// for other words,
pub const EDIT_PROMPT: &str = "Edit prompt";
/// for nobody to see it any more,
pub const DELETE: &str = "Delete";
/// and while a job waits.
pub const CANCEL: &str = "Cancel";
/// The title of the form for a prompt: at most 45 characters.
pub const FORM_TITLE: &str = "Make a song";
/// Above its input: at most 45 characters.
pub const FORM_PROMPT: &str = "What should the song be like?";
/// The names of the fields of a finished song.
pub const BPM: &str = "BPM";
/// See [`BPM`].
pub const DURATION: &str = "Duration";
/// See [`BPM`].
pub const TAGS: &str = "Tags";

/// Who asked.
pub fn asked_by(requester: UserId) -> String {
    format!("Asked by <@{requester}>")
}

/// A time as it is from now, in the reader's client.
fn relative(at: Timestamp) -> String {
    format!("<t:{}:R>", at.seconds())
}

/// The full second after a time, so that the person who comes back at the second that is told is not too
/// early.
fn rounded_up(at: Timestamp) -> Timestamp {
    at.after(Duration::from_millis(999))
}

/// Where in line a job is, and how long it waits there.
pub fn place_in_line(place: Option<usize>, wait: Option<Wait>) -> String {
    let place = match place {
        None => return "It starts right away.".to_owned(),
        Some(0 | 1) => "You're next: it starts as soon as there is room.".to_owned(),
        Some(place) => format!("Number {place} in line. This message follows along."),
    };
    wait.map_or(place.clone(), |wait| format!("{place}\n{}", durations::wait(&wait)))
}

/// Whisul turned the prompt away, but takes others.
pub const SET_BACK: &str = "Whisul hasn't taken this prompt yet. I'll send it again in a moment.";

/// What holds up a job that waits.
pub fn held_up(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Unreachable => {
            "Whisul can't be reached at the moment. Nothing is lost: the song goes on by itself."
        }
        Obstacle::Busy => "Whisul is busy and asked me to wait. The song goes on by itself.",
        Obstacle::BadKey => {
            "Whisul rejects this bot's API key. Its owner has been told. Nothing is lost: the song \
             goes on by itself once the key works."
        }
        Obstacle::OutOfCredit => {
            "This bot's Whisul account is out of credit. Its owner has been told. Nothing is lost: \
             the song goes on by itself once there is credit."
        }
    }
}

/// The last words on a message that can't be edited any more.
pub const GOES_ON_BY_DM: &str = "I can't update this message any more. The song will come to its \
                                 requester as a direct message.";

/// Under a finished song: how long it took.
pub fn made_in(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..60 => format!("Made in {seconds} s"),
        _ => format!("Made in {} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// A finished song for which Whisul sent no link that may be shown.
pub const NO_LINK: &str = "Whisul finished the song but sent no link to it that can be shown here.";
/// A finished song whose link is longer than Discord takes.
pub const LINK_TOO_LONG: &str = "The link to this song is too long for Discord to show.";

/// What went wrong, what it means for the quota, and what next.
pub fn failure(failure: &Failure, charge: Charge) -> String {
    let (what, next) = what_failed(failure);
    match charge {
        Charge::Full if matches!(failure, Failure::Generation { .. }) => {
            format!("{what} {COUNTS} Try other words next time.")
        }
        // Whisul is in trouble, whatever the words are.
        Charge::Full => format!("{what} {COUNTS} Wait a while before you try again."),
        Charge::KeyOnly | Charge::None => format!("{what} {DOES_NOT_COUNT}: {next}"),
    }
}

const DOES_NOT_COUNT: &str = "It doesn't count against your quota";
const COUNTS: &str =
    "It counts against your quota: several of your songs failed before, and those were refunded.";

fn what_failed(failure: &Failure) -> (&'static str, &'static str) {
    match failure {
        Failure::TooLate => (
            "I was away when you asked for this song, and it is too late to go on with it.",
            "ask again.",
        ),
        Failure::Expired => {
            ("This song waited for a week and could not be started.", "ask again if you like.")
        }
        Failure::Rejected { .. } => ("Whisul didn't accept this prompt.", "try other words."),
        Failure::Refused => (
            "Whisul answered in a way this bot doesn't know, and made no song.",
            "try again, and tell the bot's owner if it happens once more.",
        ),
        Failure::Generation { .. } => {
            ("Whisul couldn't make this song.", "try again, perhaps in other words.")
        }
        Failure::Songless => {
            ("Whisul is no longer working on this song, but didn't send it.", "try again.")
        }
        Failure::Vanished => {
            ("Whisul no longer knows this song, so it can't be fetched.", "try again.")
        }
        Failure::GivenUp => ("Whisul took far too long, so I stopped waiting.", "try again."),
        Failure::Ended { .. } => ("The bot's owner ended this song.", "ask for another one."),
        Failure::UnknownFate => (
            "Whisul gave no clear answer to your prompt. I can't tell whether it arrived, so I won't \
             send it twice.",
            "try again.",
        ),
    }
}

/// What Whisul itself said about a failure; `reason` is escaped.
pub fn whisul_said(reason: &str) -> String {
    format!("Whisul said: {reason}")
}

/// Who cancelled a song, and what that means.
pub fn cancelled(by: Canceller, requester: UserId) -> String {
    let who = match by {
        Canceller::Requester => format!("<@{requester}> cancelled this song."),
        Canceller::Moderator(person) => format!("<@{person}>, a moderator, cancelled this song."),
        Canceller::Owner => "This bot's owner cancelled this song.".to_owned(),
        Canceller::Deletion => {
            "Its message was deleted while it was in line, so no song was started.".to_owned()
        }
    };
    format!("{who} {DOES_NOT_COUNT}.")
}

/// The reason that somebody gave for cancelling or ending a song; it is escaped.
pub fn given_reason(reason: &str) -> String {
    format!("Reason: {reason}")
}

/// A prompt that can't be used.
pub fn bad_prompt(error: PromptError) -> String {
    match error {
        PromptError::Empty => {
            "That prompt has no readable text. Describe the song in a few words, such as \
             \"a calm piano piece for a rainy evening\"."
                .to_owned()
        }
        PromptError::TooLong { length } => format!(
            "That prompt has {length} characters, and {PROMPT_MAX} is the most. Shorten it a \
             little and try again."
        ),
    }
}

/// A prompt that Discord would not show, such as one that the server's `AutoMod` blocks.
pub const PROMPT_NOT_SHOWN: &str =
    "Discord didn't let me show that prompt here, so no song was started. Try other words.";

/// A limit that has no room.
pub fn refusal(refusal: &Refusal) -> String {
    let next = refusal.free_at.map(|at| relative(rounded_up(at)));
    let Refusal { limit, quota, .. } = refusal;
    let songs = songs_of(*quota);
    match (limit, next) {
        (Limit::Concurrency, _) => {
            let which = if songs == ONE_SONG { "it" } else { "one of them" };
            format!("You already have {songs} under way. Ask again when {which} is done.")
        }
        (Limit::Person, Some(next)) => {
            format!("You have used up your {songs}. The next one is free {next}.")
        }
        (Limit::Person, None) => without_songs(refusal.remedy).to_owned(),
        (Limit::Guild, Some(next)) => {
            format!("This server has used up its {songs}. The next one is free {next}.")
        }
        (Limit::Global, Some(next)) => {
            format!("This bot has used up its {songs} for everybody. The next one is free {next}.")
        }
        (Limit::Guild, None) => {
            "You can't make songs in this server at the moment: its quota is 0. Its moderators or \
             this bot's owner decide that."
                .to_owned()
        }
        (Limit::Global, None) => {
            "Nobody can make songs with this bot at the moment. Its owner decides that.".to_owned()
        }
    }
}

/// Somebody has no songs of their own, and waiting does not help.
fn without_songs(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Role => {
            "Only people with certain roles can make songs, and you have none of these roles. Ask a \
             moderator of this server which role you need."
        }
        Remedy::Server => {
            "Only people with certain roles can make songs, and I can't see roles here. Use the \
             command in a server where you have such a role."
        }
        Remedy::None => "You can't make songs with this bot at the moment. Its owner decides that.",
    }
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

/// The bot is not meant for this server.
pub const SERVER_NOT_ALLOWED: &str =
    "This bot isn't set up for songs in this server. Only its owner can allow that.";
/// The bot makes no songs in direct messages.
pub const DMS_NOT_ALLOWED: &str =
    "This bot makes songs only in its servers. Use the command in one of them.";
/// A button was clicked twice.
pub const ASKED_ALREADY: &str = "You've asked for that just now: it is under way.";
/// A button of a job that was forgotten.
pub const SONG_FORGOTTEN: &str =
    "I don't remember this song any more. Type its prompt after `/song` to have it made again.";
/// The button that deletes the message of a job that was forgotten.
pub const OWNER_FORGOTTEN: &str = "I don't remember this song any more, nor who asked for it. A moderator \
                                   can delete the message in its menu.";
/// A button for the requester and moderators.
pub const NOT_YOURS: &str = "Only the person who asked for this song, or a moderator, can do that.";
/// Cancelling came too late.
pub const TOO_LATE_TO_CANCEL: &str =
    "It is too late to cancel this song: Whisul is making it, or it is already over.";
/// Cancelling while the prompt is on its way.
pub const CANCEL_REMEMBERED: &str = "This song is being sent to Whisul. If Whisul doesn't accept it, it is cancelled and doesn't \
     count against your quota. If Whisul accepts it, it is made and counts.";
/// A button that this version of the bot doesn't know.
pub const UNKNOWN_BUTTON: &str =
    "I don't know this button any more. Type `/song` to ask for a song.";
/// A form that this version of the bot doesn't know.
pub const UNKNOWN_FORM: &str =
    "I don't know this form any more, so no song was started. Type `/song` to ask for one.";
/// The bot is on its way out.
pub const STOPPING: &str = "I'm just restarting. Try again in a minute.";
/// The job could not be written down.
pub const STORAGE_TROUBLE: &str =
    "I can't save anything at the moment, so nothing was done. Try again in a few minutes.";
/// The database took too long; nobody knows yet what it does.
pub const NOT_IN_TIME: &str = "This is taking longer than usual, and I can't tell yet whether it worked. Look again in a \
     minute, and try again if nothing has changed.";
/// An option's value is out of its limits, or of a wrong kind.
pub const BAD_OPTION: &str =
    "I can't use one of these values, so nothing was done. Choose a smaller or shorter one.";
/// Something unforeseen.
pub const UNFORESEEN: &str =
    "Something went wrong on my side, so nothing was done. Try again in a minute.";

/// To the owner: Whisul rejects the key.
pub const OWNER_BAD_KEY: &str = "Whisul rejects the API key that I use (WHISUL_API_KEY), or doesn't let it submit prompts. Songs \
     wait in line until it works. Put the right key into the settings and restart me; if the key is \
     put right at Whisul, I go on by myself.";

/// To the owner: the key's account is out of credit.
pub const OWNER_OUT_OF_CREDIT: &str = "The Whisul account of my API key is out of credit. Songs wait in line until there is some. Add \
     credit at Whisul; I go on by myself.";

/// To the owner: two processes share the token.
pub const OWNER_OTHER_PROCESS: &str = "Another process responds with my token (DISCORD_TOKEN). Each command goes to both of us, and I \
     leave it to the process that responds first. Stop one of them, or reset the token in the \
     developer portal if you don't know the other one.";
