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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_whisuls_is_plain_in_any_address() {
        let longest = "a".repeat(64);
        for text in ["81fa5ff7", "0b7c6a1e-52f4-4d0e-9a55-3f1c8e2d7b90", "A_1", &longest] {
            assert_eq!(WhisulJobId::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a/b", "..", "a b", "a%20b", "é", "a?b", &format!("{longest}a")] {
            assert_eq!(WhisulJobId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_snowflake_is_dated_by_discords_clock() {
        // The example in Discord's documentation.
        let id = InteractionId(175_928_847_299_117_063);
        assert_eq!(id.created_at(), Timestamp::from_millis(1_462_015_105_796));
    }
}
