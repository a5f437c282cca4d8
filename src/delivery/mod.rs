//! A job as a Discord message: what it says ([`render()`]), and how it gets there ([`Postman`]).

mod application;
mod callback;
mod discord;
mod error;
mod extras;
mod form;
mod limiter;
mod links;
mod markdown;
mod meaning;
mod media;
mod message;
pub mod panels;
mod postman;
mod render;
mod request;
mod search;
pub mod sentences;

pub use application::Application;
pub use callback::{ANSWER_PAUSE, ANSWER_RETRIES, Reply, Suggestion};
pub use discord::{Discord, Posted};
pub use error::DiscordError;
pub use form::{PROMPT_INPUT, prompt_form};
pub use links::Links;
pub use media::{Files, Media, MediaError};
pub use message::Message;
pub use postman::Postman;
pub use render::{Obstacle, Scene, render};
pub use request::Urgency;
