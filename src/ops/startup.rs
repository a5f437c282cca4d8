//! What the log says before Discord is reached: all that explains later lines.

use std::path::Path;

use tracing::{field, info, warn};

use crate::{
    config::{Settings, UnknownName},
    domain::Source,
    store::{Contents, Store, StoreError},
};

/// Tells which program starts, with what in its settings is worth a line.
pub(crate) fn log_settings(settings: &Settings, database: &Path) {
    let version = env!("CARGO_PKG_VERSION");
    info!(version, database = %database.display(), "starting whisul-bot");
    for UnknownName { name, line, meant } in &settings.unknown {
        let (line, meant) = (line.map(field::display), meant.map(field::display));
        warn!(name, line, did_you_mean = meant, "ignoring an unknown setting");
    }
    let is_set =
        |name| settings.origins.iter().any(|it| it.name == name && it.source != Source::Default);
    if settings.alert_webhook.is_none() && is_set("ALERT_WEBHOOK_SECRET") {
        warn!("ignoring ALERT_WEBHOOK_SECRET without ALERT_WEBHOOK_URL");
    }
    let servers = settings.allowed_guilds.as_ref().map_or_else(
        || "any".to_owned(),
        |guilds| guilds.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    );
    info!(servers, direct_messages = settings.allow_dms, "allowed servers");
    if let Some(proxy) = settings.proxies.of(&settings.whisul_api_url) {
        info!(%proxy, "Whisul is reached through a proxy");
    }
}

/// Tells what is in the database, and which quotas hold for everybody.
pub(crate) async fn log_database(store: &Store, settings: &Settings) -> Result<(), StoreError> {
    let Contents { schema, jobs, unfinished, global_quota } = store.contents().await?;
    info!(schema, jobs, unfinished, "the database is open");
    let limits = &settings.limits;
    let roles: Vec<_> = limits.roles.iter().map(|(id, quota)| format!("{id}={quota}")).collect();
    info!(
        user = %limits.user,
        user_concurrency = limits.user_concurrency,
        roles = (!roles.is_empty()).then(|| roles.join(",")),
        guild = %limits.guild,
        global = %global_quota.unwrap_or(limits.global),
        global_set_by_command = global_quota.map(|_| true),
        "quotas in force"
    );
    Ok(())
}
