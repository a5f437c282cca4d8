//! What the bot has to live with.

use std::{io, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};

use super::{Cast, House};
use crate::{Fault, FaultId, Faults, Plan, lock};

/// How late a slow Whisul answers.
const SLOW: Duration = Duration::from_secs(4);

/// The weather at present.
#[derive(Debug, Serialize)]
pub(super) struct Weather {
    whisul: WhisulWeather,
    songs: Songs,
    discord: DiscordWeather,
    #[serde(skip)]
    whisul_faults: Vec<FaultId>,
    #[serde(skip)]
    discord_faults: Vec<FaultId>,
}

/// How Whisul fares.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum WhisulWeather {
    Fine,
    Slow,
    Busy,
    Failing,
    Garbage,
    /// A proxy in front of it responds.
    Foreign,
    Down,
}

/// What becomes of prompts from now on.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Songs {
    Usual,
    OneMinute,
    TwentyMinutes,
    Fail,
}

/// How Discord fares.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum DiscordWeather {
    Fine,
    Busy,
    Failing,
    /// A proxy in front of it responds.
    Foreign,
    /// Connections are cut and refused.
    Off,
}

/// What was chosen, without the faults that come of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    whisul: WhisulWeather,
    songs: Songs,
    discord: DiscordWeather,
}

/// A change of the weather, or a blow.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Whisul(WhisulWeather),
    Songs(Songs),
    Discord(DiscordWeather),
    /// All songs under way are done now.
    FinishSongs,
    /// Those of this prompt are.
    FinishSong(String),
    /// The bot's connection to the gateway is cut.
    CutGateway,
    /// The bot is killed.
    KillBot,
    /// The bot is started.
    StartBot,
}

/// `POST /weather`.
pub(super) async fn change(
    State(house): State<Arc<House>>,
    Json(change): Json<Change>,
) -> Result<StatusCode, (StatusCode, String)> {
    let changed = house.change(change).await;
    house.changes.bump();
    let tell = |error: io::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    changed.map(|()| StatusCode::NO_CONTENT).map_err(tell)
}

impl House {
    async fn change(&self, change: Change) -> io::Result<()> {
        let Cast { discord, whisul, bot, .. } = &self.cast;
        match change {
            Change::Whisul(weather) => self.change_whisul(weather).await?,
            Change::Songs(songs) => {
                whisul.plan("", plan(songs, self.cast.song_takes));
                lock(&self.weather).songs = songs;
            }
            Change::Discord(weather) => self.change_discord(weather),
            Change::FinishSongs => drop(whisul.finish("")),
            Change::FinishSong(prompt) => drop(whisul.finish(&prompt)),
            Change::CutGateway => discord.gateway().drop_connections(),
            Change::KillBot => drop(bot.kill()),
            Change::StartBot => bot.start_again().await?,
        }
        Ok(())
    }

    fn change_discord(&self, weather: DiscordWeather) {
        let discord = &self.cast.discord;
        let off = weather == DiscordWeather::Off;
        let mut now = lock(&self.weather);
        replace(discord.faults(), &mut now.discord_faults, discord_fault(weather));
        discord.gateway().refuse_connections(off);
        if off {
            discord.gateway().drop_connections();
        }
        now.discord = weather;
    }

    /// Makes the weather as it was.
    pub(super) async fn restore(&self, before: Conditions) -> io::Result<()> {
        self.change(Change::Discord(before.discord)).await?;
        self.change(Change::Songs(before.songs)).await?;
        self.change(Change::Whisul(before.whisul)).await
    }

    async fn change_whisul(&self, weather: WhisulWeather) -> io::Result<()> {
        let whisul = &self.cast.whisul;
        if weather == WhisulWeather::Down {
            whisul.stop().await?;
        } else {
            whisul.start_again().await?;
        }
        let mut now = lock(&self.weather);
        replace(whisul.faults(), &mut now.whisul_faults, whisul_fault(weather));
        now.whisul = weather;
        Ok(())
    }
}

impl Weather {
    /// What was chosen.
    pub(super) fn conditions(&self) -> Conditions {
        Conditions { whisul: self.whisul, songs: self.songs, discord: self.discord }
    }

    /// Fair weather, from now on.
    pub(super) fn fair(cast: &Cast) -> Self {
        cast.whisul.plan("", plan(Songs::Usual, cast.song_takes));
        Self {
            whisul: WhisulWeather::Fine,
            songs: Songs::Usual,
            discord: DiscordWeather::Fine,
            whisul_faults: Vec::new(),
            discord_faults: Vec::new(),
        }
    }
}

/// Puts new faults in the place of earlier ones.
fn replace(faults: &Faults, present: &mut Vec<FaultId>, new: Vec<Fault>) {
    present.drain(..).for_each(|fault| faults.remove(fault));
    present.extend(new.into_iter().map(|fault| faults.add(fault)));
}

fn plan(songs: Songs, usual: Duration) -> Plan {
    match songs {
        Songs::Usual => Plan::song().takes(usual),
        Songs::OneMinute => Plan::song().takes(Duration::from_mins(1)),
        Songs::TwentyMinutes => Plan::song().takes(Duration::from_mins(20)),
        Songs::Fail => Plan::fails(Some("The prompt could not be set to music.")).takes(usual),
    }
}

fn whisul_fault(weather: WhisulWeather) -> Vec<Fault> {
    let fault = Fault::on("*", "/api/**");
    match weather {
        WhisulWeather::Fine | WhisulWeather::Down => Vec::new(),
        WhisulWeather::Slow => vec![fault.delay(SLOW)],
        WhisulWeather::Busy => vec![
            fault
                .status(429)
                .header("content-type", "application/json")
                .header("retry-after", "3")
                .body(r#"{"error":"Too many requests","message":"Slow down and retry later."}"#),
        ],
        WhisulWeather::Failing => vec![fault.status(500).body("Internal Server Error")],
        WhisulWeather::Garbage => vec![fault.garbage()],
        WhisulWeather::Foreign => vec![fault.html(403)],
    }
}

/// First responses are left alone: what a person does is answered even on Discord's bad days, or
/// there would be nothing to see.
fn discord_fault(weather: DiscordWeather) -> Vec<Fault> {
    let paths = ["/api/v10/webhooks/**", "/api/v10/channels/**"];
    let on = |fault: fn(Fault) -> Fault| paths.map(|path| fault(Fault::on("*", path))).into();
    match weather {
        DiscordWeather::Fine => Vec::new(),
        DiscordWeather::Busy => {
            on(|fault| {
                fault
                .status(429)
                .header("content-type", "application/json")
                .header("retry-after", "2")
                .body(r#"{"message":"You are being rate limited.","retry_after":2.0,"global":false}"#)
            })
        }
        DiscordWeather::Failing => on(|fault| fault.status(503).body("upstream connect error")),
        DiscordWeather::Foreign => on(|fault| fault.html(403)),
        DiscordWeather::Off => vec![Fault::on("*", "/api/**").cut_before()],
    }
}
