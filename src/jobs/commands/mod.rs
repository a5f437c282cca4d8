//! What people and admins ask for: songs, lists, cancelling, exporting and erasing.

mod admin;
pub(super) mod cancel;
mod deleted;
pub(super) mod export;
pub(super) mod first_response;
mod forget;
pub(super) mod moderation;
pub(super) mod request;
pub(super) mod user_songs;
