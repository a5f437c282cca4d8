//! Identifiers. Discord's are snowflakes: 64-bit numbers that carry their time of creation
//! (Discord docs, Reference > Snowflakes).

use std::fmt;

use super::Timestamp;

/// Defines a snowflake type that can't be mixed up with another.
macro_rules! snowflake {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

snowflake!(
    /// A Discord application, the bot's own.
    ApplicationId
);
snowflake!(
    /// A channel, thread or direct message conversation.
    ChannelId
);
snowflake!(
    /// A server, which Discord's API calls a guild.
    GuildId
);
snowflake!(
    /// What a person did that Discord wants a response to: a command, a click, a form or an
    /// autocompletion (Discord docs, Receiving and Responding).
    InteractionId
);
snowflake!(
    /// A job. Its number is that of the interaction that asked for it, so that an interaction delivered
    /// twice cannot become two jobs, and so that a job is dated by Discord's clock.
    JobId
);
snowflake!(
    /// A message.
    MessageId
);
snowflake!(
    /// A role in a server.
    RoleId
);
snowflake!(
    /// A person.
    UserId
);

impl InteractionId {
    /// When it was made, by Discord's clock.
    pub fn created_at(self) -> Timestamp {
        Timestamp::of_snowflake(self.0)
    }
}

impl JobId {
    /// The interaction that asked for it.
    pub fn interaction(self) -> InteractionId {
        InteractionId(self.0)
    }

    /// When that was made, by Discord's clock.
    pub fn created_at(self) -> Timestamp {
        self.interaction().created_at()
    }
}

/// The interaction that asked for a job.
impl From<JobId> for InteractionId {
    fn from(job: JobId) -> Self {
        job.interaction()
    }
}

/// The job that an interaction asks for.
impl From<InteractionId> for JobId {
    fn from(interaction: InteractionId) -> Self {
        Self(interaction.0)
    }
}

/// A job as Whisul knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhisulJob {
    /// Its id.
    pub id: WhisulJobId,
    /// Where to ask for it, as Whisul sent it: to be checked before it is followed.
    pub poll_url: Option<String>,
}

/// Whisul's own id for a job: a UUID, according to its documentation, but treated as opaque text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhisulJobId(String);

impl WhisulJobId {
    /// Takes an id as Whisul sent it. `None` unless it is 1 to 64 letters, digits, `-` or `_`: it
    /// becomes part of a URL.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=64).contains(&text.len()).then_some(())?;
        text.chars().all(plain).then(|| Self(text.to_owned()))
    }

    /// An id that no job has: the nil UUID (RFC 9562, section 5.9).
    pub fn nobodys() -> Self {
        Self("00000000-0000-0000-0000-000000000000".to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
