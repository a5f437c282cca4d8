//! The Discord sandbox, seen from outside: what it does, and each breach that it refuses.

mod bot;
mod serenity_client;
