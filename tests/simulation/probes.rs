//! What the present run of the bot knows of Whisul by its probes. A prompt that meets an error is a
//! song lost: none leaves before a probe has found Whisul well, nor after a failure that only
//! another probe can explain.

use serde_json::Value;
use whisul_bot::{domain::WhisulJobId, http_client::TransportError};

use super::{
    network::{Call, Reply},
    world::State,
};

/// For how long the database may fail, in milliseconds.
const WRITTEN_WITHIN: u64 = 120_000;

type Answer = Result<Reply, TransportError>;

/// See the module.
#[derive(Default)]
pub(crate) struct Probes {
    /// Why Whisul may be unwell.
    doubt: Option<Doubt>,
    /// When the latest probe was sent.
    sent_at: u64,
    /// Since when all probes have failed.
    failing_since: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    since: u64,
    cause: Cause,
    /// A probe settles it that was sent then or later.
    settled_from: u64,
}

#[derive(Clone, Copy, Debug)]
enum Cause {
    NoProbeYet,
    ProbeFailed,
    PromptNotSent,
    PromptFailed,
}

impl Probes {
    fn doubt(&mut self, since: u64, cause: Cause) {
        let before = self.doubt.map_or(0, |doubt| doubt.settled_from);
        // Where nothing was sent, a probe that is on its way already can tell as well.
        let from = if matches!(cause, Cause::PromptFailed) { since } else { 0 };
        self.doubt = Some(Doubt { since, cause, settled_from: from.max(before) });
    }
}

impl Call {
    fn is_probe(&self) -> bool {
        self.path.ends_with(WhisulJobId::nobodys().as_str())
    }
}

impl State {
    /// A process starts, and knows nothing.
    pub(crate) fn nothing_is_probed(&mut self) {
        let now = self.now();
        self.probes = Probes::default();
        self.probes.doubt(now, Cause::NoProbeYet);
    }

    /// A request to Whisul leaves.
    pub(crate) fn check_probed(&mut self, call: &Call) {
        let now = self.now();
        if call.is_probe() {
            self.probes.sent_at = now;
        }
        if call.is_prompt() {
            // What happens at the same moment may happen in either order.
            let doubt = self.probes.doubt.filter(|doubt| doubt.since < now);
            self.promise(doubt.is_none(), "no prompt leaves while Whisul may be unwell", || {
                doubt.map_or(String::new(), |doubt| format!("{:?} at {}", doubt.cause, doubt.since))
            });
        }
    }

    /// A song was given up. To write that down may take a while.
    pub(crate) fn check_given_up(&mut self, index: usize) {
        let now = self.now();
        let is_away = self.probes.failing_since.is_some_and(|since| since + WRITTEN_WITHIN < now);
        self.promise(!is_away, "no song is given up while Whisul is away", || {
            format!("request {index} is")
        });
    }

    /// The bot has its response from Whisul.
    pub(crate) fn probe_answered(&mut self, call: &Call, answer: &Answer) {
        let (now, probes) = (self.now(), &mut self.probes);
        let is_unsent = matches!(answer, Err(TransportError::NotConnected));
        if call.is_probe() && knows_of_no_job(answer) {
            let sent_at = probes.sent_at;
            probes.failing_since = None;
            probes.doubt = probes.doubt.filter(|doubt| doubt.settled_from > sent_at);
        } else if call.is_probe() {
            probes.doubt(now, Cause::ProbeFailed);
            probes.failing_since.get_or_insert(now);
        } else if call.is_prompt() && is_unsent {
            probes.doubt(now, Cause::PromptNotSent);
        } else if call.is_prompt() && !is_plain(answer) {
            probes.doubt(now, Cause::PromptFailed);
        }
    }
}

/// Whether Whisul itself says that there is no such job: the only sign that it is well.
fn knows_of_no_job(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(|reply| reply.status == 404 && is_whisuls_error(reply))
}

/// Whether the response to a prompt tells what became of it, and that Whisul and the key are well.
fn is_plain(answer: &Answer) -> bool {
    let Ok(reply) = answer else { return false };
    match reply.status {
        202 => true,
        400 | 402 | 413 | 422 | 429 => is_whisuls_error(reply),
        503 => reply.retry_after.is_some() && is_whisuls_error(reply),
        _ => false,
    }
}

fn is_whisuls_error(reply: &Reply) -> bool {
    serde_json::from_slice::<Value>(&reply.body).is_ok_and(|body| body["error"].is_string())
}
