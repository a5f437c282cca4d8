//! What the page asks of the server.

mod action;
mod assets;
mod events;
mod faults;
mod guard;
mod log;
mod scenario;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};

use super::state::PageState;

/// All routes of the page.
pub(crate) fn router(page: &Arc<PageState>) -> Router {
    assets::routes()
        .route("/events", get(events::events))
        .route("/people", get(view::people))
        .route("/view", get(view::view))
        .route("/commands", get(view::commands))
        .route("/log", get(log::log))
        .route("/action", post(action::action))
        .route("/faults", post(faults::inject))
        .route("/scenario", post(scenario::begin))
        .route("/scenario/cleanup", post(scenario::clean_up))
        .layer(from_fn_with_state(Arc::clone(page), guard::guard))
        .with_state(Arc::clone(page))
}
