//! One connection to the gateway, from HELLO to its end (Discord docs, Gateway > Connection
//! Lifecycle).

use std::{env::consts, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::info;
use url::Url;

use super::{
    connection_pace::Opening,
    disconnect::Disconnect,
    partial_interaction::id,
    socket::{Payload, Socket},
};

const DISPATCH: u64 = 0;
const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const RESUME: u64 = 6;
const RECONNECT: u64 = 7;
const INVALID_SESSION: u64 = 9;
const HELLO: u64 = 10;
const HEARTBEAT_ACK: u64 = 11;

/// How long HELLO may take.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);
/// How long READY may take.
const READY_TIMEOUT: Duration = Duration::from_secs(15);
/// How long RESUMED may take, or the next event that was missed.
const RESUMED_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the response to a heartbeat may take: an interval, within these bounds.
const SHORTEST_ACK_TIMEOUT: Duration = Duration::from_secs(2);
const LONGEST_ACK_TIMEOUT: Duration = Duration::from_secs(10);
/// Between heartbeats, if Discord does not say how often it wants to hear one,
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(41_250);
/// and within which bounds it is believed.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const LONGEST_INTERVAL: Duration = Duration::from_mins(2);

/// A session, which outlives its connections.
#[derive(Debug)]
pub(super) struct Session {
    id: String,
    /// The number of the last event.
    sequence: u64,
    /// Where it is to be resumed.
    pub(super) resume_url: Option<Url>,
}

/// What a connection needs.
pub(super) struct ConnectionParams<'a> {
    pub(super) token: &'a SecretString,
    /// The shard's number, and how many there are.
    pub(super) shard: [u32; 2],
    /// Set when all interactions are answered and the bot leaves.
    pub(super) closing: &'a CancellationToken,
    /// Gets the id of the bot's user.
    pub(super) user: &'a (dyn Fn(u64) + Sync),
    /// Gets how often Discord wants a heartbeat, each time that it has acknowledged one.
    pub(super) acknowledged: &'a (dyn Fn(Duration) + Sync),
    /// Gets the interactions.
    pub(super) interaction: &'a (dyn Fn(Value) + Sync),
}

/// A connection, and the session that it is about.
pub(super) struct Connection<'a> {
    params: ConnectionParams<'a>,
    session: &'a mut Option<Session>,
    socket: Socket,
    /// What has been sent so far to begin or resume a session.
    pub(super) opening: Opening,
    /// Since when the session is connected.
    pub(super) since: Option<Instant>,
    interval: Duration,
    next_heartbeat: Instant,
    last_heartbeat: Option<Instant>,
    /// Until when a heartbeat must have been acknowledged.
    ack_until: Option<Instant>,
    ready_until: Instant,
}

impl<'a> Connection<'a> {
    pub(super) fn new(
        params: ConnectionParams<'a>,
        socket: Socket,
        session: &'a mut Option<Session>,
    ) -> Self {
        let now = Instant::now();
        Self {
            params,
            session,
            socket,
            opening: Opening::None,
            since: None,
            interval: HEARTBEAT_INTERVAL,
            next_heartbeat: now,
            last_heartbeat: None,
            ack_until: None,
            ready_until: now,
        }
    }

    /// Begins or resumes a session.
    pub(super) async fn open(&mut self) -> Result<(), Disconnect> {
        let hello = async {
            loop {
                let payload = self.socket.next().await?;
                if payload.op == HELLO {
                    return Ok(payload.d);
                }
            }
        };
        let hello =
            timeout(HELLO_TIMEOUT, hello).await.unwrap_or(Err(Disconnect::TimedOut("HELLO")))?;
        self.interval = interval(&hello);
        let now = Instant::now();
        // The first one comes at any time within the interval, so that not all bots send theirs at
        // once after an outage.
        self.next_heartbeat = now + self.interval.mul_f64(fastrand::f64());
        let token = self.params.token.expose_secret();
        let (opening, patience, message) = match self.session.as_ref() {
            Some(session) => {
                let d =
                    json!({ "token": token, "session_id": session.id, "seq": session.sequence });
                (Opening::Resume, RESUMED_TIMEOUT, json!({ "op": RESUME, "d": d }))
            }
            None => {
                (Opening::Identify, READY_TIMEOUT, json!({ "op": IDENTIFY, "d": self.identity() }))
            }
        };
        self.ready_until = now + patience;
        self.opening = opening;
        self.socket.send(&message).await
    }

    /// Interactions belong to no intent, and nothing else is listened to.
    fn identity(&self) -> Value {
        let name = env!("CARGO_PKG_NAME");
        json!({
            "token": self.params.token.expose_secret(),
            "intents": 0,
            "properties": { "os": consts::OS, "browser": name, "device": name },
            "shard": self.params.shard,
        })
    }

    /// Takes in what Discord says until it ends.
    pub(super) async fn listen(&mut self) -> Disconnect {
        loop {
            let ready_until = self.since.is_none().then_some(self.ready_until);
            let heard = tokio::select! {
                payload = self.socket.next() => match payload {
                    Ok(payload) => self.handle(payload),
                    Err(end) => Err(end),
                },
                () = sleep_until(self.next_heartbeat) => self.beat().await,
                () = at(self.ack_until) => Err(Disconnect::TimedOut("answer to a heartbeat")),
                () = at(ready_until) => Err(Disconnect::TimedOut(match self.opening {
                    Opening::Resume => "RESUMED",
                    _ => "READY",
                })),
                () = self.params.closing.cancelled() => Err(Disconnect::Stopped),
            };
            if let Err(end) = heard {
                return end;
            }
        }
    }

    fn handle(&mut self, payload: Payload) -> Result<(), Disconnect> {
        match payload.op {
            DISPATCH => self.take(payload),
            HEARTBEAT => self.next_heartbeat = self.next_heartbeat.min(self.earliest_heartbeat()),
            HEARTBEAT_ACK => {
                self.ack_until = None;
                (self.params.acknowledged)(self.interval);
            }
            RECONNECT => return Err(Disconnect::Reconnect),
            INVALID_SESSION => return Err(Disconnect::Invalid { resumable: payload.d == true }),
            _ => {}
        }
        Ok(())
    }

    /// When a heartbeat that Discord asks for may be sent: at once, unless one has just been. A client
    /// that sends more than 120 messages a minute is cut off (Discord docs, Gateway > Rate Limiting).
    fn earliest_heartbeat(&self) -> Instant {
        let now = Instant::now();
        self.last_heartbeat.map_or(now, |last| now.max(last + SHORTEST_INTERVAL))
    }

    async fn beat(&mut self) -> Result<(), Disconnect> {
        let now = Instant::now();
        self.last_heartbeat = Some(now);
        self.next_heartbeat = now + self.interval;
        let patience = self.interval.clamp(SHORTEST_ACK_TIMEOUT, LONGEST_ACK_TIMEOUT);
        self.ack_until.get_or_insert(now + patience);
        let sequence = self.session.as_ref().map(|session| session.sequence);
        self.socket.send(&json!({ "op": HEARTBEAT, "d": sequence })).await
    }

    /// Takes in an event.
    fn take(&mut self, Payload { s, t, d, .. }: Payload) {
        match t.as_str() {
            "READY" => {
                if let Some(user) = d.pointer("/user/id").and_then(id) {
                    (self.params.user)(user);
                }
                *self.session = ready(&d, s);
                self.is_connected("new");
            }
            "RESUMED" => self.is_connected("resumed"),
            "INTERACTION_CREATE" => (self.params.interaction)(d),
            _ => {}
        }
        if self.opening == Opening::Resume {
            self.ready_until = Instant::now() + RESUMED_TIMEOUT;
        }
        if let (Some(session), Some(sequence)) = (self.session.as_mut(), s) {
            session.sequence = session.sequence.max(sequence);
        }
    }

    fn is_connected(&mut self, session: &'static str) {
        self.since = Some(Instant::now());
        // As good as an acknowledgement, of which the first may be 40 s away.
        (self.params.acknowledged)(self.interval);
        info!(shard = self.params.shard[0], session, "connected to Discord");
    }

    /// Leaves, so that the session can be resumed or, where the bot stops, ends.
    pub(super) async fn close(self, end: &Disconnect) {
        match end {
            Disconnect::Stopped => self.socket.close(1000).await,
            Disconnect::CutOff | Disconnect::Closed(_) => {}
            _ => self.socket.close(4000).await,
        }
    }
}

/// Waits until then, or for ever.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// How often HELLO asks for a heartbeat.
fn interval(hello: &Value) -> Duration {
    let asked = hello.get("heartbeat_interval").and_then(Value::as_u64);
    let asked = asked.map_or(HEARTBEAT_INTERVAL, Duration::from_millis);
    asked.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
}

/// The session that READY begins; `None` if it can't be resumed later.
fn ready(d: &Value, sequence: Option<u64>) -> Option<Session> {
    let text = |name| d.get(name).and_then(Value::as_str);
    let resume_url = text("resume_gateway_url").and_then(|url| url.parse().ok());
    let id = text("session_id")?.to_owned();
    Some(Session { id, sequence: sequence.unwrap_or_default(), resume_url })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_lets_no_flood_of_heartbeats_begin() {
        for asked in [json!(0), json!(1), json!(-5), json!(u64::MAX), json!("41250"), json!(null)] {
            let interval = interval(&json!({ "heartbeat_interval": asked }));
            assert!((SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&interval), "{asked}");
        }
        // Discord allows 120 messages a minute.
        assert!(SHORTEST_INTERVAL * 100 >= Duration::from_mins(1));
    }
}
