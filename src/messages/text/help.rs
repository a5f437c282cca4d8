//! What people read when they ask how the bot works.

use super::{AGAIN, CANCEL, DELETE, EDIT_PROMPT, MAKE_SONG_OF_THIS, TRY_AGAIN, songs_of};
use crate::domain::Quota;

/// The title.
pub const HELP: &str = "Songs from a few words";

/// What to do.
pub const HOW_TO_ASK: &str =
    "Type `/song` and describe a song: style, mood, topic. My message follows it until it is done.";

/// The headings of the parts.
pub const HELP_LIMITS: &str = "How many";
/// See [`HELP_LIMITS`].
pub const HELP_BUTTONS: &str = "The buttons";
/// See [`HELP_LIMITS`].
pub const HELP_MORE: &str = "More";

/// How many songs a person may have.
pub fn limit_of_person(quota: Quota, roles_have_more: bool) -> String {
    match (quota, roles_have_more) {
        (Quota::Unlimited, _) => "Your own songs are unlimited.".to_owned(),
        (Quota::Limited { count: 0, .. }, true) => {
            "Only people with certain roles get songs.".to_owned()
        }
        (Quota::Limited { count: 0, .. }, false) => "You get no songs.".to_owned(),
        (quota, true) => format!("You get {}; some roles have more.", songs_of(quota)),
        (quota, false) => format!("You get {}.", songs_of(quota)),
    }
}

/// How many songs a server may have.
pub fn limit_of_guild(quota: Quota) -> String {
    format!("{} for this server.", songs_of(quota))
}

/// How many songs there are for everybody.
pub fn limit_of_all(quota: Quota) -> String {
    format!("{} for everybody together.", songs_of(quota))
}

/// How many songs a person may have at once.
pub fn limit_at_once(most: u32) -> String {
    format!("{most} at once, those in line included.")
}

/// What else there is to know of limits.
pub const HELP_QUOTA: &str = "A song that fails doesn't count, unless several of yours have failed \
                              just before. `/quota` shows what is left.";

/// What each button does.
pub fn buttons() -> String {
    format!(
        "**{AGAIN}** and **{TRY_AGAIN}** use the same prompt; **{EDIT_PROMPT}** lets you change it \
         first. The new song is yours and counts against your quota, even if somebody else made the \
         first. **{CANCEL}** stops a song that is still in line, and **{DELETE}** removes the \
         message. These two are for the person who asked, and for moderators."
    )
}

/// Where people are told when their song is ready.
pub const HELP_NOTIFY: &str = "`/notify off` stops me from pinging you when a song is ready.";

/// What moderators and the owner have.
pub const HELP_ADMIN: &str =
    "`/admin` has what moderators need: its commands are listed as you type.";

/// The other commands.
pub fn other_commands() -> String {
    format!(
        "`/songs` shows your songs and posts one again, `/my-data` gives you what I know about you \
         or makes me forget it. In a message's menu, under Apps, *{MAKE_SONG_OF_THIS}* begins with \
         its words."
    )
}
