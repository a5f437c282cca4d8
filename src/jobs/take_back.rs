//! A waiting job is taken back by a hand that is not its task's.

use std::time::Duration;

use super::Jobs;
use crate::{
    delivery::Message,
    domain::{Event, Job, JobId, MessageId, Owed, Reach, Shown, State},
    store::StoreError,
};

/// A job's first answer is known to people a moment before it is written down.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);

/// What came of taking a job back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// It is taken back and refunded.
    Done,
    /// Its prompt is at Whisul, or it is over.
    TooLate,
    /// There is no such job, or no longer.
    Unknown,
}

impl Jobs {
    /// Takes a waiting job back and refunds it. Its own task shows that, so that none of its edits
    /// can come later than the news. `answer` is called in any case, with the news where nothing
    /// but the answer to a click still reaches the message; it returns the message that shows them.
    ///
    /// # Errors
    /// When the database can't be read or written: the job waits on, then.
    pub async fn take_back(
        &self,
        id: JobId,
        answer: impl AsyncFnOnce(Option<Message>) -> Option<MessageId>,
    ) -> Result<TakenBack, StoreError> {
        for _ in 0..TRIES {
            let Some(job) = self.store.job(id).await? else { return Ok(TakenBack::Unknown) };
            if job.state == State::Accepted {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            let Some(cancelled) = job.after(Event::TakenBack) else {
                return Ok(TakenBack::TooLate);
            };
            // The job's task may have been faster. It finds out when it writes the next time.
            if self.write(&job, &cancelled).await? {
                self.answer_taken_back(&cancelled, answer).await;
                self.registry.wake(id);
                return Ok(TakenBack::Done);
            }
        }
        Ok(TakenBack::TooLate)
    }

    async fn answer_taken_back(
        &self,
        cancelled: &Job,
        answer: impl AsyncFnOnce(Option<Message>) -> Option<MessageId>,
    ) {
        let in_reach =
            cancelled.place.reach == Reach::Channel || cancelled.has_live_token(self.clock.now());
        let news = (!in_reach).then(|| self.render(cancelled));
        let Some(message) = answer(news).await else { return };
        let shown = Shown { message, channel: cancelled.place.channel, bare: false };
        let delivered = Event::Delivered { shown, owed: Owed::default() };
        if let Some(delivered) = cancelled.after(delivered) {
            // If this is not written down, the task shows the same once more.
            _ = self.write(cancelled, &delivered).await;
        }
    }
}
