//! The bot's resource usage over time, and whether it grows.

use std::time::Duration;

use crate::resource_usage::ResourceUsage;

/// How much more memory than in the middle third of a soak may be taken in its last third, in
/// percent.
const GROWTH: u64 = 5;
/// The same for threads and files, as a number.
const MORE: u64 = 8;
/// A shorter soak is all warm-up.
const LEAST: Duration = Duration::from_mins(9);

/// The measurements, the oldest first.
#[derive(Default)]
pub(crate) struct UsageRecord(Vec<(Duration, ResourceUsage)>);

impl UsageRecord {
    pub(crate) fn note(&mut self, at: Duration, resource_usage: ResourceUsage) {
        self.0.push((at, resource_usage));
    }

    /// The median of something in a third of the soak: 0, 1 or 2.
    fn median(&self, third: usize, of: impl Fn(&ResourceUsage) -> u64) -> u64 {
        let size = self.0.len().div_ceil(3).max(1);
        let mut values: Vec<u64> =
            self.0.chunks(size).nth(third).into_iter().flatten().map(|(_, it)| of(it)).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    }

    pub(crate) fn print(&self) {
        let step = self.0.len().div_ceil(12).max(1);
        for (at, resource_usage) in self.0.iter().step_by(step) {
            println!("after {:5} s: {resource_usage}", at.as_secs());
        }
        if !self.is_telling() {
            println!("too short to tell whether anything grows");
        }
        for third in 0..3 {
            println!(
                "median of third {}: {} kB, {} threads, {} files",
                third + 1,
                self.median(third, |it| it.memory),
                self.median(third, |it| it.threads),
                self.median(third, |it| it.files),
            );
        }
    }

    /// Whether it is long enough to tell whether anything grows.
    fn is_telling(&self) -> bool {
        self.0.last().is_some_and(|(at, _)| *at >= LEAST)
    }

    /// What grew.
    pub(crate) fn complaints(&self) -> Vec<String> {
        if !self.is_telling() {
            return Vec::new();
        }
        let grew = |name: &str, of: fn(&ResourceUsage) -> u64, room: fn(u64) -> u64| {
            let (middle, last) = (self.median(1, of), self.median(2, of));
            (last > room(middle)).then(|| format!("{name} grew from {middle} to {last}"))
        };
        let percent = |value: u64| value + value * GROWTH / 100;
        let number = |value: u64| value + MORE;
        let found = [
            grew("memory", |it| it.memory, percent),
            grew("the number of threads", |it| it.threads, number),
            grew("the number of open files", |it| it.files, number),
        ];
        found.into_iter().flatten().collect()
    }
}
