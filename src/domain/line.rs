//! The line: in which order waiting jobs get their turn.

use std::collections::{BTreeMap, HashMap};

use super::{JobId, UserId};

/// A job in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which job.
    pub job: JobId,
    /// Whose.
    pub requester: UserId,
}

/// Sorts waiting jobs into the order in which their turns come.
///
/// People take turns: a job stands behind all jobs that have fewer songs of their own requester
/// before them, running ones (`running`, by person) included; among equals the older is first.
/// Nothing but the jobs themselves decides, so the order is the same after a restart.
pub fn in_turn(waiting: &mut [Waiting], running: &BTreeMap<UserId, u32>) {
    waiting.sort_unstable_by_key(|entry| entry.job);
    let mut before = running.clone();
    let mut rounds: HashMap<JobId, u32> = HashMap::with_capacity(waiting.len());
    for entry in &*waiting {
        let round = before.entry(entry.requester).or_default();
        rounds.insert(entry.job, *round);
        *round = round.saturating_add(1);
    }
    waiting.sort_by_key(|entry| rounds.get(&entry.job).copied());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(entries: &[(u64, u64)], running: &[(u64, u32)]) -> Vec<u64> {
        let mut waiting: Vec<Waiting> = entries
            .iter()
            .map(|(job, person)| Waiting { job: JobId(*job), requester: UserId(*person) })
            .collect();
        let running = running.iter().map(|(person, songs)| (UserId(*person), *songs)).collect();
        in_turn(&mut waiting, &running);
        waiting.iter().map(|entry| entry.job.0).collect()
    }

    #[test]
    fn one_person_with_many_songs_does_not_hold_up_another() {
        assert_eq!(line(&[(1, 10), (2, 10), (3, 10), (4, 20)], &[]), [1, 4, 2, 3]);
    }

    #[test]
    fn a_song_that_already_runs_counts_as_a_turn() {
        assert_eq!(line(&[(1, 10), (2, 20)], &[(10, 1)]), [2, 1]);
    }

    proptest! {
        #[test]
        fn everyone_keeps_their_own_order_and_nobody_is_lost(
            people in prop::collection::vec(0..5_u64, 0..40),
            running in prop::collection::hash_map(0..5_u64, 0..4_u32, 0..5),
        ) {
            let entries: Vec<(u64, u64)> =
                people.iter().enumerate().map(|(job, person)| (job as u64, *person)).collect();
            let running: Vec<(u64, u32)> = running.into_iter().collect();
            let order = line(&entries, &running);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..people.len() as u64).collect::<Vec<_>>());
            for person in 0..5 {
                let own: Vec<u64> = order
                    .iter()
                    .copied()
                    .filter(|job| people[usize::try_from(*job).unwrap()] == person)
                    .collect();
                prop_assert!(own.is_sorted());
            }
        }
    }
}
