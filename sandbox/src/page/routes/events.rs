//! Tells the browser that something has changed; what it is, the browser asks for.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use tokio::{sync::watch, time::sleep};

use crate::page::state::PageState;

/// The least time between two events: more often nobody looks.
const PAUSE: Duration = Duration::from_millis(60);
/// How soon a browser tries again whose connection broke.
const RETRY: Duration = Duration::from_secs(1);

/// `GET /events`: one event at once, and one after every change.
pub(super) async fn events(
    State(page): State<Arc<PageState>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let bells = [
        page.environment.discord.requests().changed(),
        page.environment.whisul.changed(),
        page.environment.bot.changes().watch(),
        page.changes.watch(),
    ];
    let events = stream::unfold((bells, true), async |(mut bells, first)| {
        if !first {
            rung(&mut bells).await;
            sleep(PAUSE).await;
            bells.iter_mut().for_each(watch::Receiver::mark_unchanged);
        }
        let event = Event::default().retry(RETRY).data("changed");
        Some((Ok(event), (bells, false)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// Waits until one of the bells rings.
async fn rung(bells: &mut [watch::Receiver<u64>; 4]) {
    let [discord, whisul, bot, page] = bells;
    // A sandbox that is gone takes this page with it.
    let _gone = tokio::select! {
        rung = discord.changed() => rung,
        rung = whisul.changed() => rung,
        rung = bot.changed() => rung,
        rung = page.changed() => rung,
    };
}
