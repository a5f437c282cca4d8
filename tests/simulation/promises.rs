//! What the bot promises, checked whenever something changes that others can see: a row on disk, a
//! prompt at Whisul, a message on Discord, a turn.

use std::collections::{BTreeMap, BTreeSet};

use whisul_bot::domain::{
    Charge, Delivery, Failure, Job, Limits, Quota, REFUNDS, State, Submission,
};

use super::{
    discord::Face,
    disk::is_refunded,
    people::ROLE,
    whisul::End,
    world::{World, face_of, index_of, outcome_of},
};

/// What has to be remembered to see a promise broken.
#[derive(Default)]
pub(crate) struct Promises {
    pub(crate) first_broken: Option<String>,
    /// The new messages about each job.
    posts: BTreeMap<usize, u32>,
    /// The jobs of which this run of the bot knows that a person deleted the message.
    known_deleted: BTreeSet<usize>,
    /// The jobs of which somebody was told that the song is ready.
    told: BTreeSet<usize>,
}

impl World {
    /// Takes note of a promise that does not hold.
    pub(crate) fn promise(&mut self, holds: bool, promise: &str, how: impl FnOnce() -> String) {
        if !holds {
            let broken = format!("{promise}: {}", how());
            self.tell(|| format!("BROKEN: {broken}"));
            self.promises.first_broken.get_or_insert(broken);
        }
    }

    /// The bot has learned that a person deleted the message of a job.
    pub(crate) fn knows_deleted(&mut self, index: usize) {
        self.promises.known_deleted.insert(index);
    }

    /// The bot has forgotten everything.
    pub(crate) fn all_forgotten(&mut self) {
        self.promises.known_deleted.clear();
        self.turns.forget();
    }

    /// A prompt comes to Whisul.
    pub(crate) fn take_prompt(&mut self, index: usize) -> Submission {
        let row = self.disk.row(index);
        let on_disk = row.is_some_and(|row| row.state == State::Submitting);
        let told = self.discord.first_answer(index).is_some();
        self.promise(told, "nothing is submitted before its first answer stands", || {
            format!("job {index} was submitted")
        });
        // Even where its process was killed meanwhile: no request travels for as long as a start
        // takes.
        self.promise(on_disk, "a submission is on disk before it is made", || {
            format!("job {index} was submitted")
        });
        let now = self.now();
        let submission = self.whisul.submit(index, now, &mut self.chance);
        let times = self.whisul.times_taken(index);
        self.promise(times <= 1, "Whisul takes each prompt at most once", || {
            format!("it took that of job {index} {times} times")
        });
        self.tell(|| format!("  Whisul: job {index} is {submission:?}"));
        submission
    }

    /// A message is about to show something.
    pub(crate) fn check_shown(&mut self, index: usize, message: usize, face: Face) {
        let shown = self.discord.messages[message].face;
        let stays = shown == Face::Progress || shown == face;
        self.promise(stays, "a message that shows the outcome stays as it is", || {
            format!("message {message} of job {index} showed {shown:?} and now shows {face:?}")
        });
        let row = self.disk.row(index).map_or(Face::Progress, face_of);
        let true_now = face == Face::Progress || face == row;
        self.promise(true_now, "what is shown is on disk", || {
            format!("message {message} of job {index} shows {face:?}, the row says {row:?}")
        });
    }

    /// There is a new message about a job.
    pub(crate) fn check_post(&mut self, index: usize) {
        let posts = self.promises.posts.entry(index).or_default();
        *posts += 1;
        let posts = *posts;
        self.promise(posts <= 1, "no message is posted twice", || {
            format!("{posts} new messages about job {index}")
        });
        let known_deleted = self.promises.known_deleted.contains(&index);
        self.promise(!known_deleted, "what a person deleted stays deleted", || {
            format!("a new message about job {index}")
        });
    }

    /// Somebody is told that their song is ready.
    pub(crate) fn check_notice(&mut self, index: usize) {
        self.see("told that a song is ready");
        let first = self.promises.told.insert(index);
        self.promise(first, "nobody is told twice that a song is ready", || {
            format!("the requester of job {index} is")
        });
        let row = self.disk.row(index);
        let true_now = row.is_some_and(|row| {
            matches!(row.state, State::Completed { .. }) && row.delivery == Delivery::Delivered
        });
        self.promise(true_now, "who is told of a song finds it", || format!("job {index} is not"));
    }

    /// A job was charged.
    pub(crate) fn check_quotas(&mut self, job: &Job) {
        let Limits { user, guild, global, roles, .. } = self.rules.limits.clone();
        let asked = &self.discord.asked[index_of(job.id)];
        let has_role = self.discord.people[asked.person].has_role;
        let user = if has_role && user != Quota::Unlimited { roles[&ROLE] } else { user };
        let in_guild = job.place.guild.is_some();
        let of_guild = |row: &Job| row.place.guild == job.place.guild;
        self.check_window(user, |row| row.charge == Charge::Full && row.requester == job.requester);
        self.check_window(global, |row| row.charge != Charge::None);
        if in_guild {
            self.check_window(guild, |row| row.charge == Charge::Full && of_guild(row));
        }
        let open = self.disk.rows().filter(|row| row.requester == job.requester);
        let open = open.filter(|row| !row.has_outcome()).count();
        let most = self.rules.limits.user_concurrency as usize;
        self.promise(open <= most, "nobody has more songs at once than allowed", || {
            format!("{} has {open}", job.requester)
        });
    }

    fn check_window(&mut self, quota: Quota, counts: impl Fn(&Job) -> bool) {
        if let Quota::Limited { count, window } = quota {
            let most = self.disk.most_in(window, counts);
            self.promise(most <= count as usize, "no window exceeds its quota", || {
                format!("{most} charges in a window of {quota}")
            });
        }
    }

    /// A row was written over.
    pub(crate) fn check_written(&mut self, before: &Job, after: &Job) {
        let index = index_of(after.id);
        let from_to = || {
            let (before_charge, charge) = (before.charge, after.charge);
            let (one, other) = (outcome_of(before), outcome_of(after));
            format!("job {index}: {one}, {before_charge:?} to {other}, {charge:?}")
        };
        self.tell(|| format!("  disk: {}, {:?}", from_to(), after.delivery));
        self.promise(!before.is_settled(), "a settled job stays as it is", from_to);
        let same = before.state == after.state && before.charge == after.charge;
        self.promise(same || !before.has_outcome(), "an outcome never changes", from_to);
        let counts = match &after.state {
            // Nobody pays again and again for what fails: the key does, then the person.
            State::Failed(failure) => {
                [failure.remaining_charge(0), failure.remaining_charge(REFUNDS)]
                    .contains(&after.charge)
            }
            State::Abandoned | State::Cancelled(_) => after.charge == Charge::None,
            _ => after.charge == Charge::Full,
        };
        self.promise(counts, "a charge stands until a refund is due", from_to);
        if let Some(window) = self.rules.limits.longest_window() {
            let of = after.requester;
            let refunds = self.disk.most_in(window, |row| row.requester == of && is_refunded(row));
            self.promise(refunds <= REFUNDS as usize, "failures are refunded a few times", || {
                format!("{refunds} of {of} are")
            });
        }
        if !before.has_outcome() && after.has_outcome() {
            self.check_outcome(before, after);
        }
        if after.is_settled() {
            self.check_settled(after);
        }
        self.check_room();
    }

    /// There is an outcome: is it the true one?
    fn check_outcome(&mut self, before: &Job, after: &Job) {
        let (index, now) = (index_of(after.id), self.now());
        let (taken, end) = (self.whisul.times_taken(index) > 0, self.whisul.end(index, now));
        let stands = self.discord.first_answer(index).is_some_and(|message| !message.deleted);
        let age = self.whisul.age(index, now).unwrap_or_default();
        self.see(outcome_of(after));
        let (is_true, of_what) = match &after.state {
            State::Completed { .. } => (end == Some(End::Completed), "a song is Whisul's"),
            State::Failed(Failure::UnknownFate) => {
                (before.state == State::Submitting, "only a submission is of unknown fate")
            }
            State::Failed(Failure::GivenUp) => {
                (age > self.rules.job_timeout, "nobody gives up early, whatever the clocks say")
            }
            State::Failed(Failure::Generation { .. }) => {
                (end == Some(End::Failed), "a failure is Whisul's")
            }
            State::Failed(Failure::Vanished) => (end == Some(End::Lost), "a loss is Whisul's"),
            State::Failed(Failure::Ended { .. }) => {
                let wanted = self.discord.asked[index].cancelled;
                (taken && wanted, "nobody ends a song but the owner")
            }
            State::Abandoned => (!taken && !stands, "who was told of a song is not left waiting"),
            State::Cancelled(_) => {
                let wanted = !stands || self.discord.asked[index].cancelled;
                (!taken && wanted, "nobody takes a song back but its requester")
            }
            _ => (!taken, "what Whisul has taken is not given away"),
        };
        self.promise(is_true, of_what, || format!("job {index} is {}", outcome_of(after)));
    }

    /// Nothing is left to do: has everything been done?
    fn check_settled(&mut self, job: &Job) {
        let index = index_of(job.id);
        match job.delivery {
            Delivery::Delivered => {
                let shown = self.is_shown(index, outcome_of(job));
                self.promise(shown, "what is called delivered was shown", || {
                    format!("job {index} is called delivered")
                });
            }
            Delivery::Undeliverable => {
                let excuse = self.discord.asked[index].excuse;
                self.see(excuse.unwrap_or("undeliverable for no reason"));
                self.promise(
                    excuse.is_some(),
                    "only with a reason is an outcome not shown",
                    || format!("job {index} is called undeliverable"),
                );
            }
            _ => {}
        }
    }

    /// Is there room for what is at Whisul?
    fn check_room(&mut self) {
        let running = self.disk.rows().filter(|row| row.is_at_whisul()).count();
        let room = self.rules.room;
        self.promise(running <= room, "no more songs run than there is room for", || {
            format!("{running} songs, room for {room}")
        });
    }

    /// All is well again, and nothing happens any more: has everybody got what is theirs?
    pub(crate) fn check_the_end(&mut self) {
        let rows: Vec<Job> = self.disk.rows().cloned().collect();
        for row in &rows {
            let index = index_of(row.id);
            self.promise(row.is_settled(), "everything comes to an end", || {
                format!("job {index} is still {} and {:?}", outcome_of(row), row.delivery)
            });
            let counts = match &row.state {
                State::Failed(failure) => failure.remaining_charge(REFUNDS) == Charge::Full,
                _ => false,
            };
            let charged = row.charge == Charge::Full && !counts;
            let song = matches!(row.state, State::Completed { .. });
            self.promise(charged == song, "each person's charges are for their songs", || {
                format!("job {index} of {} is {}", row.requester, outcome_of(row))
            });
        }
        for index in 0..self.discord.messages.len() {
            let message = &self.discord.messages[index];
            let (job, waits) = (message.index, message.face == Face::Progress && !message.deleted);
            let elsewhere = self.promises.posts.contains_key(&job);
            let excused = self.discord.asked[job].excuse.is_some();
            let left_waiting = waits && !elsewhere && !excused;
            self.promise(!left_waiting, "whoever was told of a song sees its outcome", || {
                format!("message {index} still shows progress of job {job}")
            });
        }
    }
}
