//! One gateway connection, from the upgrade to its close.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::sleep_until;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;

use crate::discord::api::json::Fields as _;
use crate::discord::gateway::compression::Compression;
use crate::discord::gateway::fault::GatewayFault;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::CloseReason;
use crate::discord::gateway::sessions::{Connection, Order};
use crate::discord::shared::Shared;

/// The largest message that the gateway reads, in bytes
/// (<https://docs.discord.com/developers/events/gateway#sending-events>).
const LARGEST_MESSAGE: usize = 4096;
/// Messages that a client may send in a minute.
const MESSAGES_A_MINUTE: usize = 120;

/// Turns a request into a gateway connection.
pub(crate) async fn upgrade(State(shared): State<Arc<Shared>>, mut request: Request) -> Response {
    let key = request.headers().get(SEC_WEBSOCKET_KEY);
    let accept = key.map(|key| derive_accept_key(key.as_bytes()));
    let accept = accept.and_then(|accept| HeaderValue::from_str(&accept).ok());
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (Some(accept), Some(upgrade)) = (accept, upgrade) else {
        return (StatusCode::BAD_REQUEST, "a WebSocket is spoken here").into_response();
    };
    let refused = shared.change(|state| {
        state.gateway.attempts.push(Instant::now());
        state.gateway.refusing
    });
    if refused {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    tokio::spawn(async move {
        // A client that leaves during the handshake was never here.
        if let Ok(upgraded) = upgrade.await {
            let io = TokioIo::new(upgraded);
            let stream = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
            Task::new(shared, stream, Compression::asked_for(&query)).run(&query).await;
        }
    });
    let headers = [
        (CONNECTION, HeaderValue::from_static("upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// What drives one connection.
struct Task {
    shared: Arc<Shared>,
    stream: WebSocketStream<TokioIo<Upgraded>>,
    compression: Compression,
    id: u64,
    orders: UnboundedReceiver<Order>,
    interval: Duration,
    last_heartbeat: Instant,
    /// When the messages of the last minute came.
    received: Vec<Instant>,
    mute: bool,
}

impl Task {
    fn new(
        shared: Arc<Shared>,
        stream: WebSocketStream<TokioIo<Upgraded>>,
        compression: Compression,
    ) -> Self {
        let (sender, orders) = unbounded_channel();
        let (id, interval) = shared.change(|state| {
            state.gateway.made += 1;
            let id = state.gateway.made;
            let connection = Connection { orders: sender, session: None };
            state.gateway.connections.insert(id, connection);
            (id, state.rules.heartbeat_interval)
        });
        let last_heartbeat = Instant::now();
        let received = Vec::new();
        let mute = false;
        Self { shared, stream, compression, id, orders, interval, last_heartbeat, received, mute }
    }

    async fn run(mut self, query: &str) {
        let reason = if self.misbehave().await {
            None
        } else {
            match self.greet(query).await {
                Ok(()) => self.converse().await,
                Err(reason) => Some(reason),
            }
        };
        let ended = reason.is_some_and(CloseReason::ends_session);
        self.shared.change(|state| state.gateway.disconnect(self.id, ended));
        if let Some(CloseReason(code, text)) = reason {
            // A client that left already needs no farewell.
            let frame = CloseFrame { code: code.into(), reason: text.into() };
            drop(self.stream.close(Some(frame)).await);
            drop(tokio::time::timeout(Duration::from_secs(1), self.stream.next()).await);
        }
    }

    /// Applies a fault before HELLO. Returns whether the connection ended with it.
    async fn misbehave(&mut self) -> bool {
        let early = |fault| matches!(fault, GatewayFault::CutAtOnce | GatewayFault::NoHello);
        match self.shared.change(|state| state.gateway.take_fault(early)) {
            None => false,
            Some(GatewayFault::NoHello) => {
                while matches!(self.stream.next().await, Some(Ok(_))) {}
                true
            }
            Some(_) => true,
        }
    }

    async fn greet(&mut self, query: &str) -> Result<(), CloseReason> {
        let asks = |what: &str| query.split('&').any(|pair| pair == what);
        if query.contains("v=") && !asks("v=10") && !asks("v=9") {
            return Err(CloseReason::INVALID_API_VERSION);
        }
        if query.contains("encoding=") && !asks("encoding=json") {
            return Err(CloseReason::DECODE_ERROR);
        }
        let interval = u64::try_from(self.interval.as_millis()).unwrap_or(u64::MAX);
        let hello = json!({ "heartbeat_interval": interval, "_trace": [] });
        self.send(&protocol::message(protocol::HELLO, &hello)).await;
        Ok(())
    }

    /// Talks until one side ends it; returns the reason if this side closes in good form.
    async fn converse(&mut self) -> Option<CloseReason> {
        loop {
            // A network's delay is forgiven: half an interval more, as long as that is something.
            let patience = self.interval + (self.interval / 2).max(Duration::from_millis(100));
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Send(message)) => self.send(&message).await,
                    Some(Order::SendRaw(message)) => drop(self.stream.send(message).await),
                    Some(Order::Close(reason)) => return Some(reason),
                    Some(Order::Cut) | None => return None,
                },
                message = self.stream.next() => match message {
                    Some(Ok(Message::Close(frame))) => {
                        return frame.map(|frame| CloseReason(frame.code.into(), ""));
                    }
                    Some(Ok(message)) => {
                        if let Err(reason) = self.take(&message).await {
                            return Some(reason);
                        }
                    }
                    Some(Err(_)) | None => return None,
                },
                () = sleep_until((self.last_heartbeat + patience).into()) => {
                    return Some(CloseReason::SESSION_TIMED_OUT);
                }
            }
        }
    }

    async fn send(&mut self, message: &Value) {
        if let Ok(wrapped) = self.compression.wrap(message.to_string()) {
            self.note_sent(message);
            // A broken connection shows itself at the next read.
            drop(self.stream.send(wrapped).await);
        }
    }

    /// Notes when an interaction's event goes out, unless it has gone before.
    fn note_sent(&self, message: &Value) {
        if message.at("t") != "INTERACTION_CREATE" {
            return;
        }
        let id = message.at("d").at("id").as_str().and_then(|id| id.parse::<u64>().ok());
        self.shared.change(|state| {
            if let Some(interaction) = id.and_then(|id| state.interactions.get_mut(&id)) {
                interaction.sent.get_or_insert_with(Instant::now);
            }
        });
    }

    async fn take(&mut self, message: &Message) -> Result<(), CloseReason> {
        let bytes = match message {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
            _ => return Ok(()),
        };
        self.count()?;
        if bytes.len() > LARGEST_MESSAGE {
            return Err(CloseReason::DECODE_ERROR);
        }
        let message: Value =
            serde_json::from_slice(bytes).map_err(|_| CloseReason::DECODE_ERROR)?;
        let op = message.at("op").as_u64().ok_or(CloseReason::DECODE_ERROR)?;
        self.obey(op, message.at("d")).await
    }

    fn count(&mut self) -> Result<(), CloseReason> {
        self.received.retain(|at| at.elapsed() < Duration::from_mins(1));
        self.received.push(Instant::now());
        if self.received.len() > MESSAGES_A_MINUTE {
            return Err(CloseReason::RATE_LIMITED);
        }
        Ok(())
    }

    async fn obey(&mut self, op: u64, d: &Value) -> Result<(), CloseReason> {
        if self.is_mute() {
            return Ok(());
        }
        match op {
            protocol::HEARTBEAT => {
                self.last_heartbeat = Instant::now();
                if !self.shared.read(|state| state.gateway.silent) {
                    self.send(&protocol::message(protocol::HEARTBEAT_ACK, &Value::Null)).await;
                }
                Ok(())
            }
            protocol::IDENTIFY | protocol::RESUME if self.has_session() => {
                Err(CloseReason::ALREADY_AUTHENTICATED)
            }
            protocol::IDENTIFY => {
                if d.at("compress") == true {
                    self.compression.compress_payloads();
                }
                self.shared.change(|state| state.identify(self.id, d))
            }
            protocol::RESUME => self.shared.change(|state| state.resume(self.id, d)),
            protocol::PRESENCE_UPDATE
            | protocol::VOICE_STATE_UPDATE
            | protocol::REQUEST_GUILD_MEMBERS
            | protocol::REQUEST_SOUNDBOARD_SOUNDS => {
                if !self.has_session() {
                    return Err(CloseReason::NOT_AUTHENTICATED);
                }
                self.shared.change(|state| match op {
                    protocol::REQUEST_GUILD_MEMBERS => state.request_members(self.id, d),
                    protocol::REQUEST_SOUNDBOARD_SOUNDS => {
                        state.request_sounds(self.id, d);
                        Ok(())
                    }
                    // The sandbox has neither presences nor voice.
                    _ => Ok(()),
                })
            }
            _ => Err(CloseReason::UNKNOWN_OPCODE),
        }
    }

    /// Whether nothing that the client sends is answered any more.
    fn is_mute(&mut self) -> bool {
        let mute = |fault| fault == GatewayFault::SilentAfterHello;
        let id = self.id;
        self.mute = self.mute
            || self.shared.change(|state| {
                let new = state.gateway.connections.get(&id).is_some_and(|it| it.session.is_none());
                new && state.gateway.take_fault(mute).is_some()
            });
        self.mute
    }

    /// Whether this connection has identified or resumed, and was not invalidated since.
    fn has_session(&self) -> bool {
        self.shared.read(|state| {
            let connection = state.gateway.connections.get(&self.id);
            connection.is_some_and(|connection| connection.session.is_some())
        })
    }
}
