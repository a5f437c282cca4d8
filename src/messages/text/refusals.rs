//! What people are told when the bot does not do what they asked for.

use super::{ONE_SONG, relative, rounded_up, songs_of};
use crate::domain::{Limit, LimitExceeded, PROMPT_MAX, PromptError, Remedy};

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
pub fn refusal(refusal: &LimitExceeded) -> String {
    let next = refusal.free_at.map(|at| relative(rounded_up(at)));
    let LimitExceeded { limit, quota, .. } = refusal;
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

/// To somebody whose interaction could not be read.
pub const UNREADABLE: &str = "Discord sent me this in a form that I don't understand, so nothing \
                              happened and no song was started. Try `/song` instead.";
/// To somebody who used a command that this bot doesn't have.
pub const UNKNOWN_COMMAND: &str = "This bot doesn't have that command any more, so nothing \
                                   happened. `/help` shows what it can do.";
/// To somebody whose Discord has another version of a command.
pub const COMMAND_CHANGED: &str = "This command has changed, and your Discord still shows an older \
                                   version of it. Nothing happened: restart Discord and try again.";
/// To somebody who wanted a song made of a message without text.
pub const NOTHING_TO_READ: &str = "There is no text in that message that I could make a song of. \
                                   Use `/song` and write what it should be like.";
