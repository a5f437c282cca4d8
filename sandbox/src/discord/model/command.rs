//! The application's commands, global and of single servers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::discord::api::error::ApiError;
use crate::discord::api::json::Fields as _;
use crate::discord::api::snowflake::Clock;

/// Commands created in one scope in a day
/// (<https://docs.discord.com/developers/interactions/application-commands#registering-a-command>).
const MOST_CREATES: usize = 200;

/// All registered commands.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    list: Vec<Command>,
    /// Creates so far in each scope; a sandbox does not live for days.
    creates: BTreeMap<Option<u64>, usize>,
}

/// A registered command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: u64,
    version: u64,
    application: u64,
    /// The server that it belongs to; `None` for a global one.
    pub(crate) guild: Option<u64>,
    /// What the bot declared, as Discord keeps it.
    pub(crate) declared: Map<String, Value>,
}

impl Command {
    /// What a person types or picks.
    pub(crate) fn name(&self) -> &str {
        self.declared.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// 1 slash, 2 user, 3 message, 4 entry point.
    pub(crate) fn kind(&self) -> u64 {
        self.declared.get("type").and_then(Value::as_u64).unwrap_or(1)
    }

    /// The application command object
    /// (<https://docs.discord.com/developers/interactions/application-commands#application-command-object>).
    pub(crate) fn json(&self) -> Value {
        let mut json = Value::Object(self.declared.clone());
        json.set("id", self.id.to_string());
        json.set("application_id", self.application.to_string());
        json.set("version", self.version.to_string());
        if let Some(guild) = self.guild {
            json.set("guild_id", guild.to_string());
        }
        json
    }
}

impl Commands {
    /// The commands of a scope.
    pub(crate) fn of(&self, guild: Option<u64>) -> impl Iterator<Item = &Command> {
        self.list.iter().filter(move |command| command.guild == guild)
    }

    /// The command of a scope with an id.
    pub(crate) fn get(&self, guild: Option<u64>, id: u64) -> Result<&Command, ApiError> {
        self.of(guild).find(|command| command.id == id).ok_or(ApiError::UNKNOWN_COMMAND)
    }

    /// The command that a name means in a server: the server's own before the global one.
    pub(crate) fn named(&self, guild: Option<u64>, kind: u64, name: &str) -> Option<&Command> {
        let fits = |command: &&Command| command.kind() == kind && command.name() == name;
        let own = guild.and_then(|guild| self.of(Some(guild)).find(fits));
        own.or_else(|| self.of(None).find(fits))
    }

    /// Registers a command; one of the same type and name is overwritten and keeps its id.
    /// Returns whether it is new.
    ///
    /// # Errors
    /// 30034 after too many creates.
    pub(crate) fn register(
        &mut self,
        clock: &mut Clock,
        application: u64,
        guild: Option<u64>,
        declared: Map<String, Value>,
    ) -> Result<(Command, bool), ApiError> {
        let version = clock.id();
        let new = Command { id: version, version, application, guild, declared };
        let same = |known: &&mut Command| {
            known.guild == guild && known.kind() == new.kind() && known.name() == new.name()
        };
        if let Some(known) = self.list.iter_mut().find(same) {
            known.declare(new.declared, version);
            return Ok((known.clone(), false));
        }
        let creates = self.creates.entry(guild).or_default();
        if *creates == MOST_CREATES {
            return Err(ApiError::TOO_MANY_COMMAND_CREATES);
        }
        *creates += 1;
        self.list.push(new.clone());
        Ok((new, true))
    }

    /// Changes a command.
    ///
    /// # Errors
    /// 10063 for an unknown id.
    pub(crate) fn change(
        &mut self,
        clock: &mut Clock,
        guild: Option<u64>,
        id: u64,
        declared: Map<String, Value>,
    ) -> Result<Command, ApiError> {
        let mut commands = self.list.iter_mut();
        let found = commands.find(|command| command.guild == guild && command.id == id);
        let command = found.ok_or(ApiError::UNKNOWN_COMMAND)?;
        command.declare(declared, clock.id());
        Ok(command.clone())
    }

    /// Forgets the commands of a scope that `keep` does not want.
    pub(crate) fn retain(&mut self, guild: Option<u64>, keep: impl Fn(&Command) -> bool) {
        self.list.retain(|command| command.guild != guild || keep(command));
    }
}

impl Command {
    fn declare(&mut self, declared: Map<String, Value>, version: u64) {
        if self.declared != declared {
            self.declared = declared;
            self.version = version;
        }
    }
}
