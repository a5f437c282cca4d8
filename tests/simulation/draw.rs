//! Draws a plan from a seed.

use fastrand::Rng;

use super::{
    draw_faults::{faults, lost_posts, outages},
    plan::{
        Act, Action, Channel, Person, Plan, ProcessEnd, Rejects, Request, Settings, SongEnd,
        Submission, When,
    },
};

/// How long things go wrong after the beginning.
pub(crate) const TROUBLE: u64 = 2 * 3_600_000;

const PEOPLE: usize = 3;
const CHANNELS: usize = 2;
/// How many songs are asked for in a world, at most.
const REQUESTS: usize = 9;

/// How often things go wrong in a world.
pub(crate) struct Rates {
    pub(crate) fault: f64,
    pub(crate) outage: f64,
    deletion: f64,
    cancellation: f64,
    rejection: f64,
    /// How many songs take longer than an interaction's token lives.
    slow: f64,
}

pub(crate) fn plan(seed: u64) -> Plan {
    let rng = &mut Rng::with_seed(seed);
    // In a calm world only the bot, people and the queue are at work.
    let is_calm = chance(rng, 0.15);
    let mut rate = |most: f64| {
        if is_calm || chance(rng, 0.3) { 0.0 } else { rng.f64() * most }
    };
    let rates = Rates {
        fault: rate(0.25),
        outage: rate(0.8),
        deletion: rate(0.3),
        cancellation: rate(0.3),
        rejection: rate(0.2),
        slow: if chance(rng, 0.25) { 0.6 } else { 0.1 },
    };
    let requests = requests(rng, &rates, is_calm);
    Plan {
        seed: rng.u64(..),
        settings: settings(rng),
        channels: (0..CHANNELS).map(|_| channel(rng)).collect(),
        people: (0..PEOPLE).map(|_| person(rng)).collect(),
        actions: actions(rng, &rates, &requests, is_calm),
        outages: outages(rng, &rates),
        faults: faults(rng, &rates),
        ends: ends(rng),
        lost_posts: lost_posts(rng, is_calm),
        requests,
    }
}

pub(crate) fn chance(rng: &mut Rng, of: f64) -> bool {
    rng.f64() < of
}

pub(crate) fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn settings(rng: &mut Rng) -> Settings {
    let count = rng.u32(2..9);
    let limited = |rng: &mut Rng, most| chance(rng, 0.5).then(|| rng.u32(1..most));
    Settings {
        user: chance(rng, 0.7).then_some(count),
        role: count + 3,
        guild: limited(rng, 20),
        global: limited(rng, 30),
        window_seconds: rng.u64(300..3600),
        at_once: rng.u32(1..8),
        max_running: rng.usize(1..4),
        timeout_seconds: pick(rng, &[600, 1500]),
        poll_seconds: pick(rng, &[6, 20, 45]),
        edit_seconds: pick(rng, &[5, 15, 40]),
        requests_a_second: rng.u32(1..8),
        notice: chance(rng, 0.7),
        files: chance(rng, 0.5),
        nonce_seconds: rng.u64(180..600),
    }
}

fn channel(rng: &mut Rng) -> Channel {
    Channel { installed: chance(rng, 0.7), readable: chance(rng, 0.7) }
}

fn person(rng: &mut Rng) -> Person {
    Person { takes_messages: chance(rng, 0.8), has_role: chance(rng, 0.3) }
}

fn requests(rng: &mut Rng, rates: &Rates, is_calm: bool) -> Vec<Request> {
    let count = rng.usize(3..=REQUESTS);
    let hurry = pick(rng, if is_calm { &[20_000, 60_000] } else { &[60_000, 300_000, 900_000] });
    let mut at = 0;
    let mut request = |_| {
        // Some ask for several songs in one breath.
        at += if chance(rng, 0.3) { rng.u64(1..500) } else { rng.u64(1000..hurry) };
        let rejects = [Rejects::Embeds, Rejects::Buttons, Rejects::Outcomes, Rejects::Everything];
        let takes = if chance(rng, rates.slow) { 600_000..1_300_000 } else { 20_000..240_000 };
        Request {
            at,
            person: rng.usize(..PEOPLE),
            channel: rng.usize(..CHANNELS),
            travel: rng.u64(10..800),
            again_after: chance(rng, 0.1).then(|| rng.u64(10..90_000)),
            ephemeral: chance(rng, 0.3),
            rejects: if chance(rng, rates.rejection) {
                pick(rng, &rejects)
            } else {
                Rejects::Nothing
            },
            submission: submission(rng, is_calm),
            song: song_end(rng),
            takes: rng.u64(takes),
        }
    };
    (0..count).map(&mut request).collect()
}

fn submission(rng: &mut Rng, is_calm: bool) -> Submission {
    match rng.u32(0..30) {
        _ if is_calm => Submission::Accepts,
        0 => Submission::Rejects,
        1 => Submission::Refuses,
        2 => Submission::Forbids,
        _ => Submission::Accepts,
    }
}

fn song_end(rng: &mut Rng) -> SongEnd {
    match rng.u32(0..24) {
        0 | 1 => SongEnd::Failed,
        2 => SongEnd::Lost,
        3 => SongEnd::Never,
        4 => SongEnd::Unreadable,
        5 => SongEnd::Songless,
        _ => SongEnd::Completed,
    }
}

fn actions(rng: &mut Rng, rates: &Rates, requests: &[Request], is_calm: bool) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut add = |at, what| actions.push(Action { at, what });
    for (index, request) in requests.iter().enumerate() {
        let after = |rng: &mut Rng, most| request.at + request.travel + rng.u64(500..most);
        if chance(rng, rates.deletion) {
            add(after(rng, 400_000), Act::Deletes(index));
        }
        // Many are cancelled while they wait or while the prompt is on its way.
        let most = pick(rng, &[4_000, 60_000, 400_000]);
        if chance(rng, rates.cancellation) {
            add(after(rng, most), Act::Cancels(index));
        }
        if chance(rng, rates.cancellation / 2.0) {
            add(after(rng, most), Act::Ends(index));
        }
    }
    if is_calm {
        return actions;
    }
    let end = requests.last().map_or(0, |last| last.at) + 600_000;
    for _ in 0..rng.usize(0..6) {
        let (at, person, channel) = (rng.u64(0..end), rng.usize(..PEOPLE), rng.usize(..CHANNELS));
        let lasts = rng.u64(10_000..600_000);
        match rng.u32(0..6) {
            0 => add(at, Act::Looks(person)),
            1 => {
                add(at, Act::Blocks(person));
                add(at + lasts, Act::Unblocks(person));
            }
            2 => {
                add(at, Act::Pauses);
                add(at + lasts, Act::Resumes);
            }
            3 => {
                let (writes, reads) = (chance(rng, 0.4), chance(rng, 0.5));
                add(at, Act::Access { channel, writes, reads });
                add(at + lasts, Act::Access { channel, writes: true, reads });
            }
            4 => add(at, Act::Messages { person, takes: chance(rng, 0.5) }),
            _ => add(at, Act::Notices { person, wants: chance(rng, 0.5) }),
        }
    }
    actions
}

fn ends(rng: &mut Rng) -> Vec<ProcessEnd> {
    let count = pick(rng, &[0, 0, 1, 1, 2, 3, 5]);
    let end = |rng: &mut Rng| {
        let most = pick(rng, &[40, 150, 500]);
        let call = rng.u64(0..most);
        let when = match rng.u32(0..3) {
            0 => When::At(rng.u64(0..2_400_000)),
            1 => When::BeforeCall(call),
            _ => When::AfterCall(call),
        };
        let hours = i64::from(rng.u32(0..48)) - 24;
        ProcessEnd {
            when,
            graceful: chance(rng, 0.25),
            // No request travels for as long as a start takes.
            away: if chance(rng, 0.2) { rng.u64(60_000..2_400_000) } else { rng.u64(3000..20_000) },
            clock_ahead: if chance(rng, 0.2) {
                hours * 3_600_000 + rng.i64(0..3_600_000)
            } else {
                0
            },
        }
    };
    (0..count).map(|_| end(rng)).collect()
}
