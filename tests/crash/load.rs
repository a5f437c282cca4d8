//! The load: people ask for songs, and some cancel them or delete their messages.

use std::time::Duration;

use fastrand::Rng;
use sandbox::{ChannelClient, Invocation};
use serde_json::json;
use tokio::time::sleep;

use crate::{faults, fixture::Fixture};

/// One use of the command.
pub(crate) struct Asked {
    /// Unique.
    pub(crate) prompt: String,
    pub(crate) kind: Kind,
    /// Whether the requester is where only they have installed the bot.
    pub(crate) by_visitor: bool,
    pub(crate) invocation: Invocation,
}

/// The planned fate of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is made.
    Made,
    /// It is made, but slowly.
    Slow,
    /// Whisul reports failure.
    Fails,
    /// Whisul forgets it.
    Vanishes,
    /// Its requester deletes the message while it runs.
    Deleted,
    /// Its requester clicks *Cancel*, perhaps too late.
    Cancelled,
    /// Discord refuses its first response.
    Unanswered,
}

impl Kind {
    fn any(rng: &mut Rng) -> Self {
        match rng.u32(0..20) {
            0..2 => Self::Fails,
            2 => Self::Vanishes,
            3..6 => Self::Deleted,
            6 => Self::Unanswered,
            7 => Self::Slow,
            8..10 => Self::Cancelled,
            _ => Self::Made,
        }
    }

    /// A kind of song that leads to this write; any kind if the write is another.
    fn for_write(write: &str, rng: &mut Rng) -> Self {
        match write {
            "failed" => Self::Fails,
            "posting" => Self::Slow,
            "abandoned" => Self::Unanswered,
            "cancelled" if rng.bool() => Self::Cancelled,
            "cancelled" | "undeliverable" => Self::Deleted,
            _ => Self::any(rng),
        }
    }
}

/// A random person asks for a song that leads to the `wanted` write. `None` where Discord doesn't have
/// the command.
pub(crate) async fn ask(
    fixture: &Fixture,
    number: usize,
    wanted: Option<&str>,
    rng: &mut Rng,
) -> Option<Asked> {
    let kind = Kind::for_write(wanted.unwrap_or_default(), rng);
    let fate = match kind {
        Kind::Fails => "that fails",
        Kind::Vanishes => "that vanishes",
        Kind::Slow => "that takes its time",
        _ => "that is made",
    };
    if kind == Kind::Unanswered {
        faults::refuse_an_answer(fixture.discord.faults());
    }
    if wanted == Some("cancelled") {
        faults::refuse_a_prompt(fixture.whisul.faults());
    }
    let prompt = format!("song {number:06} {fate}");
    let client = rng.choice(&fixture.clients)?.clone();
    let invocation = client.command("song", &[("prompt", json!(prompt))]).await.ok()?;
    let by_visitor = client.person_id() == fixture.visitor().person_id();
    let wait = Duration::from_millis(rng.u64(0..200));
    match kind {
        Kind::Deleted => drop(tokio::spawn(delete(client, invocation.clone(), wait))),
        Kind::Cancelled => drop(tokio::spawn(cancel(client, invocation.clone(), wait))),
        _ => {}
    }
    Some(Asked { prompt, kind, by_visitor, invocation })
}

/// Deletes the response some time after it appears.
async fn delete(client: ChannelClient, invocation: Invocation, wait: Duration) {
    if let Ok(answer) = invocation.answer().await {
        sleep(wait).await;
        client.delete(answer.id);
    }
}

/// Cancels the song some time after the response appears, if its button is still there.
async fn cancel(client: ChannelClient, invocation: Invocation, wait: Duration) {
    let Ok(answer) = invocation.answer().await else { return };
    sleep(wait).await;
    if let Some(button) = answer.button("Cancel").and_then(|button| button.custom_id) {
        _ = client.click(answer.id, &button).await;
    }
}
