use proptest::prelude::*;

use super::{
    gaps::{LEAST, RARE},
    *,
};

const LONGEST: Duration = Duration::from_secs(10);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn after(songs: &[u64], longest: Duration) -> PollPlan {
    let mut estimate = Estimate::default();
    for song in songs {
        estimate.learn(seconds(*song));
    }
    PollPlan::new(&estimate, longest)
}

/// Songs that take from 60 to 98 seconds, in no order.
fn mixed() -> Vec<u64> {
    (0..39).map(|number| 60 + number * 16 % 39).collect()
}

/// The ages at which a song is polled.
fn polls(plan: &PollPlan, until: u64) -> Vec<Duration> {
    let next = |age: &Duration| Some(*age + plan.next_poll(*age, 0.5));
    let ages = std::iter::successors(Some(Duration::ZERO), next).skip(1);
    ages.take_while(|age| *age <= seconds(until)).collect()
}

fn within(ages: &[Duration], from: u64, to: u64) -> usize {
    ages.iter().filter(|age| (seconds(from)..seconds(to)).contains(*age)).count()
}

#[test]
fn polls_are_rare_until_a_song_can_be_finished_and_then_as_often_as_may_be() {
    let plan = after(&mixed(), LONGEST);
    let earliest = plan.earliest_end();
    assert!((seconds(45)..seconds(60)).contains(&earliest), "{earliest:?}");
    let ages = polls(&plan, 98);
    assert!((1..=3).contains(&within(&ages, 0, 50)), "{ages:?}");
    assert!((7..=8).contains(&within(&ages, 60, 100)), "{ages:?}");
    assert!((2.4..3.0).contains(&plan.seen_after().as_secs_f64()), "{:?}", plan.seen_after());
}

/// One poll right after all songs end, and none while they can't.
#[test]
fn songs_that_take_the_same_are_polled_when_they_end() {
    let ages = polls(&after(&[90; 39], LONGEST), 95);
    assert_eq!(within(&ages, 90, 93), 1, "{ages:?}");
    assert!(ages.len() <= 6, "{ages:?}");
}

#[test]
fn one_known_song_says_little_and_none_says_what_is_documented() {
    let one = after(&[90], LONGEST);
    assert!(one.earliest_end() <= seconds(45), "{:?}", one.earliest_end());
    let none = after(&[], LONGEST);
    assert!(none.earliest_end() <= seconds(30), "{:?}", none.earliest_end());
    let ages = polls(&none, 150);
    assert!(within(&ages, 90, 150) >= 9 && within(&ages, 0, 60) <= 8, "{ages:?}");
}

#[test]
fn a_song_that_outlasts_all_others_is_polled_ever_more_rarely() {
    let plan = after(&[60; 39], LONGEST);
    let at = |age| plan.next_poll(seconds(age), 0.5);
    assert!(at(62) <= at(150) && at(150) <= at(300));
    assert_eq!(at(3600), LONGEST);
    assert_eq!(after(&[60; 39], seconds(60)).next_poll(seconds(36_000), 0.5), seconds(60));
}

/// A wrong clock may have measured them, or Whisul's.
#[test]
fn durations_of_a_year_are_planned_for_as_fast_as_others() {
    let began = std::time::Instant::now();
    let plan = after(&[1, 31_536_000, 31_536_000], Duration::from_millis(50));
    assert_eq!(plan.next_poll(Duration::ZERO, 0.5), Duration::from_millis(50));
    let plan = after(&[31_536_000; 39], LONGEST);
    assert!(plan.next_poll(Duration::ZERO, 0.5) <= seconds(36));
    assert!(began.elapsed() < seconds(5), "{:?}", began.elapsed());
}

#[test]
fn songs_that_began_together_are_not_polled_together() {
    let plan = after(&mixed(), LONGEST);
    let mut first: Vec<Duration> =
        (0..100).map(|song| plan.next_poll(Duration::ZERO, f64::from(song) / 100.0)).collect();
    first.sort_unstable();
    assert!(first[99] >= first[0] + seconds(5), "{first:?}");
}

#[test]
fn a_poll_is_worth_it_sooner_where_songs_end() {
    let plan = after(&mixed(), LONGEST);
    let worth = |age| plan.worth_after(seconds(age));
    assert!(worth(80) < worth(60) && worth(60) < worth(20), "{:?}", [80, 60, 20].map(worth));
    assert!(worth(200) < worth(2000));
}

fn any_songs() -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![
        prop::collection::vec(0..300_u64, 0..45),
        prop::collection::vec(0..20_000_u64, 0..45),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is known, and however old a song is: no poll comes sooner than 5 s after another, and
    /// none later than the host's longest gap after the song can be finished, or than 30 s.
    #[test]
    fn polls_keep_their_bounds(
        songs in any_songs(),
        longest in 5000..60_000_u64,
        ages in prop::collection::vec((0..400_000_u64, 0.0..=1.0_f64), 50),
    ) {
        let longest = Duration::from_millis(longest);
        let plan = after(&songs, longest);
        let blur = Duration::from_micros(1);
        for (age, chance) in ages {
            let age = Duration::from_millis(age);
            let gap = plan.next_poll(age, chance);
            prop_assert!(gap >= LEAST, "{gap:?} after {age:?}");
            prop_assert!(gap <= longest.max(seconds(30)) + blur, "{gap:?} after {age:?}");
            let possible = (age + gap).saturating_sub(age.max(plan.earliest_end()));
            prop_assert!(possible <= longest + blur, "{gap:?} after {age:?}");
            let first = plan.first_poll(chance);
            prop_assert!(LEAST <= first && first <= longest + blur);
        }
    }

    /// Known songs and a server on this machine, where all is as much faster.
    #[test]
    fn short_intervals_scale(songs in any_songs(), interval in 1..5000_u64, age in 0..400_000_u64) {
        let interval = Duration::from_millis(interval);
        let gap = after(&songs, interval).next_poll(Duration::from_millis(age), 0.5);
        prop_assert!(interval <= gap && gap <= interval * RARE + Duration::from_micros(1), "{gap:?}");
    }

    /// What a poll is worth grows with time: the one that waits longest of those that are alike goes
    /// first, so that none waits forever.
    #[test]
    fn worth_comes_and_later_for_later_polls(songs in any_songs(), age in 0..100_000_u64) {
        let plan = after(&songs, LONGEST);
        let worth_at = |age| Duration::from_millis(age) + plan.worth_after(Duration::from_millis(age));
        prop_assert!(worth_at(age) <= worth_at(age + 1000) + Duration::from_millis(1));
        prop_assert!(worth_at(age) < Duration::from_hours(24 * 365));
    }

    /// The mean delay that is told to those in line is between half the least and the longest gap.
    #[test]
    fn ends_are_seen_within_the_gaps(songs in prop::collection::vec(0..2000_u64, 0..45)) {
        let seen_after = after(&songs, LONGEST).seen_after();
        prop_assert!((seconds(1)..seconds(16)).contains(&seen_after), "{seen_after:?}");
    }
}
