//! When a song ends, as far as anybody can know: by its age, on a grid of times.

use std::time::Duration;

use super::{
    gaps::LEAST,
    numbers::{count, whole},
};

/// How many times in the least time a poll may begin: every 0.5 s.
const STEPS: u32 = 10;

/// How many such times a plan knows at most. Where songs take many minutes, they lie further apart, up to
/// the least time between two polls. Beyond the last one, polls come as rarely as may be.
const MOST_STEPS: usize = 4000;

/// The grid reaches so many times as far as the longest known song took.
const REACH: f64 = 4.0;

/// Before the first song, these durations stand for the documented ones (91, 98 and 144 s) and for
/// *most tracks complete within a few minutes*: about 100 s, give or take a factor of two.
const DOCUMENTED: [f64; 9] = [40.0, 54.0, 66.0, 78.0, 91.0, 106.0, 125.0, 152.0, 205.0];

/// Songs may end earlier than all known ones by this share of the shortest, or by one in so many
/// as there are songs if that is more: few songs tell little about the next one.
const MARGIN: f64 = 0.1;

/// So many of all songs end before that all the same: they fail, or Whisul has become faster.
const EARLY: f64 = 0.05;

/// Whisul tells times in whole seconds: a song ended up to so many seconds earlier or later.
const ROUNDING: f64 = 1.0;

/// The probability that a song has ended, by its age.
///
/// Of the known songs and one more, that one is as likely to be the shortest as the second shortest,
/// and so on. Between two known durations, all times are equally likely. Beyond the longest, a song
/// goes on for as long again in one of two cases.
#[derive(Clone, Debug)]
pub(super) struct SongEnds {
    step: f64,
    earliest: f64,
    /// At each time: how many of all songs have ended by then.
    ended: Vec<f64>,
    /// At each time: the sum of the ages at which they ended, in seconds.
    ages: Vec<f64>,
}

impl SongEnds {
    /// By known durations, the shortest first. `least` is the least time between two polls.
    pub(super) fn new(known: &[Duration], least: f64) -> Self {
        let mut known: Vec<f64> = known.iter().map(Duration::as_secs_f64).collect();
        let mut margin = MARGIN.max(1.0 / (count(known.len() + 1)));
        if known.is_empty() {
            // A server on this machine polled more often is expected to be as much faster.
            known = DOCUMENTED.map(|took| took * least / LEAST.as_secs_f64()).to_vec();
            margin = 0.25;
        }
        let shortest = known.first().copied().unwrap_or_default();
        let longest = known.last().copied().unwrap_or_default();
        let earliest = (shortest * (1.0 - margin) - ROUNDING).max(0.0);
        let step = (longest * REACH / count(MOST_STEPS)).clamp(least / f64::from(STEPS), least);
        let steps = whole(longest * REACH / step).min(MOST_STEPS) + 1;
        let knots = knots(earliest, &known);
        let exact = (0..steps).map(|at| ended_by(&knots, step * count(at)));
        let ended = smoothed(&exact.collect::<Vec<f64>>(), whole(ROUNDING / step));
        let ages = ages(&ended, step);
        Self { step, earliest, ended, ages }
    }

    /// The age from which on a song can be finished, in seconds.
    pub(super) fn earliest(&self) -> f64 {
        self.earliest
    }

    /// The seconds between two times on the grid.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// How many times are on the grid.
    pub(super) fn len(&self) -> usize {
        self.ended.len()
    }

    /// The age up to which the grid reaches, in seconds.
    pub(super) fn reach(&self) -> f64 {
        self.time(self.len())
    }

    /// The time on the grid, or beyond it, with this number.
    pub(super) fn time(&self, at: usize) -> f64 {
        self.step * count(at)
    }

    /// The number of the time that is nearest to an age.
    pub(super) fn index(&self, age: f64) -> usize {
        whole(age / self.step + 0.5)
    }

    /// How many of all songs have not ended by a time.
    pub(super) fn unfinished(&self, at: usize) -> f64 {
        1.0 - self.ended_at(at).0
    }

    /// How long one in all songs waits on average for the second of two polls, since it ended
    /// between them: in seconds, with all other songs counted as zero.
    pub(super) fn wait_between(&self, one: usize, other: usize) -> f64 {
        let ((ended, ages), (ended_later, ages_later)) = (self.ended_at(one), self.ended_at(other));
        self.time(other) * (ended_later - ended) - (ages_later - ages)
    }

    /// The same between two ages.
    pub(super) fn expected_wait(&self, one: f64, other: f64) -> f64 {
        self.wait_between(self.index(one), self.index(other))
    }

    /// How many seconds after a poll at this age the expected wait of a song that had not ended by
    /// then reaches so many seconds.
    pub(super) fn worth_after(&self, age: f64, wait: f64) -> f64 {
        let from = self.index(age);
        let enough = wait * self.unfinished(from);
        let (mut too_early, mut late) = (from, self.len());
        if from >= late || self.wait_between(from, late) < enough {
            // Songs end at a rate of one in their age.
            return (2.0 * wait * age.max(self.earliest)).sqrt().max(self.time(late) - age);
        }
        while late - too_early > 1 {
            let middle = too_early.midpoint(late);
            if self.wait_between(from, middle) < enough {
                too_early = middle;
            } else {
                late = middle;
            }
        }
        self.time(late) - age
    }

    /// How many songs have ended by a time, and the sum of their ages.
    fn ended_at(&self, at: usize) -> (f64, f64) {
        if let (Some(ended), Some(ages)) = (self.ended.get(at), self.ages.get(at)) {
            return (*ended, *ages);
        }
        let last = self.len().saturating_sub(1);
        let [ended, ages] =
            [&self.ended, &self.ages].map(|values| values.last().copied().unwrap_or_default());
        let (from, to) = (self.time(last), self.time(at));
        // Half of what is left has ended by twice the age.
        let left = (1.0 - ended) * from / to;
        (1.0 - left, ages + (1.0 - ended) * from * (to / from).ln())
    }
}

/// Ages, and how many of all songs have ended by then.
fn knots(earliest: f64, known: &[f64]) -> Vec<(f64, f64)> {
    let cases = count(known.len() + 1);
    let every = whole(cases.sqrt()).max(1);
    let last = known.len().saturating_sub(1);
    let known = known.iter().zip(1_u32..).enumerate();
    let known = known.filter(|(at, _)| at % every == 0 || *at == last).map(|(_, known)| known);
    let share = |rank: u32| EARLY + (1.0 - EARLY) * f64::from(rank) / cases;
    let known = known.map(|(took, rank)| (took.max(earliest), share(rank)));
    [(0.0, 0.0), (earliest, EARLY)].into_iter().chain(known).collect()
}

/// How many of all songs have ended by an age.
fn ended_by(knots: &[(f64, f64)], age: f64) -> f64 {
    let after = knots.partition_point(|(at, _)| *at <= age);
    let before = after.checked_sub(1).and_then(|before| knots.get(before));
    match (before, knots.get(after)) {
        (Some((from, ended)), Some((to, then))) => {
            ended + (then - ended) * (age - from) / (to - from)
        }
        (Some((longest, ended)), None) => 1.0 - (1.0 - ended) * longest / age,
        (None, _) => 0.0,
    }
}

/// The mean of the values around each: so many on either side.
fn smoothed(values: &[f64], around: usize) -> Vec<f64> {
    let mut sums = vec![0.0];
    sums.extend(values.iter().scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    }));
    let sum = |to: usize| sums.get(to.min(values.len())).copied().unwrap_or_default();
    let mean = |at: usize| {
        let (from, to) = (at.saturating_sub(around), (at + around + 1).min(values.len()));
        (sum(to) - sum(from)) / count(to - from)
    };
    (0..values.len()).map(mean).collect()
}

/// The sum of the ages at which songs ended, up to each time.
fn ages(ended: &[f64], step: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut before = 0.0;
    let ages = ended.iter().zip(0_u32..).map(|(ended, at)| {
        sum += (ended - before) * step * (f64::from(at) - 0.5).max(0.0);
        before = *ended;
        sum
    });
    ages.collect()
}
