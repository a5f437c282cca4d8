//! Another hand than its task's takes a job back: its requester's click on *Cancel*, or the owner,
//! who may also end it while it runs. As `jobs/cancel.rs`, where the task shows it.

use whisul_bot::domain::{Cancellation, Canceller, Event, Failure, State};

use super::{
    bot::Doing,
    discord::Face,
    world::{World, index_of},
    writing::Then,
};

impl World {
    /// Somebody clicks, if they still see the button and the bot is there.
    pub(crate) fn somebody_cancels(&mut self, index: usize) {
        let answer = self.discord.first_answer(index);
        let seen = answer.is_some_and(|it| !it.deleted && it.face == Face::Progress);
        if !seen || !self.bot.is_up() {
            return;
        }
        let Some(row) = self.disk.row(index).cloned() else { return };
        let owner = self.chance.of(0.3) && matches!(row.state, State::Running { .. });
        let by_requester = Cancellation::by(Canceller::Requester);
        let ended = || row.after(Event::Fell(Failure::Ended { reason: None })).filter(|_| owner);
        let Some(cancelled) = row.after(Event::Cancelled(by_requester)).or_else(ended) else {
            return self.see("cancelled too late");
        };
        self.tell(|| format!("somebody cancels job {index}"));
        self.discord.asked[index].cancelled = true;
        let hand = self.new_task(row);
        self.save(hand, Box::new(cancelled), Then::Wake);
    }

    /// What came of the hand's write. Where it may have been made, the job's task finds out by
    /// itself when it writes the next time.
    pub(crate) fn hand_wrote(&mut self, hand: usize, saved: Option<bool>) {
        self.task(hand).doing = Doing::Nothing;
        if saved != Some(true) {
            return;
        }
        self.see("cancelled by another hand");
        let id = self.task(hand).job.id;
        let others = |task: &usize| *task != hand && self.bot.tasks[*task].job.id == id;
        let Some(task) = (0..self.bot.tasks.len()).find(others) else { return };
        // Anybody else comes to read the row when a write of theirs is refused.
        if matches!(self.task(task).doing, Doing::Turn { edits: false }) {
            self.leave_line(task);
            let row = self.disk.row(index_of(id)).cloned();
            self.move_on(task, row.expect("a row that was written"));
            self.pause(task);
        }
    }
}
