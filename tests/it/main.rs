//! Behaviours, told as sentences.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod settings;
mod stopping;
