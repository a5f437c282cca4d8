//! Sudden death or a panic on demand, at a named step: for the tests that ask what the next start,
//! or the next task, makes of it. Builds without debug assertions contain nothing of this.

/// The process is about to write this down, or has just done so.
pub(crate) fn reach(step: &str, moment: Moment) {
    #[cfg(debug_assertions)]
    armed::reach(step, moment);
    #[cfg(not(debug_assertions))]
    let _ = (step, moment);
}

/// On which side of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Nothing is on disk yet.
    Before,
    /// It is.
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

    static DEATH: LazyLock<Option<Death>> =
        LazyLock::new(|| Death::parse(&std::env::var(CRASH_AT).ok()?));
    static PANIC: LazyLock<Option<Death>> =
        LazyLock::new(|| Death::parse(&std::env::var(PANIC_AT).ok()?));

    struct Death {
        step: String,
        moment: Moment,
        /// How often the step will have been reached then.
        left: AtomicU32,
    }

    impl Death {
        fn parse(text: &str) -> Option<Self> {
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
    }

    impl Death {
        fn is_now(&self, step: &str, moment: Moment) -> bool {
            let here = self.step == step && self.moment == moment;
            here && self.left.fetch_sub(1, Ordering::Relaxed) == 1
        }
    }

    /// Ends the process without unwinding, as a power cut would, or panics.
    pub(super) fn reach(step: &str, moment: Moment) {
        if DEATH.as_ref().is_some_and(|death| death.is_now(step, moment)) {
            std::process::abort();
        }
        let panics = PANIC.as_ref().is_some_and(|panic| panic.is_now(step, moment));
        assert!(!panics, "a mistake on purpose");
    }
}
