//! What the message of a song says, from the queue to its end.

use std::time::Duration;

use super::durations;
use crate::domain::{Canceller, Charge, Failure, Obstacle, UserId, Wait};

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

/// Where in line a job is, and how long it waits there.
pub fn position_in_line(position: Option<usize>, wait: Option<Wait>) -> String {
    let sentence = match position {
        None => return "It starts right away.".to_owned(),
        Some(0 | 1) => "You're next: it starts as soon as there is room.".to_owned(),
        Some(position) => format!("Number {position} in line. This message follows along."),
    };
    wait.map_or(sentence.clone(), |wait| format!("{sentence}\n{}", durations::wait(&wait)))
}

/// Whisul turned the prompt away, but takes others.
pub const RESUBMIT_PENDING: &str =
    "Whisul hasn't taken this prompt yet. I'll send it again in a moment.";

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
pub(super) const COUNTS: &str =
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
        Failure::Undocumented => (
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
        Failure::UnknownOutcome => (
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
