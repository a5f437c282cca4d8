//! What files are called.

/// The most characters of a name before its extension.
const LONGEST: usize = 60;

/// A file's name from a song's title: its letters and digits, with a hyphen for whatever stands
/// between them, so that it means nothing to any file system.
pub(crate) fn file_name(title: Option<&str>, extension: &str) -> String {
    let words = title.unwrap_or_default().split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let short: String = words.join("-").chars().take(LONGEST).collect();
    let stem = short.trim_end_matches('-');
    let stem = if stem.is_empty() { "song" } else { stem };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_what_can_be_read_of_a_title() {
        for (title, name) in [
            ("Midnight Drizzle", "Midnight-Drizzle.mp3"),
            ("../../etc/passwd", "etc-passwd.mp3"),
            ("**loud** @everyone", "loud-everyone.mp3"),
            ("夜の雨", "夜の雨.mp3"),
            ("…", "song.mp3"),
            ("a.exe", "a-exe.mp3"),
        ] {
            assert_eq!(file_name(Some(title), "mp3"), name);
        }
        assert_eq!(file_name(None, "wav"), "song.wav");
    }

    proptest! {
        #[test]
        fn any_title_makes_a_safe_name(title in any::<String>()) {
            let name = file_name(Some(&title), "mp3");
            let stem = name.strip_suffix(".mp3").unwrap();
            prop_assert!((1..=LONGEST).contains(&stem.chars().count()));
            prop_assert!(stem.chars().all(|c| c.is_alphanumeric() || c == '-'));
        }
    }
}
