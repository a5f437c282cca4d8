//! IDENTIFY and RESUME
//! (<https://docs.discord.com/developers/events/gateway#identifying>).

use std::time::Instant;

use serde_json::{Value, json};

use crate::discord::api::json::Fields as _;
use crate::discord::gateway::fault::GatewayFault;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::{CloseReason, INVALID_SESSION};
use crate::discord::gateway::sessions::{Order, Session};
use crate::discord::model::user::User;
use crate::discord::state::DiscordState;

/// From this many servers on, a shard is refused
/// (<https://docs.discord.com/developers/events/gateway#sharding>).
const MOST_GUILDS: usize = 2500;

impl DiscordState {
    /// Handles an IDENTIFY.
    ///
    /// # Errors
    /// The reason for which the connection is closed.
    pub(super) fn identify(&mut self, connection: u64, d: &Value) -> Result<(), CloseReason> {
        if d.at("token").as_str().map(|token| token.trim_start_matches("Bot ")) != Some(&self.token)
        {
            return Err(CloseReason::AUTHENTICATION_FAILED);
        }
        let on_identify = |fault| {
            let kinds = [GatewayFault::CutOnIdentify, GatewayFault::InvalidOnIdentify];
            kinds.contains(&fault) || matches!(fault, GatewayFault::CloseOnIdentify(_))
        };
        if let Some(fault) = self.gateway.take_fault(on_identify) {
            return self.apply_fault(connection, fault);
        }
        let shard = self.checked_shard(d.at("shard"))?;
        let intents = self.checked_intents(d.at("intents"))?;
        if !d.at("properties").is_object() {
            return Err(CloseReason::DECODE_ERROR);
        }
        if self.gateway.identifies >= self.rules.session_start_limit {
            self.violations.push(
                "more IDENTIFYs than the session start limit: Discord resets the token".into(),
            );
            return Err(CloseReason::AUTHENTICATION_FAILED);
        }
        let early = |last: Instant| last.elapsed() < self.rules.identify_interval;
        if self.gateway.last_identify.is_some_and(early) {
            self.gateway.order(connection, invalid_session(false));
            return Ok(());
        }
        self.gateway.identifies += 1;
        self.gateway.made += 1;
        self.gateway.last_identify = Some(Instant::now());
        let id = format!(
            "{:032x}",
            (u128::from(self.clock.now()) << 64) | u128::from(self.gateway.made)
        );
        self.gateway.sessions.insert(id.clone(), Session::new(shard, intents));
        self.attach(connection, &id);
        self.greet(connection, &id);
        Ok(())
    }

    fn checked_shard(&self, shard: &Value) -> Result<[u64; 2], CloseReason> {
        let [shard, shards] = if shard.is_null() {
            [0, 1]
        } else {
            serde_json::from_value(shard.clone()).map_err(|_| CloseReason::INVALID_SHARD)?
        };
        if shard >= shards {
            return Err(CloseReason::INVALID_SHARD);
        }
        if self.guilds_of_shard([shard, shards]).len() > MOST_GUILDS {
            return Err(CloseReason::SHARDING_REQUIRED);
        }
        Ok([shard, shards])
    }

    fn checked_intents(&self, intents: &Value) -> Result<u64, CloseReason> {
        let intents = intents.as_u64().ok_or(CloseReason::DECODE_ERROR)?;
        if intents & !protocol::KNOWN != 0 {
            return Err(CloseReason::INVALID_INTENTS);
        }
        if intents & protocol::PRIVILEGED != 0 && !self.rules.privileged_intents {
            return Err(CloseReason::DISALLOWED_INTENTS);
        }
        Ok(intents)
    }

    fn guilds_of_shard(&self, [shard, shards]: [u64; 2]) -> Vec<u64> {
        let mine = |id: &u64| (id >> 22) % shards == shard;
        let joined = self.guilds.values().filter(|guild| guild.has_bot);
        joined.map(|guild| guild.id).filter(mine).collect()
    }

    fn attach(&mut self, connection: u64, session: &str) {
        if let Some(known) = self.gateway.connections.get_mut(&connection) {
            known.session = Some(session.to_owned());
        }
        if let Some(known) = self.gateway.sessions.get_mut(session) {
            known.connection = Some(connection);
        }
    }

    /// `READY`, and `GUILD_CREATE` for each server if the session wants to know.
    fn greet(&mut self, connection: u64, session: &str) {
        let Some(Session { shard, intents, .. }) = self.gateway.sessions.get(session) else {
            return;
        };
        let (shard, intents) = (*shard, *intents);
        let guilds = self.guilds_of_shard(shard);
        let resume_url = self.gateway.resume_url.clone();
        let unavailable = |id: &u64| json!({ "id": id.to_string(), "unavailable": true });
        let ready = json!({
            "v": 10,
            "user": self.users.get(&self.bot).map(User::own_json),
            "user_settings": {},
            "guilds": guilds.iter().map(unavailable).collect::<Vec<_>>(),
            "session_id": session,
            "session_type": "normal",
            "resume_gateway_url": resume_url.unwrap_or_else(|| format!("ws://{}", self.authority)),
            "shard": shard,
            "application": { "id": self.application.to_string(), "flags": 0 },
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "_trace": [],
        });
        let mut events = vec![("READY", ready)];
        if intents & protocol::GUILDS != 0 {
            let guilds = guilds.iter().filter_map(|id| self.guilds.get(id));
            events.extend(guilds.map(|guild| ("GUILD_CREATE", self.guild_create_json(guild))));
        }
        for (name, data) in events {
            let Some(session) = self.gateway.sessions.get_mut(session) else { return };
            let event = session.number(name, &data);
            self.gateway.order(connection, Order::Send(event));
        }
    }

    /// Handles a RESUME: replays missed events, or reports an invalid session.
    ///
    /// # Errors
    /// The reason for which the connection is closed.
    pub(super) fn resume(&mut self, connection: u64, d: &Value) -> Result<(), CloseReason> {
        if d.at("token").as_str().map(|token| token.trim_start_matches("Bot ")) != Some(&self.token)
        {
            return Err(CloseReason::AUTHENTICATION_FAILED);
        }
        let on_identify = |fault| {
            fault == GatewayFault::CutOnResume
                || matches!(
                    fault,
                    GatewayFault::InvalidOnResume { .. } | GatewayFault::CloseOnResume(_)
                )
        };
        if let Some(fault) = self.gateway.take_fault(on_identify) {
            return self.apply_fault(connection, fault);
        }
        let id = d.at("session_id").as_str().ok_or(CloseReason::DECODE_ERROR)?;
        let sequence = d.at("seq").as_u64().ok_or(CloseReason::DECODE_ERROR)?;
        let Some(session) = self.gateway.sessions.get_mut(id) else {
            self.gateway.order(connection, invalid_session(false));
            return Ok(());
        };
        if sequence > session.sequence {
            return Err(CloseReason::INVALID_SEQUENCE);
        }
        let mut events = session.missed(sequence).cloned().collect::<Vec<_>>();
        events.push(session.number("RESUMED", &json!({ "_trace": [] })));
        // This connection replaces the former one.
        if let Some(before) = session.connection.replace(connection) {
            self.gateway.order(before, Order::Cut);
        }
        self.gateway.resumes += 1;
        self.attach(connection, id);
        for event in events {
            self.gateway.order(connection, Order::Send(event));
        }
        if self.gateway.take_fault(|fault| fault == GatewayFault::CutAfterResume).is_some() {
            self.gateway.order(connection, Order::Cut);
        }
        Ok(())
    }

    /// Applies a fault to a connection.
    fn apply_fault(&self, connection: u64, fault: GatewayFault) -> Result<(), CloseReason> {
        match fault {
            GatewayFault::CloseOnIdentify(code) | GatewayFault::CloseOnResume(code) => {
                return Err(CloseReason(code, "on demand"));
            }
            GatewayFault::InvalidOnIdentify => {
                self.gateway.order(connection, invalid_session(false));
            }
            GatewayFault::InvalidOnResume { resumable } => {
                self.gateway.order(connection, invalid_session(resumable));
            }
            _ => self.gateway.order(connection, Order::Cut),
        }
        Ok(())
    }
}

/// Opcode 9: the session is invalid, or may be resumed.
pub(super) fn invalid_session(resumable: bool) -> Order {
    Order::Send(protocol::message(INVALID_SESSION, &resumable.into()))
}
