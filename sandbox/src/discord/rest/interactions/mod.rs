//! First responses to interactions, and their webhooks.

pub(crate) mod callback;
pub(crate) mod webhook;
