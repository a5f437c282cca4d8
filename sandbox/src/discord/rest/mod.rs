//! The REST API, version 10 (<https://docs.discord.com/developers/reference>).

mod application;
mod catalog;
mod channels;
mod commands;
mod description;
mod emojis;
mod extract;
mod files;
mod guilds;
mod interactions;
mod rate_limit;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use channels::{messages, pins, reactions, threads};
use interactions::{callback, webhook};

use super::api::error::ApiError;
use super::api::paths::ROOTS;
use super::gateway;
use super::shared::Shared;

/// All routes of this Discord: API, gateway and files.
pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let api = application::routes()
        .merge(catalog::routes())
        .merge(commands::routes())
        .merge(emojis::routes())
        .merge(guilds::routes())
        .merge(messages::routes())
        .merge(pins::routes())
        .merge(reactions::routes())
        .merge(threads::routes())
        .merge(webhook::routes())
        .route("/interactions/{interaction}/{token}/callback", post(callback::callback));
    let roots = ROOTS.iter().fold(Router::new(), |all, root| all.nest(root, api.clone()));
    roots
        .route("/", get(gateway::upgrade))
        .route("/attachments/{channel}/{file}/{name}", get(files::download))
        .fallback(async || ApiError::NOT_FOUND)
        .method_not_allowed_fallback(async || ApiError::METHOD_NOT_ALLOWED)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(shared), rate_limit::limit))
        .layer(from_fn_with_state(Arc::clone(shared), description::check_answers))
        .with_state(Arc::clone(shared))
}
