//! Who a message mentions, and who is notified of it.

/// Somebody who is notified of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ping {
    /// This person.
    User(u64),
    /// Everybody with this role.
    Role(u64),
    /// Everybody in the server.
    Everyone,
    /// Everybody in the server who is online.
    Here,
}

/// Who a message names effectively.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) everyone: bool,
    pub(crate) here: bool,
}
