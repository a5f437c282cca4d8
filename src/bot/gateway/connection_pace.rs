//! When the next connection to the gateway may be made.

use std::time::Duration;

use tokio::time::Instant;

/// A session that lasted for so long was a good one: failures are counted anew after it.
const STEADY: Duration = Duration::from_secs(10);
/// The shortest pause between the starts of two connections.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// The longest one, so that the bot is back within seconds once the gateway is.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Between two IDENTIFYs (Discord docs, Gateway > Rate Limiting).
const IDENTIFY_PAUSE: Duration = Duration::from_secs(5);
/// The same after many that led to nothing: Discord allows 1000 a day.
const LONGEST_IDENTIFY_PAUSE: Duration = Duration::from_secs(55);
/// The longest that the bot stays away when it is asked to: the network may change before that.
const LONGEST_HOLD: Duration = Duration::from_mins(5);
/// After so many RESUMEs in a row that led to nothing, a new session is started.
const RESUMES: u32 = 3;

/// How an attempt to connect began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// It got no further than HELLO.
    None,
    /// A session was to be resumed.
    Resume,
    /// A new session was asked for.
    Identify,
}

/// The history of one shard's connections, as far as it decides about the next one.
///
/// Pauses are counted from the start of an attempt: one that hung has waited already.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionPace {
    began: Option<Instant>,
    identified: Option<Instant>,
    /// Attempts in a row that led to no steady connection.
    failures: u32,
    /// RESUMEs of this session among these attempts.
    resumes: u32,
    /// IDENTIFYs among these attempts.
    identifies: u32,
    /// Until when no connection is made, whatever else allows it.
    connect_after: Option<Instant>,
    /// Until when no IDENTIFY is sent.
    identify_after: Option<Instant>,
    /// How far apart IDENTIFYs have to be for the day's last ones to suffice.
    identify_spacing: Duration,
}

impl ConnectionPace {
    /// Whether the session may be tried once more.
    pub(super) fn may_resume(&self) -> bool {
        self.resumes < RESUMES
    }

    /// Attempts in a row that led to no steady connection.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// When the next attempt may begin; `None` at once. `chance`, between 0 and 1, keeps those who
    /// failed together from returning together.
    pub(super) fn next(&self, opening: Opening, chance: f64) -> Option<Instant> {
        let pause = match self.failures {
            0 => Duration::ZERO,
            failures => spread(doubled(SHORTEST_PAUSE, failures - 1, LONGEST_PAUSE), chance),
        };
        let attempt = self.began.map(|began| began + pause).max(self.connect_after);
        if opening != Opening::Identify {
            return attempt;
        }
        let pause = match self.identifies {
            0 => IDENTIFY_PAUSE,
            failures => spread(doubled(IDENTIFY_PAUSE, failures, LONGEST_IDENTIFY_PAUSE), chance),
        };
        let identify = self.identified.map(|at| at + pause.max(self.identify_spacing));
        attempt.max(identify).max(self.identify_after)
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self, now: Instant) {
        self.began = Some(now);
    }

    /// No connection is made for so long, as the gateway asks, within bounds.
    pub(super) fn hold(&mut self, wait: Duration, now: Instant) {
        self.connect_after = self.connect_after.max(Some(now + wait.min(LONGEST_HOLD)));
    }

    /// No IDENTIFY is sent before this.
    pub(super) fn hold_identify(&mut self, until: Instant) {
        self.identify_after = self.identify_after.max(Some(until));
    }

    /// How many sessions Discord still lets be started, of how many, until when, by so many shards
    /// together. When they run low, those that are left are spread over the time.
    pub(super) fn limit_identifies(
        &mut self,
        left: u32,
        total: u32,
        reset_after: Duration,
        shards: u32,
    ) {
        let low = left < total / 2;
        let spacing = reset_after.saturating_mul(shards) / left.max(1);
        self.identify_spacing = if low { spacing } else { Duration::ZERO };
    }

    /// An attempt has ended. `connected_for` is how long its session lasted, if there was one.
    pub(super) fn end(&mut self, opening: Opening, connected_for: Option<Duration>, now: Instant) {
        if opening == Opening::Identify {
            self.identified = Some(now - connected_for.unwrap_or_default());
        }
        if connected_for.is_some_and(|connected_for| connected_for >= STEADY) {
            (self.failures, self.resumes, self.identifies) = (0, 0, 0);
            return;
        }
        self.failures = self.failures.saturating_add(1);
        match opening {
            Opening::None => {}
            Opening::Resume => self.resumes += 1,
            Opening::Identify => {
                self.resumes = 0;
                self.identifies = self.identifies.saturating_add(1);
            }
        }
    }
}

/// A time that doubles with each failure, up to a bound.
fn doubled(first: Duration, times: u32, most: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times)).min(most)
}

/// A time between a half of this and all of it.
fn spread(most: Duration, chance: f64) -> Duration {
    most.mul_f64(chance.clamp(0.0, 1.0).mul_add(0.5, 0.5))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    /// What becomes of a connection, and after how many milliseconds.
    #[derive(Clone, Copy, Debug)]
    enum Fate {
        Refused(u64),
        CutAfterOpening(u64),
        Stood(u64),
    }

    fn fates() -> impl Strategy<Value = Fate> {
        prop_oneof![
            (0..6000_u64).prop_map(Fate::Refused),
            (0..6000_u64).prop_map(Fate::CutAfterOpening),
            (0..30_000_u64).prop_map(Fate::Stood),
        ]
    }

    /// Lives through these fates, and says when attempts began and IDENTIFYs were sent.
    fn live(fates: &[(Fate, f64)]) -> (Vec<Instant>, Vec<Instant>) {
        let mut pace = ConnectionPace::default();
        let (mut now, mut session) = (Instant::now(), false);
        let (mut attempts, mut identifies) = (Vec::new(), Vec::new());
        for (fate, chance) in fates {
            session = session && pace.may_resume();
            let wanted = if session { Opening::Resume } else { Opening::Identify };
            now = pace.next(wanted, *chance).map_or(now, |at| at.max(now));
            pace.begin(now);
            attempts.push(now);
            let (opening, connected_for, took) = match fate {
                Fate::Refused(took) => (Opening::None, None, *took),
                Fate::CutAfterOpening(took) => (wanted, None, *took),
                Fate::Stood(took) => (wanted, Some(Duration::from_millis(*took)), *took),
            };
            if opening == Opening::Identify {
                identifies.push(now);
            }
            now += Duration::from_millis(took);
            session |= connected_for.is_some();
            pace.end(opening, connected_for, now);
        }
        (attempts, identifies)
    }

    proptest! {
        #[test]
        fn whatever_the_gateway_does_connections_are_few_and_identifies_apart(
            fates in vec((fates(), 0.0..=1.0_f64), 1..200),
        ) {
            let (attempts, identifies) = live(&fates);
            for (first, began) in attempts.iter().enumerate() {
                let later = attempts[first..].iter();
                let within = later.take_while(|at| **at - *began < Duration::from_secs(10));
                prop_assert!(within.count() <= 10);
            }
            for pair in identifies.windows(2) {
                prop_assert!(pair[1] - pair[0] >= Duration::from_secs(5));
            }
        }

        #[test]
        fn once_the_gateway_is_well_it_is_tried_within_seconds(
            fates in vec((fates(), 0.0..=1.0_f64), 1..50),
            chance in 0.0..=1.0_f64,
        ) {
            let mut pace = ConnectionPace::default();
            let now = Instant::now();
            for (fate, _) in &fates {
                pace.begin(now);
                match fate {
                    Fate::Refused(_) => pace.end(Opening::None, None, now),
                    _ => pace.end(Opening::Identify, None, now),
                }
            }
            let wait = |opening| pace.next(opening, chance).unwrap() - now;
            prop_assert!(wait(Opening::Resume) <= Duration::from_secs(4));
            prop_assert!(wait(Opening::Identify) <= Duration::from_secs(55));
        }
    }

    #[test]
    fn a_session_that_cant_be_resumed_is_given_up_after_a_few_tries() {
        let resumed = |connected_for| {
            let mut pace = ConnectionPace::default();
            for _ in 0..RESUMES {
                assert!(pace.may_resume());
                pace.end(Opening::Resume, connected_for, Instant::now());
            }
            pace.may_resume()
        };
        assert!(!resumed(None));
        assert!(!resumed(Some(Duration::from_millis(200))), "one that is cut at once, too");
        assert!(resumed(Some(STEADY)));
    }

    #[test]
    fn a_gateway_that_asks_for_it_is_left_alone_for_a_bounded_time() {
        let now = Instant::now();
        for opening in [Opening::Resume, Opening::Identify] {
            for (asked, expected) in [(0, 0), (60, 60), (3600, 300)] {
                let mut pace = ConnectionPace::default();
                pace.begin(now);
                pace.end(Opening::None, None, now);
                pace.hold(Duration::from_secs(asked), now);
                pace.hold(Duration::from_secs(asked / 2), now);
                let wait = (pace.next(opening, 0.0).unwrap() - now).as_secs();
                assert_eq!(wait, expected, "{opening:?} {asked}");
            }
        }
    }

    #[test]
    fn sessions_suffice_for_the_day_even_if_none_lasts() {
        for shards in [1, 2, 16] {
            let began = Instant::now();
            let (mut paces, mut left) =
                (vec![(began, ConnectionPace::default()); shards], 1000_u32);
            loop {
                // The shard that comes first.
                let (now, pace) = paces.iter_mut().min_by_key(|(at, _)| *at).unwrap();
                if *now - began >= DAY {
                    break;
                }
                pace.begin(*now);
                left = left.checked_sub(1).expect("one is left");
                let count = u32::try_from(shards).unwrap();
                pace.limit_identifies(left, 1000, DAY.saturating_sub(*now - began), count);
                pace.end(Opening::Identify, None, *now);
                *now = pace.next(Opening::Identify, 0.0).unwrap().max(*now);
            }
            assert!(left < 500, "they are used, too: {left} by {shards} shards");
        }
    }
}
