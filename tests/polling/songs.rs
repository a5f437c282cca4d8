//! Polls of single songs, with a rate limit that is never reached.

use std::{fmt::Write, time::Duration};

use whisul_bot::domain::{Estimate, PollPlan};

use crate::{
    chance::Chance,
    worlds::{Song, WORLDS, World},
};

/// So many bots live through so many songs each.
const BOTS: u64 = 4;
const SONGS: u32 = 240;

/// From then on songs count.
const KNOWN: u32 = 40;

/// The default of `POLL_INTERVAL`, in seconds: the longest time between two polls.
const LONGEST: f64 = 10.0;

/// What was seen of many songs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) notices: Vec<f64>,
    pub(crate) polls: u32,
    /// How many of them came later than they were due.
    pub(crate) late: u32,
}

impl Seen {
    pub(crate) fn mean(&self) -> f64 {
        self.notices.iter().sum::<f64>() / self.notices.len() as f64
    }

    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.notices.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted[sorted.len() * percent / 100]
    }

    pub(crate) fn polls(&self) -> f64 {
        f64::from(self.polls) / self.notices.len() as f64
    }

    /// The mean and the 95th percentile of seconds to the notice, and polls a song.
    pub(crate) fn cell(&self) -> String {
        format!("{:.1}, {:.1}, {:.1}", self.mean(), self.percentile(95), self.polls())
    }
}

/// How polls are planned.
#[derive(Clone, Copy)]
enum Way {
    Fixed(f64),
    Measured,
    Unknown,
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// Polls one song until it has ended, and checks every gap.
fn poll(song: Song, mut gap: impl FnMut(f64) -> f64, seen: &mut Seen) {
    let mut age = 0.0;
    while age < song.takes {
        age += gap(age);
        seen.polls += 1;
    }
    seen.notices.push(age - song.takes);
}

fn planned(plan: &PollPlan, age: f64, chance: &mut Chance) -> f64 {
    let gap = plan.next_poll(seconds(age), chance.share()).as_secs_f64();
    let earliest = plan.earliest_end().as_secs_f64();
    assert!(gap >= 5.0, "{gap} s after a poll at {age} s");
    let late = age + gap - age.max(earliest);
    assert!(late <= LONGEST + 1e-6, "{gap} s after a poll at {age} s, possible from {earliest} s");
    assert!(gap <= 30.0, "{gap} s after a poll at {age} s");
    gap
}

fn live(world: &World, way: Way) -> Seen {
    let mut seen = Seen::default();
    for bot in 0..BOTS {
        let mut chance = Chance(bot << 32);
        let mut jitter = Chance(!bot << 32);
        let mut estimate = Estimate::default();
        let mut plan = PollPlan::new(&estimate, seconds(LONGEST));
        for number in 0..SONGS {
            let song = world.song(&mut chance, number);
            let mut ignored = Seen::default();
            let seen = if number < KNOWN { &mut ignored } else { &mut seen };
            match way {
                Way::Fixed(gap) => poll(song, |_| gap, seen),
                _ => poll(song, |age| planned(&plan, age, &mut jitter), seen),
            }
            if matches!(way, Way::Measured) && !song.fails {
                // Whisul tells times in whole seconds.
                let began = chance.share();
                estimate.learn(seconds((began + song.takes).floor()));
                plan = PollPlan::new(&estimate, seconds(LONGEST));
            }
        }
    }
    seen
}

/// What each way of polling comes to.
struct Compared {
    every_5: Seen,
    every_6: Seen,
    every_10: Seen,
    measured: Seen,
    unknown: Seen,
}

impl Compared {
    fn of(world: &World) -> Self {
        let every = |gap| live(world, Way::Fixed(gap));
        Self {
            every_5: every(5.0),
            every_6: every(6.0),
            every_10: every(10.0),
            measured: live(world, Way::Measured),
            unknown: live(world, Way::Unknown),
        }
    }

    fn row(&self) -> String {
        let cells = [&self.every_5, &self.every_6, &self.every_10, &self.measured, &self.unknown];
        cells.map(Seen::cell).join(" | ")
    }

    /// With known durations, songs are noticed sooner than with polls every 6 s, and about as soon as
    /// with polls every 5 s, with fewer polls than either.
    fn check(&self, world: &World) {
        let (name, measured, unknown) = (world.name, &self.measured, &self.unknown);
        assert!(measured.polls() < self.every_6.polls(), "{name}: {}", measured.polls());
        assert!(unknown.polls() < self.every_6.polls(), "{name}: {}", unknown.polls());
        for planned in [measured, unknown] {
            assert!(planned.mean() < self.every_10.mean() - 1.0, "{name}: {}", planned.mean());
        }
        if !world.is_long_tailed {
            assert!(measured.mean() < self.every_6.mean(), "{name}: {}", measured.mean());
            assert!(measured.mean() < self.every_5.mean() + 0.5, "{name}: {}", measured.mean());
            assert!(unknown.mean() < self.every_6.mean() + 0.1, "{name}: {}", unknown.mean());
        }
    }
}

#[test]
fn ends_are_noticed_sooner_and_with_fewer_polls() {
    let mut table = String::from(
        "| songs take | every 5 s | every 6 s | every 10 s | planned | planned, nothing known |\n\
         |---|---|---|---|---|---|\n",
    );
    for world in &WORLDS {
        let compared = Compared::of(world);
        writeln!(table, "| {} | {} |", world.name, compared.row()).unwrap();
        compared.check(world);
    }
    crate::is_documented(&table);
}

/// No plan can do better than half the least gap where all ends are equally likely.
#[test]
fn the_wait_is_close_to_the_least_possible() {
    let Compared { measured, every_10, .. } = Compared::of(&WORLDS[0]);
    assert!((2.4..2.6).contains(&measured.mean()), "{}", measured.mean());
    assert!(measured.polls() <= 9.0, "{}", measured.polls());
    assert!(measured.mean() * 1.9 < every_10.mean(), "{}", every_10.mean());
}

/// A song that fails early, or of a Whisul that has suddenly become faster, is noticed within 30 s.
#[test]
fn early_ends_are_noticed_within_half_a_minute() {
    let mut estimate = Estimate::default();
    for _ in 0..39 {
        estimate.learn(seconds(300.0));
    }
    let (plan, mut chance) = (PollPlan::new(&estimate, seconds(LONGEST)), Chance(1));
    let mut seen = Seen::default();
    for _ in 0..1000 {
        let song = Song { takes: 200.0 * chance.share(), fails: true };
        let mut jitter = Chance(chance.0);
        poll(song, |age| planned(&plan, age, &mut jitter), &mut seen);
    }
    assert!(seen.percentile(99) <= 30.0, "{}", seen.percentile(99));
    assert!(seen.polls() < 8.0, "{}", seen.polls());
}
