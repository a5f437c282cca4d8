//! What a job's message shows at present.

use super::{Jobs, times::ToldTimes, worker::is_last_chance};
use crate::{
    discord_api::Message,
    domain::Job,
    messages::{MessageView, render},
};

impl Jobs {
    /// The message of a job whose outcome is known, with or without the song itself attached.
    pub(super) fn render_outcome(&self, job: &Job, has_audio: bool) -> Message {
        self.render_with(job, None, has_audio, &mut ToldTimes::default())
    }

    /// The message of a job under way, which has told this about times.
    pub(super) fn render_live(&self, job: &Job, told: &mut ToldTimes) -> Message {
        self.render_with(job, self.queue.place(job), false, told)
    }

    /// The message of a job, with or without the song itself attached.
    pub(super) fn render_with(
        &self,
        job: &Job,
        place: Option<usize>,
        has_audio: bool,
        told: &mut ToldTimes,
    ) -> Message {
        let now = self.clock.now();
        let (outlook, wait) = (told.outlook(self, job), told.wait(self, job, place));
        let obstacle = self.breaker.obstacle(job.awaits_turn().then_some(job.requester));
        let last_words = is_last_chance(job, now);
        let run = self.run;
        let view =
            MessageView { job, now, place, wait, obstacle, outlook, run, last_words, has_audio };
        render(&view, &self.links)
    }
}
