//! The state of this Discord, which `Shared` keeps behind one lock.

mod channels;
mod events;
mod guilds;
mod interactions;
mod mentions;
mod messages;
pub(crate) mod posting;
mod reactions;

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::discord::api::rate_limiter::RateLimiter;
use crate::discord::api::snowflake::Clock;
use crate::discord::gateway::sessions::Gateway;
use crate::discord::model::channel::Channel;
use crate::discord::model::command::Commands;
use crate::discord::model::emoji::Emoji;
use crate::discord::model::guild::Guild;
use crate::discord::model::interaction::Interaction;
use crate::discord::model::message::{RememberedNonce, StoredFile, StoredMessage};
use crate::discord::model::user::User;
use crate::discord::rules::DiscordRules;

/// The whole state of a Discord.
#[derive(Debug)]
pub(crate) struct DiscordState {
    pub(crate) rules: DiscordRules,
    pub(crate) clock: Clock,
    /// `127.0.0.1:PORT`.
    pub(crate) authority: String,
    pub(crate) token: String,
    /// The application's id.
    pub(crate) application: u64,
    /// Its bot user's, which is the same unless the application is old.
    pub(crate) bot: u64,
    pub(crate) owner: u64,
    /// The team that owns the application, if one does: members and their roles.
    pub(crate) team: Option<Vec<(u64, String)>>,
    /// Where interactions go in place of the gateway.
    pub(crate) interactions_endpoint: Option<String>,
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) guilds: BTreeMap<u64, Guild>,
    pub(crate) channels: BTreeMap<u64, Channel>,
    pub(crate) messages: BTreeMap<u64, StoredMessage>,
    pub(crate) files: BTreeMap<u64, StoredFile>,
    pub(crate) nonces: VecDeque<RememberedNonce>,
    pub(crate) interactions: BTreeMap<u64, Interaction>,
    pub(crate) commands: Commands,
    /// The application's own emojis.
    pub(crate) emojis: BTreeMap<u64, Emoji>,
    pub(crate) gateway: Gateway,
    /// Parts of links that messages may not contain.
    pub(crate) blocked_links: Vec<String>,
    pub(crate) limiter: RateLimiter,
    pub(crate) violations: Vec<String>,
    /// Answers of the sandbox that Discord's description does not allow.
    pub(crate) invalid_answers: Vec<String>,
    pub(crate) checked_bodies: usize,
    /// Answers of 401, 403 and 429, of which Discord takes 10,000 in 10 minutes.
    pub(crate) invalid_requests: usize,
}

/// A token that looks like a bot's: three parts, the first its user id in Base64, from which some
/// libraries read it; the others are made up.
fn first_token(bot: u64) -> String {
    format!("{}.AAAAAA.not-a-real-token-but-the-sandbox-accepts-it", base64(&bot.to_string()))
}

/// Base64 without padding (RFC 4648).
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.as_bytes().chunks(3).flat_map(|chunk| {
        let bits = (0..3)
            .fold(0_usize, |bits, at| bits << 8 | chunk.get(at).copied().map_or(0, usize::from));
        let digit = move |at: usize| DIGITS.get(bits >> (18 - 6 * at) & 0x3F).copied();
        (0..=chunk.len()).filter_map(digit)
    });
    digits.map(char::from).collect()
}

impl DiscordState {
    /// A Discord with one application, its bot and its owner.
    pub(crate) fn new(rules: DiscordRules) -> Self {
        let mut clock = Clock::default();
        let (bot, owner) = (clock.id(), clock.id());
        let application = if rules.old_application { clock.id() } else { bot };
        let users = [User::new(bot, "bot", true), User::new(owner, "owner", false)];
        Self {
            rules,
            clock,
            authority: String::new(),
            token: first_token(bot),
            application,
            bot,
            owner,
            team: None,
            interactions_endpoint: None,
            users: users.map(|user| (user.id, user)).into(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            files: BTreeMap::new(),
            nonces: VecDeque::new(),
            interactions: BTreeMap::new(),
            commands: Commands::default(),
            emojis: BTreeMap::new(),
            gateway: Gateway::default(),
            blocked_links: Vec::new(),
            limiter: RateLimiter::default(),
            violations: Vec::new(),
            invalid_answers: Vec::new(),
            checked_bodies: 0,
            invalid_requests: 0,
        }
    }

    /// A user object; null for an unknown id.
    pub(crate) fn user_json(&self, id: u64) -> Value {
        self.users.get(&id).map(User::json).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let known = [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")];
        for (text, encoded) in known {
            assert_eq!(base64(text), encoded);
        }
    }
}
