//! From Whisul's acceptance to the song, by polling.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;
use tracing::warn;

use super::{Worker, step_error::StepError};
use crate::{
    domain::{Event, Failure, Report, State},
    jobs::{
        WhisulCall,
        circuit_breaker::{Doubt, probe::poll_outcome},
    },
    metrics::Activity,
    whisul::{PollError, Trouble},
};

impl Worker {
    /// Asks Whisul how the song is, again and again until there is an outcome. A deleted message
    /// changes nothing about that: the song is being paid for.
    pub(super) async fn follow(&mut self) -> Result<(), StepError> {
        loop {
            let next = self.next_poll_at();
            let mut wait = pin!(tokio::time::sleep_until(next));
            while self.resting_until(wait.as_mut()).await?.is_err() {}
            // Of those who wait, few poll at a time.
            if let Some(event) = Box::pin(self.poll()).await? {
                return Box::pin(self.note_outcome(event)).await;
            }
        }
    }

    /// The last poll comes as soon as patience ends and the least gap has passed.
    fn next_poll_at(&mut self) -> Instant {
        let planned = self.watch.next_poll_at(&self.jobs, &self.job);
        let left = self.watch.patience.left(self.watch.watched(&self.jobs));
        let end = Instant::now() + left + Duration::from_millis(1);
        if left.is_zero() { planned } else { planned.min(self.watch.not_too_soon(&self.jobs, end)) }
    }

    /// One poll, once it may be made. `None` when it brought nothing.
    async fn poll(&mut self) -> Result<Option<Event>, StepError> {
        let State::Running { whisul_job, .. } = self.job.state.clone() else { return Ok(None) };
        let jobs = Arc::clone(&self.jobs);
        let at_end = self.is_out_of_patience();
        let may_doubt = at_end || self.watch.may_doubt();
        let worth_at = self.watch.worth_at(&self.jobs, &self.job);
        let is_sent = AtomicBool::new(false);
        let ask = async {
            let (breaker_permit, rate_permit) =
                jobs.permit_to_call(WhisulCall::Poll { worth_at }).await;
            is_sent.store(true, Ordering::Relaxed);
            let response = rate_permit.poll(&whisul_job).await;
            let doubt = jobs.record_call(breaker_permit, poll_outcome(&response, may_doubt));
            (response, doubt, Instant::now())
        };
        let asked = self.attending(ask).await;
        if is_sent.into_inner() {
            // An edit that was on its way may have ended long after the response came.
            let at = asked.as_ref().map_or_else(|_| Instant::now(), |(.., at)| *at);
            self.watch.polled(at);
        }
        let (response, doubt, _) = asked?;
        jobs.metrics.families().polled(response.is_ok());
        match (response, doubt) {
            (Ok(report), _) => {
                self.jobs.metrics.last_seen().record(Activity::Poll);
                Ok(self.read(report))
            }
            (Err(error), doubt) => {
                warn!(%error, "poll failed, retrying");
                self.note_failure(&error, may_doubt);
                if at_end { self.give_up_unless_away(doubt).await } else { Ok(None) }
            }
        }
    }

    /// What a report means for the job. `None` while the song is being made.
    fn read(&mut self, report: Report) -> Option<Event> {
        let watched = self.watch.watched(&self.jobs);
        let watch = &mut self.watch;
        (watch.failures, watch.retry_after) = (0, Duration::ZERO);
        let event = watch.patience.judge(&self.job, report, self.jobs.clock.now(), watched);
        if event == Some(Event::Failed(Failure::GivenUp)) {
            warn!("giving up a song that is not done in time");
        }
        event
    }

    fn note_failure(&mut self, error: &PollError, doubted: bool) {
        let watch = &mut self.watch;
        watch.failures = watch.failures.saturating_add(1);
        if doubted {
            watch.doubted_at = Some(Instant::now());
        }
        if let PollError::Transient { source: Trouble::Garbage, .. } = error {
            watch.patience.contradict_loss();
        }
        watch.retry_after = match error {
            PollError::RateLimited { retry_after } | PollError::Transient { retry_after, .. } => {
                retry_after.unwrap_or_default()
            }
            _ => Duration::ZERO,
        };
    }

    fn is_out_of_patience(&self) -> bool {
        self.watch.patience.left(self.watch.watched(&self.jobs)).is_zero()
    }

    /// Patience has ended, and the last poll has failed: the job is given up if Whisul is well.
    async fn give_up_unless_away(&mut self, doubt: Doubt) -> Result<Option<Event>, StepError> {
        let jobs = Arc::clone(&self.jobs);
        if !self.attending(jobs.breaker.verdict(doubt)).await? {
            return Ok(None);
        }
        let watched = self.watch.watched(&self.jobs);
        let event = self.watch.patience.judge_unreadable(&self.job, watched);
        if event.is_some() {
            warn!("Whisul is well but says nothing about the song; the job is given up");
        }
        Ok(event)
    }

    /// Writes down what came of the song. How long it took is worth knowing for the next ones.
    async fn note_outcome(&mut self, event: Event) -> Result<(), StepError> {
        self.persist(event).await?;
        if let State::Completed { took, .. } = self.job.state {
            self.jobs.estimate().learn(took);
        }
        Ok(())
    }
}
