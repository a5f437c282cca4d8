//! The first response to a request for a song, which becomes the song's message.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, oneshot};
use tracing::warn;

use super::request::RequestError;
use crate::{
    discord_api::{DiscordError, Message, ResponseTime},
    domain::{Event, FirstResponse, InteractionId, Job, State},
    failpoint::{Moment, reach},
    jobs::{Jobs, queue::Reservation, rendering::times::ToldTimes, worker::Worker},
};

/// A first response is due within 3 seconds (Discord docs, Receiving and Responding); after this long
/// none will arrive any more.
pub(in crate::jobs) const RESPONSE_WINDOW: Duration = Duration::from_secs(4);
/// For how long a token surely lives: 15 minutes (Discord docs, Receiving and Responding), less what
/// passed on the way.
pub(in crate::jobs) const TOKEN_SURELY_ALIVE: Duration = Duration::from_mins(14);

impl Jobs {
    /// Gives a job its first response, and tells how that went. Returns what takes care of it from
    /// then on.
    pub(super) async fn respond(
        self: Arc<Self>,
        mut reservation: Reservation,
        row_changed: Arc<Notify>,
        tell: oneshot::Sender<Result<(), RequestError>>,
    ) -> Box<Worker> {
        let job = reservation.job().clone();
        let mut told = ToldTimes::default();
        let message = self.render_first(&job, reservation.reserve(), &mut told);
        reach("answer", Moment::Before);
        let (response, error) = self.send_first_response(&job, &message).await;
        reach("answer", Moment::After);
        let job = match job.event_for_response(response, true) {
            Some(event) => self.record_first_response(job, event).await,
            None => job,
        };
        let is_abandoned = job.state == State::Abandoned;
        reservation.keep_round(!is_abandoned);
        let worker = self.worker(job, Some((&message, told)), &row_changed);
        // The worker has joined the queue. If it has to find out first whether the response exists,
        // that may take hours.
        drop(reservation);
        let is_not_shown = is_abandoned && error.is_some_and(|error| error.is_rejection());
        _ = tell.send(if is_not_shown { Err(RequestError::NotShown) } else { Ok(()) });
        worker
    }

    /// How long an interaction can be answered.
    pub fn time_to_respond(&self, interaction: InteractionId) -> ResponseTime {
        ResponseTime::after(self.clock.now().since(interaction.created_at()))
    }

    /// Gives the first response, within the time that there is for it. Where its fate is unknown,
    /// the job's task finds that out.
    async fn send_first_response(
        self: &Arc<Self>,
        job: &Job,
        message: &Message,
    ) -> (FirstResponse, Option<DiscordError>) {
        let Some(token) = &job.place.token else { return (FirstResponse::NotPosted, None) };
        let response = || {
            self.discord.create_response_message(
                job.id.interaction(),
                token,
                job.place.channel,
                message,
            )
        };
        let mut may_be_posted = false;
        let failed = |error: &DiscordError| {
            warn!(%error, "first response failed");
            may_be_posted |= error.may_be_carried_out();
            if *error == DiscordError::AcknowledgedElsewhere {
                self.acknowledged_elsewhere(job.id.interaction());
            }
        };
        let result = self.time_to_respond(job.id.interaction()).retry(response, failed).await;
        let response = FirstResponse::from(&result);
        let Err(error) = result else {
            self.clock.observe_response(job.id.interaction());
            return (response, None);
        };
        let response = match response {
            response if may_be_posted => response.after_unknown(),
            _ if error.is_rejection() => FirstResponse::NotPosted,
            response => response,
        };
        (response, Some(error))
    }

    /// Writes down what came of the first response. If that fails, the job stays accepted, and its
    /// task looks the response up.
    async fn record_first_response(&self, job: Job, event: Event) -> Job {
        let Some(next) = job.after(event) else { return job };
        match self.write(&job, &next).await {
            Ok(true) => next,
            Ok(false) => job,
            Err(error) => {
                warn!(%error, "recording the first response failed");
                job
            }
        }
    }
}
