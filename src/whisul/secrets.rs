//! The secrets that no text from Whisul may show: services repeat a wrong key in their errors, and
//! everybody in a channel reads what the bot passes on.

use secrecy::{ExposeSecret, SecretString};

/// A piece of a secret that is as long as this gives too much of it away. Shorter ones may be the
/// prefix that all keys have, which links may hold by chance.
const PIECE: usize = 12;
/// Something shorter is no secret: it would be found everywhere.
const SHORTEST: usize = 4;

/// The secrets, in lower case: host names and file names lose theirs.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<SecretString>);

impl Secrets {
    pub(super) fn new(secrets: &[&SecretString]) -> Self {
        let lower =
            |secret: &&SecretString| SecretString::new(secret.expose_secret().to_ascii_lowercase());
        Self(secrets.iter().map(lower).collect())
    }

    /// Whether a text holds one of them, or a large piece of one.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.0.iter().any(|secret| {
            let secret = secret.expose_secret().as_bytes();
            let pieces = secret.chunks_exact(PIECE.min(secret.len()).max(SHORTEST));
            let mut pieces = pieces.filter_map(|piece| str::from_utf8(piece).ok());
            pieces.any(|piece| text.contains(piece))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secrets(all: &[&str]) -> Secrets {
        let all: Vec<_> = all.iter().map(|one| SecretString::new((*one).to_owned())).collect();
        Secrets::new(&all.iter().collect::<Vec<_>>())
    }

    #[test]
    fn common_words_and_prefixes_are_no_secrets() {
        let key = secrets(&["whisul_live_0123456789abcdef"]);
        for text in ["", "Whisul", "https://cdn.whisul.com/whisul_songs/1.mp3", "whisul_live", "…"]
        {
            assert!(!key.are_in(text), "{text}");
        }
        assert!(!secrets(&["", "key"]).are_in("the key of C"));
        assert!(secrets(&["s3cr3t"]).are_in("S3CR3T!"));
    }

    proptest! {
        #[test]
        fn a_secret_is_found_wherever_and_however_it_stands(
            before in ".{0,20}",
            secret in "[!-~]{8,80}",
            after in ".{0,20}",
            upper in any::<bool>(),
        ) {
            let shown = if upper { secret.to_ascii_uppercase() } else { secret.clone() };
            let text = format!("{before}{shown}{after}");
            prop_assert!(secrets(&["another-token", &secret]).are_in(&text));
            let most: String = secret.chars().take(PIECE).collect();
            let text = format!("{before}{most}****{after}");
            prop_assert!(secrets(&[&secret]).are_in(&text));
        }
    }
}
