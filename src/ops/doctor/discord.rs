//! The bot's account at Discord: token, application, gateway, servers.

use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::{Finding, channels, clock};
use crate::{
    discord_api::{Application, Discord, DiscordError, GatewayBody},
    domain::format_duration,
};

const REACHABLE: &str = "discord";
const TOKEN: &str = "token";
const APPLICATION: &str = "application";
const GATEWAY: &str = "gateway";

/// How long it may take to look at the permissions in all servers.
const PERMISSIONS_TIMEOUT: Duration = Duration::from_secs(30);

/// Fewer remaining daily sessions than this suggest a restart loop.
const FEW_SESSIONS: u32 = 100;

/// Everything that concerns Discord. A failure ends the checks that depend on what failed.
pub(super) async fn check(discord: &Discord) -> Vec<Finding> {
    let sent = SystemTime::now();
    let date = match discord.date().await {
        Ok(date) => date,
        Err(error) => return vec![unreachable(&error)],
    };
    let route = discord.proxy().map_or_else(
        || "reachable".to_owned(),
        |proxy| format!("reachable through the proxy {proxy}"),
    );
    let reachable = Finding::ok(REACHABLE, route)
        .hiding(discord.proxy().map(ToString::to_string).unwrap_or_default());
    let mut findings = vec![reachable, clock::check(date, sent, SystemTime::now())];
    match discord.application().await {
        Ok(application) => findings.extend(application_findings(&application)),
        Err(error) => {
            findings.push(refused(&error));
            return findings;
        }
    }
    findings.extend(gateway(discord).await);
    // What was found before must not be lost to it.
    let permissions = match timeout(PERMISSIONS_TIMEOUT, channels::check(discord)).await {
        Ok(Ok(found)) => return [findings, found].concat(),
        Ok(Err(error)) => format!("Discord did not tell them: {}", error.cause()),
        Err(_late) => "Discord did not tell them in time".to_owned(),
    };
    findings.push(Finding::warning("permissions", permissions, "Try again in a minute."));
    findings
}

fn unreachable(error: &DiscordError) -> Finding {
    let remedy = "Check this machine's network, its firewall and HTTPS_PROXY. The bot tries again by \
                  itself.";
    Finding::failure(REACHABLE, format!("can't be reached: {}", error.cause()), remedy)
}

fn refused(error: &DiscordError) -> Finding {
    match error {
        DiscordError::BadToken => Finding::failure(
            TOKEN,
            "Discord rejects it",
            "Copy it again into DISCORD_TOKEN: Reset Token on the Bot page of \
             https://discord.com/developers/applications.",
        ),
        error => Finding::failure(
            TOKEN,
            format!("could not be checked: {}", error.cause()),
            "Try again in a minute. If it stays so, a proxy or firewall may answer in Discord's place.",
        ),
    }
}

fn application_findings(application: &Application) -> Vec<Finding> {
    let Application { id, name, owner_name, owners, has_endpoint, installs } = application;
    let owner = owner_name.clone().unwrap_or_default();
    let of = if owner.is_empty() { String::new() } else { format!(", owned by {owner}") };
    let token = Finding::ok(TOKEN, format!("of the bot {name} ({id}){of}"));
    let mut findings = vec![token.hiding(name).hiding(owner)];
    let before = findings.len();
    if *has_endpoint {
        findings.push(Finding::failure(
            APPLICATION,
            "interactions go to an Interactions Endpoint URL, so the bot receives none",
            "Empty that field on the General Information page of the developer portal.",
        ));
    }
    if owners.is_empty() {
        findings.push(Finding::warning(
            APPLICATION,
            "Discord names no owner, so nobody is told of problems by direct message",
            "Watch the log, or move the application to a person or a team.",
        ));
    }
    if installs.is_some_and(|installs| !installs.in_guilds) {
        findings.push(Finding::warning(
            APPLICATION,
            "it can't be added to servers",
            "Tick Guild Install on the Installation page of the developer portal.",
        ));
    }
    if findings.len() == before {
        let by_users = match installs {
            Some(installs) if installs.by_users => "; people can install it for themselves, too",
            _ => "",
        };
        let text = format!("set up for servers{by_users}; no privileged intents are needed");
        findings.push(Finding::ok(APPLICATION, text));
    }
    findings
}

async fn gateway(discord: &Discord) -> Vec<Finding> {
    let response = match discord.gateway().await {
        Ok(response) => response,
        Err(error) => {
            let text = format!("Discord did not tell where it is: {}", error.cause());
            return vec![Finding::failure(GATEWAY, text, "Try again in a minute.")];
        }
    };
    let reached = match discord.reaches_gateway(&response.url).await {
        Ok(true) => sessions(&response),
        Ok(false) => Finding::failure(
            GATEWAY,
            "no WebSocket comes about: something in between answers in Discord's place",
            "Let the proxy or firewall pass WebSockets to gateway.discord.gg.",
        ),
        Err(error) => Finding::failure(
            GATEWAY,
            format!("can't be reached: {}", error.cause()),
            "Let the firewall pass connections to gateway.discord.gg, port 443.",
        ),
    };
    vec![reached]
}

fn sessions(response: &GatewayBody) -> Finding {
    let GatewayBody { left, total, reset_after, .. } = response;
    let text = format!("reachable; {left} of {total} session starts left");
    if *left >= FEW_SESSIONS.min(*total) {
        return Finding::ok(GATEWAY, text);
    }
    let renewed = format_duration(Duration::from_secs(reset_after.as_secs()));
    let remedy = format!(
        "Find out why the bot restarts so often; its log tells. The starts are renewed in {renewed}."
    );
    if *left == 0 {
        return Finding::failure(GATEWAY, text, remedy);
    }
    Finding::warning(GATEWAY, text, remedy)
}
