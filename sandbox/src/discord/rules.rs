//! What of Discord's behaviour a test may choose.

use std::path::PathBuf;
use std::time::Duration;

/// The requests that a bucket allows, and in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests taken in one window.
    pub requests: u32,
    /// The window's length.
    pub per: Duration,
}

impl RateLimit {
    /// `requests` in each window of `per`.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }

    /// A limit that no test reaches.
    #[must_use]
    pub const fn none() -> Self {
        Self::new(u32::MAX, Duration::from_secs(1))
    }
}

/// The rate limits of the routes.
///
/// Discord publishes none of them but the global one and tells bots to read the headers
/// (<https://docs.discord.com/developers/topics/rate-limits>); the defaults are the values that
/// its headers are known to carry.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// Each method on a channel's messages, per channel.
    pub messages: RateLimit,
    /// Each method on an interaction's messages (`/webhooks/{application}/{token}`), per token.
    pub webhooks: RateLimit,
    /// Registering and reading commands.
    pub commands: RateLimit,
    /// Every other route.
    pub others: RateLimit,
    /// All of a bot's requests together, interaction endpoints excepted.
    pub global: RateLimit,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            messages: RateLimit::new(5, Duration::from_secs(5)),
            webhooks: RateLimit::new(5, Duration::from_secs(2)),
            commands: RateLimit::new(5, Duration::from_secs(20)),
            others: RateLimit::new(50, Duration::from_secs(1)),
            global: RateLimit::new(50, Duration::from_secs(1)),
        }
    }
}

impl RateLimits {
    /// Limits that no test reaches.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            messages: RateLimit::none(),
            webhooks: RateLimit::none(),
            commands: RateLimit::none(),
            others: RateLimit::none(),
            global: RateLimit::none(),
        }
    }
}

/// How a [`DiscordSandbox`](super::DiscordSandbox) behaves; the default is Discord's behaviour.
#[derive(Clone, Debug)]
pub struct DiscordRules {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Whether the application is so old that its bot user has an id of its own.
    pub old_application: bool,
    /// How long an interaction may stay without a first response.
    pub answer_within: Duration,
    /// How long an interaction's token lives once it was answered.
    pub token_lifetime: Duration,
    /// The heartbeat interval that HELLO asks for.
    pub heartbeat_interval: Duration,
    /// How many IDENTIFYs are accepted in a day.
    pub session_start_limit: usize,
    /// How many shards `GET /gateway/bot` recommends.
    pub shards: u32,
    /// The least time between two IDENTIFYs. Discord's is 5 seconds; the default is none, so that
    /// a test may restart a bot at once.
    pub identify_interval: Duration,
    /// Whether the application may ask for the privileged intents (members, presences, message
    /// content), which Discord's developer portal denies at first.
    pub privileged_intents: bool,
    /// The least time between a modal and its submission: people are not faster, and libraries get to know
    /// a modal only once its response has come back.
    pub modal_delay: Duration,
    /// The size of one uploaded file, in bytes.
    pub attachment_size_limit: u64,
    /// From which age on an edited message counts as old.
    pub old_message_after: Duration,
    /// How often an old message may be edited (error 30046). Discord does not publish the number;
    /// this default is ours.
    pub old_message_edits: usize,
    /// For how long a nonce is remembered ("the past few minutes").
    pub nonce_memory: Duration,
    /// The rate limits of the routes.
    pub rate_limits: RateLimits,
    /// Discord's OpenAPI description, against which request bodies are checked. The default is the
    /// path in the environment variable `DISCORD_OPENAPI`; nothing is checked without it.
    pub openapi: Option<PathBuf>,
}

impl Default for DiscordRules {
    fn default() -> Self {
        Self {
            port: 0,
            old_application: false,
            answer_within: Duration::from_secs(3),
            token_lifetime: Duration::from_mins(15),
            heartbeat_interval: Duration::from_millis(41_250),
            session_start_limit: 1000,
            shards: 1,
            identify_interval: Duration::ZERO,
            privileged_intents: false,
            modal_delay: Duration::from_millis(100),
            attachment_size_limit: 10 * 1024 * 1024,
            old_message_after: Duration::from_hours(1),
            old_message_edits: 10,
            nonce_memory: Duration::from_mins(5),
            rate_limits: RateLimits::default(),
            openapi: std::env::var_os("DISCORD_OPENAPI").map(PathBuf::from),
        }
    }
}
