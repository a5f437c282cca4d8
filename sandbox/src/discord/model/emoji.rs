//! The application's own emojis (<https://docs.discord.com/developers/resources/emoji>).

/// An emoji that the application has uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Emoji {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) animated: bool,
}
