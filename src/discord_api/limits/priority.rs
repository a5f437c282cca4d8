//! Which requests give way.

/// Which requests give way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// It has to get through, and waits for its place.
    High,
    /// An edit that shows progress. It gives way where the rate limit is nearly used up: another
    /// comes soon.
    Low,
}
