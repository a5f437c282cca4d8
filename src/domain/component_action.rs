//! What a button or a form does. It carries all that takes in its `custom_id`, so that it works
//! after a restart and on a message of any age.

use std::fmt;

use super::{JobId, MessageAccess, MessageId, Search};

/// Names one run of the bot, so that a first response says which process gave it. Two processes with
/// the same token receive the same interactions, and the job ids that follow from them are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunId(pub u32);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// What a button or a form does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks for a song with the prompt of this job once more.
    Again(JobId),
    /// Opens a form with the prompt of this job, to be changed.
    Edit(JobId),
    /// Asks whether to delete the message about this job.
    Delete(JobId),
    /// Deletes a message about this job, once that was asked.
    DeleteNow {
        /// The job.
        job: JobId,
        /// The message, in the channel where the question stands.
        message: MessageId,
    },
    /// Cancels this job of the person who clicks, wherever the button stands.
    CancelOwn(JobId),
    /// Takes this job back while it waits.
    Cancel {
        /// The job.
        job: JobId,
        /// The run of the bot that rendered the button; none on messages of older versions.
        run: Option<RunId>,
    },
    /// Sends a form with a prompt.
    Compose {
        /// The job whose prompt it began with, if any.
        origin: Option<JobId>,
        /// Whether the bot itself can write where it was opened: Discord doesn't say that once
        /// more when the form is sent.
        access: MessageAccess,
    },
    /// Shows another page of the songs of the person who clicks.
    Songs {
        /// Which, from 0 on.
        page: u32,
        /// Of those songs that fit this.
        search: Search,
    },
    /// Forgets the songs of the person who clicks.
    Forget,
}

impl Action {
    /// The text that Discord keeps with the button or the form: at most 100 characters (Discord
    /// docs, Component Reference > Custom ID).
    pub fn custom_id(self) -> String {
        match self {
            Self::Again(job) => format!("again:{job}"),
            Self::Edit(job) => format!("edit:{job}"),
            Self::Delete(job) => format!("delete:{job}"),
            Self::DeleteNow { job, message } => format!("delete-now:{job}:{message}"),
            Self::CancelOwn(job) => format!("cancel-own:{job}"),
            Self::Cancel { job, run: None } => format!("cancel:{job}"),
            Self::Cancel { job, run: Some(run) } => format!("cancel:{job}:{run}"),
            Self::Compose { origin, access } => {
                let access = match access {
                    MessageAccess::Channel => "channel",
                    MessageAccess::TokenOnly => "token",
                };
                let origin = origin.map(|origin| origin.to_string()).unwrap_or_default();
                format!("compose:{access}:{origin}")
            }
            Self::Songs { page, search } => format!("songs:{page}:{}", search.as_str()),
            Self::Forget => "forget:me".to_owned(),
        }
    }

    /// Reads such a text. `None` unless it is exactly one that [`Self::custom_id`] writes: a
    /// modified client may send anything.
    pub fn parse(custom_id: &str) -> Option<Self> {
        let (name, rest) = custom_id.split_once(':')?;
        let job = || rest.parse().ok().map(JobId);
        let action = match name {
            "again" => Self::Again(job()?),
            "edit" => Self::Edit(job()?),
            "delete" => Self::Delete(job()?),
            "delete-now" => {
                let (job, message) = rest.split_once(':')?;
                let message = MessageId(message.parse().ok()?);
                Self::DeleteNow { job: JobId(job.parse().ok()?), message }
            }
            "cancel-own" => Self::CancelOwn(job()?),
            "cancel" => match rest.split_once(':') {
                Some((job, run)) => {
                    let run = u32::from_str_radix(run, 16).ok().map(RunId)?;
                    Self::Cancel { job: JobId(job.parse().ok()?), run: Some(run) }
                }
                None => Self::Cancel { job: job()?, run: None },
            },
            "compose" => {
                let (access, origin) = rest.split_once(':')?;
                let access = match access {
                    "channel" => MessageAccess::Channel,
                    "token" => MessageAccess::TokenOnly,
                    _ => return None,
                };
                let origin = (!origin.is_empty()).then(|| origin.parse().map(JobId));
                Self::Compose { origin: origin.transpose().ok()?, access }
            }
            "songs" => {
                let (page, search) = rest.split_once(':')?;
                Self::Songs { page: page.parse().ok()?, search: Search::new(search) }
            }
            "forget" => Self::Forget,
            _ => return None,
        };
        (action.clone().custom_id() == custom_id).then_some(action)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_action() -> impl Strategy<Value = Action> {
        let access = prop_oneof![Just(MessageAccess::Channel), Just(MessageAccess::TokenOnly)];
        let search = any::<String>().prop_map(|words| Search::new(&words));
        (0..9, any::<u64>().prop_map(JobId), any::<bool>(), access, any::<u32>(), search).prop_map(
            |(which, job, known, access, page, search)| match which {
                0 => Action::Again(job),
                1 => Action::Edit(job),
                2 => Action::Delete(job),
                3 => Action::Cancel { job, run: known.then_some(RunId(page)) },
                4 => Action::Songs { page, search },
                6 => Action::DeleteNow { job, message: MessageId(page.into()) },
                7 => Action::CancelOwn(job),
                5 => Action::Forget,
                _ => Action::Compose { origin: known.then_some(job), access },
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_and_fits(action in any_action()) {
            let custom_id = action.clone().custom_id();
            prop_assert!(custom_id.encode_utf16().count() <= 100);
            prop_assert_eq!(Action::parse(&custom_id), Some(action));
        }

        #[test]
        fn nothing_else_is_read(text in "(again|edit|delete|delete-now|cancel|cancel-own|compose|songs|forget)?:?\\PC{0,30}") {
            if let Some(action) = Action::parse(&text) {
                prop_assert_eq!(action.custom_id(), text);
            }
        }
    }

    #[test]
    fn one_thing_has_one_name() {
        let texts = [
            "again:+1",
            "again:01",
            "again: 1",
            "again:",
            "Again:1",
            "compose:channel",
            "cancel:1:",
            "cancel:1:2a",
            "cancel:1:0000002A",
            "cancel:1:0000002a:",
            "",
        ];
        for text in texts {
            assert_eq!(Action::parse(text), None, "{text}");
        }
    }
}
