//! The log of a bot that starts, and of one that can't.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Message, Plan, WhisulRules};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{
    fixture::program::{Program, program, until_logged},
    fixture::{Fixture, done},
};

/// A fixture without the bot.
async fn without_bot(settings: &[(&str, &str)]) -> Fixture {
    Fixture::without_bot(settings, DiscordRules::default(), WhisulRules::default()).await
}

/// An address of this machine at which nobody listens.
async fn closed() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

/// An earlier run of the bot, which leaves one song running and one done.
async fn run_before(fixture: &mut Fixture) {
    fixture.whisul.plan("under way", Plan::song().until_told());
    fixture.whisul.plan("over", Plan::song().takes(Duration::ZERO));
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "over").await).await;
    fixture.song(&fixture.ann, "under way").await;
    fixture.whisul.until_polled("under way", 1).await;
    fixture.stop_bot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_names_the_link_that_adds_the_bot_to_a_server() {
    let fixture = without_bot(&[]).await;
    let bot = Program::logged(&fixture);
    let log = until_logged(&fixture, "add the bot to a server with this link");
    assert!(log.contains("https://discord.com/oauth2/authorize?client_id="), "{log}");
    drop(bot);

    // Once somebody has used it, it is known how.
    let mut fixture = without_bot(&[]).await;
    run_before(&mut fixture).await;
    let _bot = Program::logged(&fixture);
    let log = until_logged(&fixture, "connected to Discord");
    assert!(!log.contains("add the bot to a server"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_start_names_version_limits_and_each_step_to_discord() {
    let settings = [
        ("LOG_FORMAT", "json"),
        ("USER_QUOTA", "3/1h"),
        ("ROLE_QUOTAS", "123456789012345678=5/1d,345678901234567890=unlimited"),
        ("GLOBAL_QUOTA", "70/1d"),
    ];
    let mut fixture = without_bot(&settings).await;
    let allowed = format!("123456789012345678,{}", fixture.server.id());
    fixture.set("ALLOWED_GUILDS", &allowed);
    run_before(&mut fixture).await;

    let _program = Program::logged(&fixture);
    until_logged(&fixture, "\"connected to Discord\"");
    until_logged(&fixture, "Whisul accepts the API key");
    let log = until_logged(&fixture, "the commands are registered already");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let find = |message: &str| {
        let found = lines.iter().position(|line| line["message"] == message);
        let place = found.unwrap_or_else(|| panic!("no {message} in\n{log}"));
        (place, &lines[place])
    };
    let steps = [
        "starting whisul-bot",
        "the database is open",
        "quotas in force",
        "connecting to Discord",
        "logged in to Discord",
        "connecting to the gateway",
        "connected to Discord",
    ];
    assert!(steps.map(|step| find(step).0).is_sorted(), "{log}");
    let (_, start) = find("starting whisul-bot");
    assert_eq!(start["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(start["database"], fixture.folder().join("jobs.db").to_str().unwrap());
    let (_, database) = find("the database is open");
    assert!(database["schema"].as_i64().unwrap() >= 4, "{database}");
    assert_eq!((&database["jobs"], &database["unfinished"]), (&2.into(), &1.into()));
    let (_, quotas) = find("quotas in force");
    for (name, value) in [
        ("user", "3/1h"),
        ("roles", "123456789012345678=5/1d,345678901234567890=unlimited"),
        ("guild", "unlimited"),
        ("global", "70/1d"),
    ] {
        assert_eq!(quotas[name], value, "{name}");
    }
    let (_, servers) = find("allowed servers");
    let mut listed: Vec<_> = servers["servers"].as_str().unwrap().split(',').collect();
    listed.sort_unstable();
    let mut expected: Vec<_> = allowed.split(',').collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    assert_eq!(servers["direct_messages"], false);
    assert!(
        !log.contains(&fixture.discord.token()) && !log.contains(&fixture.whisul.key()),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_discord_is_logged_with_cause_and_next_attempt() {
    let plain = without_bot(&[]).await;
    let plain_address = plain.discord.url().replace("http://", "https://");
    for (address, cause) in [
        (format!("http://{}", closed().await), "cause=\"connection refused\""),
        (plain_address, "cause=\"TLS failed: "),
        ("https://nowhere.invalid".to_owned(), "cause=\"the host name can't be resolved: "),
    ] {
        let mut fixture = without_bot(&[("EDIT_INTERVAL", "5s")]).await;
        fixture.set("DISCORD_API_URL", &address);
        let _program = Program::logged(&fixture);
        let log = until_logged(&fixture, "next_attempt_in=");
        assert!(
            log.contains(&format!("no usable response from Discord; jobs go on meanwhile {cause}")),
            "{log}"
        );
    }
    let fixture = without_bot(&[]).await;
    let page = Fault::on("GET", "/api/v10/applications/@me").html(503).times(1);
    fixture.discord.faults().add(page);
    let _program = Program::logged(&fixture);
    let log = until_logged(&fixture, "\"new\"");
    assert!(log.contains("(status 503)\" next_attempt_in="), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_key_is_logged_at_the_start_and_the_owner_is_notified() {
    let fixture = without_bot(&[]).await;
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let _program = Program::logged(&fixture);
    until_logged(&fixture, "Whisul rejected the API key (WHISUL_API_KEY)");
    let owner = fixture.discord.owner();
    let told = || owner.dm().messages().first().map(Message::text);
    let told = fixture.discord.until("a direct message to the owner", told).await;
    assert!(told.contains("WHISUL_API_KEY"), "{told}");
    // Nobody had to ask for a song, and nobody has to start the bot again.
    assert_eq!(fixture.whisul.requests().count("POST", "/api/generate"), 0);
    fixture.whisul.change_key(&key);
    until_logged(&fixture, "Whisul accepts the API key");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_whisul_does_not_delay_the_start() {
    let mut fixture = without_bot(&[("POLL_INTERVAL", "5s")]).await;
    fixture.set("WHISUL_API_URL", &format!("http://{}", closed().await));
    let _program = Program::logged(&fixture);
    until_logged(&fixture, "connected to Discord");
    let log = until_logged(&fixture, "requests to Whisul are held back");
    let told = "held back obstacle=Unreachable cause=\"no connection: connection refused\" next_attempt_in=";
    assert!(log.contains(told), "{log}");
    let wait = log.rsplit_once("next_attempt_in=").unwrap().1.split_whitespace().next().unwrap();
    assert!(wait.len() <= "600ms".len(), "it is told to a tenth of a second: {wait}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_token_is_logged_at_once_after_one_request() {
    let fixture = without_bot(&[]).await;
    let token = fixture.discord.token();
    fixture.discord.change_token("another.token.altogether");
    let program = Program::logged(&fixture);
    let log = until_logged(&fixture, "delaying the exit");
    assert!(log.contains("Discord does not accept DISCORD_TOKEN; copy it again"), "{log}");
    program.signal("TERM");
    let (code, log) = program.end(&fixture);
    assert_eq!(code, Some(2));
    assert!(!log.contains(&token) && !log.contains(&fixture.whisul.key()), "{log}");
    assert_eq!(fixture.discord.requests().count("*", "/api/**"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unrelated_variable_of_the_runtime_does_not_prevent_a_start() {
    for threads in ["0", "abc", "1000000"] {
        let fixture = without_bot(&[]).await;
        let _program =
            Program::start(&fixture, program(&fixture, &[]).env("TOKIO_WORKER_THREADS", threads))
                .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_for_alerts_that_go_nowhere_is_told() {
    let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    let fixture = without_bot(&[("ALERT_WEBHOOK_SECRET", secret)]).await;
    let _bot = Program::logged(&fixture);
    let log = until_logged(&fixture, "connected to Discord");
    assert!(log.contains("ignoring ALERT_WEBHOOK_SECRET without"), "{log}");
    assert!(!log.contains(secret), "{log}");

    let fixture = without_bot(&[]).await;
    let _bot = Program::logged(&fixture);
    let log = until_logged(&fixture, "connected to Discord");
    assert!(!log.contains("ALERT_WEBHOOK"), "{log}");
}
