//! The HTTP requests in what a program has sent.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::recording::Event;

/// A request, once all of it is sent.
pub(crate) struct Request {
    /// The number of events before its last byte was sent.
    pub(crate) sent: usize,
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The parts of the path.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.split('/').skip(1).collect()
    }

    /// The jobs that its buttons name, with what a click on them does.
    pub(crate) fn buttons(&self) -> Vec<(String, u64)> {
        let body = String::from_utf8_lossy(&self.body);
        let ids = body.split(r#""custom_id":""#).skip(1);
        let ids = ids.filter_map(|rest| rest.split('"').next());
        let ids = ids.filter_map(|id| {
            let mut parts = id.split(':');
            Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?))
        });
        ids.collect()
    }
}

/// What is left to be read of a connection.
enum Stream {
    Http(Vec<u8>),
    /// It is the gateway's by now.
    WebSocket,
}

/// All requests in a record, in the order in which they were sent.
pub(crate) fn requests(events: &[Event]) -> Vec<Request> {
    let mut streams: BTreeMap<u64, Stream> = BTreeMap::new();
    let mut requests = Vec::new();
    for (sent, event) in events.iter().enumerate() {
        let Event::Send { socket, data } = event else { continue };
        let stream = streams.entry(*socket).or_insert(Stream::Http(Vec::new()));
        let Stream::Http(bytes) = stream else { continue };
        bytes.extend_from_slice(data);
        let mut becomes_web_socket = false;
        while !becomes_web_socket && let Some((request, length, upgrades)) = first(bytes, sent) {
            bytes.drain(..length);
            requests.push(request);
            becomes_web_socket = upgrades;
        }
        if becomes_web_socket {
            *stream = Stream::WebSocket;
        }
    }
    requests
}

/// The request with which the bytes begin, its length, and whether the connection becomes a
/// WebSocket. `None` while a part of it is missing.
fn first(bytes: &[u8], sent: usize) -> Option<(Request, usize, bool)> {
    const END: &[u8] = b"\r\n\r\n";
    let head = bytes.windows(END.len()).position(|window| window == END)?;
    let text = std::str::from_utf8(&bytes[..head]).expect("the head of a request");
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap().split(' ');
    let (method, target) = (words.next().unwrap(), words.next().expect("a target"));
    let headers: BTreeMap<String, &str> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    assert!(!headers.contains_key("transfer-encoding"), "a body without a length: {text}");
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let begin = head + END.len();
    let body = bytes.get(begin..begin + length)?.to_vec();
    let path = target.split('?').next().unwrap().to_owned();
    let request = Request { sent, method: method.to_owned(), path, body };
    Some((request, begin + length, headers.contains_key("upgrade")))
}
