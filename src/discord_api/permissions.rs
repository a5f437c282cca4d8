//! What the bot needs to be allowed in a channel, as bits of Discord docs, Permissions > Bitwise
//! Permission Flags.

/// With this, all others are held.
pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
/// To see the channel at all.
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
/// What a song's message needs besides, by the names of Discord's own settings.
pub(crate) const NEEDED: [(u64, &str); 4] = [
    (1 << 11, "Send Messages"),
    (1 << 14, "Embed Links"),
    (1 << 15, "Attach Files"),
    (1 << 16, "Read Message History"),
];

/// The least permissions with which everything works.
pub(crate) fn least() -> u64 {
    NEEDED.iter().fold(VIEW_CHANNEL, |all, (bit, _)| all | bit)
}
