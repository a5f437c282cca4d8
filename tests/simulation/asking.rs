//! The bot, from a command to an answer that stands. As `jobs/request.rs`.

use std::time::Duration;

use whisul_bot::discord_api::{DiscordError, Posted};
use whisul_bot::{
    domain::{Event, FirstAnswer, Job, Prompt, Requester},
    store::Admission,
};

use super::{
    agenda::Moment,
    bot::{Doing, Task},
    wires::Request,
    world::{World, index_of},
    writing::Then,
};

const ANSWER_WINDOW: Duration = Duration::from_secs(4);
const ADMISSION: Duration = Duration::from_millis(1500);
const RETRIES: Duration = Duration::from_millis(2500);
const TOKEN_LIFETIME: Duration = Duration::from_mins(14);
const PAUSE: Duration = Duration::from_millis(200);

impl World {
    /// As `Jobs::ask`.
    pub(crate) fn ask(&mut self, index: usize) {
        let id = self.discord.id(index);
        if !self.enter(id) {
            return self.see("asked twice by one interaction");
        }
        let (requester, place, _) = self.circumstances(index);
        let round = self.bot.queue.take_round(requester);
        let prompt = Prompt::parse("rain").unwrap();
        let job = Job::accepted(id, requester, place, prompt, round);
        let (task, began) = (self.new_task(job), self.now());
        self.task(task).asked_at = Some(began);
        self.ask_for(task, Doing::Admission { began }, Request::Admit);
    }

    /// A job comes to the disk.
    pub(crate) fn admit(&mut self, job: &Job) -> Admission {
        let (_, place, roles) = self.circumstances(index_of(job.id));
        let requester = Requester { roles: &roles, in_guild: place.guild.is_some() };
        let admission = self.disk.admit(job, &requester, &self.rules.limits);
        let (index, round) = (index_of(job.id), job.round);
        self.tell(|| format!("  job {index} for round {round} is {admission:?}"));
        if admission == Admission::Accepted {
            self.check_quotas(job);
        }
        admission
    }

    pub(crate) fn admitted(&mut self, task: usize, began: Moment, admission: Option<Admission>) {
        let late = self.now().since(began) > ADMISSION;
        if late || admission.is_none() {
            self.see("written down too late, or not surely");
            let index = index_of(self.task(task).job.id);
            self.reply_ephemeral(task, index);
        }
        match admission {
            Some(Admission::Accepted) if !late => {
                self.expect(task);
                self.answer(task, self.now(), false);
            }
            Some(Admission::Accepted) | None => self.note(task, Event::AnswerFailed, Then::Finish),
            Some(Admission::Known | Admission::Repeated) => self.let_go(task),
            // There are no admins in these worlds.
            Some(Admission::Refused(_) | Admission::Restricted(_)) => {
                self.see("refused by a limit");
                self.let_go(task);
            }
        }
    }

    /// As `BotState::reply_ephemeral`: tells that nothing was taken on, once.
    fn reply_ephemeral(&mut self, task: usize, index: usize) {
        let from = self.wait_for(task, Doing::Nothing);
        self.send(from, Request::Whisper(index));
        self.wait_for(task, Doing::Nothing);
    }

    pub(crate) fn answer(&mut self, task: usize, began: Moment, one_may_stand: bool) {
        let index = index_of(self.task(task).job.id);
        self.ask_for(task, Doing::Answer { began, one_may_stand }, Request::Answer(index));
    }

    pub(crate) fn answered(
        &mut self,
        task: usize,
        began: Moment,
        one_may_stand: bool,
        result: &Result<Posted, DiscordError>,
    ) {
        let answer = FirstAnswer::from(result);
        let answer = match result {
            Err(error) if error.is_passing() && self.now().since(began) < RETRIES => {
                let one_may_stand = one_may_stand || matches!(error, DiscordError::Unknown { .. });
                return self.sleep(task, Doing::AnswerPause { began, one_may_stand }, PAUSE);
            }
            Err(_) if one_may_stand => answer.after_unknown(),
            _ => answer,
        };
        match self.task(task).job.answered(answer, true) {
            Some(event) => self.note(task, event, Then::WorkOn),
            None => self.work_on(task),
        }
    }

    pub(crate) fn let_go(&mut self, task: usize) {
        let job = self.task(task).job.clone();
        self.return_round(&job);
        self.finish(task);
    }

    pub(crate) fn return_round(&mut self, job: &Job) {
        self.bot.queue.return_round(job);
        self.turns.unused(job.queue_position());
        self.round_unused(job);
        self.call_next();
    }

    /// A job has come to nothing. If its requester has one in a later round, a turn is given up.
    fn round_unused(&mut self, job: &Job) {
        let mut others = self.bot.tasks.iter().map(|task| &task.job);
        if others.any(|other| other.requester == job.requester && other.round > job.round) {
            self.gave_turn_up(job.requester);
        }
    }

    /// The bot is killed: what was asked for and not yet written down has come to nothing, and so
    /// has what another hand cancelled without its task having heard.
    pub(crate) fn forget_the_unwritten(&mut self) {
        let under_way = |task: &&Task| !matches!(task.doing, Doing::Nothing);
        let under_way = self.bot.tasks.iter().filter(under_way);
        let jobs: Vec<Job> = under_way.map(|task| task.job.clone()).collect();
        for job in jobs {
            let row = self.disk.row(index_of(job.id));
            if row.is_none_or(|row| job.awaits_turn() && row.has_outcome()) {
                self.round_unused(&job);
            }
        }
    }

    /// As `Worker::find_answer`.
    pub(crate) fn looked(&mut self, task: usize, result: &Result<Posted, DiscordError>) {
        let (answer, now) = (FirstAnswer::from(result), self.now());
        let this = self.task(task);
        let still_open = ANSWER_WINDOW.saturating_sub(now.since(this.began));
        if matches!(answer, FirstAnswer::Missing | FirstAnswer::Deleted) && !still_open.is_zero() {
            return self.pause_for(task, still_open);
        }
        let token_lives = this.asked_at.is_some_and(|asked| now.since(asked) < TOKEN_LIFETIME);
        match this.job.answered(answer, token_lives) {
            Some(event) => self.note(task, event, Then::Step),
            None => self.pause(task),
        }
    }
}
