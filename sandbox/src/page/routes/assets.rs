//! The page's own files, built in.

use std::sync::Arc;

use axum::{Router, http::header::CONTENT_TYPE, routing::get};

use crate::page::state::PageState;

/// A file's path, its type and its text.
type Asset = (&'static str, &'static str, &'static str);

/// Names a file of `sandbox/page` by the path under which it is served.
macro_rules! asset {
    ($path:literal, $kind:expr) => {
        (concat!("/", $path), $kind, include_str!(concat!("../../../page/", $path)))
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const INDEX: Asset = asset!("index.html", HTML);

const ASSETS: &[Asset] = &[
    asset!("composer/command.js", SCRIPT),
    asset!("composer/composer.js", SCRIPT),
    asset!("composer/field.js", SCRIPT),
    asset!("composer/interaction.js", SCRIPT),
    asset!("composer/modal.js", SCRIPT),
    asset!("composer/options.js", SCRIPT),
    asset!("composer/suggestions.js", SCRIPT),
    asset!("dom.js", SCRIPT),
    asset!("drawers.js", SCRIPT),
    asset!("icon.svg", SVG),
    asset!("main.js", SCRIPT),
    asset!("messages/attachments.js", SCRIPT),
    asset!("messages/avatar.js", SCRIPT),
    asset!("messages/channel.js", SCRIPT),
    asset!("messages/components.js", SCRIPT),
    asset!("messages/embed.js", SCRIPT),
    asset!("messages/end.js", SCRIPT),
    asset!("messages/markdown.js", SCRIPT),
    asset!("messages/menu.js", SCRIPT),
    asset!("messages/message.js", SCRIPT),
    asset!("messages/notices.js", SCRIPT),
    asset!("messages/picture.js", SCRIPT),
    asset!("messages/time.js", SCRIPT),
    asset!("net.js", SCRIPT),
    asset!("panel/actor.js", SCRIPT),
    asset!("panel/fault_controls.js", SCRIPT),
    asset!("panel/log.js", SCRIPT),
    asset!("panel/presence.js", SCRIPT),
    asset!("panel/scenarios.js", SCRIPT),
    asset!("panel/try_this.js", SCRIPT),
    asset!("sidebar.js", SCRIPT),
    asset!("state.js", SCRIPT),
    asset!("styles/base.css", CSS),
    asset!("styles/composer.css", CSS),
    asset!("styles/dialogs.css", CSS),
    asset!("styles/frame.css", CSS),
    asset!("styles/messages.css", CSS),
    asset!("styles/panel.css", CSS),
    asset!("theme.js", SCRIPT),
];

/// Serves them.
pub(super) fn routes() -> Router<Arc<PageState>> {
    let (_, kind, text) = INDEX;
    let start = Router::new().route("/", get(async move || ([(CONTENT_TYPE, kind)], text)));
    ASSETS.iter().fold(start, |router, &(path, kind, text)| {
        router.route(path, get(async move || ([(CONTENT_TYPE, kind)], text)))
    })
}
