//! What a job counts against quotas.

/// What a job takes from the quotas until it is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Counts for its requester, its server and the key.
    Full,
    /// Counts for the key alone: Whisul may have been paid, but the person has no song.
    KeyOnly,
    /// Counts for nobody.
    None,
}
