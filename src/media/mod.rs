//! The files of a song: fetched from wherever Whisul says they are, and checked, before they are
//! passed on.
//!
//! Where they are is somebody else's word, so that nothing is fetched that is not public: see
//! [`address`]. Whisul's key never goes along.

mod address;
mod budget;
mod error;
mod fetch;
mod kind;
mod name;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::{
    ClientBuilder, Method,
    header::{ACCEPT_ENCODING, HeaderMap, HeaderValue},
    redirect::Policy,
};
use tokio_util::bytes::Bytes;
use tracing::info;
use url::{Origin, Url};

use self::{
    address::PublicOnly,
    budget::{Budget, Share},
    kind::{Kind, Purpose},
    name::file_name,
};
use crate::{
    domain::{FollowUpSettings, Song},
    http_client::HttpClient,
    proxy::Proxies,
};
pub use error::MediaError;

/// The memory that the files of all songs may take together, in bytes, and the most of one file.
const BUDGET: u32 = 64 << 20;
const AUDIO_MAX: u32 = 48 << 20;
const COVER_MAX: u32 = 8 << 20;

/// How long a song's files wait for memory.
const LONGEST_WAIT_FOR_OTHERS: Duration = Duration::from_mins(10);

/// How long a server may be silent, and may take for a file in all.
const SILENCE: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_mins(1);

/// Fetches the files of songs.
#[derive(Clone, Debug)]
pub struct Media {
    whisul: Origin,
    /// For Whisul's own origin, wherever that is,
    own: HttpClient,
    /// and for everybody else.
    public: HttpClient,
    budget: Budget,
}

/// The files of a song, as far as they can be passed on.
#[derive(Debug, Default)]
pub struct Files {
    pub(crate) audio: Option<File>,
    pub(crate) cover: Option<File>,
}

/// A file in memory.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
    /// The memory that it takes from what songs' files have together.
    _share: Option<Share>,
}

impl File {
    /// A file of the bot's own.
    pub(crate) fn json(name: String, bytes: Bytes) -> Self {
        let media_type = "application/json";
        Self { name, media_type, bytes, _share: None }
    }
}

impl Files {
    /// The smaller one alone, where there are two.
    #[must_use]
    pub fn smaller(self) -> Option<Self> {
        let (audio, cover) = (self.audio?, self.cover?);
        Some(if audio.bytes.len() < cover.bytes.len() {
            Self { audio: Some(audio), cover: None }
        } else {
            Self { audio: None, cover: Some(cover) }
        })
    }
}

impl Media {
    /// Media for the Whisul at this base URL.
    ///
    /// # Errors
    /// When the system has nothing to make a client from.
    pub fn of(whisul: &Url, proxies: &Proxies) -> Result<Self, MediaError> {
        Self::with_patience(whisul, proxies, SILENCE, TIMEOUT)
    }

    fn with_patience(
        whisul: &Url,
        proxies: &Proxies,
        silence: Duration,
        whole: Duration,
    ) -> Result<Self, MediaError> {
        // A kept connection would hold on to the room that it took for a whole file.
        let client = |builder: ClientBuilder| {
            builder
                .user_agent(concat!("whisul-bot/", env!("CARGO_PKG_VERSION")))
                .default_headers(HeaderMap::from_iter([(
                    ACCEPT_ENCODING,
                    HeaderValue::from_static("identity"),
                )]))
                // The first bytes of a file say what it is. Some servers announce a compression that
                // they don't use.
                .no_gzip()
                .no_deflate()
                .no_brotli()
                .no_zstd()
                .pool_max_idle_per_host(0)
                .redirect(Policy::none())
                .connect_timeout(silence)
                .read_timeout(silence)
                .timeout(whole)
        };
        Ok(Self {
            whisul: whisul.origin(),
            own: client(proxies.client()).build()?.into(),
            // A proxy would resolve names by itself, and might find this network's own servers.
            public: client(Proxies::default().client())
                .dns_resolver(PublicOnly.into())
                .build()?
                .into(),
            budget: Budget::of(BUDGET),
        })
    }

    /// Media for the Whisul at this base URL, which `http` fetches.
    pub fn with_http_client(whisul: &Url, http: HttpClient) -> Self {
        let (own, public) = (http.clone(), http);
        Self { whisul: whisul.origin(), own, public, budget: Budget::of(BUDGET) }
    }

    /// Whether the server of a link answers, whatever it says.
    ///
    /// # Errors
    /// When it can't be reached, or nothing is fetched from such a link.
    pub async fn reach(&self, link: &Url) -> Result<(), MediaError> {
        let http = self.client_for(link)?;
        http.send(http.request(Method::HEAD, link.clone())).await?;
        Ok(())
    }

    /// The files of a song that are wanted and can be had, each of at most `limit` bytes.
    pub async fn files(&self, song: &Song, follow_ups: FollowUpSettings, limit: u32) -> Files {
        let wanted = |link: &Option<String>, wanted| link.clone().filter(|_| wanted);
        let audio = wanted(&song.song_url, follow_ups.audio);
        let cover = wanted(&song.image_url, follow_ups.cover);
        let sizes = [(&audio, AUDIO_MAX), (&cover, COVER_MAX)]
            .map(|(link, most)| if link.is_some() { limit.min(most) } else { 0 });
        // Both at once: songs that each hold one share and wait for another would wait for ever.
        let reserved = self.budget.reserve(sizes.iter().sum());
        let Ok(Some(mut share)) = tokio::time::timeout(LONGEST_WAIT_FOR_OTHERS, reserved).await
        else {
            info!("too many downloads at once, only links are sent");
            return Files::default();
        };
        let Some(covers_share) = share.split(sizes[1]) else { return Files::default() };
        let title = song.title.as_deref();
        let (audio, cover) = tokio::join!(
            self.file(audio, Purpose::Audio, title, share),
            self.file(cover, Purpose::Cover, title, covers_share),
        );
        Files { audio, cover }
    }

    async fn file(
        &self,
        link: Option<String>,
        purpose: Purpose,
        title: Option<&str>,
        mut share: Share,
    ) -> Option<File> {
        match self.fetch(&link?, purpose, &mut share).await {
            Ok((bytes, Kind { extension, media_type })) => Some(File {
                name: match purpose {
                    Purpose::Audio => file_name(title, extension),
                    Purpose::Cover => format!("cover.{extension}"),
                },
                media_type,
                bytes,
                _share: Some(share),
            }),
            Err(error) => {
                info!(%error, ?purpose, "file not attached, only its link is sent");
                None
            }
        }
    }
}

impl Files {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    /// Whether the song itself is among them.
    pub fn has_audio(&self) -> bool {
        self.audio.is_some()
    }

    /// All of them, in the order in which people see them.
    pub(crate) fn list(&self) -> Vec<&File> {
        self.audio.iter().chain(&self.cover).collect()
    }
}
