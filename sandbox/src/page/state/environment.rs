//! What a page shows.

use std::{sync::Arc, time::Duration};

use crate::{Channel, DiscordSandbox, Person, Program, WhisulSandbox};

/// What a page shows: two sandboxes, the bot, and the people, channels and roles.
#[derive(Debug)]
pub struct Environment {
    /// The Discord.
    pub discord: DiscordSandbox,
    /// The Whisul.
    pub whisul: WhisulSandbox,
    /// The name of the server that the channels belong to.
    pub server: String,
    /// The channels, each with its name.
    pub channels: Vec<(Channel, String)>,
    /// Who one can be, and what each of them is.
    pub people: Vec<(Person, String)>,
    /// Names of roles, by their ids.
    pub roles: Vec<(u64, String)>,
    /// The bot.
    pub bot: Arc<Program>,
    /// How long a song takes while no fault is injected.
    pub song_takes: Duration,
}
