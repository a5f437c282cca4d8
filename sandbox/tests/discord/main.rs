//! The Discord sandbox, seen from outside: what it does, and each breach that it refuses.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at a surprise, and JSON that lacks a field reads as null"
)]

mod bot;
mod commands;
mod components;
mod compression;
mod embeds;
mod events;
mod files;
mod gateway;
mod interactions;
mod mentions;
mod messages;
mod modals;
mod openapi;
mod people;
mod permissions;
mod rate_limits;
mod serenity_client;
mod sessions;
mod socket;
