//! Why Whisul makes no songs at present.

/// What holds up requests to Whisul.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It can't be reached, or answers with errors.
    Unreachable,
    /// It asked to wait.
    Busy,
    /// It rejects the key.
    BadKey,
    /// The key's account has no credit left.
    OutOfCredit,
}
