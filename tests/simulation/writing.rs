//! The bot writes down: what must not be forgotten is tried again until it is on disk. As
//! `jobs/worker/mod.rs`.

use whisul_bot::domain::{Charge, DeliveryRoute, Event, Job};

use super::{
    bot::Doing,
    wires::{Address, News, Request},
    world::{World, index_of},
};

/// What follows once something is written down.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    Step,
    Submit,
    /// Whisul has turned the prompt away.
    SetBack,
    Attempt(DeliveryRoute),
    Notify,
    Pause,
    /// After the first answer: one try, and then the job's task takes over.
    WorkOn,
    /// Nobody else takes care of it.
    Finish,
    /// It was another hand than the job's task's.
    Wake,
}

impl World {
    /// As `Worker::note`.
    pub(crate) fn note(&mut self, task: usize, event: Event, then: Then) {
        match self.task(task).job.after(event) {
            Some(next) => self.save(task, Box::new(next), then),
            // Somebody else moved the job on.
            None => self.pause(task),
        }
    }

    pub(crate) fn save(&mut self, task: usize, next: Box<Job>, then: Then) {
        self.ask_for(task, Doing::Save { next, then }, Request::Save);
    }

    /// A write of this run is carried out; those of a killed one never are.
    pub(crate) fn carry_out_write(&mut self, from: Address) -> Option<News> {
        if from.run != self.bot.run {
            return None;
        }
        let (before, doing) = {
            let this = self.task(from.task);
            (this.job.clone(), this.doing.clone())
        };
        match doing {
            Doing::Admission { .. } => Some(News::Admitted(Some(self.admit(&before)))),
            Doing::Save { next, .. } => {
                let next = self.settle_charge(&before, *next);
                let row = self.disk.row(index_of(before.id)).cloned();
                let saved = self.disk.save(&before, &next);
                if let (true, Some(row)) = (saved, row) {
                    self.check_written(&row, &next);
                }
                Some(News::Saved(Some(saved)))
            }
            _ => None,
        }
    }

    /// As `Jobs::write_settled`.
    fn settle_charge(&mut self, before: &Job, next: Job) -> Job {
        if next.charge != Charge::KeyOnly || before.charge != Charge::Full {
            return next;
        }
        let window = self.rules.limits.longest_window();
        let since = window.map(|window| next.id.created_at().before(window));
        let refunded = since.map_or(0, |since| self.disk.refunded(next.requester, since));
        let next = next.refunded_before(refunded);
        if next.charge == Charge::Full {
            self.see("charged for what failed");
        }
        next
    }

    pub(crate) fn saved(&mut self, task: usize, next: Box<Job>, then: Then, saved: Option<bool>) {
        match (saved, then) {
            (saved, Then::Wake) => self.hand_wrote(task, saved),
            (Some(true), then) => {
                let settled = self.disk.row(index_of(next.id)).map(|row| row.charge);
                let charge = settled.unwrap_or(next.charge);
                self.move_on(task, Job { charge, ..*next });
                self.task(task).failures = 0;
                self.go_on(task, then);
            }
            (_, Then::WorkOn) => self.work_on(task),
            (Some(false), Then::Finish) => self.let_go(task),
            (Some(false), _) => {
                if let Some(row) = self.disk.row(index_of(next.id)).cloned() {
                    self.move_on(task, row);
                }
                self.pause(task);
            }
            (None, then) => {
                let most = self.backoff(task).min(30_000);
                let wait = self.chance.millis(0..most);
                self.sleep(task, Doing::SavePause { next, then }, wait);
            }
        }
    }

    pub(crate) fn move_on(&mut self, task: usize, next: Job) {
        if self.task(task).job.awaits_turn() && next.has_outcome() {
            self.return_round(&next);
        }
        self.task(task).job = next;
    }

    fn go_on(&mut self, task: usize, then: Then) {
        match then {
            Then::Step => self.step(task),
            Then::Submit => self.submit(task),
            Then::SetBack => self.set_back(task),
            Then::Attempt(route) => {
                self.task(task).post_began = Some(self.agenda.now);
                self.attempt(task, route);
            }
            Then::Notify => {
                let index = index_of(self.task(task).job.id);
                self.ask_for(task, Doing::Notice, Request::Notify(index));
            }
            Then::Pause => self.pause(task),
            Then::Finish => self.finish(task),
            Then::Wake => {}
            Then::WorkOn => self.work_on(task),
        }
    }
}
