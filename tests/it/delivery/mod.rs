//! How an outcome and its files reach people.

pub(crate) mod attachments;
mod downloads;
mod notices;
mod rejected_content;
mod routes;
