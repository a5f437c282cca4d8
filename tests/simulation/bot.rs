//! The bot: what its tasks do with the rules of the domain, step by step, as `jobs` does it. What
//! they know is lost when it is killed.

use std::{collections::BTreeSet, time::Duration};

use whisul_bot::domain::{
    Delivery, DeliveryRoute, Event, Job, JobId, Patience, Queue, RejectedRoutes, State, Step,
    Submission, Timestamp, TokenTrouble,
};

use super::{
    agenda::Moment,
    weather::Sky,
    wires::{Address, News, Request},
    world::{Happening, World, index_of},
    writing::Then,
};

/// As people set it, unless they set it otherwise.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_secs(6);

/// What a process knows, and its clock.
pub(crate) struct Bot {
    /// Which process it is.
    pub(crate) run: u32,
    up: bool,
    /// How far its clock is ahead.
    ahead: i64,
    pub(crate) queue: Queue<usize>,
    live: BTreeSet<JobId>,
    pub(crate) tasks: Vec<Task>,
}

/// A task: one job's, or the handler of a command that may become one.
pub(crate) struct Task {
    pub(crate) job: Job,
    pub(crate) doing: Doing,
    /// How many things it has waited for.
    ticket: u32,
    pub(crate) in_line: bool,
    pub(crate) has_room: bool,
    /// When this run of the bot took it in, if it was this one.
    pub(crate) asked_at: Option<Moment>,
    /// When this run of the bot took care of it first.
    pub(crate) began: Moment,
    pub(crate) watched_since: Moment,
    pub(crate) patience: Patience,
    /// How often its prompt was turned away.
    pub(crate) turned_away: u32,
    pub(crate) post_began: Option<Moment>,
    pub(crate) rejected: RejectedRoutes,
    pub(crate) token_trouble: TokenTrouble,
    /// Whether it tries another way than the token for once.
    pub(crate) on_detour: bool,
    pub(crate) failures: u32,
}

/// What a task waits for.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    Nothing,
    Admission {
        began: Moment,
    },
    Answer {
        began: Moment,
        one_may_stand: bool,
    },
    AnswerPause {
        began: Moment,
        one_may_stand: bool,
    },
    Look,
    Save {
        next: Box<Job>,
        then: Then,
    },
    SavePause {
        next: Box<Job>,
        then: Then,
    },
    /// In line, with an edit on its way or not.
    Turn {
        edits: bool,
    },
    LastLook,
    Submission,
    PollPause,
    Glance,
    Poll,
    Delivery(DeliveryRoute),
    Notice,
    Files,
    Pause,
}

impl Bot {
    pub(crate) fn new(room: usize) -> Self {
        Self {
            run: 0,
            up: false,
            ahead: 0,
            queue: Queue::new(room),
            live: BTreeSet::new(),
            tasks: Vec::new(),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.up
    }
}

impl World {
    /// The time by the bot's clock.
    pub(crate) fn bots_time(&self) -> Timestamp {
        Timestamp::from_millis(self.now().timestamp().millis() + self.bot.ahead)
    }

    /// An interaction comes to the bot, if it is there.
    pub(crate) fn interaction(&mut self, index: usize) {
        if self.bot.up {
            self.put_clock_right(index);
            self.ask(index);
        }
    }

    /// As `Clock::hear`.
    fn put_clock_right(&mut self, index: usize) {
        let (told, now) = (self.discord.id(index).created_at(), self.bots_time());
        if told > now || told.after(Duration::from_mins(1)) < now {
            self.bot.ahead = told.millis() - self.now().timestamp().millis();
        }
    }

    pub(crate) fn perhaps_crash(&mut self) {
        if self.chance.of(self.climate.crash) {
            let wait = self.chance.millis(0..60);
            self.agenda.add(wait, Happening::Crash);
        }
    }

    pub(crate) fn crash(&mut self) {
        if !self.bot.up {
            return;
        }
        self.tell(|| "the bot is killed".to_owned());
        self.see("killed");
        self.forget_the_unwritten();
        self.all_forgotten();
        self.bot = Bot { run: self.bot.run + 1, ..Bot::new(self.rules.room) };
        // No request travels for longer than a start takes.
        let long = self.chance.of(self.climate.long_absence);
        let away = self.chance.seconds(if long { 60..2400 } else { 3..20 });
        self.agenda.add(away, Happening::Start);
    }

    /// As `Jobs::resume`.
    pub(crate) fn start(&mut self) {
        if self.sky.disk == Sky::Down {
            return self.agenda.add(Duration::from_secs(30), Happening::Start);
        }
        self.bot.up = true;
        if self.chance.of(self.climate.wrong_clock) {
            let hours = i64::from(self.chance.number(0..48)) - 24;
            self.bot.ahead = hours * 3_600_000 + i64::from(self.chance.number(0..3_600_000));
        }
        let ahead = self.bot.ahead;
        self.tell(|| format!("the bot starts, its clock {ahead} ms ahead"));
        let mut left = self.disk.unsettled();
        self.bot.queue.restore(&left, &self.disk.rounds_called());
        left.sort_by_key(|job| (!job.is_at_whisul(), job.queue_position()));
        for job in left {
            self.see(found_as(&job));
            if self.enter(job.id) {
                let task = self.new_task(job);
                self.work_on(task);
            }
        }
    }

    pub(crate) fn new_task(&mut self, job: Job) -> usize {
        self.bot.tasks.push(Task {
            job,
            doing: Doing::Nothing,
            ticket: 0,
            in_line: false,
            has_room: false,
            asked_at: None,
            began: self.agenda.now,
            watched_since: self.agenda.now,
            patience: Patience::new(self.rules.job_timeout, POLL_INTERVAL),
            turned_away: 0,
            post_began: None,
            rejected: RejectedRoutes::default(),
            token_trouble: TokenTrouble::default(),
            on_detour: false,
            failures: 0,
        });
        self.bot.tasks.len() - 1
    }

    /// As `Registry::enter`: no job has two tasks.
    pub(crate) fn enter(&mut self, job: JobId) -> bool {
        self.bot.live.insert(job)
    }

    /// As `Jobs::work_on`.
    pub(crate) fn work_on(&mut self, task: usize) {
        let job = self.task(task).job.clone();
        if job.next_step() == Step::TakeTurn {
            self.join(task);
        } else {
            self.release(&job);
        }
        if job.is_at_whisul() {
            self.bot.queue.occupy(&job);
            self.task(task).has_room = true;
        }
        // In which order tasks get to run is up to luck.
        let wait = self.chance.millis(0..50);
        self.pause_for(task, wait);
    }

    pub(crate) fn task(&mut self, task: usize) -> &mut Task {
        &mut self.bot.tasks[task]
    }

    /// From now on the task waits for this.
    pub(crate) fn wait_for(&mut self, task: usize, doing: Doing) -> Address {
        let run = self.bot.run;
        let this = self.task(task);
        this.doing = doing;
        this.ticket += 1;
        Address { run, task, ticket: this.ticket }
    }

    pub(crate) fn ask_for(&mut self, task: usize, doing: Doing, request: Request) {
        let address = self.wait_for(task, doing);
        self.send(address, request);
    }

    /// The task waits this long for what it waits for, and takes this for it then.
    pub(crate) fn give_up_after(&mut self, task: usize, wait: Duration, news: News) {
        let (run, ticket) = (self.bot.run, self.task(task).ticket);
        self.agenda.add(wait, Happening::News(Address { run, task, ticket }, news));
    }

    pub(crate) fn sleep(&mut self, task: usize, doing: Doing, wait: Duration) {
        let address = self.wait_for(task, doing);
        self.agenda.add(wait, Happening::News(address, News::Now));
    }

    pub(crate) fn pause_for(&mut self, task: usize, wait: Duration) {
        self.sleep(task, Doing::Pause, wait);
    }

    /// Waits before the next try, longer after each failure.
    pub(crate) fn pause(&mut self, task: usize) {
        let most = self.backoff(task);
        let wait = self.chance.millis(0..most);
        self.pause_for(task, wait);
    }

    /// The longest wait after one more failure, in milliseconds.
    pub(crate) fn backoff(&mut self, task: usize) -> u64 {
        let this = self.task(task);
        this.failures += 1;
        500 << this.failures.min(9)
    }

    /// Whether a task still waits for this.
    pub(crate) fn waits(&mut self, address: Address) -> bool {
        let Address { run, task, ticket } = address;
        run == self.bot.run && self.task(task).ticket == ticket
    }

    /// A task learns what it has waited for.
    pub(crate) fn learn(&mut self, address: Address, news: News) {
        if !self.waits(address) {
            return;
        }
        let task = address.task;
        let doing = std::mem::replace(&mut self.task(task).doing, Doing::Nothing);
        match (doing, news) {
            (Doing::Admission { began }, News::Admitted(admission)) => {
                self.admitted(task, began, admission);
            }
            (Doing::Answer { began, one_may_stand }, News::Discord(result)) => {
                self.answered(task, began, one_may_stand, &result);
            }
            (Doing::AnswerPause { began, one_may_stand }, News::Now) => {
                self.answer(task, began, one_may_stand);
            }
            (Doing::Look, News::Discord(result)) => self.looked(task, &result),
            (Doing::Save { next, then }, News::Saved(saved)) => self.saved(task, next, then, saved),
            (Doing::SavePause { next, then }, News::Now) => self.save(task, next, then),
            (Doing::Turn { edits: false }, News::Now) => self.edit_in_line(task),
            (Doing::Turn { edits: true }, News::Discord(result)) => {
                self.edited_in_line(task, &result);
            }
            (Doing::LastLook, News::Discord(result)) => self.submit_unless_gone(task, &result),
            (Doing::Submission, News::Submitted(submission)) => self.submitted(task, submission),
            (Doing::Submission, News::TurnedAway) => self.turned_away(task),
            (Doing::PollPause, News::Now) => self.poll_or_glance(task),
            (Doing::Glance, News::Discord(_)) => self.poll(task),
            (Doing::Poll, News::Report(report)) => self.heard(task, report),
            (Doing::Poll, News::Unreadable) => self.heard_nothing(task),
            (Doing::Delivery(route), News::Discord(result)) => self.attempted(task, route, &result),
            (Doing::Files, News::Discord(result)) => self.attached(task, &result),
            // What came of a notice changes nothing.
            (Doing::Pause, News::Now) | (Doing::Notice, News::Discord(_)) => self.step(task),
            (doing, news) => panic!("{news:?} for a task that waits for {doing:?}"),
        }
    }

    /// As `Worker::step`.
    pub(crate) fn step(&mut self, task: usize) {
        let index = index_of(self.task(task).job.id);
        match self.task(task).job.next_step() {
            Step::FindAnswer => self.ask_for(task, Doing::Look, Request::Look(index)),
            Step::TakeTurn => self.take_turn(task),
            Step::SettleSubmission => {
                let event = Submission::Unknown.event(self.bots_time());
                self.note(task, event, Then::Step);
            }
            Step::Follow => self.follow(task),
            Step::Deliver => {
                self.vacate(task);
                self.deliver(task);
            }
            Step::Notify => self.note(task, Event::NoticeBegins, Then::Notify),
            Step::Attach => self.ask_for(task, Doing::Files, Request::Attach(index)),
            Step::Rest => self.finish(task),
        }
    }

    /// The task is done.
    pub(crate) fn finish(&mut self, task: usize) {
        self.vacate(task);
        let id = self.task(task).job.id;
        self.bot.live.remove(&id);
        self.task(task).doing = Doing::Nothing;
    }
}

/// The state in which a start finds a job, as a sight.
fn found_as(job: &Job) -> &'static str {
    match (&job.state, job.delivery) {
        (_, Delivery::Posting(_)) => "found while it was posted",
        (State::Accepted, _) => "found accepted",
        (State::Announced, _) => "found announced",
        (State::Submitting, _) => "found submitting",
        (State::Running { .. }, _) => "found running",
        (State::Completed { .. }, Delivery::Delivered) => "found with follow-ups left",
        (State::Completed { .. }, _) => "found completed",
        (State::Failed(_), _) => "found failed",
        (State::Abandoned | State::Cancelled(_), _) => "found cancelled",
    }
}
