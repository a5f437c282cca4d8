//! When Whisul is asked for a running song: often while it is likely to end, rarely while it can't.
//!
//! Each poll is placed so that the wait of the song's requester and the number of polls are least
//! together, judged by how long the latest songs took ([`SongEnds`]). Whisul's polling guide sets
//! the bounds: 5 to 10 seconds.

mod gaps;
mod numbers;
mod song_ends;

#[cfg(test)]
mod tests;

use std::time::Duration;

use self::{gaps::Gaps, numbers::whole, song_ends::SongEnds};
use crate::domain::Estimate;

/// A poll is worth it where it shortens the wait, on average, by this share of the least time
/// (0.15 s). A higher price means fewer polls and later notice.
const PRICE: f64 = 0.03;

/// Where the rate limit lets too few polls through, that one goes first which comes first to this
/// expected wait, as a share of the least time: half of it, as where polls come as often as they may.
const WORTH: f64 = 0.5;

/// After so many of the longest gaps, any poll is worth as much as another.
const WORTH_AFTER_MOST: f64 = 10.0;

/// By what share the polls before a song can be finished come earlier or later by chance, so that
/// songs which began together are not polled together.
const EARLY_JITTER: f64 = 0.2;

/// The same for later polls, as a share of the least time.
const JITTER: f64 = 0.05;

/// When polls of a song come, by the song's age.
#[derive(Clone, Debug)]
pub struct PollPlan {
    gaps: Gaps,
    ends: SongEnds,
    /// For a poll at each time on the grid of [`SongEnds`]: how many seconds later the next one comes.
    next: Vec<f64>,
    seen_after: Duration,
}

impl PollPlan {
    /// A plan by how long the latest songs took. `longest` is the longest time between two polls
    /// of a song that can be finished.
    pub fn new(estimate: &Estimate, longest: Duration) -> Self {
        let gaps = Gaps::new(longest);
        let ends = SongEnds::new(&estimate.sorted(), gaps.least);
        let next = best_gaps(&gaps, &ends);
        let mut plan = Self { gaps, ends, next, seen_after: Duration::ZERO };
        plan.seen_after = plan.mean_delay();
        plan
    }

    /// How long after a poll of a song at this `age`, or after the song's beginning, the next one is
    /// due. `chance`, from 0 to 1, keeps songs that began together apart.
    pub fn next_poll(&self, age: Duration, chance: f64) -> Duration {
        let (age, earliest) = (age.as_secs_f64(), self.ends.earliest());
        let planned = self.planned(age);
        let spread = match planned {
            _ if age + planned < earliest => planned * EARLY_JITTER,
            // As often as may be; songs are apart by their earlier polls.
            _ if planned <= self.gaps.least => 0.0,
            _ => self.gaps.least * JITTER,
        };
        let gap = planned + spread * chance.mul_add(2.0, -1.0);
        let gap = gap.min(self.gaps.limit(age, earliest)).max(self.gaps.least);
        Duration::from_secs_f64(gap)
    }

    /// How long after a poll of a song at this `age` a further one is worth as much as any other: the
    /// expected wait since the song's end has grown to [`WORTH`]. While there are more polls than the
    /// rate limit lets through, those go first for which this comes first.
    pub fn worth_after(&self, age: Duration) -> Duration {
        let wait = WORTH * self.gaps.least;
        // A wrong clock may make a song look a year old; its poll must not wait for hours.
        let most = WORTH_AFTER_MOST * self.gaps.longest;
        Duration::from_secs_f64(self.ends.worth_after(age.as_secs_f64(), wait).min(most))
    }

    /// How long after a song's end a poll sees it, on average.
    pub fn seen_after(&self) -> Duration {
        self.seen_after
    }

    /// The least time between two polls of a song.
    pub fn least_gap(&self) -> Duration {
        Duration::from_secs_f64(self.gaps.least)
    }

    /// The first poll after the bot has started, which does not know when the last one was.
    pub fn first_poll(&self, chance: f64) -> Duration {
        let Gaps { least, longest, .. } = self.gaps;
        Duration::from_secs_f64((longest - least).mul_add(chance, least))
    }

    fn mean_delay(&self) -> Duration {
        let (mut age, mut seen_after) = (0.0, 0.0);
        while age < self.ends.reach() {
            let next = age + self.planned(age);
            seen_after += self.ends.expected_wait(age, next);
            age = next;
        }
        Duration::from_secs_f64(seen_after)
    }

    /// When the song can be finished, judged by what is known.
    pub fn earliest_end(&self) -> Duration {
        Duration::from_secs_f64(self.ends.earliest())
    }

    /// Seconds until the next poll.
    fn planned(&self, age: f64) -> f64 {
        let at = self.ends.index(age);
        let Some(gap) = self.next.get(at) else { return self.gaps.longest };
        if *gap <= self.gaps.least { *gap } else { self.ends.time(at) + gap - age }
    }
}

/// For each time on the grid the gap to the next poll for which the expected wait and the price of
/// all later polls are least together, found from the end backwards (dynamic programming).
fn best_gaps(gaps: &Gaps, ends: &SongEnds) -> Vec<f64> {
    let (step, known) = (ends.step(), ends.len());
    let steps = |seconds: f64| whole(seconds / step + 1e-9);
    let (least, most) = (steps(gaps.least + step * 0.999).max(1), steps(gaps.rare).max(1));
    let mut costs = vec![0.0; known + most.max(least) + 1];
    let price = PRICE * gaps.least;
    for (at, cost) in costs.iter_mut().enumerate().skip(known) {
        *cost = cost_beyond(gaps, ends, price, at);
    }
    let mut next = vec![gaps.longest; known];
    for at in (0..known).rev() {
        let limit = steps(gaps.limit(ends.time(at), ends.earliest())).max(least);
        let cost = |gap: usize| {
            let later = costs.get(at + gap).copied().unwrap_or_default();
            ends.wait_between(at, at + gap) + later
        };
        let best = (least..=limit).map(|gap| (cost(gap), gap)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((cost, gap)) = best else { continue };
        let seconds = if gap == least { gaps.least } else { ends.time(gap) };
        if let (Some(costs), Some(next)) = (costs.get_mut(at), next.get_mut(at)) {
            (*costs, *next) = (cost + price * ends.unfinished(at), seconds);
        }
    }
    next
}

/// About what waits and polls cost beyond the plan's reach, where songs end at a rate of one in their
/// age.
fn cost_beyond(gaps: &Gaps, ends: &SongEnds, price: f64, at: usize) -> f64 {
    let age = ends.time(at);
    let gap = (2.0 * price * age).sqrt().clamp(gaps.least, gaps.longest);
    ends.unfinished(at) * (gap / 2.0 + price * age / gap)
}
