//! Why the bot can't go on in Discord.

/// Why the bot can't go on in Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Only a new token helps.
    #[error("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal")]
    BadToken,
    /// Discord closes every connection for a reason that stays.
    #[error("Discord refuses this version of the bot (gateway close code {0}); update it")]
    Refused(u16),
    /// The machine gives no loopback address.
    #[error("this machine gives no loopback address")]
    NoLoopback,
}
