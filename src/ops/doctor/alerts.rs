//! The webhook of alerts: whether its host answers. The webhook itself is not called, since that
//! would be an alert.

use super::Finding;
use crate::{
    config::{AlertWebhook, Settings, WebhookUrl},
    network,
    ops::alerts::client,
};

const CHECK: &str = "alerts";

/// Asks the host's front page for its head: any answer will do. Nothing where no webhook is set.
pub(super) async fn check(settings: &Settings) -> Vec<Finding> {
    let Some(AlertWebhook { url, key }) = &settings.alert_webhook else { return Vec::new() };
    let finding = match reach(settings, url).await {
        Ok(()) if key.is_some() => Finding::ok(CHECK, format!("{url} is reachable")),
        Ok(()) => Finding::ok(CHECK, format!("{url} is reachable; alerts are sent unsigned")),
        Err(error) => Finding::warning(
            CHECK,
            format!("{url}: {}", network::cause(error)),
            "Check ALERT_WEBHOOK_URL, and let the firewall or proxy pass its host. Until then no alert \
             arrives.",
        ),
    };
    vec![finding.hiding(url.to_string())]
}

async fn reach(settings: &Settings, url: &WebhookUrl) -> reqwest::Result<()> {
    client(&settings.proxies)?.head(url.front_page()).send().await.map(drop)
}
