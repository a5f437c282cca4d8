//! How single fields of a response are read.
//!
//! Where the documentation's pages disagree about a field, each page's shape is taken; anything
//! else counts as absent.

use std::time::Duration;

use serde_json::Value;
use time::{PrimitiveDateTime, format_description::StaticFormatDescription, macros};
use url::Url;

use super::json::HIDDEN_TEXT;
use crate::domain::{self, Song, SongLength, WhisulJobId};

/// The most characters of any text that is kept.
const TEXT_MAX: usize = 1000;
/// The most characters of a tag.
const TAG_MAX: usize = 100;
/// The most tags.
const TAGS_MAX: usize = 50;
/// The most bytes of an address to poll.
const ADDRESS_MAX: usize = 2048;

/// Makes a text safe to keep and to log: one line without control characters, of bounded length.
/// `None` if nothing is left, or if it was hidden.
pub(in crate::whisul) fn one_line(text: &str, max: usize) -> Option<String> {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let cut: String = text.trim().chars().take(max).map(visible).collect();
    Some(cut.trim().to_owned()).filter(|text| !text.is_empty() && text != HIDDEN_TEXT)
}

/// A text, or a number in its place: a song may be called 1984.
pub(in crate::whisul) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => one_line(text, TEXT_MAX),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The id of a job.
pub(in crate::whisul) fn id(value: &Value) -> Option<WhisulJobId> {
    WhisulJobId::parse(text(value)?.trim())
}

/// Where to ask for a job, as Whisul wrote it; half an address is none.
pub(in crate::whisul) fn address(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (text.len() <= ADDRESS_MAX).then(|| one_line(text, ADDRESS_MAX))?
}

/// A link to a file, made absolute; a text, an object with one, or the first of a list.
pub(in crate::whisul) fn link(value: &Value, base: &Url) -> Option<String> {
    let one = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("url")?.as_str())?;
        domain::link(text, base).map(Into::into)
    };
    value.as_array().map_or_else(|| one(value), |values| values.iter().find_map(one))
}

/// A number, written as one or as a text.
fn number(value: &Value) -> Option<f64> {
    let text = || value.as_str()?.trim().parse().ok();
    value.as_f64().or_else(text).filter(|number: &f64| number.is_finite())
}

pub(in crate::whisul) fn bpm(value: &Value) -> Option<f64> {
    Song::beats(number(value)?)
}

/// `"2:47"` on one page, `183` on another; hours, fractions and `"183"` are taken as well.
pub(in crate::whisul) fn length(value: &Value) -> Option<SongLength> {
    let clock = value.as_str().filter(|text| text.contains(':'));
    let seconds = match clock {
        Some(text) => clock_seconds(text.trim())?,
        None => Duration::try_from_secs_f64(number(value)?.round()).ok()?.as_secs(),
    };
    SongLength::from_seconds(u32::try_from(seconds).ok()?)
}

/// The seconds of `m:ss` or `h:mm:ss`.
fn clock_seconds(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (first, rest) = parts.split_first()?;
    let digits =
        |part: &str| part.chars().all(|c| c.is_ascii_digit()).then(|| part.parse().ok())?;
    let mut total: u64 = digits(first)?;
    for part in rest {
        let part: u64 = digits(part).filter(|part| *part < 60)?;
        total = total.checked_mul(60)?.checked_add(part)?;
    }
    (rest.len() <= 2).then_some(total)
}

/// `"trap, dark"`, or a list.
pub(in crate::whisul) fn tags(value: &Value) -> Vec<String> {
    let listed = value.as_array().into_iter().flatten().filter_map(text);
    let joined = value.as_str().into_iter().flat_map(|text| text.split(',')).map(str::to_owned);
    listed.chain(joined).filter_map(|tag| one_line(&tag, TAG_MAX)).take(TAGS_MAX).collect()
}

/// A point in time as Whisul writes it: `2026-02-17 15:39:34`, UTC, without a zone. A `T` between the
/// two, and anything after the seconds, is taken as well.
pub(in crate::whisul) fn time(value: &Value) -> Option<PrimitiveDateTime> {
    const FORMAT: StaticFormatDescription =
        macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let text = value.as_str()?.trim().replacen('T', " ", 1);
    PrimitiveDateTime::parse(text.get(..19)?, FORMAT).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_length_is_a_clock_or_a_number() {
        let cases = [
            (json!("2:47"), Some(167)),
            (json!("02:07"), Some(127)),
            (json!("1:02:03"), Some(3723)),
            (json!("90:00"), Some(5400)),
            (json!(" 3:03 "), Some(183)),
            (json!(183), Some(183)),
            (json!(183.4), Some(183)),
            (json!("183"), Some(183)),
            (json!("183.6"), Some(184)),
            (json!("2:75"), None),
            (json!("1:60:00"), None),
            (json!("0:00:03:00"), None),
            (json!("-2:47"), None),
            (json!("2:+7"), None),
            (json!(":"), None),
            (json!("99999999999999999999:00"), None),
            (json!("24:00:00"), None),
            (json!(0), None),
            (json!(-183), None),
            (json!(1e300), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!(null), None),
            (json!({"seconds": 183}), None),
        ];
        for (duration, seconds) in cases {
            assert_eq!(length(&duration).map(SongLength::seconds), seconds, "{duration}");
        }
    }

    #[test]
    fn beats_may_be_whole_fractional_or_written_as_text() {
        let cases = [
            (json!(140), Some(140.0)),
            (json!(140.5), Some(140.5)),
            (json!("140"), Some(140.0)),
            (json!(71.96), Some(72.0)),
            (json!(0), None),
            (json!(0.04), None),
            (json!(-1), None),
            (json!(999.99), None),
            (json!(1e300), None),
            (json!("inf"), None),
            (json!("fast"), None),
            (json!(true), None),
        ];
        for (value, expected) in cases {
            assert_eq!(bpm(&value), expected, "{value}");
        }
    }

    #[test]
    fn tags_are_a_text_or_a_list() {
        let expected = ["trap", "dark", "808s"];
        assert_eq!(tags(&json!("trap, dark,, 808s ,")), expected);
        assert_eq!(tags(&json!(["trap", " dark ", [7], "", "808s"])), expected);
        assert_eq!(tags(&json!(["trap", 808])), ["trap", "808"]);
        for value in [json!(null), json!(7), json!({"0": "trap"}), json!(""), json!(" , ")] {
            assert!(tags(&value).is_empty(), "{value}");
        }
        assert_eq!(tags(&json!("a,".repeat(500))).len(), TAGS_MAX);
        assert_eq!(tags(&json!(["x".repeat(5000)])), ["x".repeat(TAG_MAX)]);
    }

    #[test]
    fn texts_are_one_trimmed_line_and_empty_ones_are_missing() {
        assert_eq!(text(&json!(" Rain\n\u{0}Song ")).as_deref(), Some("Rain  Song"));
        assert_eq!(text(&json!("é".repeat(5000))), Some("é".repeat(TEXT_MAX)));
        assert_eq!(text(&json!(1984)).as_deref(), Some("1984"));
        for value in [json!(""), json!(" \t"), json!("\u{0}"), json!(["7"]), json!(null)] {
            assert_eq!(text(&value), None, "{value}");
        }
    }

    #[test]
    fn times_are_read_as_documented() {
        let seconds =
            |from: &str, to: &str| Some((time(&json!(to))? - time(&json!(from))?).whole_seconds());
        assert_eq!(seconds("2026-02-28 23:59:30", "2026-03-01 00:00:10"), Some(40));
        for text in ["", "soon", "2026-02-30 00:00:00", "2026-02-17", "17.02.2026 15:39:34"] {
            assert_eq!(time(&json!(text)), None, "{text}");
        }
        assert_eq!(time(&json!(1_771_342_774)), None);
    }

    proptest! {
        #[test]
        fn every_field_keeps_its_bounds(words in any::<String>(), number in any::<f64>()) {
            for value in [json!(words), json!(number), json!([words, number]), json!({"a": words})] {
                prop_assert!(bpm(&value).is_none_or(|bpm| (1.0..1000.0).contains(&bpm)));
                let texts = [text(&value), address(&value)].into_iter().flatten().chain(tags(&value));
                for text in texts {
                    prop_assert!(!text.is_empty() && text.trim() == text);
                    prop_assert!(!text.chars().any(char::is_control));
                }
            }
        }

        #[test]
        fn a_length_reads_as_it_is_shown(seconds in 1..86_400_u32) {
            let expected = SongLength::from_seconds(seconds);
            prop_assert_eq!(length(&json!(expected.unwrap().to_string())), expected);
            prop_assert_eq!(length(&json!(seconds)), expected);
        }

        #[test]
        fn any_clock_and_any_time_is_a_value_or_none(text in "[-+]?[0-9:. -]{0,24}") {
            let value = json!(text);
            prop_assert!(length(&value).is_none_or(|length| length.seconds() > 0));
            prop_assert!(time(&value).is_none_or(|_| text.trim().len() >= 19));
        }
    }
}
