//! What the bot promises about the rows on disk: outcomes are true and stay, charges and quotas hold,
//! and no more songs run than may.

use std::time::Duration;

use whisul_bot::domain::{
    Canceller, Charge, Delivery, Failure, Job, Quota, REFUNDS, State as JobState, Timestamp,
};

use super::{
    plan::{Service, SongEnd, Submission},
    world::{State, index_of},
};

/// The name of how far a job is, or of its outcome.
pub(crate) fn outcome_of(job: &Job) -> &'static str {
    match &job.state {
        JobState::Failed(failure) => match failure {
            Failure::TooLate => "too late",
            Failure::Expired => "expired",
            Failure::Rejected { .. } => "rejected",
            Failure::Undocumented => "refused",
            Failure::Generation { .. } => "not generated",
            Failure::Songless => "songless",
            Failure::Vanished => "vanished",
            Failure::GivenUp => "given up",
            Failure::Ended { .. } => "ended by the owner",
            Failure::UnknownOutcome => "of unknown outcome",
        },
        other => other.name(),
    }
}

/// Whether a song failed for which Whisul may have been paid, and its requester was not charged.
fn is_refunded(row: &Job) -> bool {
    let is_ended = matches!(row.state, JobState::Failed(Failure::Ended { .. }));
    row.charge == Charge::KeyOnly && !is_ended
}

/// Whether a job takes a song from its requester's quota for which there was no refund left.
pub(crate) fn charges_person(row: &Job) -> bool {
    let is_beyond_refunds = match &row.state {
        JobState::Failed(failure) => failure.remaining_charge(REFUNDS) == Charge::Full,
        _ => false,
    };
    row.charge == Charge::Full && !is_beyond_refunds
}

impl State {
    /// A row was written, or written over.
    pub(crate) fn row_written(&mut self, after: &Job) {
        let index = index_of(after.id);
        let before = self.rows.insert(index, after.clone());
        self.note_turn(index, before.as_ref(), after);
        match before {
            None => self.check_admitted(after),
            Some(before) => self.check_written(&before, after),
        }
        let running = self.rows.values().filter(|row| row.is_at_whisul()).count();
        let most = self.plan.settings.max_running;
        self.promise(running <= most, "no more songs run than there is room for", || {
            format!("{running} songs, room for {most}")
        });
    }

    fn check_admitted(&mut self, job: &Job) {
        let index = index_of(job.id);
        let request = &self.plan.requests[index];
        let (person, is_installed) =
            (request.person, self.discord.channels[request.channel].installed);
        let is_kept_out = self.promises.blocked.contains(&person);
        let is_paused = self.promises.is_paused;
        self.tell(|| format!("  disk: {index} is accepted in round {}", job.round));
        self.promise(!is_kept_out, "nothing is taken from who is blocked", || format!("{index}"));
        self.promise(!is_paused, "nothing is taken during a pause", || format!("{index}"));
        let settings = &self.plan.settings;
        let window = Duration::from_secs(settings.window_seconds);
        let user = if self.plan.people[person].has_role && settings.user.is_some() {
            Some(settings.role)
        } else {
            settings.user
        };
        let (global, guild, at_once) = (settings.global, settings.guild, settings.at_once);
        self.check_window(window, user, |row| {
            row.charge == Charge::Full && row.requester == job.requester
        });
        self.check_window(window, global, |row| row.charge != Charge::None);
        if is_installed {
            self.check_window(window, guild, |row| {
                row.charge == Charge::Full && row.place.guild == job.place.guild
            });
        }
        let open = self.rows.values().filter(|row| row.requester == job.requester);
        let open = open.filter(|row| !row.has_outcome()).count();
        self.promise(
            open <= at_once as usize,
            "nobody has more songs at once than allowed",
            || format!("{person} has {open}"),
        );
    }

    fn check_window(&mut self, window: Duration, most: Option<u32>, counts: impl Fn(&Job) -> bool) {
        let charges = self.most_in(window, counts);
        let is_within = most.is_none_or(|most| charges <= most as usize);
        self.promise(is_within, "no window exceeds its quota", || {
            format!("{charges} charges in {window:?}")
        });
    }

    /// The most rows that any stretch of time as long as `window` holds.
    fn most_in(&self, window: Duration, counts: impl Fn(&Job) -> bool) -> usize {
        let rows = self.rows.values().filter(|row| counts(row));
        let mut times: Vec<Timestamp> = rows.map(|row| row.id.created_at()).collect();
        times.sort_unstable();
        let from = |(place, first): (usize, &Timestamp)| {
            times[place..].iter().take_while(|time| first.saturating_add(window) > **time).count()
        };
        times.iter().enumerate().map(from).max().unwrap_or(0)
    }

    fn check_written(&mut self, before: &Job, after: &Job) {
        let index = index_of(after.id);
        let from_to = || {
            let (one, other) = (outcome_of(before), outcome_of(after));
            format!("{index}: {one}, {:?} to {other}, {:?}", before.charge, after.charge)
        };
        self.tell(|| format!("  disk: {}, {:?}", from_to(), after.delivery));
        let stays = before.state == after.state && before.charge == after.charge;
        let is_same = stays && before.delivery == after.delivery;
        let is_same = is_same && before.follow_ups == after.follow_ups;
        self.promise(is_same || !before.is_settled(), "a settled job stays as it is", from_to);
        self.promise(stays || !before.has_outcome(), "an outcome never changes", from_to);
        let is_charged = match &after.state {
            // Nobody pays again and again for what fails: the key does, then the person.
            JobState::Failed(failure) => {
                let may_be = [failure.remaining_charge(0), failure.remaining_charge(REFUNDS)];
                may_be.contains(&after.charge)
            }
            JobState::Abandoned | JobState::Cancelled(_) => after.charge == Charge::None,
            _ => after.charge == Charge::Full,
        };
        self.promise(is_charged, "a charge stands until a refund is due", from_to);
        self.check_refunds(after);
        if !before.has_outcome() && after.has_outcome() {
            self.check_outcome(before, after);
        }
        if after.is_settled() && !before.is_settled() {
            self.check_settled(after);
        }
    }

    /// Failures are refunded a few times, and not more rarely than that.
    fn check_refunds(&mut self, after: &Job) {
        let settings = &self.plan.settings;
        let is_limited =
            settings.user.is_some() || settings.guild.is_some() || settings.global.is_some();
        if !is_limited {
            return;
        }
        let window = Duration::from_secs(settings.window_seconds);
        let of = after.requester;
        let refunds = self.most_in(window, |row| row.requester == of && is_refunded(row));
        self.promise(refunds <= REFUNDS as usize, "failures are refunded a few times", || {
            format!("{refunds} of {of} are")
        });
        let is_failed = matches!(after.state, JobState::Failed(_));
        if is_failed && after.charge == Charge::Full {
            self.see("charged for what failed");
            let all = self.rows.values();
            let refunded = all.filter(|row| row.requester == of && is_refunded(row)).count();
            self.promise(refunded >= REFUNDS as usize, "the first failures are refunded", || {
                format!("{refunded} of {of} are, and one is charged")
            });
        }
    }

    /// There is an outcome: is it the true one?
    fn check_outcome(&mut self, before: &Job, after: &Job) {
        let (index, now) = (index_of(after.id), self.now());
        self.see(outcome_of(after));
        let song = self.whisul.song_of(index);
        let (is_taken, end) = (song.is_some(), song.and_then(|song| song.ended(now)));
        let age = song.map_or(0, |song| song.age(now));
        let first = self.discord.first_answer(index);
        let stands = first.is_some_and(|message| !message.is_deleted);
        if after.state == JobState::Failed(Failure::GivenUp) {
            self.check_given_up(index);
            if end == Some(SongEnd::Unreadable) {
                self.see("given up without a word");
            }
        }
        let submission = self.plan.requests[index].submission;
        let is_stormy = self.plan.faults.iter().any(|fault| fault.service == Service::Whisul);
        let was_cancelled = self.promises.cancelled.contains(&index);
        let was_ended = self.promises.ended.contains(&index);
        let (is_true, promise) = match &after.state {
            JobState::Completed { .. } => (end == Some(SongEnd::Completed), "a song is Whisul's"),
            JobState::Failed(Failure::UnknownOutcome) => {
                let was_sent = before.state == JobState::Submitting;
                (was_sent, "only a submission is of unknown outcome")
            }
            JobState::Failed(Failure::GivenUp) => {
                let patience = self.plan.settings.timeout_seconds * 1000;
                (age > patience, "nobody gives up early, whatever the clocks say")
            }
            JobState::Failed(Failure::Generation { .. }) => {
                (end == Some(SongEnd::Failed), "a failure is Whisul's")
            }
            JobState::Failed(Failure::Vanished) => {
                (end == Some(SongEnd::Lost), "a loss is Whisul's")
            }
            JobState::Failed(Failure::Songless) => {
                (end == Some(SongEnd::Songless), "an end without a song is Whisul's")
            }
            JobState::Failed(Failure::Ended { .. }) => {
                (is_taken && was_ended, "nobody ends a song but the owner")
            }
            JobState::Abandoned => {
                (!is_taken && !stands, "who was told of a song is not left waiting")
            }
            JobState::Failed(Failure::Rejected { .. }) => {
                let may_be = [Submission::Rejects, Submission::Forbids].contains(&submission);
                (!is_taken && (may_be || is_stormy), "a rejected prompt is one that Whisul rejects")
            }
            JobState::Failed(Failure::Undocumented) => {
                let is_refused = submission == Submission::Refuses;
                (
                    !is_taken && (is_refused || is_stormy),
                    "a refused prompt is one that Whisul refuses",
                )
            }
            JobState::Cancelled(cancellation) => {
                let is_wanted = match cancellation.by {
                    Canceller::Deletion => !stands,
                    Canceller::Owner => was_ended,
                    _ => was_cancelled,
                };
                (!is_taken && is_wanted, "nobody cancels a song but those who may")
            }
            _ => (!is_taken, "what Whisul has taken is not given away"),
        };
        self.promise(is_true, promise, || format!("request {index} is {}", outcome_of(after)));
    }

    /// Nothing is left to do: has everything been done?
    fn check_settled(&mut self, job: &Job) {
        let index = index_of(job.id);
        match job.delivery {
            Delivery::Delivered => {
                let is_shown = self.discord.has_shown_outcome(index);
                self.promise(is_shown, "what is called delivered was shown", || {
                    format!("request {index} is called delivered")
                });
            }
            Delivery::Undeliverable => {
                let excuse = self.discord.excuses.get(&index).copied();
                self.see(excuse.unwrap_or("undeliverable for no reason"));
                let has_reason = excuse.is_some();
                self.promise(has_reason, "only with a reason is an outcome not shown", || {
                    format!("request {index} is called undeliverable")
                });
            }
            _ => {}
        }
    }

    /// The limits in force, as the bot is told of them.
    pub(crate) fn quota(&self, count: Option<u32>) -> Quota {
        let window = Duration::from_secs(self.plan.settings.window_seconds);
        count.map_or(Quota::Unlimited, |count| Quota::Limited { count, window })
    }
}
