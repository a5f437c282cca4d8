//! Endpoints with response types of their own.

pub(super) mod application;
pub(super) mod callback;
pub(super) mod gateway;
pub(super) mod inspection;
