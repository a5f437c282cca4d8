//! What admins do, and what that means for a person in a place.

mod admin_action;
mod overrides;
pub(in crate::domain) mod words;

pub use admin_action::{ActionOutcome, AdminAction, AuditEntry, Scope, WORDS_MAX};
pub use overrides::{Overrides, Restriction};
pub use words::{BlockedWord, Reading, WordError};
