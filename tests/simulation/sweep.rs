//! Small worlds in which the same thing goes wrong at one place after another. They find at once what
//! random worlds find too rarely.

use super::{
    plan::{
        Act, Action, Channel, Fault, FaultKind, Person, Plan, Rejects, Request, Service, Settings,
        SongEnd, Submission,
    },
    search::world_of,
    storage::Database,
    tell,
};

/// A world of two people, in which nothing goes wrong by itself. They ask for a song at these times.
fn calm(times: &[u64]) -> Plan {
    let request = |(person, at): (usize, &u64)| Request {
        at: *at,
        person,
        channel: 0,
        travel: 50,
        again_after: None,
        ephemeral: false,
        rejects: Rejects::Nothing,
        submission: Submission::Accepts,
        song: SongEnd::Completed,
        takes: 60_000,
    };
    Plan {
        seed: 1,
        settings: Settings {
            user: None,
            role: 9,
            guild: None,
            global: None,
            window_seconds: 600,
            at_once: 3,
            max_running: 3,
            timeout_seconds: 600,
            poll_seconds: 6,
            edit_seconds: 5,
            requests_a_second: 8,
            notice: false,
            files: false,
            nonce_seconds: 300,
        },
        channels: vec![Channel { installed: true, readable: true }],
        people: vec![Person { takes_messages: true, has_role: false }; 2],
        requests: times.iter().enumerate().map(request).collect(),
        actions: Vec::new(),
        outages: Vec::new(),
        faults: Vec::new(),
        lost_posts: Vec::new(),
        ends: Vec::new(),
    }
}

/// Plays all plans; the first that breaks a promise tells its story.
fn play(plans: impl IntoIterator<Item = Plan>) {
    let (database, mut worlds) = (Database::new(), 0);
    for plan in plans {
        worlds += 1;
        if world_of(plan.clone(), &database.storage, false).broken.is_some() {
            tell(&plan);
        }
    }
    assert!(worlds > 100, "{worlds}");
}

/// A write may be slow to return although the row says already that the prompt is on its way. A
/// person who cancels then is promised that the prompt stays, unless Whisul has it.
#[test]
fn a_prompt_can_be_cancelled_while_any_write_of_its_job_is_slow() {
    let slow = |call| Fault { service: Service::Store, call, kind: FaultKind::Slow(8000) };
    let plan = |call, looks: u64, at| Plan {
        faults: vec![slow(call)],
        // Every second call is slow before it is carried out. One call more, and the others are.
        actions: (0..looks)
            .map(|_| Action { at: 20, what: Act::Looks(1) })
            .chain([Action { at, what: Act::Cancels(0) }])
            .collect(),
        ..calm(&[0])
    };
    let calls = (1..20).flat_map(|call| [0, 1].map(|looks| (call, looks)));
    let times = [500, 1000, 2000, 4000, 7000, 9000];
    play(calls.flat_map(|(call, looks)| times.map(|at| plan(call, looks, at))));
}

/// Edits of the first song's message hang while its prompt fails. The second prompt stays until a probe
/// has found Whisul well: those edits must not keep the failure from the circuit breaker.
#[test]
fn a_prompt_is_held_back_although_an_edit_hangs_while_another_prompt_fails() {
    let lost = FaultKind::LostResponse { times_out: true };
    let hangs = |call| Fault { service: Service::Discord, call, kind: FaultKind::Slow(12_000) };
    let plan = |edit, seconds, second| {
        let calm = calm(&[0, second]);
        Plan {
            settings: Settings { edit_seconds: seconds, ..calm.settings },
            // The first call of Whisul is a probe.
            faults: vec![
                Fault { service: Service::Whisul, call: 2, kind: lost },
                hangs(edit),
                hangs(edit + 1),
            ],
            ..calm
        }
    };
    let edits = (1..5).flat_map(|edit| (5..10).map(move |seconds| (edit, seconds)));
    // The first prompt is given up after 30 seconds.
    let around = || (29_000..32_000).step_by(250);
    play(edits.flat_map(|(edit, seconds)| around().map(move |at| plan(edit, seconds, at))));
}
