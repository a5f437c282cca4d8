//! `whisul-bot doctor`: checks everything that the bot depends on and says what to do about what is
//! wrong. It runs beside the bot: it takes no lock, writes nothing to the database, starts no
//! session at Discord and no song.

mod alerts;
mod channels;
mod clock;
mod database;
mod discord;
mod finding;
mod hiding;
mod whisul;

use std::{path::Path, time::Duration};

use tokio::{runtime::Builder, time::timeout};

pub use finding::{Diagnosis, Finding, Form, Level};

use crate::{
    config::{Settings, UnknownName, database_url},
    discord_api::Discord,
    domain::with_causes,
};

/// How long the checks of one service may take, all together.
const CHECK_TIMEOUT: Duration = Duration::from_mins(1);

/// Examines what the settings in the environment and in `env_file` describe. To be called outside of
/// a tokio runtime.
pub fn doctor(env_file: &Path) -> Diagnosis {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let text = format!("the system lets nothing run: {}", with_causes(&error));
            return Diagnosis::of(vec![Finding::failure("system", text, "Restart the machine.")]);
        }
    };
    let findings = runtime.block_on(examine(env_file));
    // A look-up of a host name that hangs must not hold up the end.
    runtime.shutdown_background();
    Diagnosis::of(findings)
}

/// What `doctor --report` prints, in at most so many characters, of what the settings of a running bot
/// describe.
pub(crate) async fn report(settings: &Settings, limit: usize) -> String {
    Diagnosis::of(examine_services(settings).await).report_within(limit)
}

async fn examine(env_file: &Path) -> Vec<Finding> {
    match Settings::load(env_file) {
        Ok(settings) => examine_services(&settings).await,
        Err(errors) => {
            let text = errors.to_string();
            let remedy = "Correct them; the services are checked after that.";
            let here = std::env::current_dir().unwrap_or_default().display().to_string();
            let mut findings = vec![Finding::failure("settings", text, remedy).hiding(here)];
            if let Ok(url) = database_url(env_file) {
                findings.extend(database::check(&url).await.0);
            }
            findings
        }
    }
}

async fn examine_services(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![settings_finding(settings)];
    let database = database::check(&settings.database_url);
    let whisul = within("whisul", whisul::check(settings));
    let discord = within("discord", check_discord(settings));
    let alerts = within("alerts", alerts::check(settings));
    let ((database, links), discord, whisul, alerts) =
        tokio::join!(database, discord, whisul, alerts);
    findings.extend(database);
    findings.extend(discord);
    findings.extend(whisul);
    findings.extend(within("links", whisul::check_links(settings, &links)).await);
    findings.extend(alerts);
    findings
}

fn settings_finding(settings: &Settings) -> Finding {
    let unknown: Vec<_> = settings.unknown.iter().map(unknown_setting).collect();
    if unknown.is_empty() {
        return Finding::ok("settings", "all can be used");
    }
    let remedy = "Correct or remove them: they have no effect.";
    Finding::warning("settings", unknown.join("\n"), remedy)
}

fn unknown_setting(unknown: &UnknownName) -> String {
    let line = unknown.line.map(|line| format!(" in line {line} of .env")).unwrap_or_default();
    let meant = unknown.meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    let name = if unknown.name.is_empty() { "a name" } else { &unknown.name };
    format!("{name}{line} is not a setting{meant}")
}

async fn check_discord(settings: &Settings) -> Vec<Finding> {
    let address = settings.discord_api_url.as_ref();
    let token = settings.discord_token.clone();
    let discord = match Discord::new(address, token, &settings.proxies) {
        Ok(discord) => discord,
        Err(error) => {
            let text = format!("no client could be made: {error}");
            return vec![Finding::failure("discord", text, "Check DISCORD_API_URL and the proxy.")];
        }
    };
    discord::check(&discord).await
}

/// The findings of a service, or that its checks never ended.
async fn within(check: &'static str, findings: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    timeout(CHECK_TIMEOUT, findings).await.unwrap_or_else(|_late| {
        let text = format!("the checks did not end within {} s", CHECK_TIMEOUT.as_secs());
        vec![Finding::failure(check, text, "Try again; if it stays so, the network is too slow.")]
    })
}
