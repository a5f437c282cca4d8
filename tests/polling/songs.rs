//! Polls of single songs, with a rate limit that is never reached.

use std::{fmt::Write, time::Duration};

use whisul_bot::domain::{Estimate, PollPlan};

use crate::worlds::{Chance, Song, WORLDS, World};

/// So many bots live through so many songs each.
const BOTS: u64 = 8;
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

    pub(crate) fn cell(&self) -> String {
        format!("{:.2}, {:.1}, {:.1}", self.mean(), self.percentile(95), self.polls())
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

#[test]
fn ends_are_noticed_sooner_and_with_fewer_polls() {
    let mut table = String::from(
        "| songs take | every 5 s | every 6 s | every 10 s | as measured | nothing known |\n\
         |---|---|---|---|---|---|\n",
    );
    for world in &WORLDS {
        let ways =
            [Way::Fixed(5.0), Way::Fixed(6.0), Way::Fixed(10.0), Way::Measured, Way::Unknown];
        let cells = ways.map(|way| live(world, way).cell()).join(" | ");
        writeln!(table, "| {} | {cells} |", world.name).unwrap();
    }
    println!("{table}");
}
