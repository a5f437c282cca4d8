//! Threads (<https://docs.discord.com/developers/topics/threads>).

/// What a channel is that is a thread of another.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) parent: u64,
    /// 11 public, 12 private.
    pub(crate) kind: u8,
    pub(crate) owner: u64,
    pub(crate) members: Vec<u64>,
    /// Minutes without a message after which it is archived; here it never is by itself.
    pub(crate) auto_archive_duration: i64,
    /// Whether an archived thread is not opened by a new message.
    pub(crate) locked: bool,
}
