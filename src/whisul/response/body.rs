//! Reading a body within its limits of size.

use std::{io::Read, sync::Arc};

use flate2::{
    bufread::GzDecoder,
    read::{DeflateDecoder, ZlibDecoder},
};
use reqwest::{Response, header::CONTENT_ENCODING};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::json::{self, Object};
use crate::{
    network::read_body,
    whisul::{error::Trouble, secrets::Secrets},
};

/// The most bytes of a body, as it is sent and as it unfolds: a hundred times what a documented one
/// needs. What is beyond that is cut off.
pub(in crate::whisul) const BODY_MAX: usize = 1024 * 1024;

/// From how many bytes on a body is large.
const LARGE_BODY_BYTES: usize = 16 * 1024;

/// How often a body may have been compressed.
const COMPRESSIONS_MAX: usize = 2;

/// The most members of a gzip file that are read, of which servers send one. To begin with one takes
/// about as long as to read 100 KiB, and 2 KiB on the network can unfold to 50,000 of them.
const GZIP_MEMBERS_MAX: usize = 16;

/// Lets two large bodies be read at a time, so that many at once take no more memory than these. The
/// others wait in the network. Documented responses are all small, and never wait.
#[derive(Debug)]
pub(in crate::whisul) struct Bodies {
    large: Semaphore,
    secrets: Arc<Secrets>,
}

/// As much of a body as came.
#[derive(Debug, Default)]
pub(in crate::whisul) struct Body<'a> {
    pub(in crate::whisul) bytes: Vec<u8>,
    /// Why there is no more of it, if there should be.
    pub(in crate::whisul) trouble: Option<Trouble>,
    /// Held for as long as a large body is in memory.
    pub(in crate::whisul) large: Option<SemaphorePermit<'a>>,
    /// What none of its texts may show.
    pub(in crate::whisul) secrets: Arc<Secrets>,
}

impl Body<'_> {
    /// The JSON object that it is.
    pub(in crate::whisul) fn object(&self) -> Option<Object> {
        json::read(&self.bytes).map(|object| self.hidden(object))
    }

    /// The JSON object that stands at its end.
    pub(super) fn object_at_end(&self) -> Option<Object> {
        json::read_end(&self.bytes).map(|object| self.hidden(object))
    }

    /// The one place where Whisul's texts come in: one with a secret in it is left out whole, so that
    /// neither a person nor the database sees it.
    fn hidden(&self, mut object: Object) -> Object {
        object.hide(&|text| self.secrets.are_in(text));
        object
    }
}

impl Bodies {
    pub(in crate::whisul) fn new(secrets: Secrets) -> Self {
        Self { large: Semaphore::new(2), secrets: Arc::new(secrets) }
    }

    /// Reads the body of a response.
    pub(in crate::whisul) async fn read(&self, mut response: Response) -> Body<'_> {
        let encoding = response.headers().get(CONTENT_ENCODING);
        let deflated = encoding.is_some_and(|name| name.as_bytes().ends_with(b"deflate"));
        let mut body = Body { secrets: Arc::clone(&self.secrets), ..Body::default() };
        let announced =
            response.content_length().is_some_and(|length| length > LARGE_BODY_BYTES as u64);
        let mut result = Ok(());
        if !announced {
            result = read_body(&mut response, &mut body.bytes, LARGE_BODY_BYTES).await;
        }
        // Before more of it is read than a connection's buffer has at first.
        if result.is_ok() && (announced || body.bytes.len() > LARGE_BODY_BYTES) {
            body.large = self.large.acquire().await.ok();
            result = read_body(&mut response, &mut body.bytes, BODY_MAX).await;
        }
        body.trouble = match result {
            Ok(()) if body.bytes.len() > BODY_MAX => Some(Trouble::Oversize),
            Ok(()) => None,
            Err(error) => Some(Trouble::of_client(error)),
        };
        body.bytes.truncate(BODY_MAX);
        unfold(&mut body.bytes, deflated);
        body
    }
}

/// Undoes a compression that nobody asked for. It shows in the bytes: the header may be wrong, or
/// missing. What can't be unfolded is left as it is, and of what is cut off the beginning is read.
pub(in crate::whisul) fn unfold(bytes: &mut Vec<u8>, deflated: bool) {
    for _ in 0..COMPRESSIONS_MAX {
        let unfolded = match bytes.as_slice() {
            [0x1f, 0x8b, ..] => gunzipped(bytes),
            // No JSON begins like this: CM is 8, and both bytes are a multiple of 31 (RFC 1950).
            [first, second, ..]
                if first & 0x0f == 8
                    && u16::from_be_bytes([*first, *second]).is_multiple_of(31) =>
            {
                decoded(ZlibDecoder::new(bytes.as_slice()))
            }
            // Servers that say "deflate" mean either; without the header it can't be told.
            [first, ..] if deflated && !matches!(first, b'{' | b' ' | b'\n' | b'\r' | b'\t') => {
                decoded(DeflateDecoder::new(bytes.as_slice()))
            }
            _ => return,
        };
        if unfolded.is_empty() {
            return;
        }
        *bytes = unfolded;
    }
}

/// What the members of a gzip file give, one after another.
fn gunzipped(mut members: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..GZIP_MEMBERS_MAX {
        let mut decoder = GzDecoder::new(members);
        let room = BODY_MAX - bytes.len();
        let read = decoder.by_ref().take(room as u64).read_to_end(&mut bytes);
        members = decoder.into_inner();
        // What came before an error stays.
        if read.is_err() || members.is_empty() || bytes.len() == BODY_MAX {
            break;
        }
    }
    bytes
}

/// What a decoder gives, up to the limit or to where it fails.
fn decoded(decoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before an error stays.
    drop(decoder.take(BODY_MAX as u64).read_to_end(&mut bytes));
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;
    use crate::properties;

    const TEXT: &[u8] = b"{\"status\": \"running\", \"prompt\": \"rain on glass\"}";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unfolded(mut bytes: Vec<u8>, deflated: bool) -> Vec<u8> {
        unfold(&mut bytes, deflated);
        bytes
    }

    #[test]
    fn whatever_the_header_says_the_bytes_decide() {
        for header in [false, true] {
            for bytes in [TEXT.to_vec(), gzip(TEXT), zlib(TEXT), gzip(&gzip(TEXT))] {
                assert_eq!(unfolded(bytes, header), TEXT);
            }
        }
        assert_eq!(unfolded(deflate(TEXT), true), TEXT);
    }

    #[test]
    fn a_bomb_is_cut_off_and_a_broken_one_is_read_in_part() {
        let bomb = gzip(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(unfolded(bomb, false).len(), BODY_MAX);
        let member = gzip(&vec![b' '; BODY_MAX - 1]);
        assert_eq!(unfolded(member.repeat(2), false).len(), BODY_MAX, "all members together");
        let text = TEXT.repeat(1000);
        let whole = gzip(&text);
        let part = unfolded(whole[..whole.len() / 2].to_vec(), false);
        assert!(!part.is_empty() && text.starts_with(&part));
        let nonsense = b"\x1f\x8b not gzip at all".to_vec();
        assert_eq!(unfolded(nonsense.clone(), false), nonsense);
    }

    #[test]
    fn a_file_of_many_members_is_cut_off() {
        let (one, other) = TEXT.split_at(20);
        assert_eq!(unfolded([gzip(one), gzip(other)].concat(), false), TEXT);
        let members = gzip(&gzip(b"{").repeat(50_000));
        assert!(members.len() < 5000);
        assert_eq!(unfolded(members, false).len(), GZIP_MEMBERS_MAX);
    }

    proptest! {
        #[test]
        fn any_bytes_unfold_to_what_they_were(bytes: Vec<u8>) {
            properties::body(&bytes);
        }

        #[test]
        fn text_that_begins_like_json_is_never_touched(text in "[ \\t\\r\\n]{0,3}\\{\\PC{0,40}", deflated: bool) {
            prop_assert_eq!(unfolded(text.clone().into_bytes(), deflated), text.into_bytes());
        }
    }
}
