//! How the gateway compresses what it sends
//! (<https://docs.discord.com/developers/events/gateway#encoding-and-compression>).

use std::io;
use std::io::Write;

use flate2::Compression as Level;
use flate2::write::ZlibEncoder;
use tokio_tungstenite::tungstenite::Message;

/// From this many bytes on, payload compression compresses an event. Discord does so with "some
/// events"; the bound is ours.
const LARGE_EVENT: usize = 512;
/// A zstd frame begins with its magic number, no content size, no checksum, a window of 128 KiB
/// (RFC 8878, sections 3.1.1 and 3.1.1.1).
const ZSTD_FRAME: [u8; 6] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
/// The largest block of a zstd frame with that window.
const ZSTD_BLOCK: usize = 128 << 10;

/// What a connection's messages go through.
#[derive(Debug)]
pub(super) enum Compression {
    /// Nothing: each message is text.
    None,
    /// Large events are zlib streams of their own (`compress` in IDENTIFY).
    Payload,
    /// All messages are one zlib stream (`compress=zlib-stream`).
    Zlib(ZlibEncoder<Vec<u8>>),
    /// All messages are one zstd frame (`compress=zstd-stream`), not yet or already begun. Its blocks
    /// are stored, not compressed: every decoder reads them, and no encoder has to be built.
    Zstd { begun: bool },
}

impl Compression {
    /// What a connection's query asks for; Discord ignores what it does not know.
    pub(super) fn asked_for(query: &str) -> Self {
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("compress="));
        match asked {
            Some("zlib-stream") => Self::Zlib(ZlibEncoder::new(Vec::new(), Level::fast())),
            Some("zstd-stream") => Self::Zstd { begun: false },
            _ => Self::None,
        }
    }

    /// Compresses large events from now on, unless everything is compressed already.
    pub(super) fn compress_payloads(&mut self) {
        if matches!(self, Self::None) {
            *self = Self::Payload;
        }
    }

    /// A message as it is sent.
    ///
    /// # Errors
    /// None in practice: everything is written to memory.
    pub(super) fn wrap(&mut self, text: String) -> io::Result<Message> {
        Ok(match self {
            Self::Payload if text.len() >= LARGE_EVENT => {
                let mut alone = ZlibEncoder::new(Vec::new(), Level::fast());
                alone.write_all(text.as_bytes())?;
                Message::Binary(alone.finish()?)
            }
            Self::None | Self::Payload => Message::Text(text),
            Self::Zlib(stream) => {
                stream.write_all(text.as_bytes())?;
                stream.flush()?;
                Message::Binary(std::mem::take(stream.get_mut()))
            }
            Self::Zstd { begun } => {
                let header = if *begun { &[][..] } else { &ZSTD_FRAME };
                *begun = true;
                Message::Binary([header, &stored(text.as_bytes())].concat())
            }
        })
    }
}

/// Bytes as raw blocks of a zstd frame, none of them its last (RFC 8878, section 3.1.1.2).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let blocks = bytes.chunks(ZSTD_BLOCK).map(|block| {
        // Bit 0 marks the last block, bits 1 and 2 are the type, 0 for a raw one.
        let [low, middle, high, _] = u32::try_from(block.len() << 3).unwrap_or(0).to_le_bytes();
        [&[low, middle, high], block].concat()
    });
    blocks.collect::<Vec<_>>().concat()
}
