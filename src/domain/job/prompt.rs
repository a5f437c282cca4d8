//! The prompt: a person's words for a song.

use std::fmt;

use crate::domain::text::{is_blank, steers_direction};

/// The most characters a prompt may have, after trimming. Declared to Discord, too.
pub const PROMPT_MAX: usize = 1000;

/// A checked prompt: 1 to [`PROMPT_MAX`] characters with something to see among them, none of
/// which controls a terminal or turns the direction of the text around it.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt(String);

/// Why a text is no prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// Nothing is left after cleaning.
    #[error("the prompt is empty")]
    Empty,
    /// It is longer than [`PROMPT_MAX`].
    #[error("the prompt has {length} characters; at most {PROMPT_MAX} are allowed")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
}

impl Prompt {
    /// Cleans and checks a text that somebody typed.
    ///
    /// # Errors
    /// When nothing visible remains, or too much.
    pub fn parse(text: &str) -> Result<Self, PromptError> {
        let cleaned: String = text.chars().filter_map(clean).collect();
        let trimmed = cleaned.trim();
        if trimmed.chars().all(is_blank) {
            return Err(PromptError::Empty);
        }
        let length = trimmed.chars().count();
        if length > PROMPT_MAX {
            return Err(PromptError::TooLong { length });
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The prompt's text, for Whisul and for its requester. Never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prompts are private: logs may only tell their length.
impl fmt::Debug for Prompt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Prompt({} characters)", self.0.chars().count())
    }
}

/// A character as it may stand in a prompt: white space as a space, and nothing for control
/// characters and the marks that only steer the direction of text.
fn clean(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || steers_direction(c) => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_and_direction_marks_are_removed() {
        let prompt = Prompt::parse("  lo-fi\u{202E} rain\u{0007}\non\u{200F} glass ").unwrap();
        assert_eq!(prompt.as_str(), "lo-fi rain on glass");
    }

    #[test]
    fn nothing_visible_is_no_prompt() {
        for text in ["", "  \n", "\u{200B}\u{202E}\u{0000}", "\u{200D}\u{FE0F} \u{3164}"] {
            assert_eq!(Prompt::parse(text), Err(PromptError::Empty), "{text:?}");
        }
    }

    #[test]
    fn emoji_keep_their_joiners() {
        assert_eq!(Prompt::parse("👩‍🎤 solo").unwrap().as_str(), "👩‍🎤 solo");
    }

    #[test]
    fn a_log_sees_only_the_length() {
        let prompt = Prompt::parse("a secret love song").unwrap();
        assert_eq!(format!("{prompt:?}"), "Prompt(18 characters)");
    }

    proptest! {
        #[test]
        fn a_prompt_is_clean_however_it_came(text in any::<String>()) {
            if let Ok(prompt) = Prompt::parse(&text) {
                let length = prompt.as_str().chars().count();
                prop_assert!((1..=PROMPT_MAX).contains(&length));
                prop_assert!(prompt.as_str().chars().all(|c| !c.is_control()));
                prop_assert_eq!(Prompt::parse(prompt.as_str()), Ok(prompt));
            }
        }

        #[test]
        fn only_length_refuses_plain_words(
            length in prop_oneof![1..3000_usize, PROMPT_MAX - 1..=PROMPT_MAX + 1],
        ) {
            let parsed = Prompt::parse(&"a".repeat(length));
            prop_assert_eq!(parsed.is_ok(), length <= PROMPT_MAX);
        }
    }
}
