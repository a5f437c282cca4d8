//! Whisul fails, rejects or answers in unexpected ways.

mod isolation;
mod lenient_json;
mod outages;
mod proxy_answers;
mod read_only_key;
pub(crate) mod rejected_key;
