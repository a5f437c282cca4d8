//! The faults that a visitor can inject, and what each of them means for Whisul and Discord.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use crate::{Fault, FaultId, Plan};

/// The delay of a slow Whisul.
const SLOW: Duration = Duration::from_secs(4);

/// The faults that are injected at present.
#[derive(Debug, Serialize)]
pub(crate) struct FaultControls {
    pub(crate) whisul: WhisulFault,
    pub(crate) songs: Songs,
    pub(crate) discord: DiscordFault,
    #[serde(skip)]
    pub(crate) whisul_faults: Vec<FaultId>,
    #[serde(skip)]
    pub(crate) discord_faults: Vec<FaultId>,
}

/// What goes wrong with Whisul.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhisulFault {
    Fine,
    Slow,
    Busy,
    Failing,
    Garbage,
    /// A proxy in front of it responds.
    Foreign,
    Down,
}

/// How long new songs take, and whether they fail.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Songs {
    Usual,
    OneMinute,
    TwentyMinutes,
    Fail,
}

/// What goes wrong with Discord.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DiscordFault {
    Fine,
    Busy,
    Failing,
    /// A proxy in front of it responds.
    Foreign,
    /// Connections are cut and refused.
    Off,
}

/// The chosen options, without the ids of the faults that they added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChosenFaults {
    pub(crate) whisul: WhisulFault,
    pub(crate) songs: Songs,
    pub(crate) discord: DiscordFault,
}

/// A fault to inject, or a change of what is injected.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Whisul(WhisulFault),
    Songs(Songs),
    Discord(DiscordFault),
    /// Completes all running songs.
    FinishSongs,
    /// Completes the running songs of this prompt.
    FinishSong(String),
    /// Cuts the bot's connection to the gateway.
    CutGateway,
    /// Kills the bot.
    KillBot,
    /// Starts the bot.
    StartBot,
}

impl FaultControls {
    /// The chosen options.
    pub(crate) fn chosen(&self) -> ChosenFaults {
        ChosenFaults { whisul: self.whisul, songs: self.songs, discord: self.discord }
    }

    /// Without any fault: what a page starts with.
    pub(crate) fn none(environment: &Environment) -> Self {
        environment.whisul.plan("", plan(Songs::Usual, environment.song_takes));
        Self {
            whisul: WhisulFault::Fine,
            songs: Songs::Usual,
            discord: DiscordFault::Fine,
            whisul_faults: Vec::new(),
            discord_faults: Vec::new(),
        }
    }
}

/// The plan of new songs.
pub(crate) fn plan(songs: Songs, usual: Duration) -> Plan {
    match songs {
        Songs::Usual => Plan::song().takes(usual),
        Songs::OneMinute => Plan::song().takes(Duration::from_mins(1)),
        Songs::TwentyMinutes => Plan::song().takes(Duration::from_mins(20)),
        Songs::Fail => Plan::fails(Some("The prompt could not be set to music.")).takes(usual),
    }
}

/// The faults on requests to Whisul.
pub(crate) fn faults_of_whisul(fault: WhisulFault) -> Vec<Fault> {
    let any = Fault::on("*", "/api/**");
    match fault {
        WhisulFault::Fine | WhisulFault::Down => Vec::new(),
        WhisulFault::Slow => vec![any.delay(SLOW)],
        WhisulFault::Busy => vec![
            any.status(429)
                .header("content-type", "application/json")
                .header("retry-after", "3")
                .body(r#"{"error":"Too many requests","message":"Slow down and retry later."}"#),
        ],
        WhisulFault::Failing => vec![any.status(500).body("Internal Server Error")],
        WhisulFault::Garbage => vec![any.garbage()],
        WhisulFault::Foreign => vec![any.html(403)],
    }
}

/// First responses to interactions never fail, so that the page always shows a response.
pub(crate) fn faults_of_discord(fault: DiscordFault) -> Vec<Fault> {
    let paths = ["/api/v10/webhooks/**", "/api/v10/channels/**"];
    let on = |fault: fn(Fault) -> Fault| paths.map(|path| fault(Fault::on("*", path))).into();
    match fault {
        DiscordFault::Fine => Vec::new(),
        DiscordFault::Busy => {
            on(|fault| {
                fault
                .status(429)
                .header("content-type", "application/json")
                .header("retry-after", "2")
                .body(r#"{"message":"You are being rate limited.","retry_after":2.0,"global":false}"#)
            })
        }
        DiscordFault::Failing => on(|fault| fault.status(503).body("upstream connect error")),
        DiscordFault::Foreign => on(|fault| fault.html(403)),
        DiscordFault::Off => vec![Fault::on("*", "/api/**").cut_before()],
    }
}
