//! The bot, from the line to the outcome. As `jobs/worker/submit.rs`, `poll.rs`,
//! `deliver.rs`, `notify.rs` and `attach.rs`.

use std::time::Duration;

use whisul_bot::discord_api::{DiscordError, Posted};
use whisul_bot::domain::{
    Cancellation, Canceller, DeliveryRoute, Event, Failure, FollowUpSettings, Job, MessageAccess,
    NextStep, Patience, Report, RouteOutcome, State, Submission,
};

use super::{
    bot::{Doing, POLL_INTERVAL},
    discord::Face,
    wires::{News, Request},
    world::{World, face_of, index_of},
    writing::Then,
};

/// As in `jobs/worker/submit.rs`.
const TRIES: u32 = 3;

const NONCE_MEMORY: Duration = Duration::from_mins(2);

const EXTRAS: FollowUpSettings = FollowUpSettings { notice: true, audio: true, cover: true };

type Answer = Result<Posted, DiscordError>;

impl World {
    pub(crate) fn join(&mut self, task: usize) {
        let job = self.task(task).job.clone();
        self.task(task).in_line = true;
        self.bot.queue.join(&job, task);
        let promised = self.turns.promised.remove(&job.queue_position());
        let index = index_of(job.id);
        self.tell(|| {
            format!("  task {task} of job {index} joins the line, in round {}", job.round)
        });
        self.joined(&job);
        self.call_next();
        let kept = !promised || self.task(task).has_room;
        self.promise(kept, "who is told that it starts at once need not wait", || {
            format!("job {index} waits in round {}", job.round)
        });
    }

    /// Somebody is told their place in line.
    pub(crate) fn expect(&mut self, task: usize) {
        let job = self.task(task).job.clone();
        if self.bot.queue.reserve(&job).is_none() {
            self.see("told that it starts at once");
            self.turns.promised.insert(job.queue_position());
        }
    }

    pub(crate) fn release(&mut self, job: &Job) {
        self.bot.queue.release(job);
        self.turns.promised.remove(&job.queue_position());
        self.call_next();
    }

    /// Hands free room to those whose turn it is.
    pub(crate) fn call_next(&mut self) {
        while let Some((turn, task)) = self.bot.queue.call_next() {
            self.tell(|| format!("  task {task} is called, in round {}", turn.round));
            self.check_turn(turn);
            let this = self.task(task);
            this.in_line = false;
            this.has_room = true;
            if matches!(this.doing, Doing::Turn { edits: false }) {
                self.get_ready(task);
            }
        }
    }

    /// The song is no longer at Whisul: the next one may come.
    pub(crate) fn vacate(&mut self, task: usize) {
        if std::mem::take(&mut self.task(task).has_room) {
            let job = self.task(task).job.id;
            self.bot.queue.vacate(job);
            self.call_next();
        }
    }

    /// As `Worker::take_turn`.
    pub(crate) fn take_turn(&mut self, task: usize) {
        let (in_line, has_room) = (self.task(task).in_line, self.task(task).has_room);
        if has_room {
            return self.get_ready(task);
        }
        self.wait_in_line(task);
        if !in_line {
            self.join(task);
        }
    }

    fn wait_in_line(&mut self, task: usize) {
        let wait = self.chance.seconds(5..300);
        self.sleep(task, Doing::Turn { edits: false }, wait);
    }

    pub(crate) fn edit_in_line(&mut self, task: usize) {
        match self.progress(task) {
            Some(edit) => self.ask_for(task, Doing::Turn { edits: true }, edit),
            None => self.wait_in_line(task),
        }
    }

    pub(crate) fn edited_in_line(&mut self, task: usize, result: &Answer) {
        match result {
            // The work is done first; whether the message stands will show again.
            _ if self.task(task).has_room => self.get_ready(task),
            Err(DiscordError::MessageGone) => self.cancel(task),
            _ => self.wait_in_line(task),
        }
    }

    /// The job's turn has come: once more it is seen whether its message stands.
    fn get_ready(&mut self, task: usize) {
        match self.progress(task).filter(|_| self.chance.of(0.5)) {
            Some(edit) => self.ask_for(task, Doing::LastLook, edit),
            None => self.note(task, Event::TurnCame, Then::Submit),
        }
    }

    pub(crate) fn submit_unless_gone(&mut self, task: usize, result: &Answer) {
        match result {
            Err(DiscordError::MessageGone) => self.cancel(task),
            _ => self.note(task, Event::TurnCame, Then::Submit),
        }
    }

    pub(crate) fn leave_line(&mut self, task: usize) {
        let job = self.task(task).job.clone();
        self.bot.queue.leave(job.queue_position());
        self.left(&job);
        self.task(task).in_line = false;
    }

    fn cancel(&mut self, task: usize) {
        self.leave_line(task);
        self.vacate(task);
        self.note(task, Event::Cancelled(Cancellation::by(Canceller::Deletion)), Then::Step);
    }

    pub(crate) fn submit(&mut self, task: usize) {
        let index = index_of(self.task(task).job.id);
        self.ask_for(task, Doing::Submission, Request::Submit(index));
    }

    pub(crate) fn submitted(&mut self, task: usize, submission: Submission) {
        let (now, timeout) = (self.agenda.now, self.rules.job_timeout);
        let this = self.task(task);
        this.watched_since = now;
        this.patience = Patience::new(timeout, POLL_INTERVAL);
        let event = submission.event(self.bots_time());
        self.note(task, event, Then::Step);
    }

    /// Whisul takes others' prompts, but not this one.
    pub(crate) fn turned_away(&mut self, task: usize) {
        self.see("turned away");
        self.note(task, Event::NotTaken, Then::SetBack);
    }

    /// As `Worker::set_back`.
    pub(crate) fn set_back(&mut self, task: usize) {
        self.vacate(task);
        let this = self.task(task);
        this.turned_away += 1;
        if this.turned_away < TRIES {
            let wait = POLL_INTERVAL * this.turned_away;
            return self.pause_for(task, wait);
        }
        let event = Event::Fell(Failure::Rejected { reason: None });
        self.note(task, event, Then::Step);
    }

    /// As `Worker::follow`.
    pub(crate) fn follow(&mut self, task: usize) {
        let wait = self.chance.seconds(20..200);
        self.sleep(task, Doing::PollPause, wait);
    }

    pub(crate) fn poll_or_glance(&mut self, task: usize) {
        match self.progress(task).filter(|_| self.chance.of(0.3)) {
            Some(edit) => self.ask_for(task, Doing::Glance, edit),
            None => self.poll(task),
        }
    }

    pub(crate) fn poll(&mut self, task: usize) {
        let State::Running { whisul_job, .. } = &self.task(task).job.state else {
            return self.step(task);
        };
        let song = whisul_job.id.as_str().parse().unwrap();
        self.ask_for(task, Doing::Poll, Request::Poll(song));
    }

    pub(crate) fn heard(&mut self, task: usize, report: Option<Report>) {
        let (time, now) = (self.bots_time(), self.now());
        let this = self.task(task);
        let watched = now.since(this.watched_since);
        match report.and_then(|report| this.patience.judge(&this.job, report, time, watched)) {
            Some(event) => self.note(task, event, Then::Step),
            None => self.follow(task),
        }
    }

    /// Whisul is well, but says nothing about the song that can be understood.
    pub(crate) fn heard_nothing(&mut self, task: usize) {
        let now = self.now();
        let this = self.task(task);
        match this.patience.judge_unreadable(&this.job, now.since(this.watched_since)) {
            Some(event) => {
                self.see("given up without a word");
                self.note(task, event, Then::Step);
            }
            None => self.follow(task),
        }
    }

    /// As `Worker::deliver`.
    pub(crate) fn deliver(&mut self, task: usize) {
        let (time, now) = (self.bots_time(), self.now());
        let this = self.task(task);
        let recent = this.post_began.is_some_and(|began| now.since(began) < NONCE_MEMORY);
        let route = this.job.first_route(time, recent);
        let detour = this.job.detour(route, this.token_trouble);
        this.on_detour = detour.is_some();
        self.set_out(task, detour.unwrap_or(route));
    }

    fn set_out(&mut self, task: usize, route: DeliveryRoute) {
        match route {
            DeliveryRoute::New(post) => {
                self.note(task, Event::PostBegins(post), Then::Attempt(route));
            }
            _ => self.attempt(task, route),
        }
    }

    pub(crate) fn attempt(&mut self, task: usize, route: DeliveryRoute) {
        let job = &self.task(task).job;
        let request = Request::Deliver(index_of(job.id), route, face_of(job));
        self.ask_for(task, Doing::Delivery(route), request);
        if let (DeliveryRoute::Again(_), Some(began)) = (route, self.task(task).post_began) {
            let wait = NONCE_MEMORY.saturating_sub(self.now().since(began));
            let unknown = Err(DiscordError::Unknown { cause: String::new() });
            self.give_up_after(task, wait, News::Discord(unknown));
        }
    }

    pub(crate) fn attempted(&mut self, task: usize, route: DeliveryRoute, result: &Answer) {
        if matches!(
            (route, result),
            (DeliveryRoute::Token | DeliveryRoute::Message(_), Err(DiscordError::MessageGone))
        ) {
            let index = index_of(self.task(task).job.id);
            self.knows_deleted(index);
        }
        let (time, now) = (self.bots_time(), self.now());
        let this = self.task(task);
        let (mut attempt, elapsed) = (RouteOutcome::from(result), now.since(this.began));
        if attempt == RouteOutcome::Rejected && this.rejected.exhausts(route, elapsed) {
            attempt = RouteOutcome::Unfit;
        }
        this.token_trouble.note(route, attempt, elapsed);
        let on_detour = this.on_detour;
        let next = if on_detour {
            this.job.after_detour(attempt)
        } else {
            this.job.next_route(route, attempt)
        };
        match next {
            NextStep::Delivered(shown) => {
                self.see(if on_detour { "shown on a detour" } else { name_of(route) });
                let follow_ups = self.task(task).job.follow_ups_after(shown, EXTRAS, time);
                self.note(task, Event::Delivered { shown, follow_ups }, Then::Step);
            }
            NextStep::End(event) => self.note(task, event, Then::Step),
            NextStep::Try(next) => self.set_out(task, next),
            NextStep::Later(Some(event)) => self.note(task, event, Then::Pause),
            NextStep::Later(None) => self.pause(task),
        }
    }

    /// As `Worker::attach`.
    pub(crate) fn attached(&mut self, task: usize, result: &Answer) {
        match result {
            Err(error) if error.is_passing() => self.pause(task),
            _ => {
                self.see("files attached, or let go");
                self.note(task, Event::FilesSettled, Then::Step);
            }
        }
    }

    /// As `Deliverer::show_progress`: an edit, where a way leads to the message at present.
    fn progress(&mut self, task: usize) -> Option<Request> {
        let time = self.bots_time();
        let job = &self.task(task).job;
        let index = index_of(job.id);
        let route = match (job.place.access, job.message) {
            _ if job.has_live_token(time) => DeliveryRoute::Token,
            (MessageAccess::Channel, Some(id)) => DeliveryRoute::Message(id),
            _ => return None,
        };
        Some(Request::Show(index, route, Face::Progress))
    }
}

fn name_of(route: DeliveryRoute) -> &'static str {
    match route {
        DeliveryRoute::Token => "delivered by token",
        DeliveryRoute::Message(_) => "delivered through the channel",
        DeliveryRoute::New(_) => "delivered in a new message",
        DeliveryRoute::Again(_) => "delivered in a new message, tried again",
        DeliveryRoute::Find(_) => "delivered in a new message, found again",
    }
}
