use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// What is sent about a cause that is looked at each `step`: after so many steps, what.
fn sent(cause: AlertCause, step: Duration, seen: &[bool]) -> Vec<(u32, AlertState)> {
    let began = Instant::now();
    let mut schedule = AlertSchedule::new(AlertTimes::default());
    let mut sent = Vec::new();
    for (index, is_present) in (0..).zip(seen) {
        let state = schedule.observe(cause, *is_present, began + step * index);
        sent.extend(state.map(|state| (index, state)));
    }
    sent
}

/// For so many looks each, in turn there and not.
fn looks(lengths: &[usize]) -> Vec<bool> {
    let present = [true, false].into_iter().cycle();
    lengths.iter().zip(present).flat_map(|(length, is)| vec![is; *length]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_cause_is_told_at_once_and_its_end_when_it_has_been_gone_for_a_minute() {
    use AlertState::{Ended, Started};
    let told = sent(AlertCause::KeyRefused, MINUTE, &looks(&[5, 5]));
    assert_eq!(told, [(0, Started), (6, Ended)]);
    assert_eq!(sent(AlertCause::KeyRefused, MINUTE, &looks(&[500])), [(0, Started)]);
    let blips = looks(&[5, 1, 5, 1, 5]);
    assert_eq!(sent(AlertCause::KeyRefused, MINUTE, &blips), [(0, Started)]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_told_after_ten_minutes_and_one_that_was_shorter_not_at_all() {
    use AlertState::{Ended, Started};
    for cause in [AlertCause::WhisulAway, AlertCause::DiscordAway] {
        assert_eq!(sent(cause, MINUTE, &looks(&[10, 60])), []);
        assert_eq!(sent(cause, MINUTE, &looks(&[11, 5])), [(10, Started), (12, Ended)]);
        assert_eq!(sent(cause, MINUTE, &looks(&[6, 1, 6])), [(10, Started)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cause_that_comes_back_within_the_hour_is_told_when_the_hour_is_over_if_it_lasts() {
    use AlertState::{Ended, Started};
    let back = looks(&[5, 5, 100]);
    assert_eq!(
        sent(AlertCause::KeyRefused, MINUTE, &back),
        [(0, Started), (6, Ended), (60, Started)]
    );
    let gone_again = looks(&[5, 5, 5, 100]);
    assert_eq!(sent(AlertCause::KeyRefused, MINUTE, &gone_again), [(0, Started), (6, Ended)]);
}

#[tokio::test(start_paused = true)]
async fn each_cause_has_its_own_hour() {
    let (now, mut schedule) = (Instant::now(), AlertSchedule::new(AlertTimes::default()));
    for cause in [AlertCause::GlobalQuota80, AlertCause::GlobalQuota100, AlertCause::KeyRefused] {
        assert_eq!(schedule.observe(cause, true, now), Some(AlertState::Started));
        assert_eq!(schedule.observe(cause, true, now), None);
    }
}

proptest! {
    #[test]
    fn however_a_cause_flaps_there_is_one_alert_an_hour_and_at_most_one_end_for_each(
        cause in prop::sample::select(&AlertCause::ALL[..]),
        looks in prop::collection::vec((any::<bool>(), 0..4000_u64), 0..300),
    ) {
        let mut now = Instant::now();
        let mut schedule = AlertSchedule::new(AlertTimes::default());
        let (mut last_start, mut is_open, mut was_present) = (None::<Instant>, false, false);
        for (is_present, pause) in looks {
            now += Duration::from_secs(pause);
            match schedule.observe(cause, is_present, now) {
                Some(AlertState::Started) => {
                    prop_assert!(is_present && !is_open);
                    prop_assert!(last_start.is_none_or(|last| now - last >= HOUR));
                    (last_start, is_open) = (Some(now), true);
                }
                Some(AlertState::Ended) => {
                    prop_assert!(is_open && !is_present);
                    prop_assert!(!was_present, "gone for a moment only");
                    is_open = false;
                }
                other => prop_assert_eq!(other, None),
            }
            was_present = is_present;
        }
    }

    #[test]
    fn what_lasts_is_told_and_so_is_its_end(
        cause in prop::sample::select(&AlertCause::ALL[..]),
        flapping in prop::collection::vec((any::<bool>(), 0..600_u64), 0..100),
    ) {
        let mut now = Instant::now();
        let mut schedule = AlertSchedule::new(AlertTimes::default());
        let mut is_open = false;
        let mut look = |is_present, after| {
            now += after;
            if let Some(state) = schedule.observe(cause, is_present, now) {
                is_open = state == AlertState::Started;
            }
            is_open
        };
        for (is_present, pause) in flapping {
            look(is_present, Duration::from_secs(pause));
        }
        let lasting = (0..140).map(|_| look(true, MINUTE)).last();
        prop_assert_eq!(lasting, Some(true));
        let over = (0..3).map(|_| look(false, MINUTE)).last();
        prop_assert_eq!(over, Some(false));
    }
}
