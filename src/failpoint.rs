//! Sudden death, a panic or a hang on demand, at a named step: for the tests that ask what the next
//! start, or the next task, makes of it. Builds without debug assertions contain nothing of this.

/// The process is about to do this, or has just done it.
pub(crate) fn reach(step: &str, moment: Moment) {
    #[cfg(debug_assertions)]
    armed::reach(step, moment);
    #[cfg(not(debug_assertions))]
    let _ = (step, moment);
}

/// On which side of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nothing is done yet.
    Before,
    /// It is done, and on disk.
    After,
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    };

    use super::Moment;

    /// Names where to die, and on which hit: `submitting.before:3`.
    const CRASH_AT: &str = "WHISUL_BOT_CRASH_AT";
    /// The same for a panic.
    const PANIC_AT: &str = "WHISUL_BOT_PANIC_AT";
    /// The same for a thread that hangs for ever, as in a deadlock.
    const HANG_AT: &str = "WHISUL_BOT_HANG_AT";

    static CRASH: LazyLock<Option<Failpoint>> = LazyLock::new(|| Failpoint::named_by(CRASH_AT));
    static PANIC: LazyLock<Option<Failpoint>> = LazyLock::new(|| Failpoint::named_by(PANIC_AT));
    static HANG: LazyLock<Option<Failpoint>> = LazyLock::new(|| Failpoint::named_by(HANG_AT));

    struct Failpoint {
        step: String,
        moment: Moment,
        /// How often the step will have been reached then.
        left: AtomicU32,
    }

    impl Failpoint {
        fn named_by(variable: &str) -> Option<Self> {
            let text = std::env::var(variable).ok()?;
            let (place, times) = text.split_once(':')?;
            let (step, moment) = place.split_once('.')?;
            let moment = match moment {
                "before" => Moment::Before,
                "after" => Moment::After,
                _ => return None,
            };
            let left = AtomicU32::new(times.parse().ok()?);
            Some(Self { step: step.to_owned(), moment, left })
        }

        fn is_now(&self, step: &str, moment: Moment) -> bool {
            let here = self.step == step && self.moment == moment;
            here && self.left.fetch_sub(1, Ordering::Relaxed) == 1
        }
    }

    /// Ends the process without unwinding, as a power cut would, panics or hangs.
    pub(super) fn reach(step: &str, moment: Moment) {
        let is_now = |it: &Option<Failpoint>| it.as_ref().is_some_and(|it| it.is_now(step, moment));
        if is_now(&CRASH) {
            std::process::abort();
        }
        if is_now(&HANG) {
            loop {
                std::thread::park();
            }
        }
        assert!(!is_now(&PANIC), "a mistake on purpose");
    }
}
