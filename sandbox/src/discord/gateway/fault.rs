//! What can go wrong with the gateway's connections.

/// A fault of gateway connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayFault {
    /// The connection is cut as soon as it is open, before HELLO.
    CutAtOnce,
    /// The connection opens, and the server never sends anything.
    NoHello,
    /// After HELLO the server sends nothing any more, whatever the client sends.
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
        /// Whether the session may be resumed.
        resumable: bool,
    },
    /// It is cut as soon as a session was resumed on it.
    CutAfterResume,
}
