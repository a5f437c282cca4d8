//! What people read about what the bot knows of them.

use super::ONE_SONG;

/// What comes after a file of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportEnd {
    /// Another file.
    More,
    /// Nothing: that was everything.
    Complete,
    /// Nothing, though there are older songs: Discord takes no further file.
    Cut,
}

/// What forgetting means, before it is done.
pub const FORGET_WHAT: &str = "If you go on, I forget what your songs were: prompts, titles, tags, links, and why one failed. \
     I only keep when and where you made songs, which quotas need, and what you chose with \
     `/notify`.\n\n\
     The messages with your songs stay in Discord, but their buttons no longer work: first delete \
     those that you don't want to stay. **This can't be undone.** `/my-data export` gives you a \
     copy before.";

/// The button that does it.
pub const FORGET: &str = "Forget my songs";

/// It is done; `kept` songs are under way.
pub fn forgotten(erased: u64, kept: u64) -> String {
    let done = match erased {
        0 => "There was nothing to forget.".to_owned(),
        1 => format!("Done: I have forgotten {ONE_SONG}."),
        songs => format!("Done: I have forgotten {songs} songs."),
    };
    match kept {
        0 => done,
        1 => format!("{done} One is still under way: when it is done, ask me again."),
        songs => format!("{done} {songs} are still under way: when they are done, ask me again."),
    }
}

/// With the file that holds somebody's data.
const EXPORTED: &str = "Here is everything that I know about your songs.";

/// The same with one of several files.
pub fn exported(number: u32, end: ExportEnd) -> String {
    match (number, end) {
        (1, ExportEnd::Complete) => EXPORTED.to_owned(),
        (1, ExportEnd::More) => "Here is what I know about your songs. It is too much for one \
             file: more files follow, with older songs."
            .to_owned(),
        (_, ExportEnd::More) => format!("File {number}. More files follow."),
        (_, ExportEnd::Complete) => format!("File {number}, the last one."),
        (_, ExportEnd::Cut) => format!(
            "File {number}. I can't send more files here, so the oldest songs are left out. Use \
             `/my-data export` in a server that has added me to get all of them."
        ),
    }
}

/// The file did not get through.
pub const NOT_EXPORTED: &str = "Discord didn't take all of your data. Try again in a few minutes.";
