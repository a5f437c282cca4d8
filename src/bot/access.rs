//! Where the bot may be used.

use std::collections::BTreeSet;

use crate::{domain::GuildId, messages::text};

/// Where songs may be asked for.
#[derive(Clone, Debug)]
pub struct Access {
    /// The servers; `None` for any.
    pub guilds: Option<BTreeSet<GuildId>>,
    /// Whether outside servers, too.
    pub direct_messages: bool,
}

impl Access {
    /// Whether a song may be asked for in this server, or (`None`) outside of servers.
    ///
    /// # Errors
    /// When not: with the sentence that says so.
    pub fn check(&self, guild: Option<GuildId>) -> Result<(), &'static str> {
        let (allowed, sentence) = match guild {
            Some(guild) => {
                let listed = self.guilds.as_ref().is_none_or(|guilds| guilds.contains(&guild));
                (listed, text::SERVER_NOT_ALLOWED)
            }
            None => (self.direct_messages, text::DMS_NOT_ALLOWED),
        };
        if allowed { Ok(()) } else { Err(sentence) }
    }
}
