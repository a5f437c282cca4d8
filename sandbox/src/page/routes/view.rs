//! What the page shows to a person.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    lock,
    page::state::{PageState, action::id, millis},
};

/// The person and the channel of a tab.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Place {
    #[serde(deserialize_with = "id")]
    pub(super) person: u64,
    #[serde(deserialize_with = "id")]
    pub(super) channel: u64,
    /// The moment of the view before, as that named it.
    since: Option<u64>,
}

/// `GET /people`: who one can be, and where; what doesn't change while the page is open.
pub(super) async fn people(State(page): State<Arc<PageState>>) -> Json<Value> {
    let environment = &page.environment;
    let named = |id: u64, name: &str| json!({ "id": id.to_string(), "name": name });
    let people = environment.people.iter().map(|(person, what)| {
        let dm = page.dms.get(&person.id()).map(u64::to_string);
        json!({ "id": person.id().to_string(), "name": person.name(), "what": what, "dm": dm })
    });
    let bot = environment.discord.bot();
    Json(json!({
        "opened": millis(page.opened.1).to_string(),
        "server": environment.server,
        "bot": named(bot.id(), &bot.name()),
        "channels": environment.channels.iter().map(|(channel, name)| named(channel.id(), name))
            .collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "roles": environment.roles.iter().map(|(id, name)| named(*id, name)).collect::<Vec<_>>(),
        "media": page.media_origins(),
    }))
}

/// `GET /view`: the channel, what of it has changed, and the state of bot and faults.
pub(super) async fn view(
    State(page): State<Arc<PageState>>,
    Query(place): Query<Place>,
) -> Json<Value> {
    let discord = &page.environment.discord;
    let opened = page.opened.0;
    // Taken before the look: what changes meanwhile is shown twice rather than never.
    let now = opened.elapsed().as_micros();
    let since: Option<Instant> = place.since.map(|since| opened + Duration::from_micros(since));
    let snapshot = discord.channel_client(place.person, place.channel).snapshot(since);
    let latest = page.channels_of(place.person).into_iter().filter_map(|channel| {
        let latest = discord.channel_client(place.person, channel).latest()?;
        Some((channel.to_string(), Value::from(latest.to_string())))
    });
    let jobs = page.environment.whisul.jobs();
    let under_way = jobs.iter().filter(|job| job.finished_at.is_none()).count();
    Json(json!({
        "now": now.to_string(),
        "ids": snapshot.ids.iter().map(u64::to_string).collect::<Vec<_>>(),
        "changed": snapshot.changed,
        "manages": snapshot.manages,
        "latest": latest.collect::<serde_json::Map<_, _>>(),
        "bot": {
            "runs": page.environment.bot.runs(),
            "connected": discord.sessions().connected > 0,
        },
        "faults": *lock(&page.faults),
        "under_way": under_way,
        "scenario": lock(&page.scenario).is_some(),
    }))
}

/// `GET /commands`: what this person can use here.
pub(super) async fn commands(
    State(page): State<Arc<PageState>>,
    Query(place): Query<Place>,
) -> Json<Value> {
    Json(Value::Array(
        page.environment.discord.channel_client(place.person, place.channel).commands(),
    ))
}

impl PageState {
    /// The channels that a person can see.
    fn channels_of(&self, person: u64) -> Vec<u64> {
        let channels = self.environment.channels.iter().map(|(channel, _)| channel.id());
        channels.chain(self.dms.get(&person).copied()).collect()
    }
}
