//! A host asks `whisul-bot doctor` what is wrong, and is told what to do.

use std::{fs, process::Command};

use sandbox::{DiscordRules, Fault, WhisulRules};
use serde_json::Value;

use crate::fixture::{
    Fixture, PROBE_PATH, done,
    program::{output, program},
    webhook::Webhook,
};

/// A fixture with a bot that runs, and a song that it has made.
async fn healthy() -> Fixture {
    let fixture = Fixture::new().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    fixture
}

/// The program that is asked to do something, in the fixture's folder.
fn asked(fixture: &Fixture, words: &[&str]) -> Command {
    let mut command = program(fixture, &[]);
    command.args(words);
    command
}

/// The exit code of `doctor`, and its findings.
fn diagnosis(fixture: &Fixture) -> (i32, Vec<Value>) {
    let output = output(&mut asked(fixture, &["doctor", "--json"]));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {output:?}");
    });
    let findings = json["findings"].as_array().unwrap().clone();
    (output.status.code().unwrap(), findings)
}

/// Asserts what `doctor` finds in one check: its level, and a part of its text. Nothing else fails.
#[track_caller]
fn assert_found(fixture: &Fixture, check: &str, level: &str, part: &str) {
    let (code, findings) = diagnosis(fixture);
    let of_check = |finding: &&Value| finding["check"] == check && finding["level"] == level;
    let found = findings.iter().find(of_check).unwrap_or_else(|| panic!("no such: {findings:#?}"));
    assert!(found["text"].as_str().unwrap().contains(part), "{found}");
    assert_eq!(found.get("remedy").is_some(), level != "ok", "{found}");
    let others = findings.iter().filter(|finding| finding["check"] != check);
    for finding in others {
        assert_ne!(finding["level"], "failure", "{finding}");
    }
    assert_eq!(code, i32::from(level == "failure"), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_bot_is_found_healthy_while_it_runs() {
    let fixture = healthy().await;
    let (sessions, jobs) = (fixture.discord.sessions(), fixture.whisul.jobs().len());
    let backup = output(&mut asked(&fixture, &["backup", "copy.db"]));
    assert!(backup.status.success(), "{backup:?}");

    let (code, findings) = diagnosis(&fixture);
    let is_ok = |finding: &Value| finding["level"] == "ok" && finding.get("remedy").is_none();
    assert!(findings.iter().all(is_ok), "{findings:#?}");
    let checks: Vec<_> =
        findings.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    let expected = [
        "settings",
        "database",
        "disk",
        "backup",
        "discord",
        "clock",
        "token",
        "application",
        "gateway",
        "permissions",
        "whisul",
        "key",
        "links",
    ];
    assert_eq!(checks, expected);
    assert_eq!(code, 0);

    assert_eq!(fixture.discord.sessions().identified, sessions.identified, "no session begins");
    assert_eq!(fixture.whisul.jobs().len(), jobs, "no song is spent");
    done(&fixture.song(&fixture.ann, "the bot goes on").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bug_report_holds_no_secret_no_id_and_no_name() {
    let fixture = healthy().await;
    fixture.discord.faults().add(Fault::on("GET", PROBE_PATH).status(500));
    fixture.server.mute_bot(&fixture.channel);
    let text = output(&mut asked(&fixture, &["doctor"]));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("Music lovers") && text.contains("#songs: Send Messages"), "{text}");

    let report = output(&mut asked(&fixture, &["doctor", "--report"]));
    let report = String::from_utf8(report.stdout).unwrap();
    assert!(report.starts_with("```text\nwhisul-bot ") && report.ends_with("```\n"), "{report}");
    assert!(report.contains("permissions"), "{report}");
    let id = fixture.discord.application_id().to_string();
    let folder = fixture.folder().display().to_string();
    let (token, key) = (fixture.discord.token(), fixture.whisul.key());
    for part in ["Music lovers", "songs:", &id, &folder, &token, &key] {
        assert!(!report.contains(part), "{part}: {report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secrets_are_told_apart() {
    let mut fixture = healthy().await;
    fixture.whisul.change_key("another");
    assert_found(&fixture, "key", "failure", "Whisul rejects it");
    fixture.set("WHISUL_API_KEY", "another");
    assert_found(&fixture, "key", "ok", "Whisul accepts it");
    fixture.discord.change_token("another");
    assert_found(&fixture, "token", "failure", "Discord rejects it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_credit_is_told() {
    let fixture = healthy().await;
    fixture.whisul.faults().add(Fault::on("GET", PROBE_PATH).json(402, r#"{"error": "credit"}"#));
    assert_found(&fixture, "key", "failure", "out of credit");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_between_is_told_from_the_service() {
    let fixture = healthy().await;
    let page = fixture.whisul.faults().add(Fault::on("GET", PROBE_PATH).html(403));
    assert_found(&fixture, "whisul", "failure", "did not come from Whisul (status 403)");
    fixture.whisul.faults().remove(page);
    let socket = fixture.discord.faults().add(Fault::on("GET", "/").html(403));
    assert_found(&fixture, "gateway", "failure", "something in between");
    fixture.discord.faults().remove(socket);
    let past = Fault::on("GET", "/api/v10/gateway").json(200, "{}");
    fixture.discord.faults().add(past.header("date", "Thu, 01 Jan 2026 00:00:00 GMT"));
    assert_found(&fixture, "clock", "warning", "ahead of Discord's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_told_with_the_cause() {
    let mut fixture = healthy().await;
    fixture.set("WHISUL_API_URL", "http://127.0.0.1:9");
    assert_found(&fixture, "whisul", "failure", "connection refused");
    let mut fixture = healthy().await;
    fixture.set("DISCORD_API_URL", "http://127.0.0.1:9");
    assert_found(&fixture, "discord", "failure", "connection refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_host_is_away_is_told_and_nothing_is_sent_to_one_that_is_there() {
    let mut fixture = healthy().await;
    let webhook = Webhook::start().await;
    fixture.set("ALERT_WEBHOOK_URL", webhook.url());
    assert_found(&fixture, "alerts", "ok", "127.0.0.1 is reachable; alerts are sent unsigned");
    let received = webhook.received();
    let asked_for: Vec<_> = received.iter().map(|one| (one.method.as_str(), &*one.path)).collect();
    assert_eq!(asked_for, [("HEAD", "/")]);
    fixture.set("ALERT_WEBHOOK_URL", "http://me:s3cr3t@127.0.0.1:9/s3cr3t?s3cr3t");
    assert_found(&fixture, "alerts", "warning", "127.0.0.1: connection refused");
    let text = output(&mut asked(&fixture, &["doctor"]));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(!text.contains("s3cr3t"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_set_up_wrong_is_told() {
    let fixture = healthy().await;
    fixture.discord.set_interactions_endpoint(Some("https://example.com/interactions"));
    assert_found(&fixture, "application", "failure", "Interactions Endpoint URL");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_session_starts_are_told() {
    let rules = DiscordRules { session_start_limit: 150, ..DiscordRules::default() };
    let fixture = Fixture::with_rules(&[], rules, WhisulRules::default()).await;
    assert_found(&fixture, "gateway", "ok", "149 of 150 session starts left");
    let few = r#"{"url": "URL", "session_start_limit": {"total": 1000, "remaining": 3}}"#;
    let few = few.replace("URL", &fixture.discord.url().replace("http", "ws"));
    let path = "/api/v10/gateway/bot";
    fixture.discord.faults().add(Fault::on("GET", path).json(200, &few));
    assert_found(&fixture, "gateway", "warning", "3 of 1000 session starts left");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permissions_are_named_by_channel() {
    let fixture = healthy().await;
    fixture.server.deny_files(&fixture.channel);
    let told = "Music lovers: missing\n#songs: Attach Files";
    assert_found(&fixture, "permissions", "warning", told);
    fixture.server.deny_bot(&fixture.channel);
    assert_found(&fixture, "permissions", "warning", "no channel is visible");
    fixture.server.kick_bot();
    assert_found(&fixture, "permissions", "warning", "the bot is in no server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_is_told() {
    let mut fixture = healthy().await;
    assert_found(&fixture, "backup", "warning", "no copy was made");
    fixture.stop_bot().await;
    fs::write(fixture.folder().join("other.db"), "this is a text and no database").unwrap();
    let other = fixture.folder().join("other.db");
    fixture.set("DATABASE_URL", &format!("sqlite://{}", other.display()));
    assert_found(&fixture, "database", "failure", "other.db");
    let missing = fixture.folder().join("new/jobs.db");
    fixture.set("DATABASE_URL", &format!("sqlite://{}", missing.display()));
    assert_found(&fixture, "database", "ok", "is made at the first start");
    assert!(!missing.parent().unwrap().exists(), "doctor makes nothing");
    // A folder can't be made below a file.
    let nowhere = other.join("jobs.db");
    fixture.set("DATABASE_URL", &format!("sqlite://{}", nowhere.display()));
    assert_found(&fixture, "database", "failure", "other.db/jobs.db");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_used_are_told_with_what_can_be_checked() {
    let mut fixture = healthy().await;
    fixture.set("USER_QUOTA", "5 per day");
    assert_found(&fixture, "settings", "failure", "USER_QUOTA: expected COUNT/WINDOW");
    let (_, findings) = diagnosis(&fixture);
    assert!(findings.iter().any(|finding| finding["check"] == "database"), "{findings:#?}");
    // There is no .env file: its folder may name a person.
    let report = output(&mut asked(&fixture, &["doctor", "--report"]));
    let report = String::from_utf8(report.stdout).unwrap();
    let folder = fixture.folder().display().to_string();
    assert!(report.contains("USER_QUOTA") && !report.contains(&folder), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_links_to_invite_the_bot_are_printed() {
    let fixture = Fixture::new().await;
    let printed = output(&mut asked(&fixture, &["invite"]));
    let printed = String::from_utf8(printed.stdout).unwrap();
    let id = fixture.discord.application_id();
    let server = format!("client_id={id}&integration_type=0&scope=bot+applications.commands");
    let person = format!("client_id={id}&integration_type=1&scope=applications.commands\n");
    assert!(printed.contains(&server) && printed.contains(&person), "{printed}");

    fixture.discord.change_token("another");
    let told = output(&mut asked(&fixture, &["invite"]));
    let said = String::from_utf8(told.stderr).unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(said.contains("Discord rejects DISCORD_TOKEN"), "{said}");
}
