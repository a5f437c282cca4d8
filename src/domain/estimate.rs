//! How long a song will take, judged by the bot's own past songs.

use std::{collections::VecDeque, time::Duration};

/// How many past songs the estimate looks back on.
const MEMORY: usize = 25;

/// Before the first song: the middle of the three durations in Whisul's documentation
/// (1:31, 1:38 and 2:24).
const FIRST_GUESS: Duration = Duration::from_secs(98);

/// The durations of the latest songs.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    latest: VecDeque<Duration>,
}

impl Estimate {
    /// How many past songs are worth telling it.
    pub const MEMORY: usize = MEMORY;

    /// Takes note of a finished song.
    pub fn learn(&mut self, took: Duration) {
        self.latest.push_back(took);
        while self.latest.len() > MEMORY {
            self.latest.pop_front();
        }
    }

    /// How long the next song is likely to take: the median of the latest.
    pub fn expected(&self) -> Duration {
        let mut sorted: Vec<Duration> = self.latest.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or(FIRST_GUESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_odd_songs_do_not_move_the_median() {
        let mut estimate = Estimate::default();
        assert_eq!(estimate.expected(), FIRST_GUESS);
        for seconds in [60, 61, 62, 63, 3600] {
            estimate.learn(Duration::from_secs(seconds));
        }
        assert_eq!(estimate.expected(), Duration::from_secs(62));
    }

    #[test]
    fn old_songs_are_forgotten() {
        let mut estimate = Estimate::default();
        for _ in 0..MEMORY {
            estimate.learn(Duration::from_mins(10));
        }
        for _ in 0..MEMORY {
            estimate.learn(Duration::from_secs(10));
        }
        assert_eq!(estimate.expected(), Duration::from_secs(10));
    }
}
