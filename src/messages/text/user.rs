//! What people read about their own songs, limits and data.

use super::{CANCEL, ONE_SONG, refusal, relative, rounded_up, songs_of};
use crate::domain::{Available, Grant, Limit, Quota, QuotaUsage, Restriction, Scope, Timestamp};

/// The title of a person's songs.
pub const YOUR_SONGS: &str = "Your songs";
/// The buttons between pages.
pub const PREVIOUS: &str = "Previous";
/// See [`PREVIOUS`].
pub const NEXT: &str = "Next";
/// Somebody without songs looks for them.
pub const NO_SONGS: &str = "You have no finished songs here yet. Type `/song` to make one.";
/// A song that was picked for showing, but can't be.
pub const NO_SUCH_SONG: &str =
    "I couldn't find that song among yours. Pick one from the list that appears while you type.";

/// What somebody typed fits so many of their songs, which are listed below.
pub fn several_songs(count: usize) -> String {
    format!(
        "{count} of your songs fit that. Type more of the one you mean, or pick it while you type."
    )
}

/// Discord would not show a song again here.
pub const SONG_NOT_SHOWN: &str = "Discord didn't let me show that song here. Try it in another channel, or get its link in a file \
     with `/my-data export`.";

/// Why only its requester sees a song that is shown again here.
pub fn not_public(restriction: Restriction) -> &'static str {
    match restriction {
        Restriction::Blocked(Scope::Server(_)) => {
            "Only you can see this: the moderators of this server have blocked you from songs here."
        }
        Restriction::Blocked(Scope::Everywhere) => {
            "Only you can see this: this bot's owner has blocked you from songs."
        }
        Restriction::Paused(Scope::Server(_)) => {
            "Only you can see this: the moderators have paused songs in this server."
        }
        Restriction::Paused(Scope::Everywhere) => {
            "Only you can see this: songs are paused everywhere at the moment."
        }
        Restriction::Word => "Only you can see this: there is a word in it that is blocked here.",
    }
}

/// The title of the songs that a search found; `words` are escaped.
pub fn songs_with(words: &str) -> String {
    format!("{YOUR_SONGS} with \"{words}\"")
}

/// A search found nothing; `words` are escaped.
pub fn none_found(words: &str) -> String {
    format!(
        "None of your songs has \"{words}\" in its prompt, title or tags. Try fewer words, or \
         `/songs` alone to see them all."
    )
}

/// Below a page of songs.
pub fn page(page: usize, of: usize, songs: usize) -> String {
    let songs = if songs == 1 { ONE_SONG.to_owned() } else { format!("{songs} songs") };
    if of == 1 { songs } else { format!("Page {page} of {of} · {songs}") }
}

/// One song in a list; `title` is escaped.
pub fn song_in_list(title: &str, asked_at: Timestamp, message: Option<&str>) -> String {
    let message = message.map(|link| format!(" · [message]({link})")).unwrap_or_default();
    // Isolated: a title that is written from right to left would take the time with it.
    format!("**\u{2068}{title}\u{2069}** · {}{message}", relative(asked_at))
}

/// The title of what is left of somebody's limits.
pub const WHAT_IS_LEFT: &str = "What is left";
/// Above the songs that are under way.
pub const UNDER_WAY_NOW: &str = "**Under way**";
/// How many songs somebody can ask for: the answer that `/quota` and `/help` begin with.
pub fn available(available: &Available) -> String {
    match *available {
        Available::Unlimited => UNLIMITED.to_owned(),
        Available::Songs { left, at_once } => {
            let songs =
                if left == 1 { "1 more song".to_owned() } else { format!("{left} more songs") };
            let pace =
                if at_once < left { format!(", {at_once} at a time") } else { String::new() };
            format!("You can ask for {songs} now{pace}.")
        }
        Available::Nothing(ref refused) => refusal(refused),
    }
}

/// Nothing limits how many songs somebody may ask for.
const UNLIMITED: &str = "Unlimited.";
/// Nobody counts a person's own songs.
pub const NO_QUOTA: &str = "Your own songs are unlimited.";

/// What is left of a limit; of one that is used up, when there is more.
pub fn usage(usage: &QuotaUsage) -> String {
    let QuotaUsage { limit, quota, left, next_at } = *usage;
    let songs = songs_of(quota);
    let told = match limit {
        Limit::Concurrency => return at_once(quota, left),
        Limit::Person => format!("You have {left} of your {songs} left."),
        Limit::Guild => format!("This server has {left} of its {songs} left."),
        Limit::Global => format!("Everyone together: {left} of {songs} left."),
    };
    match next_at.filter(|_| left == 0) {
        Some(at) => format!("{told} The next one is free {}.", relative(rounded_up(at))),
        None => told,
    }
}

/// Extra songs that somebody was given.
pub fn granted(grant: &Grant) -> String {
    let songs = if grant.left == 1 {
        "1 extra song".to_owned()
    } else {
        format!("{} extra songs", grant.left)
    };
    format!("You have {songs} until <t:{}:f>.", grant.expires_at.seconds())
}

fn at_once(quota: Quota, left: u32) -> String {
    match quota.depth() {
        1 => "You can have 1 song under way at once.".to_owned(),
        most if most == left => format!("You can have {most} songs under way at once."),
        most => format!("You can have {most} songs under way at once: {left} more now."),
    }
}

/// A job that is under way, with its number where there are several; its prompt is escaped.
pub fn under_way(
    number: Option<usize>,
    title: &str,
    prompt: &str,
    message: Option<&str>,
) -> String {
    let number = number.map(|number| format!("{number} · ")).unwrap_or_default();
    let message = message.map(|link| format!(" · [message]({link})")).unwrap_or_default();
    format!("{number}{title}{message}\n> {prompt}")
}

/// The label of the button that cancels a job of such a list.
pub fn cancel_numbered(number: Option<usize>) -> String {
    number.map_or_else(|| CANCEL.to_owned(), |number| format!("{CANCEL} {number}"))
}

/// Above what is left, once a song was cancelled there.
pub const CANCELLED_HERE: &str = "Cancelled. It doesn't count against your quota.";

/// The name of the command in a message's menu.
pub const MAKE_SONG_OF_THIS: &str = "Make a song of this";
