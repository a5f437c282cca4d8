//! Members and sounds that a client asks the gateway for
//! (<https://docs.discord.com/developers/events/gateway-events#request-guild-members>).

use serde_json::{Value, json};

use crate::discord::api::json::Fields as _;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::CloseReason;
use crate::discord::gateway::sessions::Order;
use crate::discord::model::guild::Guild;
use crate::discord::state::DiscordState;

/// Members in one event.
const CHUNK: usize = 1000;
/// Members that are found by their names.
const MOST_FOUND: u64 = 100;

/// Whom a request for members means: those who are here, and ids of others.
type Wanted = (Vec<u64>, Vec<u64>);

impl DiscordState {
    /// Answers opcode 8 with chunks of members.
    ///
    /// # Errors
    /// 4002 for a request that names neither a server nor whom to look for.
    pub(super) fn request_members(
        &mut self,
        connection: u64,
        d: &Value,
    ) -> Result<(), CloseReason> {
        let id = id(d.at("guild_id")).ok_or(CloseReason::DECODE_ERROR)?;
        // A server that the bot is no member of is not answered.
        let Ok(guild) = self.joined_guild(id) else { return Ok(()) };
        let Some(wanted) = self.wanted_members(connection, guild, d)? else {
            self.violations.push("all members asked for without the intent for members".into());
            return Ok(());
        };
        for chunk in self.chunks(guild, &wanted, d) {
            self.tell(connection, "GUILD_MEMBERS_CHUNK", &chunk);
        }
        Ok(())
    }

    /// Whom a request means; `None` if it asks for all members, for which an intent is needed.
    fn wanted_members(
        &self,
        connection: u64,
        guild: &Guild,
        d: &Value,
    ) -> Result<Option<Wanted>, CloseReason> {
        let ids = match d.at("user_ids") {
            Value::Null => None,
            Value::Array(ids) => Some(ids.iter().filter_map(id).collect::<Vec<_>>()),
            one => Some(id(one).into_iter().collect()),
        };
        if let Some(ids) = ids {
            let here = |user: &u64| guild.members.contains_key(user);
            return Ok(Some(ids.into_iter().partition(here)));
        }
        let query = d.at("query").as_str().ok_or(CloseReason::DECODE_ERROR)?;
        let limit = d.at("limit").as_u64().ok_or(CloseReason::DECODE_ERROR)?;
        let all = query.is_empty() && limit == 0;
        if all && self.intents(connection) & protocol::GUILD_MEMBERS == 0 {
            return Ok(None);
        }
        let most = if all { u64::MAX } else { limit.clamp(1, MOST_FOUND) };
        let found = self.members_named(guild, query);
        let found = found.take(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(Some((found.collect(), Vec::new())))
    }

    fn intents(&self, connection: u64) -> u64 {
        let session = self.gateway.connections.get(&connection).and_then(|it| it.session.as_ref());
        session.and_then(|id| self.gateway.sessions.get(id)).map_or(0, |session| session.intents)
    }

    /// The data of the events that answer a request, at least one.
    fn chunks(&self, guild: &Guild, (found, missing): &Wanted, d: &Value) -> Vec<Value> {
        let count = found.len().div_ceil(CHUNK).max(1);
        let chunks = (0..count).map(|index| {
            let members = found.iter().skip(index * CHUNK).take(CHUNK);
            let mut chunk = json!({
                "guild_id": guild.id.to_string(),
                "members": members.map(|user| self.member_json(guild, *user)).collect::<Vec<_>>(),
                "chunk_index": index,
                "chunk_count": count,
                "not_found": missing.iter().map(u64::to_string).collect::<Vec<_>>(),
            });
            if d.at("presences") == true {
                chunk.set("presences", json!([]));
            }
            if d.at("nonce").is_string() {
                chunk.set("nonce", d.at("nonce").clone());
            }
            chunk
        });
        chunks.collect()
    }

    /// Answers opcode 31: no server has sounds.
    pub(super) fn request_sounds(&mut self, connection: u64, d: &Value) {
        for guild in d.at("guild_ids").as_array().into_iter().flatten().filter_map(id) {
            if self.joined_guild(guild).is_ok() {
                let data = json!({ "guild_id": guild.to_string(), "soundboard_sounds": [] });
                self.tell(connection, "SOUNDBOARD_SOUNDS", &data);
            }
        }
    }

    /// Sends an event to the session of one connection.
    fn tell(&mut self, connection: u64, name: &str, data: &Value) {
        let session = self.gateway.connections.get(&connection).and_then(|it| it.session.clone());
        let session = session.and_then(|id| self.gateway.sessions.get_mut(&id));
        if let Some(session) = session {
            let event = session.number(name, data);
            self.gateway.order(connection, Order::Send(event));
        }
    }
}

/// An id, in a string or as a number.
fn id(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
