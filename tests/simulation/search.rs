//! Looks for a world in which a promise is broken, on all processors.

use std::{
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use super::{
    draw,
    plan::Plan,
    process::{End, live},
    storage::{Database, Storage},
    world::Coverage,
};

/// What came of many worlds together.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) lives: u64,
    pub(crate) worlds: u64,
    pub(crate) calls: u64,
    pub(crate) coverage: Coverage,
    /// The seed of the world in which a promise was broken.
    pub(crate) broken_by: Option<u64>,
}

impl Found {
    fn add(&mut self, more: Self) {
        self.lives += more.lives;
        self.worlds += more.worlds;
        self.calls += more.calls;
        for (what, times) in more.coverage {
            *self.coverage.entry(what).or_default() += times;
        }
        self.broken_by = self.broken_by.into_iter().chain(more.broken_by).min();
    }
}

/// Lives through so many lives in the worlds of the seeds from 0 on, or until a promise is broken
/// unless it `goes_on`.
pub(crate) fn search(lives: u64, goes_on: bool) -> Found {
    let (total, next_seed, broken) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let some_of_them = || {
        let (database, mut found) = (Database::new(), Found::default());
        while total.load(Ordering::Relaxed) < lives && !broken.load(Ordering::Relaxed) {
            let seed = next_seed.fetch_add(1, Ordering::Relaxed);
            let End { lives, calls, coverage, broken: how, .. } =
                world_of(draw::plan(seed), &database.storage, false);
            total.fetch_add(lives, Ordering::Relaxed);
            if let Some(how) = &how {
                let lives = total.load(Ordering::Relaxed);
                println!("SEED={seed}, after {lives} lives, broke this: {how}");
            }
            broken.fetch_or(how.is_some() && !goes_on, Ordering::Relaxed);
            let broken_by = how.map(|_| seed);
            found.add(Found { lives, worlds: 1, calls, coverage, broken_by });
        }
        found
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some_of_them)).collect();
        threads.into_iter().fold(Found::default(), |mut sum, thread| {
            sum.add(thread.join().unwrap());
            sum
        })
    })
}

/// The world of a plan. Whatever stops it is a broken promise, too.
pub(crate) fn world_of(plan: Plan, storage: &Storage, is_traced: bool) -> End {
    catch_unwind(AssertUnwindSafe(|| live(plan, storage, is_traced))).unwrap_or_else(|_| End {
        lives: 0,
        calls: 0,
        coverage: Coverage::new(),
        broken: Some("nothing panics: something did".to_owned()),
        trace: Vec::new(),
    })
}
