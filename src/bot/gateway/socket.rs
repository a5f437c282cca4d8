//! A WebSocket to the gateway, made by the same HTTP client as every request: with the same TLS,
//! proxies and name look-ups.

use std::{
    io::Read as _,
    time::{Duration, SystemTime},
};

use flate2::read::ZlibDecoder;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{
    Client, StatusCode, Upgraded,
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};
use tracing::warn;
use url::Url;

use super::{disconnect::Disconnect, json_repair::mended};
use crate::{network, retry_after};

/// How long a connection may take, with name look-up, TLS and upgrade. Over a network that needs
/// longer, nobody could be answered within Discord's 3 seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a message may take to leave.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a farewell may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest message that is read, in bytes. An interaction is a thousandth of it.
const MESSAGE_MAX: usize = 4 << 20;

/// A connection to the gateway.
#[derive(Debug)]
pub(super) struct Socket(WebSocketStream<Upgraded>);

/// What the gateway says.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) op: u64,
    pub(super) d: Value,
    /// The event's number.
    pub(super) s: Option<u64>,
    /// The event's name.
    pub(super) t: String,
}

impl Socket {
    /// Connects.
    pub(super) async fn open(http: &Client, gateway: &Url) -> Result<Self, Disconnect> {
        timeout(CONNECT_TIMEOUT, Self::upgrade(http, gateway))
            .await
            .unwrap_or(Err(Disconnect::TimedOut("connection")))
    }

    async fn upgrade(http: &Client, gateway: &Url) -> Result<Self, Disconnect> {
        let key = generate_key();
        let request = http
            .get(address(gateway).ok_or(Disconnect::NoAddress)?)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &key);
        let response = request.send().await.map_err(unreachable)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let retry_after = retry_after::read(response.headers(), SystemTime::now());
            return Err(Disconnect::NotUpgraded {
                status: response.status().as_u16(),
                retry_after,
            });
        }
        let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        if accepted.is_none_or(|accepted| *accepted != derive_accept_key(key.as_bytes())) {
            return Err(Disconnect::NotUpgraded { status: 101, retry_after: None });
        }
        let stream = response.upgrade().await.map_err(unreachable)?;
        let config = WebSocketConfig {
            max_message_size: Some(MESSAGE_MAX),
            max_frame_size: Some(MESSAGE_MAX),
            ..WebSocketConfig::default()
        };
        Ok(Self(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await))
    }

    /// Waits for what the gateway says next. What can't be read is left out.
    pub(super) async fn next(&mut self) -> Result<Payload, Disconnect> {
        loop {
            let payload = match self.0.next().await {
                Some(Ok(Message::Text(text))) => Payload::read(text.as_bytes()),
                Some(Ok(Message::Binary(bytes))) => inflated(&bytes)
                    .as_deref()
                    .and_then(Payload::read)
                    .or_else(|| Payload::read(&bytes)),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Disconnect::Closed(frame.code.into()));
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(Disconnect::CutOff),
                Some(Ok(_)) => continue,
            };
            if let Some(payload) = payload {
                return Ok(payload);
            }
            warn!("Discord sent something unreadable over the gateway");
        }
    }

    /// Says something.
    pub(super) async fn send(&mut self, message: &Value) -> Result<(), Disconnect> {
        let sent = timeout(SEND_TIMEOUT, self.0.send(Message::Text(message.to_string()))).await;
        sent.map_err(|_late| Disconnect::TimedOut("way out"))?.map_err(|_| Disconnect::CutOff)
    }

    /// Closes it. With the codes 1000 and 1001 the session ends, too (Discord docs, Gateway >
    /// Disconnecting).
    pub(super) async fn close(mut self, code: u16) {
        let farewell = async {
            let frame = CloseFrame { code: code.into(), reason: "".into() };
            if self.0.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.0.next().await {}
            }
        };
        _ = timeout(CLOSE_TIMEOUT, farewell).await;
    }
}

impl Payload {
    fn read(bytes: &[u8]) -> Option<Self> {
        let read = serde_json::from_slice(bytes);
        let read = read.or_else(|_| serde_json::from_slice(&mended(bytes)));
        let Value::Object(mut fields) = read.ok()? else { return None };
        Some(Self {
            op: fields.get("op")?.as_u64()?,
            s: fields.get("s").and_then(Value::as_u64),
            t: fields.get("t").and_then(Value::as_str).unwrap_or_default().to_owned(),
            d: fields.remove("d").unwrap_or_default(),
        })
    }
}

/// What was compressed. It isn't asked for, but costs little to understand.
fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let most = u64::try_from(MESSAGE_MAX).unwrap_or(u64::MAX);
    ZlibDecoder::new(bytes).take(most).read_to_end(&mut inflated).ok()?;
    Some(inflated)
}

/// The gateway's address, as an HTTP client takes it.
fn address(gateway: &Url) -> Option<Url> {
    let scheme = match gateway.scheme() {
        "wss" => "https:",
        "ws" => "http:",
        _ => return None,
    };
    let (_, rest) = gateway.as_str().split_once(':')?;
    let mut address: Url = format!("{scheme}{rest}").parse().ok()?;
    address.set_query(Some("v=10&encoding=json"));
    Some(address)
}

/// Why nothing answers there.
fn unreachable(error: reqwest::Error) -> Disconnect {
    if error.is_timeout() {
        Disconnect::TimedOut("connection")
    } else {
        Disconnect::Unreachable(network::cause(error))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn the_version_is_asked_for_wherever_the_gateway_is() {
        for (gateway, expected) in [
            ("wss://gateway.discord.gg", "https://gateway.discord.gg/?v=10&encoding=json"),
            ("wss://gateway.discord.gg/?x=1", "https://gateway.discord.gg/?v=10&encoding=json"),
            ("ws://127.0.0.1:7", "http://127.0.0.1:7/?v=10&encoding=json"),
        ] {
            assert_eq!(address(&gateway.parse().unwrap()).unwrap().as_str(), expected);
        }
        assert_eq!(address(&"file:///etc/passwd".parse().unwrap()), None);
    }

    #[test]
    fn what_is_compressed_is_read_within_bounds() {
        let hello = br#"{"op": 10, "d": {}}"#;
        let read = inflated(&compressed(hello)).unwrap();
        assert_eq!(Payload::read(&read).unwrap().op, 10);
        let bomb = compressed(&vec![b' '; MESSAGE_MAX * 8]);
        assert_eq!(inflated(&bomb).unwrap().len(), MESSAGE_MAX);
        assert_eq!(inflated(b"garbage"), None);
    }

    #[test]
    fn garbage_is_no_payload() {
        for garbage in ["", "null", "[]", "{}", r#"{"op": "0"}"#, r#"{"op": -1}"#, "{\"op\": 0"] {
            assert!(Payload::read(garbage.as_bytes()).is_none(), "{garbage}");
        }
        let odd = Payload::read(br#"{"op": 0, "op": 7, "s": "x", "t": 5, "new": []}"#).unwrap();
        assert_eq!((odd.op, odd.s, odd.t.as_str()), (7, None, ""));
    }
}
