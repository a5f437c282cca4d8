//! Opcodes, close codes and intents
//! (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway>).

use serde_json::{Value, json};

pub(super) const DISPATCH: u64 = 0;
pub(super) const HEARTBEAT: u64 = 1;
pub(super) const IDENTIFY: u64 = 2;
pub(super) const PRESENCE_UPDATE: u64 = 3;
pub(super) const VOICE_STATE_UPDATE: u64 = 4;
pub(super) const RESUME: u64 = 6;
pub(super) const RECONNECT: u64 = 7;
pub(super) const REQUEST_GUILD_MEMBERS: u64 = 8;
pub(super) const INVALID_SESSION: u64 = 9;
pub(super) const HELLO: u64 = 10;
pub(super) const HEARTBEAT_ACK: u64 = 11;
pub(super) const REQUEST_SOUNDBOARD_SOUNDS: u64 = 31;

/// Why the gateway closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CloseReason(pub(super) u16, pub(super) &'static str);

impl CloseReason {
    pub(super) const UNKNOWN_OPCODE: Self = Self(4001, "Unknown opcode");
    pub(super) const DECODE_ERROR: Self = Self(4002, "Decode error");
    pub(super) const NOT_AUTHENTICATED: Self = Self(4003, "Not authenticated.");
    pub(super) const AUTHENTICATION_FAILED: Self = Self(4004, "Authentication failed.");
    pub(super) const ALREADY_AUTHENTICATED: Self = Self(4005, "Already authenticated.");
    pub(super) const INVALID_SEQUENCE: Self = Self(4007, "Invalid seq");
    pub(super) const RATE_LIMITED: Self = Self(4008, "Rate limited.");
    pub(super) const SESSION_TIMED_OUT: Self = Self(4009, "Session timed out");
    pub(super) const INVALID_SHARD: Self = Self(4010, "Invalid shard");
    pub(super) const SHARDING_REQUIRED: Self = Self(4011, "Sharding required");
    pub(super) const INVALID_API_VERSION: Self = Self(4012, "Invalid API version");
    pub(super) const INVALID_INTENTS: Self = Self(4013, "Invalid intent(s)");
    pub(super) const DISALLOWED_INTENTS: Self = Self(4014, "Disallowed intent(s)");

    /// Whether the session ends with the connection: a close that cannot be resumed from.
    pub(super) fn ends_session(self) -> bool {
        matches!(self.0, 1000 | 1001 | 4004 | 4007 | 4009..=4014)
    }
}

pub(crate) const GUILDS: u64 = 1 << 0;
pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
pub(crate) const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
/// Members, presences, message content.
pub(super) const PRIVILEGED: u64 = GUILD_MEMBERS | (1 << 8) | MESSAGE_CONTENT;
/// All bits that mean something.
pub(super) const KNOWN: u64 = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

/// A message of the gateway that is no event.
pub(super) fn message(op: u64, d: &Value) -> Value {
    json!({ "op": op, "d": d, "s": null, "t": null })
}
