//! What people see: one file for each message or screen, and every sentence in `text`.

mod form;
mod help;
mod links;
mod listing;
pub(crate) mod markdown;
pub mod panels;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod questions;
mod quota_panel;
mod render;
pub mod suggestions;
pub mod text;

pub use form::{PROMPT_INPUT, prompt_form};
pub use help::help;
pub use links::Links;
pub use listing::listing;
pub use questions::deletion::delete_question;
pub use questions::forgetting::forget_question;
pub use quota_panel::{Allowance, quota_panel};
pub use render::{MessageView, render};
