//! What people read when they delete a song's message.

use crate::domain::{Job, State, UserId};

/// The question before it, and where the song stays.
pub fn delete_question(job: &Job, person: UserId) -> String {
    match keeper(job, person) {
        Keeper::Nobody => "Delete this message?".to_owned(),
        Keeper::Reader => "Delete this message? The song stays in `/songs`.".to_owned(),
        Keeper::Requester => {
            format!("Delete this message? <@{}> keeps the song in `/songs`.", job.requester)
        }
    }
}

/// It is gone, and what brings the song back.
pub fn deleted(job: &Job, person: UserId) -> String {
    match keeper(job, person) {
        Keeper::Nobody => "Deleted.".to_owned(),
        Keeper::Reader => "Deleted. `/songs` brings the song back.".to_owned(),
        Keeper::Requester => {
            format!("Deleted. <@{}> can bring the song back with `/songs`.", job.requester)
        }
    }
}

/// It could not be deleted.
pub const NOT_DELETED: &str = "I couldn't delete that message. Click *Delete* on it again.";

/// Who has the song of a message in `/songs`.
enum Keeper {
    /// There is no song.
    Nobody,
    /// The person who reads the sentence.
    Reader,
    /// The person who asked for it.
    Requester,
}

fn keeper(job: &Job, person: UserId) -> Keeper {
    match job.state {
        State::Completed { .. } if job.requester == person => Keeper::Reader,
        State::Completed { .. } => Keeper::Requester,
        _ => Keeper::Nobody,
    }
}
