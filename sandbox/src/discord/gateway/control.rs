//! Controls of the gateway and its faults.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::discord::gateway::fault::GatewayFault;
use crate::discord::gateway::identify::invalid_session;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::{CloseReason, RECONNECT};
use crate::discord::gateway::sessions::Order;
use crate::discord::shared::Shared;

/// A handle that makes the gateway misbehave.
#[derive(Clone, Debug)]
pub struct GatewayControl {
    pub(in crate::discord) shared: Arc<Shared>,
}

impl GatewayControl {
    /// Cuts all connections without a word, as a broken network does. Sessions can be resumed.
    pub fn drop_connections(&self) {
        self.shared.change(|state| state.gateway.cut_all());
    }

    /// Closes all connections with a code
    /// (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>).
    pub fn close(&self, code: u16) {
        let order = || Order::Close(CloseReason(code, "on demand"));
        self.shared.change(|state| state.gateway.order_all(order));
    }

    /// Asks all clients to reconnect and resume (opcode 7).
    pub fn ask_to_reconnect(&self) {
        let order = || Order::Send(protocol::message(RECONNECT, &Value::Null));
        self.shared.change(|state| state.gateway.order_all(order));
    }

    /// Tells all clients that their sessions are invalid (opcode 9): for good, or so that they may
    /// be resumed.
    pub fn invalidate(&self, resumable: bool) {
        self.shared.change(|state| {
            state.gateway.order_all(|| invalid_session(resumable));
            if !resumable {
                state.gateway.sessions.clear();
                state.gateway.connections.values_mut().for_each(|it| it.session = None);
            }
        });
    }

    /// Sessions that begin from now on are to be resumed at this address.
    pub fn resume_at(&self, url: &str) {
        self.shared.change(|state| state.gateway.resume_url = Some(url.to_owned()));
    }

    /// From now on no connection is accepted (503), or connections are accepted again.
    pub fn refuse_connections(&self, refuse: bool) {
        self.shared.change(|state| state.gateway.refusing = refuse);
    }

    /// From now on heartbeats are not acknowledged, as on a connection that is dead without
    /// knowing it, or they are again.
    pub fn silent(&self, silent: bool) {
        self.shared.change(|state| state.gateway.silent = silent);
    }

    /// When connections were asked for so far, refused ones included.
    #[must_use]
    pub fn attempts(&self) -> Vec<Instant> {
        self.shared.read(|state| state.gateway.attempts.clone())
    }

    /// Sends a text frame over all connections, whatever is in it.
    pub fn send_text(&self, text: &str) {
        self.shared.change(|state| {
            state.gateway.order_all(|| Order::SendRaw(Message::Text(text.to_owned())));
        });
    }

    /// Sends a binary frame over all connections, whatever is in it.
    pub fn send_binary(&self, bytes: &[u8]) {
        self.shared.change(|state| {
            state.gateway.order_all(|| Order::SendRaw(Message::Binary(bytes.to_vec())));
        });
    }

    /// From now on every interaction is sent with this put into it, object by object, as if Discord
    /// had something new: what it holds takes the place of what was there. Null ends it.
    pub fn alter_interactions(&self, alteration: Value) {
        self.shared.change(|state| state.gateway.alteration = alteration);
    }

    /// Injects a fault into every connection from now on.
    pub fn inject(&self, fault: GatewayFault) {
        self.inject_times(fault, usize::MAX);
    }

    /// Injects a fault for so many times.
    pub fn inject_times(&self, fault: GatewayFault, times: usize) {
        self.shared.change(|state| state.gateway.faults.push((fault, times)));
    }

    /// Removes all faults of connections.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.gateway.faults.clear());
    }
}
