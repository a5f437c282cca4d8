//! The sandbox as a page in a browser: a channel as Discord shows it, in which anyone can try a
//! bot, and the weather that it has to live with.
//!
//! The page is plain HTML, CSS and JavaScript from `sandbox/page`, and listens on loopback only.
//! Who looks, and where, is the browser's affair: each tab can be somebody else.

mod act;
mod assets;
mod events;
mod guard;
mod log;
mod scenario;
mod view;
mod weather;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Changes, Channel, DiscordSandbox, Person, Program, WhisulSandbox};
use scenario::Scenario;
use weather::Weather;

/// Where the page is, unless somebody else is there.
const FAVOURITE_PORT: u16 = 4417;

/// What a page shows.
#[derive(Debug)]
pub struct Cast {
    /// The Discord.
    pub discord: DiscordSandbox,
    /// The Whisul.
    pub whisul: WhisulSandbox,
    /// The name of the server that the channels belong to.
    pub server: String,
    /// The channels, each with its name.
    pub channels: Vec<(Channel, String)>,
    /// Who one can be, and what each of them is.
    pub people: Vec<(Person, String)>,
    /// Names of roles, by their ids.
    pub roles: Vec<(u64, String)>,
    /// The bot.
    pub bot: Arc<Program>,
    /// How long a song takes in fair weather.
    pub song_takes: Duration,
}

/// A page that is served. Dropping it ends that.
#[derive(Debug)]
pub struct Page {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Page {
    /// Serves a page on loopback: on port 4417 if that is free, and on any other one if not.
    ///
    /// # Errors
    /// When there is no port at all.
    pub async fn open(cast: Cast) -> io::Result<Self> {
        let favourite = TcpListener::bind((Ipv4Addr::LOCALHOST, FAVOURITE_PORT)).await;
        match favourite {
            Ok(listener) => Self::serve(cast, listener),
            Err(_) => Self::open_anywhere(cast).await,
        }
    }

    /// Serves a page on any free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open_anywhere(cast: Cast) -> io::Result<Self> {
        Self::serve(cast, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
    }

    fn serve(cast: Cast, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        cast.discord.requests().keep_answers();
        cast.whisul.requests().keep_answers();
        let house = Arc::new(House {
            weather: Mutex::new(Weather::fair(&cast)),
            scenario: Mutex::default(),
            dms: cast.people.iter().map(|(it, _)| (it.id(), it.dm().channel_id())).collect(),
            cast,
            changes: Changes::new(),
            address,
            opened: (Instant::now(), SystemTime::now()),
        });
        let router = router(&house);
        // Where the listener fails for good the page is gone, which its visitors will notice.
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, serving })
    }

    /// `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// What all requests share.
#[derive(Debug)]
struct House {
    cast: Cast,
    weather: Mutex<Weather>,
    scenario: Mutex<Option<Scenario>>,
    changes: Changes,
    address: SocketAddr,
    /// Each person's direct messages with the bot, by the person's id.
    dms: BTreeMap<u64, u64>,
    /// One moment on both clocks.
    opened: (Instant, SystemTime),
}

impl House {
    /// The wall clock's time of a moment, in milliseconds since 1970.
    fn wall_clock(&self, moment: Instant) -> u128 {
        let (instant, time) = self.opened;
        let moment = match moment.checked_duration_since(instant) {
            Some(after) => time + after,
            None => time - instant.duration_since(moment),
        };
        millis(moment)
    }
}

fn millis(time: SystemTime) -> u128 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}

fn router(house: &Arc<House>) -> Router {
    assets::routes()
        .route("/events", get(events::events))
        .route("/people", get(view::people))
        .route("/view", get(view::view))
        .route("/commands", get(view::commands))
        .route("/log", get(log::log))
        .route("/act", post(act::act))
        .route("/weather", post(weather::change))
        .route("/scenario", post(scenario::begin))
        .route("/scenario/cleanup", post(scenario::clean_up))
        .layer(from_fn_with_state(Arc::clone(house), guard::guard))
        .with_state(Arc::clone(house))
}
