//! Injects faults.

use std::{io, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};

use crate::{
    Fault, FaultId, Faults, lock,
    page::state::{
        PageState,
        environment::Environment,
        faults::{
            Change, ChosenFaults, DiscordFault, WhisulFault, faults_of_discord, faults_of_whisul,
            plan,
        },
    },
};

/// `POST /faults`: injects one.
pub(super) async fn inject(
    State(page): State<Arc<PageState>>,
    Json(change): Json<Change>,
) -> Result<StatusCode, (StatusCode, String)> {
    let changed = page.inject(change).await;
    page.changes.bump();
    let tell = |error: io::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    changed.map(|()| StatusCode::NO_CONTENT).map_err(tell)
}

impl PageState {
    async fn inject(&self, change: Change) -> io::Result<()> {
        let Environment { discord, whisul, bot, .. } = &self.environment;
        match change {
            Change::Whisul(fault) => self.change_whisul(fault).await?,
            Change::Songs(songs) => {
                whisul.plan("", plan(songs, self.environment.song_takes));
                lock(&self.faults).songs = songs;
            }
            Change::Discord(fault) => self.change_discord(fault),
            Change::FinishSongs => drop(whisul.finish("")),
            Change::FinishSong(prompt) => drop(whisul.finish(&prompt)),
            Change::CutGateway => discord.gateway().drop_connections(),
            Change::KillBot => drop(bot.kill()),
            Change::StartBot => bot.start_again().await?,
        }
        Ok(())
    }

    fn change_discord(&self, fault: DiscordFault) {
        let discord = &self.environment.discord;
        let off = fault == DiscordFault::Off;
        let mut now = lock(&self.faults);
        replace(discord.faults(), &mut now.discord_faults, faults_of_discord(fault));
        discord.gateway().refuse_connections(off);
        if off {
            discord.gateway().drop_connections();
        }
        now.discord = fault;
    }

    /// Restores the faults of an earlier moment.
    pub(super) async fn restore(&self, before: ChosenFaults) -> io::Result<()> {
        self.inject(Change::Discord(before.discord)).await?;
        self.inject(Change::Songs(before.songs)).await?;
        self.inject(Change::Whisul(before.whisul)).await
    }

    async fn change_whisul(&self, fault: WhisulFault) -> io::Result<()> {
        let whisul = &self.environment.whisul;
        if fault == WhisulFault::Down {
            whisul.stop().await?;
        } else {
            whisul.start_again().await?;
        }
        let mut now = lock(&self.faults);
        replace(whisul.faults(), &mut now.whisul_faults, faults_of_whisul(fault));
        now.whisul = fault;
        Ok(())
    }
}

/// Puts new faults in the place of earlier ones.
fn replace(faults: &Faults, present: &mut Vec<FaultId>, new: Vec<Fault>) {
    present.drain(..).for_each(|fault| faults.remove(fault));
    present.extend(new.into_iter().map(|fault| faults.add(fault)));
}
