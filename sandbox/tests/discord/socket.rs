//! A gateway client of bare messages.

use futures_util::{SinkExt, StreamExt};
use sandbox::PATIENCE;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::bot::Bot;

/// A connection to the gateway.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The last sequence number that came.
    pub(crate) sequence: Value,
}

impl Socket {
    /// Connects and waits for HELLO.
    pub(crate) async fn connect(bot: &Bot) -> Self {
        let mut socket = Self::open(bot, "?v=10&encoding=json").await.unwrap();
        assert_eq!(socket.next().await.unwrap()["op"], 10);
        socket
    }

    /// Connects.
    pub(crate) async fn open(bot: &Bot, query: &str) -> Result<Self, Error> {
        let url = format!("{}/{query}", bot.discord.url().replace("http", "ws"));
        let (stream, _) = connect_async(url).await?;
        Ok(Self { stream, sequence: Value::Null })
    }

    /// Connects, identifies and reads READY.
    pub(crate) async fn identified(bot: &Bot, intents: u64) -> Self {
        let mut socket = Self::connect(bot).await;
        socket.send(identify(bot, &json!({ "intents": intents }))).await;
        socket.event("READY").await;
        socket
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.text(message.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: String) {
        self.stream.send(Message::Text(text)).await.unwrap();
    }

    /// The next message as it came.
    pub(crate) async fn raw(&mut self) -> Message {
        timeout(PATIENCE, self.stream.next()).await.unwrap().unwrap().unwrap()
    }

    /// The next message, or the code with which the gateway closes (0 if it just goes).
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        let message = timeout(PATIENCE, self.stream.next()).await.unwrap();
        match message {
            Some(Ok(Message::Text(text))) => {
                let message: Value = serde_json::from_str(&text).unwrap();
                if !message["s"].is_null() {
                    self.sequence = message["s"].clone();
                }
                Ok(message)
            }
            Some(Ok(Message::Close(frame))) => Err(frame.map_or(0, |frame| frame.code.into())),
            Some(Err(_)) | None => Err(0),
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// The data of the next event, which must have this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let message = self.next().await.unwrap();
        assert_eq!(message["t"], name, "{message}");
        message["d"].clone()
    }

    /// The code with which the gateway closes next.
    pub(crate) async fn closed(&mut self) -> u16 {
        self.next().await.unwrap_err()
    }

    /// Whether nothing more came before the answer to a heartbeat.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        self.send(json!({ "op": 1, "d": self.sequence })).await;
        self.next().await.unwrap()["op"] == 11
    }
}

/// An IDENTIFY with some fields changed.
pub(crate) fn identify(bot: &Bot, changes: &Value) -> Value {
    let mut d = json!({
        "token": bot.discord.token(),
        "intents": 0,
        "properties": { "os": "linux", "browser": "test", "device": "test" },
    });
    d.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    json!({ "op": 2, "d": d })
}

/// The code with which a first message is answered.
pub(crate) async fn refusal(bot: &Bot, message: Value) -> u16 {
    let mut socket = Socket::connect(bot).await;
    socket.send(message).await;
    socket.closed().await
}
