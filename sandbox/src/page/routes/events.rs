//! Notifies the browser of changes; the browser then requests what changed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use tokio::{sync::watch, time::sleep};

use crate::page::state::PageState;

/// The least time between two events.
const PAUSE: Duration = Duration::from_millis(60);
/// How soon a browser tries again whose connection broke.
const RETRY: Duration = Duration::from_secs(1);

/// `GET /events`: one event at once, and one after every change.
pub(super) async fn events(
    State(page): State<Arc<PageState>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let counters = [
        page.environment.discord.requests().changed(),
        page.environment.whisul.changed(),
        page.environment.bot.changes().watch(),
        page.changes.watch(),
    ];
    let events = stream::unfold((counters, true), async |(mut counters, first)| {
        if !first {
            changed(&mut counters).await;
            sleep(PAUSE).await;
            counters.iter_mut().for_each(watch::Receiver::mark_unchanged);
        }
        let event = Event::default().retry(RETRY).data("changed");
        Some((Ok(event), (counters, false)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// Waits until one of the counters changes.
async fn changed(counters: &mut [watch::Receiver<u64>; 4]) {
    let [discord, whisul, bot, page] = counters;
    // A counter outlives this page, so its end needs no handling.
    let _gone = tokio::select! {
        changed = discord.changed() => changed,
        changed = whisul.changed() => changed,
        changed = bot.changed() => changed,
        changed = page.changed() => changed,
    };
}
