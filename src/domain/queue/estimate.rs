//! How long songs take, judged by the bot's own past songs: the one estimate behind the bar, the
//! sentence of a running song and the waiting time in the queue (`forecast.rs`).
//!
//! It is told in percentiles of the latest songs. Of these and one more, that one is as likely to be
//! the shortest as the second shortest, and so on: a song takes at most as long as the n-th of 39
//! in n of 40 cases, however durations are distributed, as long as they do not drift.

use std::{collections::VecDeque, time::Duration};

use crate::domain::rank_before;

/// How many past songs count: few enough to forget how fast Whisul was last week, and one less than
/// a number of which 80 and 95 percent are whole.
const MEMORY: usize = 39;

/// Whisul has become slower or faster when so many of the latest few songs took longer than most of
/// those before, or less time than most: by chance that happens once in some hundred songs.
const FEW: usize = 8;
const OUTLIERS: usize = 6;
const LEAST_LIKELY: u64 = 20;

/// Whisul tells times in whole seconds: a song that it made in none took some.
const LEAST: Duration = Duration::from_secs(1);

/// How likely a song is to take at most so long, in percent.
const TYPICAL: u64 = 50;
const MOSTLY_WITHIN: u64 = 80;
const UNUSUAL: u64 = 95;

/// Before the first song, the bar moves as if those in Whisul's documentation (at most 2:24) were
/// known. Nothing is said in words.
const FIRST_GUESS: Duration = Duration::from_secs(144).saturating_mul(2);

/// How much of the bar is full when a song begins to take unusually long.
const UNUSUAL_SHARE: f64 = 0.9;

/// The durations of the latest songs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    latest: VecDeque<Duration>,
}

/// A duration that nobody knows for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// It is as likely to be shorter as it is to be longer.
    pub typical: Duration,
    /// It is seldom longer.
    pub most: Duration,
}

/// What can be said about one song. It is made when the song begins and kept, so that the bar never
/// moves back and no sentence is corrected because another song ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// How long songs usually take, four of five of them at most; `None` where nothing is known.
    pub usual: Option<Span>,
    /// What one song in twenty exceeds, or a guess.
    unusual: Duration,
}

impl Estimate {
    /// How many past songs are worth telling it.
    pub const MEMORY: usize = MEMORY;

    /// Takes note of a finished song. Songs of a time when Whisul was slower or faster are forgotten.
    pub fn learn(&mut self, took: Duration) {
        self.latest.push_back(took.max(LEAST));
        let kept = if self.has_changed() { FEW } else { MEMORY };
        self.latest.drain(..self.latest.len().saturating_sub(kept));
    }

    fn has_changed(&self) -> bool {
        let Some(older) = self.latest.len().checked_sub(FEW).filter(|older| *older >= FEW) else {
            return false;
        };
        let before = sorted(self.latest.iter().take(older));
        let odd = |is_odd: &dyn Fn(&Duration) -> bool| {
            self.latest.iter().skip(older).filter(|song| is_odd(song)).count() >= OUTLIERS
        };
        let [short, long] =
            [LEAST_LIKELY, MOSTLY_WITHIN].map(|percent| percentile(&before, percent));
        odd(&|song| long.is_some_and(|long| *song > long))
            || odd(&|song| short.is_some_and(|short| *song < short))
    }

    /// What can be said about a song that begins now.
    pub fn outlook(&self) -> Outlook {
        let sorted = self.sorted();
        let at = |percent| percentile(&sorted, percent);
        let all = at(TYPICAL).zip(at(MOSTLY_WITHIN)).zip(at(UNUSUAL));
        all.map_or_else(Outlook::default, |((typical, most), unusual)| Outlook {
            usual: Some(Span { typical, most }),
            unusual,
        })
    }

    /// The durations that it knows, the shortest first.
    pub(in crate::domain) fn sorted(&self) -> Vec<Duration> {
        sorted(self.latest.iter())
    }
}

fn sorted<'a>(songs: impl Iterator<Item = &'a Duration>) -> Vec<Duration> {
    let mut sorted: Vec<Duration> = songs.copied().collect();
    sorted.sort_unstable();
    sorted
}

/// A duration that one more song exceeds in at most so many percent of cases. Where that is beyond
/// all known ones, twice the longest. `None` where none is known.
fn percentile(sorted: &[Duration], percent: u64) -> Option<Duration> {
    let longest = *sorted.last()?;
    let before = rank_before(sorted.len() as u64 + 1, percent)?;
    let known = usize::try_from(before).ok().and_then(|before| sorted.get(before));
    Some(known.copied().unwrap_or_else(|| longest.saturating_mul(2)))
}

/// Nothing is known.
impl Default for Outlook {
    fn default() -> Self {
        Self { usual: None, unusual: FIRST_GUESS }
    }
}

impl Outlook {
    /// Whether a song that has taken so long takes longer than nineteen of twenty do.
    pub fn is_unusual(&self, elapsed: Duration) -> bool {
        self.usual.is_some() && elapsed > self.unusual
    }

    /// How much of the bar is full, from 0 to 0.9. It grows more and more slowly, so that it still
    /// moves near the end of a long song, and only the song itself makes it full.
    pub fn share(&self, elapsed: Duration) -> f64 {
        let part = elapsed.as_secs_f64() / self.unusual.as_secs_f64();
        UNUSUAL_SHARE * part.min(1.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn after(songs: &[u64]) -> Outlook {
        let mut estimate = Estimate::default();
        for song in songs {
            estimate.learn(seconds(*song));
        }
        estimate.outlook()
    }

    fn span(typical: u64, most: u64) -> Span {
        Span { typical: seconds(typical), most: seconds(most) }
    }

    #[test]
    fn nothing_is_said_before_the_first_song() {
        let outlook = after(&[]);
        assert_eq!(outlook.usual, None);
        assert!(!outlook.is_unusual(Duration::MAX));
        assert!(outlook.share(seconds(60)) > 0.1, "the bar moves all the same");
    }

    #[test]
    fn few_songs_promise_twice_the_longest() {
        assert_eq!(after(&[60]).usual, Some(span(60, 120)));
        assert_eq!(after(&[60, 90, 30]).usual, Some(span(60, 180)));
        assert_eq!(after(&[60, 90, 30, 61]).usual, Some(span(61, 90)));
        assert!(!after(&[60; 18]).is_unusual(seconds(120)));
        assert!(after(&[60; 19]).is_unusual(seconds(61)));
        assert_eq!(after(&[0]).usual, Some(span(1, 2)));
    }

    #[test]
    fn of_many_songs_the_32nd_of_40_is_promised() {
        let songs: Vec<u64> = (0..39).map(|number| number * 16 % 39 + 1).collect();
        let outlook = after(&songs);
        assert_eq!(outlook.usual, Some(span(20, 32)));
        assert!(!outlook.is_unusual(seconds(38)) && outlook.is_unusual(seconds(39)));
    }

    #[test]
    fn old_songs_are_forgotten() {
        let songs = [[600; MEMORY], [10; MEMORY]].concat();
        assert_eq!(after(&songs).usual, Some(span(10, 10)));
    }

    #[test]
    fn a_sudden_change_is_noticed_within_a_few_songs() {
        assert_eq!(after(&[[60; 31].as_slice(), &[180; 5]].concat()).usual, Some(span(60, 60)));
        assert_eq!(after(&[[60; 31].as_slice(), &[180; 6]].concat()).usual, Some(span(180, 180)));
        assert_eq!(after(&[[60; 31].as_slice(), &[20; 6]].concat()).usual, Some(span(20, 60)));
    }

    fn any_outlook() -> impl Strategy<Value = Outlook> {
        prop::collection::vec(0..100_000_u64, 0..60).prop_map(|songs| after(&songs))
    }

    proptest! {
        #[test]
        fn percentiles_are_in_order(songs in prop::collection::vec(0..100_000_u64, 1..60)) {
            let outlook = after(&songs);
            let Span { typical, most } = outlook.usual.unwrap();
            prop_assert!(LEAST <= typical && typical <= most && most <= outlook.unusual);
            let longest = seconds(*songs.iter().max().unwrap()).max(LEAST);
            prop_assert!(outlook.unusual <= longest * 2);
        }

        #[test]
        fn the_bar_never_moves_back_and_is_never_full(
            outlook in any_outlook(), one in any::<u64>(), other in any::<u64>(),
        ) {
            let [early, late] = [one.min(other), one.max(other)].map(Duration::from_millis);
            prop_assert!(outlook.share(early) <= outlook.share(late));
            prop_assert!((0.0..=0.9).contains(&outlook.share(late)));
        }

        /// Each tenth takes longer than the one before, and none more than a quarter of the time
        /// until a song takes unusually long.
        #[test]
        fn the_bar_slows_and_does_not_stand(outlook in any_outlook()) {
            let scale = outlook.unusual.as_secs_f64();
            let steps = (0..=1000_u32).map(|part| scale * f64::from(part) / 1000.0);
            let mut took = [0_u32; 10];
            for elapsed in steps {
                let tenth = outlook.share(Duration::from_secs_f64(elapsed)) * 10.0;
                took[(0..10_u32).rev().find(|full| f64::from(*full) <= tenth).unwrap() as usize] += 1;
            }
            prop_assert!(took[..9].windows(2).all(|pair| pair[0] < pair[1]), "{took:?}");
            prop_assert!(took[9] <= 2 && took.iter().all(|took| *took < 250), "{took:?}");
        }
    }
}
