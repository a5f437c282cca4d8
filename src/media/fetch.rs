//! One file, from a link to its bytes.

use std::{io, time::Duration};

use memmap2::MmapMut;
use reqwest::{Method, Response, header::LOCATION};
use tokio::time::sleep;
use tokio_util::bytes::Bytes;
use tracing::debug;
use url::{Host, Url};

use super::{
    Media,
    address::is_public,
    budget::Share,
    error::MediaError,
    kind::{Kind, Purpose, TELLING},
};
use crate::{
    http_client::{HttpClient, SendError},
    network::{self, chain},
};

/// How often one server may send on to the next.
const REDIRECTS: usize = 3;

/// How long to wait before a fetch is tried once more.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl Media {
    /// Fetches a file that fits into its share of memory, which then shrinks to its size. What may
    /// have failed by chance is tried once more.
    pub(super) async fn fetch(
        &self,
        link: &str,
        purpose: Purpose,
        share: &mut Share,
    ) -> Result<(Bytes, Kind), MediaError> {
        match self.try_fetch(link, purpose, share).await {
            Err(error) if error.is_passing() => {
                debug!(%error, ?purpose, "a file did not come; once more");
                sleep(RETRY_PAUSE).await;
                self.try_fetch(link, purpose, share).await
            }
            result => result,
        }
    }

    async fn try_fetch(
        &self,
        link: &str,
        purpose: Purpose,
        share: &mut Share,
    ) -> Result<(Bytes, Kind), MediaError> {
        let response = self.find(link).await?;
        let bytes = read(response, purpose, share).await?;
        let kind = purpose.kind(&bytes).ok_or(MediaError::WrongKind)?;
        Ok((bytes, kind))
    }

    /// Follows a link to the server that has the file. Each step is checked like the first.
    async fn find(&self, link: &str) -> Result<Response, MediaError> {
        let mut url = Url::parse(link).map_err(|_| MediaError::NotPublic)?;
        for _ in 0..=REDIRECTS {
            let http = self.client_for(&url)?;
            let response = http.send(http.request(Method::GET, url.clone())).await?;
            let status = response.status();
            if !status.is_redirection() {
                let found = status.is_success().then_some(response);
                return found.ok_or(MediaError::Status(status.as_u16()));
            }
            let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = next.ok_or(MediaError::Status(status.as_u16()))?;
            url = url.join(next).map_err(|_| MediaError::NotPublic)?;
        }
        Err(MediaError::TooManyRedirects)
    }

    /// The client with which a URL is fetched, if it may be. A name is checked when it is resolved.
    pub(super) fn client_for(&self, url: &Url) -> Result<&HttpClient, MediaError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(MediaError::NotPublic);
        }
        if url.origin() == self.whisul {
            return Ok(&self.own);
        }
        let public = match url.host() {
            _ if url.scheme() != "https" => false,
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if public { Ok(&self.public) } else { Err(MediaError::NotPublic) }
    }
}

/// Reads a body that fits into its share. No more memory than that is ever taken, and all of it goes
/// back to the system with the file: on the heap, files would leave gaps that nothing else fills. Of
/// what is no file of this purpose, no more is read than tells.
async fn read(
    mut response: Response,
    purpose: Purpose,
    share: &mut Share,
) -> Result<Bytes, MediaError> {
    if let Some(announced) = response.content_length() {
        let announced = usize::try_from(announced).map_err(|_| MediaError::TooLarge)?;
        if announced > share.bytes() {
            return Err(MediaError::TooLarge);
        }
        share.shrink(announced);
    }
    let (mut memory, mut size) = (MmapMut::map_anon(share.bytes())?, 0);
    while let Some(chunk) = response.chunk().await? {
        let room = memory.get_mut(size..size + chunk.len()).ok_or(MediaError::TooLarge)?;
        room.copy_from_slice(&chunk);
        let told_before = size >= TELLING;
        size += chunk.len();
        let begin = memory.get(..size).unwrap_or_default();
        if !told_before && size >= TELLING && purpose.kind(begin).is_none() {
            return Err(MediaError::WrongKind);
        }
    }
    if size == 0 {
        return Err(MediaError::Empty);
    }
    // What was not written to takes no memory.
    share.shrink(size);
    Ok(Bytes::from_owner(memory).slice(..size))
}

impl From<io::Error> for MediaError {
    /// There is no memory.
    fn from(error: io::Error) -> Self {
        Self::Failed { cause: error.to_string() }
    }
}

impl From<SendError> for MediaError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Client(error) => error.into(),
            SendError::Transport(error) => Self::Failed { cause: error.to_string() },
        }
    }
}

impl From<reqwest::Error> for MediaError {
    /// Addresses are left out: who signs them makes them secrets.
    fn from(error: reqwest::Error) -> Self {
        // Where a name leads is found out, and refused, within a request.
        if chain(&error).any(|cause| matches!(cause.downcast_ref(), Some(Self::NotPublic))) {
            return Self::NotPublic;
        }
        Self::Failed { cause: network::cause(error) }
    }
}
