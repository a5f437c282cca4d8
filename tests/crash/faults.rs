//! The random faults between two kills.

use std::time::Duration;

use fastrand::Rng;
use sandbox::{Fault, Faults};

use crate::fixture::Fixture;

/// A kind of request: its method and path.
pub(crate) type Request = (&'static str, &'static str);

pub(crate) const GENERATE: Request = ("POST", "/api/generate");
pub(crate) const ANSWER: Request = ("POST", "/api/v10/interactions/*/*/callback");
/// A channel's messages.
pub(crate) const LIST: Request = ("GET", "/api/v10/channels/*/messages");
const POST: Request = ("POST", "/api/v10/channels/*/messages");

/// The requests that may go wrong, with those of the bot's start left out.
pub(crate) const OF_WHISUL: [Request; 2] = [GENERATE, ("GET", "/api/jobs/*")];
pub(crate) const OF_DISCORD: [Request; 6] = [
    ANSWER,
    POST,
    LIST,
    ("GET", "/api/v10/webhooks/*/*/messages/*"),
    ("PATCH", "/api/v10/webhooks/*/*/messages/*"),
    ("PATCH", "/api/v10/channels/*/messages/*"),
];

/// Clears all faults and injects up to three new ones, each for one or two requests.
pub(crate) fn change(fixture: &Fixture, rng: &mut Rng) {
    clear(fixture);
    for _ in 0..rng.usize(0..=3) {
        let (faults, kinds) = if rng.bool() {
            (fixture.whisul.faults(), OF_WHISUL.as_slice())
        } else {
            (fixture.discord.faults(), OF_DISCORD.as_slice())
        };
        let Some(kind) = rng.choice(kinds) else { continue };
        // Where nonces are forgotten at once, only a kill of the bot may leave a post in doubt.
        if *kind == POST && fixture.forgets_nonces {
            continue;
        }
        let fault = Fault::on(kind.0, kind.1).times(rng.usize(1..=2)).after(rng.usize(0..=2));
        faults.add(trouble(fault, *kind, rng));
    }
}

/// Clears all faults.
pub(crate) fn clear(fixture: &Fixture) {
    fixture.discord.faults().clear();
    fixture.whisul.faults().clear();
}

/// Discord rejects the next first response (10062).
pub(crate) fn refuse_an_answer(faults: &Faults) {
    let unknown = r#"{"code": 10062, "message": "Unknown interaction"}"#;
    faults.add(Fault::on(ANSWER.0, ANSWER.1).status(404).body(unknown).times(1));
}

/// Whisul rejects the next prompt (429), so that the song waits.
pub(crate) fn refuse_a_prompt(faults: &Faults) {
    let busy = r#"{"error": "Too many requests"}"#;
    let fault = Fault::on(GENERATE.0, GENERATE.1).json(429, busy).times(1);
    faults.add(fault.header("Retry-After", "1"));
}

fn trouble(fault: Fault, of: Request, rng: &mut Rng) -> Fault {
    let wait = Duration::from_millis(rng.u64(5..400));
    match rng.u32(0..12) {
        0 => fault.cut_before(),
        1 => fault.cut_after(),
        2 => fault.status(500),
        3 => fault.status(503).header("Retry-After", "0"),
        4 => fault.json(
            429,
            r#"{"error": "Slow", "retry_after": 0.05, "global": false, "message": "Slow"}"#,
        ),
        5 => fault.garbage(),
        6 => fault.garbage_after(),
        // A late edit could overwrite a later one, which no bot can prevent.
        7 if [ANSWER, GENERATE, POST].contains(&of) => fault.late(5 * wait),
        8 => fault.html(*rng.choice(&FOREIGN).unwrap_or(&403)),
        9 => fault.json(403, r#"{"message": "internal network error", "code": 40333}"#),
        10 => fault.status(200).header("content-type", "text/html").body("<html>Sign in</html>"),
        _ => fault.delay(wait),
    }
}

/// What a proxy, a firewall or a CDN in front of a service answers in its place.
const FOREIGN: [u16; 8] = [302, 400, 403, 404, 405, 407, 410, 503];
