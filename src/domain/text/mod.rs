//! Texts: characters that people don't see, errors in full, links, and words to look for.

mod link;
mod search;

pub use link::link;
pub use search::{SEARCH_MAX, Search};

use std::{error::Error, iter::successors};

/// An error's text and those of its causes.
pub fn with_causes(error: &dyn Error) -> String {
    let errors = successors(Some(error), |error| (*error).source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Whether a character is an invisible mark that turns, isolates or annotates the text around it.
pub fn steers_direction(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Whether a character shows nothing by itself. Joiners and selectors stay in a text, where emoji
/// and several scripts need them, but don't make one.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{3164}'
            | '\u{206A}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
            // For private use: no font of Discord's shows them.
            | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no number")]
    struct NoNumber(#[from] std::num::ParseIntError);

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = NoNumber::from("x".parse::<u8>().unwrap_err());
        assert_eq!(with_causes(&error), "no number: invalid digit found in string");
    }
}
