//! The promises of the queue. While a song waits as its requester's next, each other person's songs
//! that were asked for later overtake it at most once. Who asks for their first song waits for one song
//! of each other person at most, however many those asked for before; apart from songs whose turn had
//! come already, but whose room was promised to somebody else.
//!
//! They are checked in worlds in which nothing goes wrong on the way to Discord and Whisul: there,
//! who has been called submits within moments, so that the rows show the order of the calls.

use std::collections::{BTreeMap, BTreeSet};

use whisul_bot::domain::{Job, QueuePosition, State as JobState, UserId};

use super::world::State;

/// From a turn to the write of the submission it may take so long, in milliseconds: the message is
/// looked at first.
const CALLED: u64 = 5000;

/// What has to be remembered to see these promises broken.
#[derive(Default)]
pub(crate) struct Turns {
    waiting: BTreeMap<usize, Waiting>,
    /// How often somebody gave a turn up: a song of theirs came to nothing while it waited.
    given_up: BTreeMap<UserId, usize>,
}

struct Waiting {
    requester: UserId,
    position: QueuePosition,
    asked_at: u64,
    /// Since when it is its requester's next.
    next_since: Option<u64>,
    /// By whom it was overtaken, and when.
    overtaken: Vec<(u64, UserId)>,
    /// Since when it waits, if it is the first that its requester ever asked for.
    first_since: Option<u64>,
    /// Whose songs, asked for before it, had their turn meanwhile, and when.
    preceded: Vec<(u64, UserId)>,
}

impl Turns {
    /// The bot's process ended: who waits joins again when the next one starts.
    pub(crate) fn forget(&mut self) {
        for waiting in self.waiting.values_mut() {
            waiting.overtaken.clear();
            waiting.preceded.clear();
        }
    }
}

impl State {
    pub(crate) fn note_turn(&mut self, index: usize, before: Option<&Job>, after: &Job) {
        let is_calm = self.plan.faults.is_empty() && self.plan.outages.is_empty();
        if !is_calm {
            return;
        }
        let was_waiting = before.is_some_and(|before| before.state == JobState::Announced);
        let is_set_back = before.is_some_and(|before| before.state == JobState::Submitting);
        match after.state {
            // A prompt that was turned away waits apart, so that it holds up nobody.
            JobState::Announced if is_set_back => {}
            JobState::Announced => {
                let waiting = self.waiting(index, after);
                self.turns.waiting.entry(index).or_insert(waiting);
            }
            JobState::Submitting => {
                let waiting = self.turns.waiting.remove(&index);
                self.overtake(index, after);
                if let Some(waiting) = waiting {
                    self.check_turn(index, &waiting);
                }
            }
            _ => {
                self.turns.waiting.remove(&index);
                if was_waiting || before.is_some_and(Job::awaits_turn) {
                    *self.turns.given_up.entry(after.requester).or_default() += 1;
                }
            }
        }
        self.note_next();
    }

    fn waiting(&self, index: usize, job: &Job) -> Waiting {
        let of_them = self.rows.values().filter(|row| row.requester == job.requester).count();
        Waiting {
            requester: job.requester,
            position: job.queue_position(),
            asked_at: self.discord.interactions[&index].at,
            next_since: None,
            overtaken: Vec::new(),
            first_since: (of_them == 1).then(|| self.now()),
            preceded: Vec::new(),
        }
    }

    /// Notes since when each person's next song is that.
    fn note_next(&mut self) {
        let now = self.now();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&mut Waiting> = self.turns.waiting.values_mut().collect();
        waiting.sort_by_key(|waiting| waiting.position);
        for waiting in waiting {
            if seen.insert(waiting.requester) {
                waiting.next_since.get_or_insert(now);
            } else {
                // An earlier song of theirs was announced later than this one.
                waiting.next_since = None;
                waiting.overtaken.clear();
            }
        }
    }

    /// A song has its turn before others.
    fn overtake(&mut self, index: usize, job: &Job) {
        let (requester, round) = (job.requester, job.round);
        let (asked_at, now) = (self.discord.interactions[&index].at, self.now());
        for waiting in self.turns.waiting.values_mut() {
            let was_next = waiting.next_since.is_some_and(|since| since < asked_at);
            if waiting.requester == requester {
                continue;
            }
            if was_next {
                waiting.overtaken.push((now, requester));
            }
            let was_called_since = waiting.first_since.is_some_and(|since| since + CALLED < now);
            let is_in_turn = round >= waiting.position.round;
            if was_called_since && is_in_turn && asked_at < waiting.asked_at {
                waiting.preceded.push((now, requester));
            }
        }
    }

    fn check_turn(&mut self, index: usize, waiting: &Waiting) {
        let now = self.now();
        let most = times(&waiting.overtaken, now).values().max().copied().unwrap_or_default();
        if most > 0 {
            self.see("overtaken once");
        }
        let given_up = self.turns.given_up.get(&waiting.requester).copied().unwrap_or_default();
        self.promise(most <= 1 + given_up, "nobody is overtaken twice by the same person", || {
            format!("request {index} was overtaken {most} times")
        });
        for (person, times) in times(&waiting.preceded, now) {
            let given_up = self.turns.given_up.get(&person).copied().unwrap_or_default();
            self.promise(times <= 1 + given_up, "many songs of one hold up nobody's first", || {
                format!("request {index} waited for {times} songs of {person}")
            });
        }
    }
}

/// How often each person was called while somebody else surely waited.
fn times(called: &[(u64, UserId)], now: u64) -> BTreeMap<UserId, usize> {
    let mut times = BTreeMap::new();
    for (_, person) in called.iter().filter(|(at, _)| at + CALLED < now) {
        *times.entry(*person).or_default() += 1;
    }
    times
}
