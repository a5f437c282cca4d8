//! A job as a Discord message: what it says ([`render()`]), and how it gets there ([`Postman`]).

mod application;
mod discord;
mod error;
mod extras;
mod limiter;
mod links;
mod markdown;
mod meaning;
mod media;
mod message;
mod postman;
mod render;
mod request;
mod search;
pub mod sentences;

pub use application::Application;
pub use discord::{ANSWER_PAUSE, ANSWER_RETRIES, Discord, Posted};
pub use error::DiscordError;
pub use links::Links;
pub use media::{Files, Media, MediaError};
pub use message::Message;
pub use postman::Postman;
pub use render::{Obstacle, Scene, render};
pub use request::Urgency;
