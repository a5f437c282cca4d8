//! Words that people look for among their songs.

use super::steers_direction;
use crate::domain::{Job, State};

/// The most characters that a search may have: a button has to carry it, and Discord may count
/// each character as two (UTF-16).
pub const SEARCH_MAX: usize = 40;

/// Words of which every one must occur, in upper or lower case. No words at all fit everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search(String);

impl Search {
    /// What somebody typed, with single spaces and cut to [`SEARCH_MAX`] characters.
    pub fn new(typed: &str) -> Self {
        let visible = typed.chars().filter(|c| !steers_direction(*c));
        let visible: String = visible.map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = words.chars().take(SEARCH_MAX).collect();
        Self(cut.trim_end().to_owned())
    }

    /// The words, with single spaces between them.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every word occurs in one of the texts.
    pub fn fits<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let texts: Vec<String> = texts.into_iter().map(str::to_lowercase).collect();
        let lower = self.0.to_lowercase();
        lower.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
    }

    /// Whether every word occurs in a job's prompt, or in its song's title or tags.
    pub fn fits_job(&self, job: &Job) -> bool {
        let prompt = std::iter::once(job.prompt.as_str());
        match &job.state {
            State::Completed { song, .. } => {
                let title = song.title.iter().map(String::as_str);
                self.fits(prompt.chain(title).chain(song.tags.iter().map(String::as_str)))
            }
            _ => self.fits(prompt),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{JobId, Song, UserId, fixtures};

    #[test]
    fn every_word_must_occur_somewhere_in_any_case() {
        let song = ["A rainy evening", "Ça ira", "lo-fi"];
        for words in ["", "rain", "RAINY lo-fi", "ça", "ÇA evening", "lo-fi lo-fi"] {
            assert!(Search::new(words).fits(song), "{words}");
        }
        for words in ["rain snow", "%", "rain_", "r*n", "fi-lo"] {
            assert!(!Search::new(words).fits(song), "{words}");
        }
        assert!(Search::new("100%").fits(["100% cotton"]));
    }

    #[test]
    fn a_job_is_found_by_its_prompt_and_by_its_songs_title_and_tags() {
        let mut job = fixtures::job(JobId(1), UserId(2));
        let fits =
            |job: &Job| ["rain", "rain window", "lo-fi"].map(|it| Search::new(it).fits_job(job));
        assert_eq!(fits(&job), [true, false, false]);
        let song = Song {
            title: Some("Window Light".to_owned()),
            tags: vec!["lo-fi".to_owned()],
            ..Song::default()
        };
        job.state = State::Completed { song, took: Duration::from_mins(1) };
        assert_eq!(fits(&job), [true, true, true]);
    }

    proptest! {
        #[test]
        fn a_search_is_short_and_clean_however_it_came(text in any::<String>()) {
            let search = Search::new(&text);
            prop_assert!(search.as_str().chars().count() <= SEARCH_MAX);
            prop_assert!(!search.as_str().contains(char::is_control));
            prop_assert_eq!(Search::new(search.as_str()), search);
        }

        #[test]
        fn a_part_of_a_text_is_found_in_it(text in "\\PC{0,60}", from in 0..60_usize) {
            let part: String = text.chars().skip(from).take(20).collect();
            prop_assert!(Search::new(&part).fits([text.to_uppercase().as_str(), &text]));
        }
    }
}
