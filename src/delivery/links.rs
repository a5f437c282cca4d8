//! Which links of Whisul's may be shown.

use url::{Origin, Url};

use crate::domain::Job;

/// The most characters of a link in a button (Discord docs, Component Reference > Button).
const BUTTON_URL_MAX: usize = 512;

/// Decides which links may be shown to people: `https` ones, and those on Whisul's own origin,
/// which on the sandbox is plain `http`.
#[derive(Clone, Debug)]
pub struct Links {
    whisul: Origin,
}

impl Links {
    /// Links for the Whisul at this base URL.
    pub fn of(whisul: &Url) -> Self {
        Self { whisul: whisul.origin() }
    }

    /// The link in its normal form, if it may be shown and fits wherever Discord takes one.
    pub fn checked(&self, link: &str) -> Option<String> {
        let url = Url::parse(link).ok()?;
        let web = matches!(url.scheme(), "https" | "http");
        let allowed = url.scheme() == "https" || url.origin() == self.whisul;
        let plain = url.username().is_empty() && url.password().is_none();
        let fits = url.as_str().len() <= BUTTON_URL_MAX;
        (web && allowed && plain && fits).then(|| url.into())
    }

    /// The same for a link inside a text, in `(…)`, where it may have at most `room` characters.
    pub(super) fn inline(&self, link: &str, room: usize) -> Option<String> {
        let link = self.checked(link)?.replace('(', "%28").replace(')', "%29");
        (link.len() <= room).then_some(link)
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
    fn https_and_whisul_itself_are_shown() {
        for link in ["https://cdn.whisul.com/audio/1.mp3", "http://127.0.0.1:4000/audio/1.wav"] {
            assert_eq!(links().checked(link).as_deref(), Some(link));
        }
    }

    #[test]
    fn nothing_else_is() {
        let long = format!("https://cdn.whisul.com/{}", "a".repeat(600));
        for link in [
            "http://cdn.whisul.com/1.mp3",
            "http://127.0.0.1:4001/1.mp3",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://discord.com@evil.example/",
            "discord://-/channels",
            "not a link",
            "",
            &long,
        ] {
            assert_eq!(links().checked(link), None, "{link}");
        }
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
                prop_assert!(shown.len() <= BUTTON_URL_MAX);
                prop_assert!(!shown.contains(char::is_whitespace));
            }
        }
    }
}
