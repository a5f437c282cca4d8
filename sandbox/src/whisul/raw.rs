//! Answers as they come from a server that is not quite right.

use std::io::Write;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

/// A whole answer of Whisul's, byte by byte.
///
/// In a text, `{id}` is replaced by the job's id, `{origin}` by the address of the sandbox, and
/// `{usual}` for the JSON that would have been the response.
#[derive(Clone, Debug)]
pub struct Raw {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    coding: Option<Coding>,
}

#[derive(Clone, Copy, Debug)]
enum Coding {
    Gzip,
    Zlib,
    Deflate,
}

impl Raw {
    /// A response with this body, and otherwise as usual.
    #[must_use]
    pub fn body(body: impl AsRef<[u8]>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status: None, headers, body: body.as_ref().to_vec(), coding: None }
    }

    /// With another status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Compressed, with or without a header that says so.
    #[must_use]
    pub fn gzip(self) -> Self {
        Self { coding: Some(Coding::Gzip), ..self }
    }

    /// Compressed as "deflate" is defined in the RFC.
    #[must_use]
    pub fn zlib(self) -> Self {
        Self { coding: Some(Coding::Zlib), ..self }
    }

    /// Compressed as some servers understand "deflate".
    #[must_use]
    pub fn deflate(self) -> Self {
        Self { coding: Some(Coding::Deflate), ..self }
    }

    /// The response about a job, where the usual one would be this.
    pub(super) fn response(&self, id: &str, origin: &str, usual: (StatusCode, &str)) -> Response {
        let mut body = self.body.clone();
        for (name, value) in [("{id}", id), ("{origin}", origin), ("{usual}", usual.1)] {
            body = replaced(&body, name.as_bytes(), value.as_bytes());
        }
        let mut response = Body::from(self.coded(body)).into_response();
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok());
        *response.status_mut() = status.unwrap_or(usual.0);
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().append(name, value);
            }
        }
        response
    }

    fn coded(&self, body: Vec<u8>) -> Vec<u8> {
        let level = Compression::default();
        let coded = match self.coding {
            None => return body,
            Some(Coding::Gzip) => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(&body).and_then(|()| encoder.finish())
            }
            Some(Coding::Zlib) => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(&body).and_then(|()| encoder.finish())
            }
            Some(Coding::Deflate) => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                encoder.write_all(&body).and_then(|()| encoder.finish())
            }
        };
        // Nothing fails that is written to memory.
        coded.unwrap_or(body)
    }
}

fn replaced(body: &[u8], name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(name) {
            out.extend_from_slice(value);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}
