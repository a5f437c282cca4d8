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
    asset!("actor.js", SCRIPT),
    asset!("attachments.js", SCRIPT),
    asset!("avatar.js", SCRIPT),
    asset!("backstage.css", CSS),
    asset!("base.css", CSS),
    asset!("channel.js", SCRIPT),
    asset!("command.js", SCRIPT),
    asset!("components.js", SCRIPT),
    asset!("composer.css", CSS),
    asset!("composer.js", SCRIPT),
    asset!("dialogs.css", CSS),
    asset!("dom.js", SCRIPT),
    asset!("drawers.js", SCRIPT),
    asset!("embed.js", SCRIPT),
    asset!("end.js", SCRIPT),
    asset!("fault_controls.js", SCRIPT),
    asset!("field.js", SCRIPT),
    asset!("frame.css", CSS),
    asset!("icon.svg", SVG),
    asset!("interaction.js", SCRIPT),
    asset!("log.js", SCRIPT),
    asset!("main.js", SCRIPT),
    asset!("markdown.js", SCRIPT),
    asset!("menu.js", SCRIPT),
    asset!("message.js", SCRIPT),
    asset!("messages.css", CSS),
    asset!("modal.js", SCRIPT),
    asset!("net.js", SCRIPT),
    asset!("notices.js", SCRIPT),
    asset!("options.js", SCRIPT),
    asset!("picture.js", SCRIPT),
    asset!("presence.js", SCRIPT),
    asset!("scenarios.js", SCRIPT),
    asset!("sidebar.js", SCRIPT),
    asset!("state.js", SCRIPT),
    asset!("suggestions.js", SCRIPT),
    asset!("theme.js", SCRIPT),
    asset!("time.js", SCRIPT),
    asset!("try_this.js", SCRIPT),
];

/// Serves them.
pub(super) fn routes() -> Router<Arc<PageState>> {
    let (_, kind, text) = INDEX;
    let start = Router::new().route("/", get(async move || ([(CONTENT_TYPE, kind)], text)));
    ASSETS.iter().fold(start, |router, &(path, kind, text)| {
        router.route(path, get(async move || ([(CONTENT_TYPE, kind)], text)))
    })
}
