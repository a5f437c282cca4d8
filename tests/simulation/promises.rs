//! What the bot promises, checked whenever something changes that others can see: a row on disk, a
//! prompt at Whisul, a message on Discord.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use whisul_bot::domain::{Delivery, InteractionId, Job, JobId, State as JobState};

use super::{
    discord::Kind,
    plan::{Act, Submission},
    whisul::song_url,
    world::{Phase, State, index_of},
};

/// What has to be remembered to see a promise broken.
#[derive(Default)]
pub(crate) struct Promises {
    pub(crate) first_broken: Option<String>,
    /// The new messages about the song of each request.
    posts: BTreeMap<usize, u32>,
    /// Of which this run of the bot knows that a person deleted the message.
    pub(crate) known_deleted: BTreeSet<usize>,
    /// Of which somebody was told that the song is ready.
    told: BTreeSet<usize>,
    /// The requests that somebody wanted cancelled, or that the owner wanted ended.
    pub(crate) cancelled: BTreeSet<usize>,
    pub(crate) ended: BTreeSet<usize>,
    /// Those that this run of the bot cancels unless Whisul takes the prompt that is on its way.
    pub(crate) remembered: BTreeSet<usize>,
    /// The messages that an edit is on its way to.
    pub(crate) edits: BTreeSet<usize>,
    /// When the latest requests to Whisul were sent.
    sent: VecDeque<u64>,
    /// The admin actions by their interaction, and what is in force of them.
    pub(crate) admin_actions: BTreeMap<InteractionId, Act>,
    pub(crate) blocked: BTreeSet<usize>,
    pub(crate) is_paused: bool,
}

impl Promises {
    /// The bot has forgotten everything.
    pub(crate) fn forget(&mut self) {
        self.known_deleted.clear();
        self.remembered.clear();
        self.edits.clear();
        self.sent.clear();
    }
}

impl State {
    /// Takes note of a promise that does not hold.
    pub(crate) fn promise(&mut self, holds: bool, promise: &str, how: impl FnOnce() -> String) {
        if !holds {
            let broken = format!("{promise}: {}", how());
            self.tell(|| format!("BROKEN: {broken}"));
            self.promises.first_broken.get_or_insert(broken);
        }
    }

    /// A prompt is on its way to Whisul.
    pub(crate) fn check_submission(&mut self, index: usize) {
        let row = self.rows.get(&index);
        let is_on_disk = row.is_some_and(|row| row.state == JobState::Submitting);
        let is_told = self.discord.first_answer(index).is_some();
        self.promise(is_told, "nothing is submitted before its first response stands", || {
            format!("request {index} was submitted")
        });
        self.promise(is_on_disk, "a submission is on disk before it is made", || {
            format!("request {index} was submitted")
        });
        let is_cancelled = self.promises.remembered.contains(&index);
        self.promise(!is_cancelled, "a cancellation that is remembered is carried out", || {
            format!("request {index} was submitted once more")
        });
        let is_up = self.phase == Phase::Up;
        self.promise(is_up, "no prompt is sent once the bot is asked to stop", || {
            format!("request {index} was submitted")
        });
    }

    /// A request to Whisul's API is sent: are they no more than the settings say?
    pub(crate) fn check_rate(&mut self) {
        let (now, most) = (self.now(), self.plan.settings.requests_a_second as usize);
        let sent = &mut self.promises.sent;
        sent.retain(|at| at + 1000 > now);
        sent.push_back(now);
        let sent = sent.len();
        self.promise(sent <= most, "no more requests are sent to Whisul than may be", || {
            format!("{sent} within a second")
        });
    }

    /// An edit leaves for a message.
    pub(crate) fn check_edit(&mut self, message: usize) {
        let is_alone = self.promises.edits.insert(message);
        self.promise(is_alone, "one edit of a message is on its way at a time", || {
            format!("two of message {message}")
        });
    }

    /// A message is about to show something.
    pub(crate) fn check_shown(&mut self, message: usize, body: &Value, is_outcome: bool) {
        let shown = &self.discord.messages[message];
        let (index, was_outcome) = (shown.index, shown.shows_outcome);
        let stays = is_outcome || !was_outcome;
        self.promise(stays, "a message that shows the outcome stays as it is", || {
            format!("message {message} of request {index} showed the outcome")
        });
        let job = self.discord.interactions[&index].id;
        let of_other = self.discord.interactions.values().any(|other| {
            other.id != job && body["components"].to_string().contains(&format!(":{}", other.id))
        });
        self.promise(!of_other, "a message is about one song", || {
            format!("message {message} of request {index} has the buttons of another")
        });
        self.check_outcome_shown(index, body, is_outcome);
    }

    fn check_outcome_shown(&mut self, index: usize, body: &Value, is_outcome: bool) {
        let row = self.rows.get(&index);
        let is_on_disk = !is_outcome || row.is_some_and(Job::has_outcome);
        let song = row.and_then(|row| match &row.state {
            JobState::Completed { song, .. } => song.song_url.clone(),
            _ => None,
        });
        let link = body["embeds"][0]["url"].as_str().map(str::to_owned);
        let is_own = link.is_none() || (link == song && link == Some(song_url(index)));
        let is_missing = is_outcome && link.is_none() && song.is_some();
        self.promise(is_on_disk, "what is shown is on disk", || {
            format!("request {index} is shown its outcome")
        });
        self.promise(is_own, "a message has the link of its own song", || {
            format!("request {index} is shown {link:?}")
        });
        let rejects = self.plan.requests[index].rejects;
        let is_allowed = rejects != super::plan::Rejects::Nothing || !self.is_unrejected();
        self.promise(!is_missing || is_allowed, "a song is shown with its link", || {
            format!("request {index} is shown no link")
        });
        if is_outcome {
            self.tell(|| format!("  request {index} is shown its outcome"));
        }
    }

    /// Whether no fault looks as if Discord rejected a message.
    fn is_unrejected(&self) -> bool {
        self.plan.faults.is_empty() && self.plan.outages.is_empty()
    }

    /// There is a new message about a song.
    pub(crate) fn check_post(&mut self, message: usize, body: &Value, is_outcome: bool) {
        let index = self.discord.messages[message].index;
        let posts = self.promises.posts.entry(index).or_default();
        *posts += 1;
        let posts = *posts;
        self.see("delivered in a new message");
        self.promise(posts <= 1, "no message is posted twice", || {
            format!("{posts} new messages about request {index}")
        });
        let is_known = self.promises.known_deleted.contains(&index);
        self.promise(!is_known, "what a person deleted stays deleted", || {
            format!("a new message about request {index}")
        });
        let row = self.rows.get(&index);
        let is_begun = row.is_some_and(|row| matches!(row.delivery, Delivery::Posting(_)));
        self.promise(is_begun, "a new message is on disk before it is posted", || {
            format!("a new message about request {index}")
        });
        self.check_outcome_shown(index, body, is_outcome);
    }

    /// Somebody is told that their song is ready.
    pub(crate) fn check_notice(&mut self, index: usize) {
        self.see("told that a song is ready");
        let is_first = self.promises.told.insert(index);
        self.promise(is_first, "nobody is told twice that a song is ready", || {
            format!("the requester of {index} is")
        });
        let row = self.rows.get(&index);
        let is_there = row.is_some_and(|row| {
            let is_completed = matches!(row.state, JobState::Completed { .. });
            is_completed && row.delivery == Delivery::Delivered
        });
        self.promise(is_there, "who is told of a song finds it", || {
            format!("{index} is not there")
        });
    }

    /// An admin action was written.
    pub(crate) fn admin_action_written(&mut self, action: Option<JobId>) {
        let act = action
            .and_then(|action| self.promises.admin_actions.get(&action.interaction()).copied());
        self.tell(|| format!("  in force: {act:?}"));
        match act {
            Some(Act::Blocks(person)) => drop(self.promises.blocked.insert(person)),
            Some(Act::Unblocks(person)) => drop(self.promises.blocked.remove(&person)),
            Some(Act::Pauses) => self.promises.is_paused = true,
            Some(Act::Resumes) => self.promises.is_paused = false,
            _ => {}
        }
    }

    /// Whether nothing more has to happen to a job. While no other prompt tells whether the key or the
    /// prompt is to blame, one that Whisul forbids is sent again and again, for a week.
    pub(crate) fn may_rest(&self, row: &Job) -> bool {
        let is_forbidden = self.plan.requests[index_of(row.id)].submission == Submission::Forbids;
        row.is_settled() || (is_forbidden && !row.has_outcome())
    }

    /// All is well again, and nothing happens any more: has everybody got what is theirs?
    pub(crate) fn check_the_end(&mut self) {
        let rows: Vec<_> = self.rows.values().cloned().collect();
        for row in &rows {
            let index = index_of(row.id);
            self.promise(self.may_rest(row), "everything comes to an end", || {
                format!("request {index} is still {} and {:?}", row.state.name(), row.delivery)
            });
            let is_song = matches!(row.state, JobState::Completed { .. });
            if !row.is_settled() {
                self.see("left with a prompt that is forbidden");
                continue;
            }
            let is_charged = super::rows::charges_person(row);
            self.promise(
                is_charged == is_song,
                "each person's charges are for their songs",
                || format!("request {index} is {} and charged {:?}", row.state.name(), row.charge),
            );
        }
        for message in 0..self.discord.messages.len() {
            let shown = &self.discord.messages[message];
            let index = shown.index;
            let waits = shown.kind == Kind::Answer && !shown.shows_outcome && !shown.is_deleted;
            let is_excused = self.promises.posts.contains_key(&index)
                || self.discord.excuses.contains_key(&index)
                || rows.iter().any(|row| index_of(row.id) == index && !row.is_settled());
            self.promise(
                !waits || is_excused,
                "a person who was told of a song sees its outcome",
                || format!("message {message} still shows progress of request {index}"),
            );
        }
        let taken: Vec<usize> =
            self.whisul.songs.iter().map(super::whisul::WhisulSong::index).collect();
        for index in taken {
            let is_known = self.rows.contains_key(&index);
            self.promise(is_known, "Whisul makes songs for jobs alone", || {
                format!("song of {index}")
            });
        }
    }
}
