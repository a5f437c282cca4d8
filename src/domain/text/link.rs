//! Links that Whisul sends.

use url::{Host, Url};

/// The most bytes of a link. Signed links of object stores have about 2000.
const LINK_MAX: usize = 8192;

/// A link as Whisul wrote it, in its normal form; `None` for what nobody can open.
///
/// Relative links lead to the origin of the API at `base`, `cdn.example/1.mp3` to another host. Only
/// `http` and `https` are links. A user name and a password are left out: they hide where a link
/// leads, or are a secret.
pub fn link(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.len() > LINK_MAX {
        return None;
    }
    let mut url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => relative(text, base)?,
        Err(_) => return None,
    };
    let web =
        matches!(url.scheme(), "http" | "https") && url.host().is_some_and(|host| is_plain(&host));
    if !web || url.as_str().len() > LINK_MAX {
        return None;
    }
    url.set_password(None).ok()?;
    url.set_username("").ok()?;
    Some(url)
}

/// Whether a host is written as hosts are: URLs allow quotes and other marks in one.
fn is_plain(host: &Host<&str>) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !matches!(host, Host::Domain(name) if !name.chars().all(plain))
}

/// A relative link. A mere word such as `pending` is none: it would lead to nothing.
fn relative(text: &str, base: &Url) -> Option<Url> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    if first.is_empty() {
        let leads_on = path.chars().any(|c| c != '/');
        return leads_on.then(|| base.join(text).ok())?;
    }
    if text.contains(char::is_whitespace) {
        return None;
    }
    let is_host = first.contains('.') && !rest.is_empty() && !first.starts_with('.');
    let is_file = path.rsplit('/').next().is_some_and(|file| file.contains('.'));
    match (is_host, is_file) {
        (true, _) => Url::parse(&format!("https://{text}")).ok(),
        (false, true) => base.join(&format!("/{text}")).ok(),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties;

    fn shown(text: &str) -> Option<String> {
        link(text, &Url::parse("https://whisul.com/api").unwrap()).map(Into::into)
    }

    #[test]
    fn links_may_be_absolute_or_relative() {
        for (text, url) in [
            ("https://cdn.whisul.com/audio/1.mp3", "https://cdn.whisul.com/audio/1.mp3"),
            (" https://cdn.whisul.com/a b.mp3\n", "https://cdn.whisul.com/a%20b.mp3"),
            ("HTTPS://CDN.Whisul.com/1.mp3", "https://cdn.whisul.com/1.mp3"),
            ("http://cdn.whisul.com/1.mp3", "http://cdn.whisul.com/1.mp3"),
            ("/audio/1.mp3", "https://whisul.com/audio/1.mp3"),
            ("/audio/1.mp3?sig=a:b/c", "https://whisul.com/audio/1.mp3?sig=a:b/c"),
            ("/audio/a song.mp3", "https://whisul.com/audio/a%20song.mp3"),
            ("audio/1.mp3", "https://whisul.com/audio/1.mp3"),
            ("./audio/1.mp3", "https://whisul.com/audio/1.mp3"),
            ("../audio/1.mp3", "https://whisul.com/audio/1.mp3"),
            ("1.mp3", "https://whisul.com/1.mp3"),
            ("//cdn.whisul.com/1.mp3", "https://cdn.whisul.com/1.mp3"),
            ("cdn.whisul.com/audio/1.mp3", "https://cdn.whisul.com/audio/1.mp3"),
            ("https://müsik.example/é.mp3", "https://xn--msik-0ra.example/%C3%A9.mp3"),
            ("https://discord.com@cdn.example/", "https://cdn.example/"),
            ("//ann@cdn.example/1.mp3", "https://cdn.example/1.mp3"),
            ("https://ann:secret@cdn.whisul.com/1.mp3", "https://cdn.whisul.com/1.mp3"),
            ("https://a.example/1\n2.mp3", "https://a.example/12.mp3"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(url), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_link() {
        for text in [
            "",
            " ",
            "/",
            "//",
            "pending",
            "n/a",
            "not a link.mp3",
            "javascript:alert(1)",
            "data:audio/mpeg;base64,AAAA",
            "file:///etc/passwd",
            "ftp://cdn.whisul.com/1.mp3",
            "discord://-/channels/1",
            "https://",
            "https:///",
            "https://evil.example:99999/",
            "https://evil.\"example/1.mp3",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
        let of_length = |path: usize| shown(&format!("https://a.example/{}", "a".repeat(path)));
        let longest = LINK_MAX - "https://a.example/".len();
        assert!(of_length(longest).is_some());
        assert_eq!(of_length(longest + 1), None);
        let escaped = format!("/{}", "é".repeat(LINK_MAX / 4));
        assert_eq!(shown(&escaped), None, "it is short only as it was written");
    }

    proptest! {
        #[test]
        fn any_text_is_a_plain_web_address_or_none(
            text in prop_oneof![any::<String>(), "(https?:)?[/\\\\]{0,3}\\PC{0,30}(@|/|\\?|#)?\\PC{0,9}"],
        ) {
            properties::link(text.as_bytes());
        }
    }
}
