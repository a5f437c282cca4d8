//! Sessions and connections: which session receives which event, and what it missed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio_tungstenite::tungstenite::Message;

use crate::discord::api::json::Fields as _;
use crate::discord::gateway::fault::GatewayFault;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::CloseReason;

/// Events kept for a session that is away.
const KEPT_EVENTS: usize = 10_000;

/// The gateway's state.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    pub(crate) connections: BTreeMap<u64, Connection>,
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Connections and sessions so far, from which ids are made.
    pub(super) made: u64,
    /// IDENTIFYs so far that were accepted.
    pub(crate) identifies: usize,
    /// RESUMEs so far that were accepted.
    pub(crate) resumes: usize,
    pub(super) last_identify: Option<Instant>,
    /// Where sessions that begin are to be resumed, if that is elsewhere.
    pub(super) resume_url: Option<String>,
    /// No connection is accepted.
    pub(super) refusing: bool,
    /// Heartbeats are not acknowledged.
    pub(super) silent: bool,
    /// The injected faults, and how often each still applies.
    pub(super) faults: Vec<(GatewayFault, usize)>,
    /// When connections were asked for, refused ones included.
    pub(super) attempts: Vec<Instant>,
    /// JSON that is merged into every interaction.
    pub(crate) alteration: Value,
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) orders: UnboundedSender<Order>,
    /// The session that it identified or resumed.
    pub(crate) session: Option<String>,
}

/// What a connection's task is to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Send this.
    Send(Value),
    /// Send this as it is.
    SendRaw(Message),
    /// Close with this code.
    Close(CloseReason),
    /// Cut the TCP connection without a word.
    Cut,
}

/// A session, which outlives its connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) shard: [u64; 2],
    pub(crate) intents: u64,
    pub(super) sequence: u64,
    /// The last events, with their sequence numbers.
    history: VecDeque<Value>,
    /// The connection that listens now.
    pub(crate) connection: Option<u64>,
}

/// An event and whom it concerns.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) data: Value,
    /// The server, or none for direct messages.
    pub(crate) guild: Option<u64>,
    /// The intent that a session needs to receive it; 0 for none.
    pub(crate) intent: u64,
}

impl Session {
    pub(super) fn new(shard: [u64; 2], intents: u64) -> Self {
        Self { shard, intents, sequence: 0, history: VecDeque::new(), connection: None }
    }

    /// Whether an event concerns this session.
    fn receives(&self, event: &Event) -> bool {
        let [shard, shards] = self.shard;
        let home = event.guild.map_or(0, |guild| (guild >> 22) % shards.max(1));
        home == shard && self.intents & event.intent == event.intent
    }

    /// Gives an event the next number.
    pub(super) fn number(&mut self, name: &str, data: &Value) -> Value {
        self.sequence += 1;
        let d = json!({ "op": protocol::DISPATCH, "t": name, "s": self.sequence, "d": data });
        if self.history.len() == KEPT_EVENTS {
            self.history.pop_front();
        }
        self.history.push_back(d.clone());
        d
    }

    /// The events after a number.
    pub(super) fn missed(&self, sequence: u64) -> impl Iterator<Item = &Value> {
        self.history.iter().filter(move |event| event.at("s").as_u64() > Some(sequence))
    }
}

impl Gateway {
    /// Sends an order to a connection. The task of a closed connection cleans up by itself.
    pub(super) fn order(&self, connection: u64, order: Order) {
        if let Some(connection) = self.connections.get(&connection) {
            drop(connection.orders.send(order));
        }
    }

    /// Sends an order to every connection.
    pub(super) fn order_all(&self, order: impl Fn() -> Order) {
        for connection in self.connections.keys() {
            self.order(*connection, order());
        }
    }

    /// Cuts every connection.
    pub(crate) fn cut_all(&self) {
        self.order_all(|| Order::Cut);
    }

    /// Forgets a connection; its session waits to be resumed unless the close ended it.
    pub(super) fn disconnect(&mut self, id: u64, ended: bool) {
        let Some(session) = self.connections.remove(&id).and_then(|gone| gone.session) else {
            return;
        };
        if let Some(known) = self.sessions.get_mut(&session).filter(|it| it.connection == Some(id))
        {
            known.connection = None;
            if ended {
                self.sessions.remove(&session);
            }
        }
    }

    /// Sends an event to all sessions that it concerns, or keeps it for them.
    pub(crate) fn dispatch(&mut self, event: &Event) {
        for session in self.sessions.values_mut().filter(|session| session.receives(event)) {
            let withheld = event.name.starts_with("MESSAGE_")
                && event.guild.is_some()
                && session.intents & protocol::MESSAGE_CONTENT == 0;
            let numbered = if withheld {
                session.number(event.name, &without_content(&event.data))
            } else {
                session.number(event.name, &event.data)
            };
            let connection = session.connection.and_then(|id| self.connections.get(&id));
            if let Some(connection) = connection {
                drop(connection.orders.send(Order::Send(numbered)));
            }
        }
    }

    /// The first fault of these kinds, counted as having happened.
    pub(super) fn take_fault(
        &mut self,
        kinds: impl Fn(GatewayFault) -> bool,
    ) -> Option<GatewayFault> {
        let (fault, left) =
            self.faults.iter_mut().find(|(fault, left)| kinds(*fault) && *left > 0)?;
        *left = left.saturating_sub(usize::from(*left < usize::MAX));
        Some(*fault)
    }

    /// Sessions that listen now.
    pub(crate) fn listening(&self) -> usize {
        self.sessions.values().filter(|session| session.connection.is_some()).count()
    }
}

/// A message as those see it who may not read what people write; the bot's own stay whole.
fn without_content(message: &Value) -> Value {
    let mut message = message.clone();
    if message.at("author").at("bot") == false {
        message.set("content", "");
        for part in ["embeds", "attachments", "components"] {
            message.set(part, json!([]));
        }
    }
    message
}
