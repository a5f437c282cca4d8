//! What people and servers are called, for those who see ids otherwise. Remembered in memory only.

use std::{collections::HashMap, sync::Arc, time::Duration};

use dashmap::DashMap;
use futures_util::future::join_all;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout, timeout_at},
};
use tracing::debug;

use crate::{
    discord_api::Discord,
    domain::{GuildId, UserId},
};

/// How long the servers' names are believed.
const FRESH: Duration = Duration::from_mins(5);
/// Of the 3 seconds for a response, this much may go into asking for them.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(1);
/// So many people's names are remembered at most,
const MAX_NAMES: usize = 5000;
/// and so many are asked for at once.
const AT_ONCE: usize = 25;

/// What servers are called.
pub(super) type ServerNames = HashMap<GuildId, String>;

/// What people and servers are called.
#[derive(Debug)]
pub struct Names {
    discord: Arc<Discord>,
    members: DashMap<(GuildId, UserId), String>,
    servers: Mutex<Option<(Instant, Arc<ServerNames>)>>,
}

impl Names {
    /// Asks this Discord, where nobody has told the names before.
    pub fn new(discord: Arc<Discord>) -> Self {
        Self { discord, members: DashMap::new(), servers: Mutex::new(None) }
    }

    /// Takes note of what somebody is called in a server.
    pub fn note(&self, guild: GuildId, person: UserId, name: &str) {
        if self.members.len() >= MAX_NAMES {
            self.members.clear();
        }
        self.members.insert((guild, person), name.to_owned());
    }

    /// What a member is called in a server, as far as that is known.
    pub fn of_member(&self, guild: GuildId, person: UserId) -> Option<String> {
        self.members.get(&(guild, person)).map(|name| name.clone())
    }

    /// Asks for the names that are not known yet, until then. What comes later is noted the next
    /// time.
    pub async fn learn(
        &self,
        guild: GuildId,
        people: impl IntoIterator<Item = UserId>,
        until: Instant,
    ) {
        let mut unknown: Vec<UserId> = people.into_iter().collect();
        unknown.retain(|person| !self.members.contains_key(&(guild, *person)));
        unknown.sort_unstable();
        unknown.dedup();
        let asked = unknown.into_iter().take(AT_ONCE).map(async |person| {
            match self.discord.member_name(guild, person).await {
                Ok(name) => self.note(guild, person, &name),
                Err(error) => debug!(%error, "looking up a member's name failed"),
            }
        });
        // A person who has no name by then is shown without.
        _ = timeout_at(until, join_all(asked)).await;
    }

    /// What the bot's servers are called; those that Discord does not name in time are left out.
    pub(super) async fn of_servers(&self) -> Arc<ServerNames> {
        timeout(LOOK_UP_TIMEOUT, self.ask_for_servers()).await.unwrap_or_default()
    }

    async fn ask_for_servers(&self) -> Arc<ServerNames> {
        let mut known = self.servers.lock().await;
        if let Some((asked, names)) = known.as_ref()
            && asked.elapsed() < FRESH
        {
            return Arc::clone(names);
        }
        let asked = Instant::now();
        match self.discord.guilds().await {
            Ok(servers) => {
                let names: Arc<ServerNames> = Arc::new(servers.into_iter().collect());
                *known = Some((asked, Arc::clone(&names)));
                names
            }
            Err(error) => {
                debug!(%error, "looking up server names failed");
                Arc::default()
            }
        }
    }
}
