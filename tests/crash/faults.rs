//! What goes wrong between two deaths.

use std::time::Duration;

use fastrand::Rng;
use sandbox::{Fault, Faults};

use crate::town::Town;

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

/// Everything old is well again, and up to three new things go wrong, once or twice each.
pub(crate) fn change(town: &Town, rng: &mut Rng) {
    clear(town);
    for _ in 0..rng.usize(0..=3) {
        let (faults, kinds) = if rng.bool() {
            (town.whisul.faults(), OF_WHISUL.as_slice())
        } else {
            (town.discord.faults(), OF_DISCORD.as_slice())
        };
        let Some(kind) = rng.choice(kinds) else { continue };
        // Where nonces are forgotten at once, only the bot's death may leave a post in doubt.
        if *kind == POST && town.forgets {
            continue;
        }
        let fault = Fault::on(kind.0, kind.1).times(rng.usize(1..=2)).after(rng.usize(0..=2));
        faults.add(trouble(fault, *kind, rng));
    }
}

/// Nothing goes wrong any longer.
pub(crate) fn clear(town: &Town) {
    town.discord.faults().clear();
    town.whisul.faults().clear();
}

/// Discord's next interaction can't be answered any more.
pub(crate) fn refuse_an_answer(faults: &Faults) {
    let unknown = r#"{"code": 10062, "message": "Unknown interaction"}"#;
    faults.add(Fault::on(ANSWER.0, ANSWER.1).status(404).body(unknown).times(1));
}

/// Whisul takes no prompt for now, so that songs wait.
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
        // An edit that comes late may take the place of a later one: nobody can help that.
        7 if [ANSWER, GENERATE, POST].contains(&of) => fault.late(5 * wait),
        8 => fault.html(*rng.choice(&FOREIGN).unwrap_or(&403)),
        9 => fault.json(403, r#"{"message": "internal network error", "code": 40333}"#),
        10 => fault.status(200).header("content-type", "text/html").body("<html>Sign in</html>"),
        _ => fault.delay(wait),
    }
}

/// What a proxy, a firewall or a CDN in front of a service answers in its place.
const FOREIGN: [u16; 8] = [302, 400, 403, 404, 405, 407, 410, 503];
