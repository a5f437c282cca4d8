//! Which links of Whisul's may be shown.

use url::Url;

use crate::domain::{Job, link};

/// The most characters of a link in an embed and in a button (Discord docs, Message Resource > Embed
/// Limits; Component Reference > Button).
const EMBED_URL_MAX: usize = 2048;
const BUTTON_URL_MAX: usize = 512;

/// Decides which links may be shown to people: those of the web, in their normal form.
#[derive(Clone, Debug)]
pub struct Links {
    whisul: Url,
}

impl Links {
    /// Links for the Whisul at this base URL.
    pub fn of(whisul: &Url) -> Self {
        Self { whisul: whisul.clone() }
    }

    /// The link, if it may be shown and fits into an embed.
    pub fn checked(&self, text: &str) -> Option<String> {
        let url: String = link(text, &self.whisul)?.into();
        (url.len() <= EMBED_URL_MAX).then_some(url)
    }

    /// The same for a button.
    pub(super) fn button(&self, text: &str) -> Option<String> {
        self.checked(text).filter(|url| url.len() <= BUTTON_URL_MAX)
    }

    /// The same for a link inside a text, in `(…)`, where it may have at most `room` characters.
    pub(super) fn inline(&self, text: &str, room: usize) -> Option<String> {
        let url = self.checked(text)?.replace('(', "%28").replace(')', "%29");
        (url.len() <= room).then_some(url)
    }
}

/// Where the message about a job is, if it has one.
pub(super) fn message_link(job: &Job) -> Option<String> {
    let channel = job.message_channel.unwrap_or(job.place.channel);
    // Where it is not where the song was asked for, it went to the requester directly.
    let guild = job.place.guild.filter(|_| channel == job.place.channel);
    let guild = guild.map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
    let message = job.message?;
    Some(format!("https://discord.com/channels/{guild}/{channel}/{message}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links() -> Links {
        Links::of(&Url::parse("http://127.0.0.1:4000/api").unwrap())
    }

    #[test]
    fn a_long_link_fits_an_embed_but_no_button() {
        let link = |length| format!("https://cdn.whisul.com/{}", "a".repeat(length));
        let (short, long, endless) = (link(400), link(600), link(3000));
        assert_eq!(links().button(&short), Some(short.clone()));
        assert_eq!(links().button(&long), None);
        assert_eq!(links().checked(&long), Some(long));
        assert_eq!(links().checked(&endless), None);
        assert_eq!(links().checked("javascript:alert(1)"), None);
        let own = "http://127.0.0.1:4000/audio/1.wav";
        assert_eq!(links().checked("/audio/1.wav").as_deref(), Some(own));
    }

    #[test]
    fn a_link_in_a_text_ends_where_it_should() {
        let link = "https://cdn.whisul.com/a)b(c";
        assert_eq!(links().inline(link, 60).unwrap(), "https://cdn.whisul.com/a%29b%28c");
        assert_eq!(links().inline(link, 20), None);
    }

    proptest! {
        #[test]
        fn whatever_is_shown_is_short_and_has_no_white_space(link in "https?://\\PC{0,40}") {
            if let Some(shown) = links().checked(&link) {
                prop_assert!(shown.len() <= EMBED_URL_MAX);
                prop_assert!(!shown.contains(char::is_whitespace));
            }
        }
    }
}
