//! The gateway's compression: of the whole connection, and of single payloads.

use std::io::{Read, Write};

use flate2::read::ZlibDecoder;
use flate2::write;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::bot::Bot;
use crate::socket::{Socket, identify};

/// The first messages of the gateway with this compression: HELLO, READY and two acknowledgements of
/// heartbeats.
async fn conversation(query: &str, changes: Value) -> Vec<Message> {
    let bot = Bot::start().await;
    let mut socket = Socket::open(&bot, query).await.unwrap();
    let mut messages = vec![socket.raw().await];
    socket.send(identify(&bot, &changes)).await;
    messages.push(socket.raw().await);
    for _ in 0..2 {
        socket.send(json!({ "op": 1, "d": null })).await;
        messages.push(socket.raw().await);
    }
    messages
}

fn binary(message: &Message) -> &[u8] {
    match message {
        Message::Binary(bytes) => bytes,
        other => panic!("not compressed: {other:?}"),
    }
}

/// The opcodes of messages that are one stream, which `decode` reads further with each message.
fn opcodes(messages: &[Message], mut decode: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u64> {
    let decoded = messages.iter().map(|message| decode(binary(message)));
    decoded
        .map(|json| serde_json::from_slice::<Value>(&json).unwrap()["op"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn zlib_stream_is_one_stream_flushed_after_each_message() {
    let messages = conversation("?v=10&encoding=json&compress=zlib-stream", json!({})).await;
    let mut stream = write::ZlibDecoder::new(Vec::new());
    let decode = |bytes: &[u8]| {
        assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]), "not flushed");
        stream.write_all(bytes).unwrap();
        stream.flush().unwrap();
        std::mem::take(stream.get_mut())
    };
    assert_eq!(opcodes(&messages, decode), [10, 0, 11, 11]);
}

#[tokio::test]
async fn zstd_stream_is_one_frame() {
    let messages = conversation("?compress=zstd-stream&v=10&encoding=json", json!({})).await;
    let mut first = true;
    // A decoder of just what RFC 8878 calls raw blocks.
    let decode = |bytes: &[u8]| {
        let mut rest = if std::mem::take(&mut first) {
            bytes.strip_prefix(&[0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38]).unwrap()
        } else {
            bytes
        };
        let mut decoded = Vec::new();
        while let [low, middle, high, inside @ ..] = rest {
            let header = u32::from_le_bytes([*low, *middle, *high, 0]);
            assert_eq!(header & 0b111, 0, "not a raw block, or the last one");
            let (block, after) = inside.split_at((header >> 3) as usize);
            decoded.extend_from_slice(block);
            rest = after;
        }
        decoded
    };
    assert_eq!(opcodes(&messages, decode), [10, 0, 11, 11]);
}

#[tokio::test]
async fn a_large_event_is_compressed_by_itself_if_identify_asks_for_it() {
    let messages = conversation("?v=10&encoding=json", json!({ "compress": true })).await;
    let [hello, ready, ack, _] = messages.as_slice() else { panic!("{messages:?}") };
    assert!(hello.is_text() && ack.is_text());
    let mut json = String::new();
    ZlibDecoder::new(binary(ready)).read_to_string(&mut json).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["t"], "READY");
}

#[tokio::test]
async fn an_unknown_compression_is_ignored() {
    let messages = conversation("?v=10&encoding=json&compress=lz4", json!({})).await;
    assert!(messages.iter().all(Message::is_text));
}
