//! Servers, direct messages, and people who bring the bot along.
