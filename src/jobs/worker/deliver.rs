//! Delivers a job's outcome to Discord.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tracing::{error, info};

use super::{Worker, step_error::StepError};
use crate::{
    discord_api::{DiscordError, Message, Posted},
    domain::{DeliveryRoute, Event, NextStep, RouteOutcome, State},
};

/// For how long Discord surely remembers a nonce: "a few minutes" (Discord docs, Create Message).
const NONCE_MEMORY: Duration = Duration::from_mins(2);

impl Worker {
    /// Brings the outcome to Discord. A delivery that fails for now is tried again; the song is
    /// never made again for it, and never refunded.
    pub(super) async fn deliver(&mut self) -> Result<(), StepError> {
        let message = self.jobs.render_outcome(&self.job, false);
        let recent = !self.nonce_lives_for().is_zero();
        let mut route = self.job.first_route(self.jobs.clock.now(), recent);
        let detour = self.job.detour(route, self.token_trouble);
        route = detour.unwrap_or(route);
        loop {
            if let DeliveryRoute::New(post) = route {
                self.persist(Event::PostBegins(post)).await?;
                self.post_began = Some(Instant::now());
            }
            let (attempt, result) = self.attempt(route, &message).await;
            self.token_trouble.note(route, attempt, self.began.elapsed());
            let next = match detour {
                Some(_) => self.job.after_detour(attempt),
                None => self.job.next_route(route, attempt),
            };
            match (next, result) {
                (NextStep::Delivered(shown), _) => {
                    let now = self.jobs.clock.now();
                    let follow_ups =
                        self.job.follow_ups_after(shown, self.jobs.config.follow_ups, now);
                    return self.persist(Event::Delivered { shown, follow_ups }).await;
                }
                (NextStep::End(event), result) => {
                    match result {
                        Err(error) if attempt == RouteOutcome::NoSuchMessage => {
                            info!(%error, ?route, "a person deleted the message, nothing is delivered");
                        }
                        Err(error) => self.report_undeliverable(&error.to_string()),
                        Ok(_) => {}
                    }
                    return self.persist(event).await;
                }
                (NextStep::Try(next), result) => {
                    info!(error = ?result.err(), ?route, ?next, "delivery route closed, trying the next");
                    route = next;
                }
                (NextStep::Later(event), result) => {
                    if let Some(event) = event {
                        self.persist(event).await?;
                    }
                    return result.map(|_| ()).map_err(StepError::from);
                }
            }
        }
    }

    /// Logs an outcome that no route could deliver.
    pub(super) fn report_undeliverable(&self, cause: &str) {
        let (job, place) = (self.job.id, &self.job.place);
        let what_to_do = match self.job.state {
            State::Completed { .. } => {
                "its requester finds the song with /songs or /my-data export"
            }
            _ => "its requester can ask for the song again",
        };
        error!(
            %job, cause, channel = %place.channel, what_to_do,
            "an outcome could not be delivered by any route"
        );
    }

    /// An attempt by a route, and what it means. A route that Discord keeps rejecting is given up after
    /// minutes, once it has rejected the plainest message as well.
    async fn attempt(
        &mut self,
        route: DeliveryRoute,
        message: &Message,
    ) -> (RouteOutcome, Result<Posted, DiscordError>) {
        let result = self.send(route, message, false).await;
        let attempt = RouteOutcome::from(&result);
        let elapsed = self.began.elapsed();
        if attempt != RouteOutcome::Rejected || !self.rejected.exhausts(route, elapsed) {
            return (attempt, result);
        }
        if result.as_ref().is_err_and(DiscordError::concerns_content) {
            return (RouteOutcome::Unusable, result);
        }
        let result = self.send(route, message, true).await;
        match RouteOutcome::from(&result) {
            RouteOutcome::Rejected => (RouteOutcome::Unusable, result),
            attempt => (attempt, result),
        }
    }

    async fn send(
        &self,
        route: DeliveryRoute,
        message: &Message,
        suspect_content: bool,
    ) -> Result<Posted, DiscordError> {
        let attempt = self.jobs.deliverer.attempt(&self.job, route, message, suspect_content);
        if !matches!(route, DeliveryRoute::Again(_)) {
            return attempt.await;
        }
        // Rate limits may keep it back until it would make a second message.
        timeout(self.nonce_lives_for(), attempt).await.unwrap_or_else(|_elapsed| {
            Err(DiscordError::UnknownOutcome {
                cause: "no response while its nonce lives".to_owned(),
            })
        })
    }

    /// For how long Discord surely still knows the nonce of the new message.
    fn nonce_lives_for(&self) -> Duration {
        let since = self.post_began.map(|began| began.elapsed());
        since.map_or(Duration::ZERO, |since| NONCE_MEMORY.saturating_sub(since))
    }
}
