//! What a person sees.

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

use super::{House, millis};
use crate::lock;

/// Who looks, and where.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Place {
    #[serde(deserialize_with = "id")]
    pub(super) person: u64,
    #[serde(deserialize_with = "id")]
    pub(super) channel: u64,
    /// The moment of the view before, as that named it.
    since: Option<u64>,
}

/// Ids are texts, since JavaScript's numbers are too small for them.
pub(super) fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// `GET /people`: who one can be, and where; what doesn't change while the page is open.
pub(super) async fn people(State(house): State<Arc<House>>) -> Json<Value> {
    let cast = &house.cast;
    let named = |id: u64, name: &str| json!({ "id": id.to_string(), "name": name });
    let people = cast.people.iter().map(|(person, what)| {
        let dm = house.dms.get(&person.id()).map(u64::to_string);
        json!({ "id": person.id().to_string(), "name": person.name(), "what": what, "dm": dm })
    });
    let bot = cast.discord.bot();
    Json(json!({
        "opened": millis(house.opened.1).to_string(),
        "server": cast.server,
        "bot": named(bot.id(), &bot.name()),
        "channels": cast.channels.iter().map(|(channel, name)| named(channel.id(), name))
            .collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "roles": cast.roles.iter().map(|(id, name)| named(*id, name)).collect::<Vec<_>>(),
        "media": house.media_origins(),
    }))
}

/// `GET /view`: the channel, what of it has changed, and what else can be seen at a glance.
pub(super) async fn view(
    State(house): State<Arc<House>>,
    Query(place): Query<Place>,
) -> Json<Value> {
    let discord = &house.cast.discord;
    let opened = house.opened.0;
    // Taken before the look: what changes meanwhile is shown twice rather than never.
    let now = opened.elapsed().as_micros();
    let since: Option<Instant> = place.since.map(|since| opened + Duration::from_micros(since));
    let glance = discord.seat(place.person, place.channel).glance(since);
    let latest = house.channels_of(place.person).into_iter().filter_map(|channel| {
        let latest = discord.seat(place.person, channel).latest()?;
        Some((channel.to_string(), Value::from(latest.to_string())))
    });
    let jobs = house.cast.whisul.jobs();
    let under_way = jobs.iter().filter(|job| job.finished_at.is_none()).count();
    Json(json!({
        "now": now.to_string(),
        "ids": glance.ids.iter().map(u64::to_string).collect::<Vec<_>>(),
        "changed": glance.changed,
        "manages": glance.manages,
        "latest": latest.collect::<serde_json::Map<_, _>>(),
        "bot": {
            "runs": house.cast.bot.runs(),
            "connected": discord.sessions().connected > 0,
        },
        "weather": *lock(&house.weather),
        "under_way": under_way,
        "scenario": lock(&house.scenario).is_some(),
    }))
}

/// `GET /commands`: what this person can use here.
pub(super) async fn commands(
    State(house): State<Arc<House>>,
    Query(place): Query<Place>,
) -> Json<Value> {
    Json(Value::Array(house.cast.discord.seat(place.person, place.channel).commands()))
}

impl House {
    /// The channels that a person can look at.
    fn channels_of(&self, person: u64) -> Vec<u64> {
        let channels = self.cast.channels.iter().map(|(channel, _)| channel.id());
        channels.chain(self.dms.get(&person).copied()).collect()
    }
}
