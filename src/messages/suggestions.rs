//! What is offered while somebody types: their own songs and prompts.
//!
//! A choice may have at most 100 characters (Discord docs, Application Commands > Application
//! Command Option Choice Structure), and the client that answers it may send anything: what it
//! refers to is looked up as its user's own.

use std::collections::HashSet;

use super::{markdown::plain, text as say};
use crate::{
    discord_api::Suggestion,
    domain::{Job, JobId, Prompt, Search, State},
};

/// How many choices Discord shows.
const MAX_SUGGESTIONS: usize = 25;

/// The most UTF-16 units of a choice's name and value.
const ROOM: usize = 100;

/// The most UTF-16 units of a person's name in a choice.
const NAME_ROOM: usize = 32;

/// Before the id of a job whose prompt is too long to be a choice itself.
const RECENT: &str = "recent:";

/// The prompts that fit what is typed, each once, in their order.
pub fn prompts(recent: &[(JobId, Prompt)], typed: &Search) -> Vec<Suggestion> {
    let mut seen = HashSet::new();
    let new = recent.iter().filter(|(_, prompt)| seen.insert(prompt.as_str()));
    let fitting = new.filter(|(_, prompt)| typed.fits([prompt.as_str()]));
    fitting.take(MAX_SUGGESTIONS).map(|(job, prompt)| of_prompt(*job, prompt.as_str())).collect()
}

fn of_prompt(job: JobId, prompt: &str) -> Suggestion {
    let short = prompt.encode_utf16().count() <= ROOM;
    let value = if short { prompt.to_owned() } else { format!("{RECENT}{job}") };
    Suggestion { name: plain(prompt, ROOM), value }
}

/// The job whose prompt is meant by a prompt that was suggested for it; `None` if the text is a
/// prompt itself.
pub fn meant_prompt(value: &str) -> Option<JobId> {
    let job = JobId(value.strip_prefix(RECENT)?.parse().ok()?);
    (format!("{RECENT}{job}") == value).then_some(job)
}

/// The jobs in line that fit what is typed, in the order of their turns, with the names of those who
/// asked for them.
pub fn waiting(
    waiting: &[Job],
    typed: &Search,
    name: impl Fn(&Job) -> Option<String>,
) -> Vec<Suggestion> {
    let all = waiting.iter().zip(1..).map(|(job, number)| {
        let name = name(job).map(|name| plain(&name, NAME_ROOM)).filter(|name| !name.is_empty());
        let whole = say::admin::waiting(number, name.as_deref(), job.prompt.as_str());
        (Suggestion { name: plain(&whole, ROOM), value: job.id.to_string() }, whole)
    });
    let fitting = all.filter(|(choice, whole)| typed.fits([whole.as_str(), &choice.value]));
    fitting.map(|(choice, _)| choice).take(MAX_SUGGESTIONS).collect()
}

/// The songs that fit what is typed, in their order.
pub fn songs(songs: &[Job], typed: &Search) -> Vec<Suggestion> {
    songs.iter().filter(|job| typed.fits_job(job)).take(MAX_SUGGESTIONS).map(of_song).collect()
}

/// Whether a song is offered by exactly this name, which some clients send in place of its value.
pub fn is_suggested_as(job: &Job, name: &str) -> bool {
    of_song(job).name == name.trim()
}

fn of_song(job: &Job) -> Suggestion {
    let title = match &job.state {
        State::Completed { song, .. } => song.title.as_deref().unwrap_or_default(),
        _ => "",
    };
    let title = plain(title, ROOM / 2);
    let title = if title.is_empty() { say::UNTITLED } else { &title };
    let name = plain(&format!("{title} · {}", job.prompt.as_str()), ROOM);
    Suggestion { name, value: job.id.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prompt(text: &str) -> Prompt {
        Prompt::parse(text).unwrap()
    }

    #[test]
    fn a_prompt_is_offered_once_and_a_long_one_by_its_job() {
        let long = "rain ".repeat(50);
        let texts = ["a waltz", "rain", "a waltz", long.as_str()];
        let recent: Vec<_> =
            texts.iter().zip(1..).map(|(text, id)| (JobId(id), prompt(text))).collect();
        let all = prompts(&recent, &Search::default());
        let values: Vec<&str> = all.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!(values, ["a waltz", "rain", "recent:4"]);
        assert_eq!(all[2].name.chars().count(), 100);
        assert_eq!(meant_prompt("recent:4"), Some(JobId(4)));
        let some = prompts(&recent, &Search::new("RAIN"));
        assert_eq!(some.len(), 2);
    }

    proptest! {
        #[test]
        fn every_choice_fits(texts in prop::collection::vec("\\PC{1,300}", 0..40)) {
            let recent: Vec<_> = texts.iter().zip(1..)
                .filter_map(|(text, id)| Some((JobId(id), Prompt::parse(text).ok()?)))
                .collect();
            let choices = prompts(&recent, &Search::default());
            prop_assert!(choices.len() <= 25);
            for choice in choices {
                prop_assert!((1..=100).contains(&choice.name.encode_utf16().count()));
                prop_assert!((1..=100).contains(&choice.value.encode_utf16().count()));
                let meant = meant_prompt(&choice.value);
                let held = |(id, prompt): &(JobId, Prompt)| {
                    meant.map_or(prompt.as_str() == choice.value, |job| job == *id)
                };
                prop_assert!(recent.iter().any(held));
            }
        }

        #[test]
        fn any_text_is_a_reference_or_a_prompt(text in "(recent:)?\\PC{0,30}") {
            if let Some(job) = meant_prompt(&text) {
                prop_assert_eq!(format!("recent:{job}"), text);
            }
        }
    }
}
