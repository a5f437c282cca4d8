//! The bot's own affairs: its user, its application, where its gateway is.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::api::json::Fields as _;
use crate::discord::gateway::sessions::Event;
use crate::discord::rest::extract::{Bot, Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/gateway", get(gateway))
        .route("/gateway/bot", get(gateway_bot))
        .route("/users/@me", get(me).patch(change_me))
        .route("/users/@me/channels", post(open_dm))
        .route("/users/@me/guilds", get(my_guilds))
        .route("/users/{user}", get(user))
        .route("/applications/@me", get(application))
        .route("/oauth2/applications/@me", get(application))
}

async fn gateway(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.read(|state| json!({ "url": format!("ws://{}", state.authority) })))
}

async fn gateway_bot(State(shared): State<Arc<Shared>>, _: Bot) -> Json<Value> {
    Json(shared.read(|state| {
        let total = state.rules.session_start_limit;
        json!({
            "url": format!("ws://{}", state.authority),
            "shards": state.rules.shards,
            "session_start_limit": {
                "total": total,
                "remaining": total.saturating_sub(state.gateway.identifies),
                "reset_after": 86_400_000,
                "max_concurrency": 1,
            },
        })
    }))
}

async fn me(State(shared): State<Arc<Shared>>, _: Bot) -> Json<Value> {
    use crate::discord::model::user::User;
    Json(shared.read(|state| state.users.get(&state.bot).map(User::own_json).unwrap_or_default()))
}

async fn change_me(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    use crate::discord::model::user::User;
    let mut breaches = Breaches::default();
    let mut form = Form::new(&body.json, &mut breaches);
    let name = form.text("username", 32);
    // Pictures are taken and not kept: everybody here has one of their own.
    let name = breaches.or(name)?;
    shared.change(|state| {
        let bot = state.bot;
        if let (Some(user), Some(name)) = (state.users.get_mut(&bot), name) {
            user.name = name;
        }
        let own = state.users.get(&bot).map(User::own_json).unwrap_or_default();
        let event = Event { name: "USER_UPDATE", data: own.clone(), guild: None, intent: 0 };
        state.gateway.dispatch(&event);
        Ok(Json(own))
    })
}

async fn user(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(user): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let found = state.users.get(&user).ok_or(ApiError::UNKNOWN_USER)?;
        Ok(Json(found.json()))
    })
}

/// Which part of a list is wanted.
#[derive(Deserialize)]
struct Page {
    limit: Option<usize>,
    after: Option<u64>,
}

async fn my_guilds(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Query(page): Query<Page>,
) -> Json<Value> {
    // At most 200 a page, in the order of their ids
    // (<https://docs.discord.com/developers/resources/user#get-current-user-guilds>).
    let (limit, after) = (page.limit.unwrap_or(200).clamp(1, 200), page.after.unwrap_or(0));
    Json(shared.read(|state| {
        let joined = state.guilds.values().filter(|guild| guild.has_bot && guild.id > after);
        let joined = joined.take(limit);
        let brief = joined.map(|guild| {
            json!({
                "id": guild.id.to_string(),
                "name": guild.name,
                "icon": null,
                "banner": null,
                "owner": false,
                "permissions": guild.permissions_of(state.bot).to_string(),
                "features": [],
            })
        });
        brief.collect()
    }))
}

async fn open_dm(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(&body.json, &mut breaches);
    let recipient = form.snowflake("recipient_id");
    if recipient.is_none() && form.raw("recipient_id").is_null() {
        form.missing("recipient_id");
    }
    let recipient = breaches.or(recipient)?.unwrap_or_default();
    shared.change(|state| {
        if state.users.get(&recipient).is_none_or(|user| user.bot) {
            return Err(ApiError::UNKNOWN_USER);
        }
        let id = state.open_dm(recipient);
        Ok(Json(state.channel_json(state.channel(id)?)))
    })
}

async fn application(State(shared): State<Arc<Shared>>, _: Bot) -> Json<Value> {
    Json(shared.read(DiscordState::application_json))
}

impl DiscordState {
    /// The application object
    /// (<https://docs.discord.com/developers/resources/application#application-object>).
    fn application_json(&self) -> Value {
        let bot = self.user_json(self.bot);
        json!({
            "id": self.application.to_string(),
            "name": bot.at("username"),
            "icon": null,
            "description": "",
            "summary": "",
            "type": null,
            "bot": bot,
            "bot_public": true,
            "bot_require_code_grant": false,
            "verify_key": "0".repeat(64),
            "flags": 0,
            "flags_new": "0",
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": ["applications.commands", "bot"],
            "owner": self.application_owner_json(),
            "team": self.team_json(),
            "hook": true,
            "is_monetized": false,
            "integration_types_config": {
                "0": { "oauth2_install_params": { "scopes": ["applications.commands", "bot"], "permissions": "0" } },
                "1": { "oauth2_install_params": { "scopes": ["applications.commands"], "permissions": "0" } },
            },
            "approximate_guild_count": self.guilds.values().filter(|guild| guild.has_bot).count(),
            "approximate_user_install_count": self.users.values().filter(|user| user.installed_app).count(),
            "approximate_user_authorization_count": 0,
            "redirect_uris": [],
            "interactions_endpoint_url": self.interactions_endpoint,
            "role_connections_verification_url": null,
        })
    }

    /// The owner; a team appears as a user of its own here.
    fn application_owner_json(&self) -> Value {
        if self.team.is_none() {
            return self.user_json(self.owner);
        }
        let mut team = self.user_json(self.owner);
        team.set("id", self.team_id());
        team.set("username", "team");
        team.set("global_name", Value::Null);
        team
    }

    fn team_json(&self) -> Value {
        let Some(members) = &self.team else { return Value::Null };
        let member = |(user, role): &(u64, String)| {
            json!({
                "membership_state": 2,
                "permissions": ["*"],
                "role": role,
                "team_id": self.team_id(),
                "user": self.user_json(*user),
            })
        };
        json!({
            "id": self.team_id(),
            "name": "team",
            "icon": null,
            "owner_user_id": self.owner.to_string(),
            "members": members.iter().map(member).collect::<Vec<_>>(),
        })
    }

    /// The team's id, one after its application's.
    fn team_id(&self) -> String {
        (self.application + (1 << 20)).to_string()
    }
}
