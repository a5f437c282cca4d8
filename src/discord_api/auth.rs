//! How a request is authorised.

/// How a request is authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    /// With the bot's token.
    BotToken,
    /// With the interaction's token in the path, outside the bot's own limits.
    InteractionToken,
}
