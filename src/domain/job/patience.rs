//! How long the bot waits for a song that Whisul took, and what ends the wait without one.

use std::{
    mem::{Discriminant, discriminant},
    time::Duration,
};

use crate::domain::{Event, Failure, Job, Report, State, Timestamp};

/// How many polls in a row have to report a loss before it counts. One alone may come from one of
/// several servers that does not know yet what the others do.
const LOSS_POLLS: u32 = 5;
/// For how long they have to report it.
const LOSS_LASTS: Duration = Duration::from_mins(2);
/// The same in intervals between polls, which is shorter only for a server on this machine.
const LOSS_INTERVALS: u32 = 24;

/// The time limits of states: see [`Job::overdue_after`].
const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);

/// The patience with one song. Times are those for which it was watched while Whisul was well.
#[derive(Clone, Debug)]
pub struct Patience {
    timeout: Duration,
    persists_after: Duration,
    /// Which loss the latest polls have reported, how many in a row, and since when.
    lost: Option<(Discriminant<Report>, u32, Duration)>,
}

impl Patience {
    /// With a song that is given up after `timeout` and polled once in an `interval`.
    pub fn new(timeout: Duration, interval: Duration) -> Self {
        Self { timeout, persists_after: LOSS_LASTS.min(interval * LOSS_INTERVALS), lost: None }
    }

    /// How long it still lasts, after so long a time.
    pub fn left(&self, watched: Duration) -> Duration {
        self.timeout.saturating_sub(watched)
    }

    /// What a report means for a job; `None` while polls go on.
    pub fn judge(
        &mut self,
        job: &Job,
        report: Report,
        now: Timestamp,
        watched: Duration,
    ) -> Option<Event> {
        let is_patient = watched <= self.timeout;
        if !report.may_be_mistaken() {
            self.lost = None;
        } else if !self.persists(&report, watched) {
            return self.judge_unreadable(job, watched);
        }
        job.event_for_report(report, now, is_patient)
    }

    /// What it means that Whisul is well, and yet says nothing about a job that can be understood.
    pub fn judge_unreadable(&self, job: &Job, watched: Duration) -> Option<Event> {
        let is_over = watched > self.timeout && matches!(job.state, State::Running { .. });
        is_over.then_some(Event::Failed(Failure::GivenUp))
    }

    /// Whisul said something about a job that can't be understood. So it knows the job: a report before
    /// that there is none was mistaken.
    pub fn contradict_loss(&mut self) {
        self.lost = None;
    }

    fn persists(&mut self, report: &Report, watched: Duration) -> bool {
        let loss = discriminant(report);
        // Two kinds of loss contradict each other: one of them is mistaken.
        let same = self.lost.filter(|(other, ..)| *other == loss);
        let (_, polls, since) = same.unwrap_or((loss, 0, watched));
        self.lost = Some((loss, polls + 1, since));
        polls + 1 >= LOSS_POLLS && watched.saturating_sub(since) >= self.persists_after
    }
}

impl Job {
    /// How long a job may stay as it is, whatever happens, and what becomes of it then. Nothing
    /// lasts forever: not an outage, not a rejected key, not a Discord that answers nothing but
    /// errors. `None` for states that only this process can end.
    pub fn overdue_after(&self, timeout: Duration) -> Option<(Duration, Event)> {
        match &self.state {
            State::Accepted => Some((DAY, Event::Failed(Failure::TooLate))),
            State::Announced => Some((WEEK, Event::Failed(Failure::Expired))),
            State::Submitting => None,
            State::Running { .. } => {
                Some((DAY.max(timeout.saturating_mul(2)), Event::Failed(Failure::GivenUp)))
            }
            _ if !self.delivery_ended() => Some((WEEK, Event::DeliveryEnded)),
            // Notices and files are tried a few times.
            _ => None,
        }
    }

    /// The latest possible time at which the job entered its state, by Discord's clock: from then
    /// on its time limit counts. An outcome may come after a week in the queue and a day of work.
    pub fn overdue_since(&self) -> Timestamp {
        match &self.state {
            State::Running { since, .. } => *since,
            State::Accepted | State::Announced | State::Submitting => self.id.created_at(),
            _ => self.id.created_at().saturating_add(WEEK + DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Delivery, JobId, Song, UserId, fixtures, fixtures::whisul_job};

    const TIMEOUT: Duration = Duration::from_mins(20);
    const INTERVAL: Duration = Duration::from_secs(6);
    const NOW: Timestamp = Timestamp::from_millis(0);

    fn running() -> Job {
        let state = State::Running { whisul_job: whisul_job(), since: NOW };
        Job { state, ..fixtures::job(JobId(1), UserId(2)) }
    }

    fn patience() -> Patience {
        Patience::new(TIMEOUT, INTERVAL)
    }

    #[test]
    fn each_state_has_its_own_time() {
        let waiting = Job { state: State::Announced, ..fixtures::job(JobId(1), UserId(2)) };
        let asked_at = waiting.id.created_at();
        assert_eq!(waiting.overdue_since(), asked_at);
        assert_eq!(running().overdue_since(), NOW);
        let expired = Job { state: State::Failed(Failure::Expired), ..waiting };
        // A requester who waited for as long as one may is still told of it.
        assert_eq!(expired.overdue_since().since(asked_at), WEEK + DAY);
    }

    #[test]
    fn a_loss_counts_once_it_persists() {
        let (job, mut patience) = (running(), patience());
        let vanished = Some(Event::Failed(Failure::Vanished));
        let at = |poll: u32| INTERVAL * poll;
        for poll in 0..20 {
            assert_eq!(patience.judge(&job, Report::Vanished, NOW, at(poll)), None, "poll {poll}");
        }
        assert_eq!(patience.judge(&job, Report::Vanished, NOW, at(20)), vanished);
    }

    #[test]
    fn a_song_or_a_failure_counts_at_once() {
        let song = Report::Completed { song: Song::default(), took: None };
        for report in [song, Report::Failed { reason: None }] {
            let event = patience().judge(&running(), report.clone(), NOW, Duration::ZERO);
            assert!(event.is_some(), "{report:?}");
        }
    }

    /// One server of several that forgets a job does not make its song one that vanished.
    #[test]
    fn a_loss_of_another_kind_starts_the_count_again() {
        let (job, mut patience) = (running(), patience());
        let at = |poll: u32| INTERVAL * poll;
        for poll in 0..20 {
            assert_eq!(patience.judge(&job, Report::Songless, NOW, at(poll)), None, "poll {poll}");
        }
        for poll in 20..40 {
            assert_eq!(patience.judge(&job, Report::Vanished, NOW, at(poll)), None, "poll {poll}");
        }
        let vanished = Some(Event::Failed(Failure::Vanished));
        assert_eq!(patience.judge(&job, Report::Vanished, NOW, at(40)), vanished);
    }

    #[test]
    fn polls_in_between_that_can_not_be_understood_start_the_count_again() {
        let (job, mut patience) = (running(), patience());
        for poll in 0..100 {
            let lost = patience.judge(&job, Report::Vanished, NOW, INTERVAL * poll);
            assert_eq!(lost, None, "poll {poll}");
            if poll % 20 == 19 {
                patience.contradict_loss();
            }
        }
    }

    #[test]
    fn a_loss_on_this_machine_counts_soon_but_not_at_once() {
        let interval = Duration::from_millis(50);
        let (job, mut patience) = (running(), Patience::new(TIMEOUT, interval));
        let polls = (0..).map(|poll| patience.judge(&job, Report::Vanished, NOW, interval * poll));
        assert_eq!(polls.take_while(Option::is_none).count(), 24);
    }

    #[test]
    fn silence_about_one_song_ends_with_the_time_out() {
        let (job, patience) = (running(), patience());
        assert_eq!(patience.judge_unreadable(&job, TIMEOUT), None);
        let given_up = Some(Event::Failed(Failure::GivenUp));
        assert_eq!(patience.judge_unreadable(&job, TIMEOUT + INTERVAL), given_up);
        assert_eq!(patience.left(Duration::ZERO), TIMEOUT);
        assert_eq!(patience.left(TIMEOUT + INTERVAL), Duration::ZERO);
        let waiting = Job { state: State::Submitting, ..job };
        assert_eq!(patience.judge_unreadable(&waiting, TIMEOUT + INTERVAL), None);
    }

    proptest! {
        /// Whatever is reported, a song ends with the first poll after its time-out, and no loss
        /// ends it that was revoked within five polls or two minutes.
        #[test]
        fn nothing_lasts_longer_than_patience_and_no_loss_counts_at_once(
            reports in prop::collection::vec((any::<bool>(), 1..60_u64), 1..100),
        ) {
            let (job, mut patience) = (running(), patience());
            let (mut watched, mut lost) = (Duration::ZERO, Vec::new());
            for (is_lost, seconds) in reports {
                watched += Duration::from_secs(seconds);
                let report = if is_lost { Report::Vanished } else { Report::Running };
                if is_lost { lost.push(watched) } else { lost.clear() }
                let event = patience.judge(&job, report, NOW, watched);
                let persists = lost.len() >= 5 && watched >= lost[0] + LOSS_LASTS;
                prop_assert_eq!(event.is_some(), persists || watched > TIMEOUT);
                let vanished = event == Some(Event::Failed(Failure::Vanished));
                prop_assert_eq!(vanished, persists);
                if event.is_some() {
                    break;
                }
            }
        }
    }

    #[test]
    fn nothing_lasts_forever_but_what_this_process_ends() {
        let job = |state| Job { state, ..fixtures::job(JobId(1), UserId(2)) };
        let overdue = |job: Job, timeout| job.overdue_after(timeout);
        let hours = Duration::from_hours;
        let fell = |hours, failure| Some((Duration::from_hours(hours), Event::Failed(failure)));
        assert_eq!(overdue(job(State::Accepted), TIMEOUT), fell(24, Failure::TooLate));
        assert_eq!(overdue(job(State::Announced), TIMEOUT), fell(168, Failure::Expired));
        assert_eq!(overdue(job(State::Submitting), TIMEOUT), None);
        assert_eq!(overdue(running(), TIMEOUT), fell(24, Failure::GivenUp));
        assert_eq!(overdue(running(), hours(20)), fell(40, Failure::GivenUp));
        let failed = job(State::Failed(Failure::Vanished));
        let ended = Some((hours(168), Event::DeliveryEnded));
        assert_eq!(overdue(failed.clone(), TIMEOUT), ended);
        let delivered = Job { delivery: Delivery::Delivered, ..failed };
        assert_eq!(overdue(delivered, TIMEOUT), None, "its follow-ups are tried a few times");
    }
}
