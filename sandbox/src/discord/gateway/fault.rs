//! What can go wrong with the gateway's connections.

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayFault {
    /// It is cut as soon as it stands, before HELLO.
    CutAtOnce,
    /// It stands, and nothing is ever said.
    NoHello,
    /// After HELLO nothing is said any more, whatever the client sends.
    SilentAfterHello,
    /// An IDENTIFY cuts it.
    CutOnIdentify,
    /// An IDENTIFY closes it with this code.
    CloseOnIdentify(u16),
    /// An IDENTIFY is answered with opcode 9: the session can't be resumed.
    InvalidOnIdentify,
    /// A RESUME cuts it.
    CutOnResume,
    /// A RESUME closes it with this code.
    CloseOnResume(u16),
    /// A RESUME is answered with opcode 9.
    InvalidOnResume {
        /// What that says of the session.
        resumable: bool,
    },
    /// It is cut as soon as a session was resumed on it.
    CutAfterResume,
}
