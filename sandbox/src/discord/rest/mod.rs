//! The REST API, version 10 (<https://docs.discord.com/developers/reference>).

mod application;
mod callback;
mod catalog;
mod commands;
mod emojis;
mod files;
mod guilds;
mod messages;
mod pins;
mod reactions;
mod threads;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::error::ApiError;
use super::gateway;
use super::openapi;
use super::paths::ROOTS;
use super::rate_limit;
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
        .layer(from_fn_with_state(Arc::clone(shared), openapi::check_answers))
        .with_state(Arc::clone(shared))
}
