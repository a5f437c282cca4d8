//! One shard's connections, one after another.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{debug, error, info, warn};
use url::Url;

use super::{
    connection::{Connection, ConnectionParams, Session},
    connection_pace::{ConnectionPace, Opening},
    connections::Connections,
    disconnect::Disconnect,
    error::GatewayError,
    socket::Socket,
};
use crate::{
    discord_api::DiscordError,
    jobs::{Backoff, rounded},
};

/// How long to wait before a new session when Discord has ended one (Discord docs, Gateway >
/// Invalid Session): between one second and this.
const AFTER_INVALID: Duration = Duration::from_secs(5);
/// How long Discord may take to say how many sessions may be started.
const ASKING: Duration = Duration::from_secs(5);
/// While no session may be started, Discord is asked again after this at first.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// The longest wait before it is asked again: that costs no session, and its response may have been
/// wrong.
const LONGEST_ASK_AGAIN: Duration = Duration::from_mins(3);

/// Why a shard's connections came to an end for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShardExit {
    /// The bot stops.
    Stopped,
    /// Discord wants another number of shards.
    Reshard,
    /// Nothing but a change of settings or code helps.
    Refused(GatewayError),
}

/// One shard.
pub(super) struct Shard<'a> {
    connections: &'a Connections,
    number: u32,
    of: u32,
    session: Option<Session>,
    pace: ConnectionPace,
    /// Whether the session's own address has failed, so that the main one is tried.
    resume_url_failed: bool,
}

impl<'a> Shard<'a> {
    pub(super) fn new(connections: &'a Connections, number: u32, of: u32) -> Self {
        let (session, pace) = (None, ConnectionPace::default());
        Self { connections, number, of, session, pace, resume_url_failed: false }
    }

    /// Keeps it connected.
    pub(super) async fn run(mut self) -> ShardExit {
        let stop = self.connections.stop().clone();
        loop {
            let Some(opening) = stop.run_until_cancelled(self.wait()).await else {
                return ShardExit::Stopped;
            };
            let end = self.attempt(opening).await;
            match stop.run_until_cancelled(self.learn(&end)).await {
                Some(None) => {}
                Some(Some(over)) => return over,
                None => return ShardExit::Stopped,
            }
        }
    }

    /// Waits until the next attempt may begin.
    async fn wait(&mut self) -> Opening {
        if !self.pace.may_resume() {
            warn!(shard = self.number, "the session can't be resumed; starting a new one");
            self.session = None;
        }
        let opening = if self.session.is_some() { Opening::Resume } else { Opening::Identify };
        loop {
            if opening == Opening::Identify {
                self.check_limit().await;
            }
            let Some(at) = self.pace.next(opening, fastrand::f64()) else { break };
            let ask_again = Instant::now() + LONGEST_ASK_AGAIN;
            sleep_until(at.min(ask_again)).await;
            // What Discord said about its limit may have changed meanwhile.
            if opening == Opening::Resume || at <= ask_again {
                break;
            }
        }
        opening
    }

    /// Asks how many sessions may still be started today, and waits while there are none. If Discord
    /// does not say, one is started.
    async fn check_limit(&mut self) {
        let mut backoff = Backoff::new(ASK_AGAIN, LONGEST_ASK_AGAIN);
        // When there are sessions again, according to the most hopeful answer.
        let mut reset: Option<Instant> = None;
        loop {
            // Rate limits of other requests may hold this one for long; they don't hold the gateway.
            if let Ok(Ok(limit)) = timeout(ASKING, self.connections.ask()).await {
                self.pace.limit_identifies(limit.left, limit.total, limit.reset_after, self.of);
                if limit.left > 0 {
                    return;
                }
                let wait = limit.reset_after;
                if reset.is_none() {
                    error!(?wait, "Discord lets this bot start no more sessions today; waiting");
                }
                let told = Instant::now() + wait;
                reset = Some(reset.map_or(told, |reset| reset.min(told)));
            }
            let now = Instant::now();
            let Some(reset) = reset.filter(|reset| *reset > now) else { return };
            sleep_until(reset.min(now + backoff.next_whole())).await;
        }
    }

    async fn attempt(&mut self, opening: Opening) -> Disconnect {
        let stop = self.connections.stop();
        let turn = match opening {
            Opening::Identify => {
                let turn = stop.run_until_cancelled(self.connections.turn_to_identify()).await;
                let Some(turn) = turn else { return Disconnect::Stopped };
                Some(turn)
            }
            _ => None,
        };
        let began = Instant::now();
        self.pace.begin(began);
        let own_url = self.session.as_ref().and_then(|session| session.resume_url.as_ref());
        let own_url = own_url.filter(|url| !self.resume_url_failed && self.connections.trusts(url));
        let Some(url) = own_url.cloned().or_else(|| self.connections.main_url()) else {
            return Disconnect::NoAddress;
        };
        let (opened, lasted, end) = self.connect(&url, turn).await;
        // The two addresses take turns: either may be out of order while the other is well.
        self.resume_url_failed =
            opening == Opening::Resume && lasted.is_none() && !self.resume_url_failed;
        self.pace.end(opened, lasted, Instant::now());
        end
    }

    /// Connects, and listens until it ends: says what was sent, and for how long the session was
    /// connected.
    async fn connect(
        &mut self,
        url: &Url,
        turn: Option<super::connections::Turn<'_>>,
    ) -> (Opening, Option<Duration>, Disconnect) {
        let connections = self.connections;
        let stopped = || (Opening::None, None, Disconnect::Stopped);
        let http = connections.state().discord.http();
        let socket = Socket::open(&http, url);
        let socket = match connections.stop().run_until_cancelled(socket).await {
            Some(Ok(socket)) => socket,
            Some(Err(end)) => {
                let proxy = connections.state().proxies.of(url);
                return (Opening::None, None, end.through(proxy));
            }
            None => return stopped(),
        };
        let params = ConnectionParams {
            token: &connections.token,
            shard: [self.number, self.of],
            closing: &connections.closing,
            user: &|id| connections.take_user(id),
            acknowledged: &|interval| {
                connections.state().jobs.metrics().last_seen().heartbeat(self.number, interval);
            },
            interaction: &|raw: Value| connections.take(raw),
        };
        let mut connection = Connection::new(params, socket, &mut self.session);
        let end = match connections.stop().run_until_cancelled(connection.open()).await {
            Some(Ok(())) => {
                if let Some(turn) = turn {
                    turn.taken();
                }
                connection.listen().await
            }
            Some(Err(end)) => end,
            None => Disconnect::Stopped,
        };
        let lasted = connection.since.map(|since| since.elapsed());
        let opening = connection.opening;
        connection.close(&end).await;
        (opening, lasted, end)
    }

    /// Draws conclusions from the end of a connection.
    async fn learn(&mut self, end: &Disconnect) -> Option<ShardExit> {
        match end {
            Disconnect::Stopped => return Some(ShardExit::Stopped),
            Disconnect::Invalid { resumable: false } => {
                let wait = AFTER_INVALID.mul_f64(fastrand::f64().mul_add(0.8, 0.2));
                self.pace.hold_identify(Instant::now() + wait);
                self.session = None;
            }
            // A server that banned this address for a while may prolong it at each attempt.
            Disconnect::NotUpgraded { retry_after: Some(wait), .. } => {
                self.pace.hold(*wait, Instant::now());
            }
            Disconnect::Closed(4003 | 4006 | 4007 | 4009) => self.session = None,
            Disconnect::Closed(4004) => {
                self.session = None;
                if let Err(DiscordError::BadToken) =
                    self.connections.state().discord.application().await
                {
                    return Some(ShardExit::Refused(GatewayError::BadToken));
                }
                warn!("the gateway refused the token, which Discord's API accepts");
            }
            Disconnect::Closed(code @ (4010 | 4011)) => {
                error!(code, shards = self.of, "Discord wants this bot to use other shards");
                return Some(ShardExit::Reshard);
            }
            Disconnect::Closed(code @ 4012..=4014) => {
                return Some(ShardExit::Refused(GatewayError::Refused(*code)));
            }
            _ => {}
        }
        self.tell(end);
        None
    }

    /// Logs the disconnect, less often as failures repeat.
    fn tell(&self, end: &Disconnect) {
        let (shard, failures) = (self.number, self.pace.failures());
        let resumes = self.session.is_some() && self.pace.may_resume();
        let opening = if resumes { Opening::Resume } else { Opening::Identify };
        let next = self.pace.next(opening, 0.5).map(|at| at.duration_since(Instant::now()));
        let next_attempt_in = rounded(next.unwrap_or_default());
        if failures == 0 && *end == Disconnect::Reconnect {
            info!(shard, cause = %end, "reconnecting to Discord");
        } else if failures <= 5 || failures.is_power_of_two() {
            warn!(shard, cause = %end, failures, ?next_attempt_in, "the connection to Discord is lost");
        } else {
            debug!(shard, cause = %end, failures, "the connection to Discord is lost");
        }
    }
}
