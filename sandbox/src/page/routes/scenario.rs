//! The lease of a browser that plays a scenario by itself: one at a time, and when it is over,
//! however it ended, everything is as it was before.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use tokio::time::timeout;

use crate::{
    lock,
    page::state::{
        PageState,
        scenario::{Cleanup, Scenario},
    },
};

/// How often the server checks whether the browser is still there.
const LOOK: Duration = Duration::from_secs(1);
/// How long a bot that was started may take to be connected.
const CONNECTED_WITHIN: Duration = Duration::from_secs(15);

/// Ends a scenario when it goes, which it does with the browser's connection.
struct Lease(Arc<PageState>);

impl Drop for Lease {
    fn drop(&mut self) {
        let page = Arc::clone(&self.0);
        tokio::spawn(async move { page.end_scenario().await });
    }
}

/// `POST /scenario`: begins one. It lasts until the browser closes this connection.
pub(super) async fn begin(
    State(page): State<Arc<PageState>>,
    Json(()): Json<()>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let before = lock(&page.faults).chosen();
    let bot_ran = page.environment.bot.runs();
    let mut playing = lock(&page.scenario);
    if playing.is_some() {
        return Err(StatusCode::CONFLICT);
    }
    *playing = Some(Scenario { before, bot_ran, cleanup: Cleanup::default() });
    drop(playing);
    page.changes.bump();
    let started = stream::once(async { Ok(Event::default().data("begun")) });
    let lease = Lease(Arc::clone(&page));
    let silence = stream::once(async move {
        let _lease = lease;
        std::future::pending().await
    });
    let events = stream::StreamExt::chain(started, silence);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(LOOK)))
}

/// `POST /scenario/cleanup`: replaces what to clean up at the end.
pub(super) async fn clean_up(
    State(page): State<Arc<PageState>>,
    Json(cleanup): Json<Cleanup>,
) -> StatusCode {
    match lock(&page.scenario).as_mut() {
        Some(scenario) => {
            scenario.cleanup = cleanup;
            StatusCode::NO_CONTENT
        }
        None => StatusCode::CONFLICT,
    }
}

impl PageState {
    /// Restores faults and bot. No other scenario begins before that is done.
    async fn end_scenario(&self) {
        let ending = lock(&self.scenario).as_mut().map(|scenario| {
            (scenario.before, scenario.bot_ran, std::mem::take(&mut scenario.cleanup))
        });
        if let Some((before, bot_ran, cleanup)) = ending {
            // If a port is taken or the bot's program is missing, the rest is still restored.
            drop(self.restore(before).await);
            drop(self.revive(bot_ran || !cleanup.actions.is_empty()).await);
            for prompt in &cleanup.prompts {
                self.environment.whisul.finish(prompt);
            }
            for action in cleanup.actions {
                drop(self.perform(action).await);
            }
            if !bot_ran && self.environment.bot.kill() {
                self.environment.bot.ended().await;
            }
        }
        *lock(&self.scenario) = None;
        self.changes.bump();
    }

    /// Starts the bot if it shall run and doesn't, and waits until a bot is connected.
    async fn revive(&self, shall_run: bool) -> io::Result<()> {
        let (discord, bot) = (&self.environment.discord, &self.environment.bot);
        if !shall_run {
            return Ok(());
        }
        bot.start_again().await?;
        let mut changed = discord.requests().changed();
        let connected = changed.wait_for(|_| discord.sessions().connected > 0);
        drop(timeout(CONNECTED_WITHIN, connected).await);
        Ok(())
    }
}
