//! How often wait estimates come true.

use std::{collections::VecDeque, fmt::Write, time::Duration};

use whisul_bot::domain::{Estimate, Forecast, Span};

use crate::{
    chance::Chance,
    worlds::{Tally, WORLDS, World},
};

/// Each bot lives through so many songs. From the first of these numbers on, one in a few people is
/// asked how long they waited.
const SONGS: u32 = 230;
const KNOWN: u32 = 30;
const ASKED: u32 = 3;

/// How many songs run at once, and how many people wait at most.
const LINES: [(usize, usize); 3] = [(1, 8), (3, 10), (10, 40)];

/// A line in which people wait, in seconds.
struct Line {
    now: f64,
    /// When each song that runs began, and when it ends.
    running: Vec<(f64, f64)>,
    /// When each waiting person joined, and their estimate.
    waiting: VecDeque<Option<(f64, Span)>>,
    estimate: Estimate,
    room: usize,
}

impl Line {
    /// A person joins the queue and gets an estimate.
    fn join(&mut self, is_told: bool) {
        let elapsed = |(began, _): &(f64, f64)| Duration::from_secs_f64(self.now - began);
        let running: Vec<_> = self.running.iter().map(elapsed).collect();
        let forecast = || Forecast::new(&self.estimate, self.room, &running, Duration::ZERO);
        let forecast = is_told.then(forecast).flatten();
        let wait = forecast.and_then(|forecast| forecast.wait(self.waiting.len()));
        self.waiting.push_back(wait.map(|wait| (self.now, wait)));
    }

    /// Time passes until the next song is done.
    fn pass(&mut self) {
        let ends = self.running.iter().map(|(_, end)| *end).enumerate();
        let (next, end) = ends.min_by(|(_, one), (_, other)| one.total_cmp(other)).unwrap();
        let (began, _) = self.running.swap_remove(next);
        self.estimate.learn(Duration::from_secs_f64(end - began));
        self.now = end;
    }
}

/// How often a person waited at most as long as the first number that they were told, and the second.
fn live(world: &World, (room, most): (usize, usize), bots: u64) -> [Tally; 2] {
    let mut kept = [Tally::default(); 2];
    for bot in 0..bots {
        let mut chance = Chance(bot << 32);
        let (running, waiting) = (Vec::new(), VecDeque::new());
        let mut line = Line { now: 0.0, running, waiting, estimate: Estimate::default(), room };
        for number in 0..SONGS {
            // Some come at once, and one some time before the next song is done.
            let many = most as f64 * chance.share();
            while (line.waiting.len() as f64) < many {
                line.join(false);
            }
            while line.running.len() < room {
                if let Some((came, told)) = line.waiting.pop_front().flatten() {
                    let waited = Duration::from_secs_f64(line.now - came);
                    kept[0].count(waited <= told.typical);
                    kept[1].count(waited <= told.most);
                }
                let took = world.song(&mut chance, number).as_secs_f64();
                line.running.push((line.now, line.now + took));
            }
            let next = line.running.iter().map(|(_, end)| *end).fold(f64::INFINITY, f64::min);
            line.now += (next - line.now) * chance.share();
            line.join(number >= KNOWN && number % ASKED == 0);
            line.pass();
        }
    }
    kept
}

#[test]
fn nine_of_ten_requesters_wait_no_longer_than_the_upper_estimate() {
    let steady = WORLDS.iter().filter(|world| world.is_steady);
    let lines = steady.flat_map(|world| LINES[..2].iter().map(move |line| live(world, *line, 1)));
    let [typical, most] =
        lines.fold([Tally::default(); 2], |all, kept| [all[0].and(kept[0]), all[1].and(kept[1])]);
    let (typical, most) = (typical.percent(), most.percent());
    assert!((45.0..=70.0).contains(&typical), "{typical}");
    assert!((86.0..=97.0).contains(&most), "{most}");
}

#[test]
#[ignore = "takes minutes without optimization; run it when the estimate has changed"]
fn the_docs_show_how_often_wait_estimates_hold() {
    let mut table = String::from(
        "| songs take | 1 slot, up to 8 people in line | 3 slots, up to 10 | 10 slots, up to 40 |\n\
         |---|---|---|---|\n",
    );
    for world in &WORLDS {
        let kept = LINES.map(|line| live(world, line, 5).map(Tally::percent));
        let cells = kept.map(|[typical, most]| format!("{typical:.0}, {most:.0}")).join(" | ");
        writeln!(table, "| {} | {cells} |", world.name).unwrap();
    }
    crate::is_documented(&table);
}
