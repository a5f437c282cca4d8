//! Queries for people: for one person, for moderators and the owner, and lists page by page.

pub(super) mod admin;
pub(super) mod pages;
pub(super) mod user;
