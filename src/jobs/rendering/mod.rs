//! What a job's message shows at present.

pub(super) mod times;

use self::times::ToldTimes;
use super::{Jobs, worker::is_last_chance};
use crate::{
    discord_api::Message,
    domain::Job,
    messages::{MessageView, render},
};

impl Jobs {
    /// The message of a job whose outcome is known, with or without the song itself attached.
    pub(super) fn render_outcome(&self, job: &Job, has_audio: bool) -> Message {
        render(
            &MessageView { has_audio, ..self.view(job, None, &mut ToldTimes::default()) },
            &self.links,
        )
    }

    /// The message of a job under way, which has told this about times. `resubmit_pending`: Whisul
    /// turned its prompt away, and it is to be sent again.
    pub(super) fn render_live(
        &self,
        job: &Job,
        resubmit_pending: bool,
        told: &mut ToldTimes,
    ) -> Message {
        let view = self.view(job, self.queue.rank(job), told);
        render(&MessageView { resubmit_pending, ..view }, &self.links)
    }

    /// The message of a job that has just been taken on, at this place in the queue.
    pub(super) fn render_first(
        &self,
        job: &Job,
        position: Option<usize>,
        told: &mut ToldTimes,
    ) -> Message {
        render(&self.view(job, position, told), &self.links)
    }

    fn view<'a>(
        &self,
        job: &'a Job,
        position: Option<usize>,
        told: &mut ToldTimes,
    ) -> MessageView<'a> {
        let now = self.clock.now();
        let (outlook, wait) = (told.outlook(self, job), told.wait(self, job, position));
        let obstacle = self.breaker.obstacle(job.awaits_turn().then_some(job.requester));
        let last_words = is_last_chance(job, now);
        let (run, resubmit_pending, has_audio) = (self.run, false, false);
        MessageView {
            job,
            now,
            position,
            wait,
            obstacle,
            outlook,
            run,
            last_words,
            resubmit_pending,
            has_audio,
        }
    }
}
