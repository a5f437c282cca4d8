//! The line: in which order waiting jobs get their turn.

use super::JobId;

/// A place in the order of turns: earlier rounds first, older jobs first within one.
///
/// Nothing but this decides who is next, and it is written down with the job, so that the order is
/// the same after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// The round.
    pub round: u32,
    /// The job.
    pub job: JobId,
}

/// The round of a person's next job, so that people take turns and one with many songs can't hold
/// up the others.
///
/// It is the round after that of their `latest` job, but never one that has passed: `current` is
/// the round of the job that was called last.
pub fn next_round(current: u32, latest: Option<u32>) -> u32 {
    latest.map_or(0, |round| round.saturating_add(1)).max(current)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// People ask at random, one song runs at a time: while somebody waits for their next
        /// song, nobody else gets two.
        #[test]
        fn nobody_is_overtaken_twice_by_the_same_person(
            // Somebody's number asks; `None` means that the song is done and the next is called.
            events in prop::collection::vec(prop::option::weighted(0.6, 0..4_u8), 1..120),
        ) {
            let (mut current, mut latest) = (0, BTreeMap::<u8, u32>::new());
            let mut waiting = BTreeSet::new();
            let mut overtakings = BTreeMap::<(u8, u8), u32>::new();
            for (number, event) in events.into_iter().enumerate() {
                if let Some(person) = event {
                    let round = next_round(current, latest.get(&person).copied());
                    latest.insert(person, round);
                    waiting.insert((Turn { round, job: JobId(number as u64) }, person));
                } else if let Some((turn, person)) = waiting.pop_first() {
                    prop_assert!(turn.round >= current, "rounds never go back");
                    current = turn.round;
                    overtakings.retain(|(_, waiter), _| *waiter != person);
                    let waiters: BTreeSet<u8> = waiting.iter().map(|(_, waiter)| *waiter).collect();
                    for waiter in waiters.into_iter().filter(|waiter| *waiter != person) {
                        let times = overtakings.entry((person, waiter)).or_default();
                        *times += 1;
                        prop_assert!(*times <= 2, "{person} overtook {waiter} {times} times");
                    }
                }
            }
        }

        #[test]
        fn a_persons_own_songs_keep_their_order(current in 0..9_u32, latest in 0..9_u32) {
            prop_assert!(next_round(current, Some(latest)) > latest);
            prop_assert!(next_round(current, None) >= current);
        }
    }
}
