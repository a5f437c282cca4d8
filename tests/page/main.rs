//! The sandbox's page in a real browser.
//!
//! The scenes are in `scenes/`, one file each; this starts a Discord, a Whisul, a page and the bot's
//! own binary for each. They need Node.js, Chromium and, once, `npm ci` in this folder. Where one
//! is absent the tests say so and pass, except in CI (`CI=true`), where they fail.
#![expect(clippy::unwrap_used, reason = "a test may stop at a surprise")]

mod browser;
mod demo;
mod fixture;
mod scenes;
mod showcase;
mod stage;
