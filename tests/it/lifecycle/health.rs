//! A host, a container and a service manager ask how the bot is.

use std::{
    os::unix::net::UnixDatagram,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};
use serde_json::Value;
use sqlx::Connection as _;

use crate::fixture::{
    DEADLINE, Fixture, PROBE_PATH, done, failed,
    program::{Program, output, program, until_logged},
};
use crate::storage::write_failures::connect;

/// The next port to try: below those that systems hand out by themselves.
static PORT: AtomicU16 = AtomicU16::new(21_000);

/// An address that nothing listens on.
fn free_address() -> String {
    loop {
        let address = format!("127.0.0.1:{}", PORT.fetch_add(1, Ordering::Relaxed));
        if std::net::TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// A bot that serves its health, on a Discord that wants a heartbeat each second.
async fn watched() -> (Fixture, String) {
    watched_with(&[]).await
}

async fn watched_with(settings: &[(&str, &str)]) -> (Fixture, String) {
    let discord =
        DiscordRules { heartbeat_interval: Duration::from_secs(1), ..DiscordRules::default() };
    let address = free_address();
    let settings = [settings, &[("HTTP_ADDR", address.as_str())]].concat();
    let whisul = WhisulRules { song_takes: Duration::from_millis(300), ..WhisulRules::default() };
    (Fixture::with_rules(&settings, discord, whisul).await, address)
}

async fn get(address: &str, path: &str) -> Option<(u16, String)> {
    let response = reqwest::get(format!("http://{address}{path}")).await.ok()?;
    Some((response.status().as_u16(), response.text().await.ok()?))
}

/// The codes of what is wrong.
async fn wrong(address: &str, path: &str) -> Option<Vec<String>> {
    let (status, body) = get(address, path).await?;
    let body: Value = serde_json::from_str(&body).unwrap();
    let reasons = body["reasons"].as_array().unwrap();
    let codes: Vec<_> =
        reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(status == 200, codes.is_empty(), "{body}");
    Some(codes)
}

/// Waits until exactly this is wrong.
async fn until_wrong(address: &str, path: &str, expected: &[&str]) {
    let mut last = None;
    let waiting = async {
        loop {
            last = wrong(address, path).await;
            if last.as_ref().is_some_and(|codes| codes == expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let came = tokio::time::timeout(2 * DEADLINE, waiting).await;
    assert!(came.is_ok(), "{path} never said {expected:?}, but {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_works_says_so_to_programs_and_people() {
    let (fixture, address) = watched().await;
    until_wrong(&address, "/readyz", &[]).await;
    until_wrong(&address, "/healthz", &[]).await;
    let check = output(program(&fixture, &[]).arg("healthcheck"));
    assert!(check.status.success(), "{check:?}");
    done(&fixture.song(&fixture.ann, "a secret wish").await).await;
    let (status, page) = get(&address, "/").await.unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("Ready for songs") && !page.contains("secret wish"), "{page}");
    assert_eq!(get(&address, "/nothing").await.unwrap().0, 404);
    let post = reqwest::Client::new().post(format!("http://{address}/healthz")).send().await;
    assert_eq!(post.unwrap().status(), 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_discord_makes_the_bot_unready_but_never_dead() {
    let (fixture, address) = watched().await;
    until_wrong(&address, "/readyz", &[]).await;
    let gateway = fixture.discord.gateway();
    gateway.refuse_connections(true);
    gateway.drop_connections();
    until_wrong(&address, "/readyz", &["gateway"]).await;
    assert_eq!(wrong(&address, "/healthz").await, Some(vec![]));
    gateway.refuse_connections(false);
    until_wrong(&address, "/readyz", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_address_that_fails_for_long_makes_the_bot_unready_until_it_is_back() {
    let (fixture, address) = watched().await;
    until_wrong(&address, "/readyz", &[]).await;
    let broken = fixture.discord.faults().add(Fault::on("GET", "/").html(503));
    fixture.discord.gateway().drop_connections();
    until_wrong(&address, "/readyz", &["gateway"]).await;
    assert_eq!(wrong(&address, "/healthz").await, Some(vec![]));
    fixture.discord.faults().remove(broken);
    until_wrong(&address, "/readyz", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_key_and_an_outage_of_whisul_make_the_bot_unready() {
    let (mut fixture, address) = watched().await;
    fixture.stop_bot().await;
    let rejected = Fault::on("GET", PROBE_PATH).json(401, r#"{"error": "Invalid API key"}"#);
    let rejected = fixture.whisul.faults().add(rejected);
    fixture.start_bot();
    until_wrong(&address, "/readyz", &["key"]).await;
    fixture.whisul.faults().remove(rejected);
    until_wrong(&address, "/readyz", &[]).await;

    fixture.whisul.stop().await.unwrap();
    let waiting = fixture.song(&fixture.ann, "a song").await;
    until_wrong(&address, "/readyz", &["whisul"]).await;
    assert_eq!(wrong(&address, "/healthz").await, Some(vec![]));
    fixture.whisul.start_again().await.unwrap();
    until_wrong(&address, "/readyz", &[]).await;
    done(&waiting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_held_makes_the_bot_dead_until_it_is_free() {
    let (fixture, address) = watched().await;
    until_wrong(&address, "/readyz", &[]).await;
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    until_wrong(&address, "/healthz", &["database"]).await;
    let check = output(program(&fixture, &[]).arg("healthcheck"));
    assert_eq!(check.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&check.stderr).contains("database"), "{check:?}");
    holding.rollback().await.unwrap();
    until_wrong(&address, "/healthz", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_hangs_answers_no_health_check() {
    let (mut fixture, address) = watched().await;
    fixture.stop_bot().await;
    let bot = Program::logged(&fixture);
    until_wrong(&address, "/readyz", &[]).await;
    bot.signal("STOP");
    let check = output(program(&fixture, &[]).arg("healthcheck"));
    assert_eq!(check.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&check.stderr).contains("no bot answers"), "{check:?}");
    bot.signal("CONT");
    until_wrong(&address, "/healthz", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_that_hangs_makes_the_bot_dead_though_it_still_answers() {
    let (mut fixture, address) = watched().await;
    fixture.stop_bot().await;
    let mut command = program(&fixture, &[]);
    command.env("WHISUL_BOT_HANG_AT", "check.before:2");
    let _bot = Program::start(&fixture, &mut command).await;
    until_wrong(&address, "/readyz", &[]).await;
    until_wrong(&address, "/healthz", &["hung"]).await;
    let check = output(program(&fixture, &[]).arg("healthcheck"));
    assert_eq!(check.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&check.stderr).contains("loop has stopped"), "{check:?}");
}

/// The value of a sample, by its name and labels; 0 where it is not there.
fn sample(metrics: &str, name: &str) -> f64 {
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0.0, |value| value.parse().unwrap())
}

/// Waits until these samples have these values: the bot counts a moment after people see what it did.
async fn until_sampled(address: &str, expected: &[(&str, f64)]) {
    let is_so =
        |metrics: &str, (name, value): &(&str, f64)| (sample(metrics, name) - value).abs() < 0.1;
    let mut metrics = String::new();
    let waiting = async {
        while !expected.iter().all(|sample| is_so(&metrics, sample)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            metrics = get(address, "/metrics").await.unwrap().1;
        }
    };
    let came = tokio::time::timeout(DEADLINE, waiting).await;
    let wrong: Vec<_> = expected.iter().filter(|sample| !is_so(&metrics, sample)).collect();
    assert!(came.is_ok(), "{wrong:?}:\n{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::cast_precision_loss, reason = "a scene has few requests")]
async fn the_metrics_are_what_discord_and_whisul_saw() {
    let (fixture, address) = watched_with(&[("USER_QUOTA", "2/1d")]).await;
    until_wrong(&address, "/readyz", &[]).await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    fixture.whisul.plan("sad", Plan::fails(None));
    failed(&fixture.song(&fixture.bob, "a sad song").await).await;
    done(&fixture.song(&fixture.ann, "a second song").await).await;
    assert!(fixture.one_more(&fixture.ann).await.is_err());

    let all = [
        ("whisul_bot_jobs_ended_total{state=\"completed\"}", 2.0),
        ("whisul_bot_jobs_ended_total{state=\"failed\"}", 1.0),
        ("whisul_bot_deliveries_total{outcome=\"delivered\"}", 3.0),
        ("whisul_bot_quota_refusals_total{limit=\"user\"}", 1.0),
        ("whisul_bot_interactions_total{used=\"song\"}", 4.0),
        ("whisul_bot_job_stage_duration_seconds_count{stage=\"queue\"}", 3.0),
        ("whisul_bot_job_stage_duration_seconds_count{stage=\"song\"}", 2.0),
        ("whisul_bot_ready", 1.0),
        ("whisul_bot_circuit_breaker_open{obstacle=\"bad_key\"}", 0.0),
    ];
    until_sampled(&address, &all).await;
    let whisul = || fixture.whisul.requests().list().len() as f64;
    let (before, metrics, after) = (whisul(), get(&address, "/metrics").await.unwrap().1, whisul());
    let counted = ["2xx", "4xx", "5xx", "429"].map(|outcome| {
        let labels = format!("{{outcome=\"{outcome}\",service=\"whisul\"}}");
        sample(&metrics, &format!("whisul_bot_http_requests_total{labels}"))
    });
    let counted: f64 = counted.iter().sum();
    assert!((before..=after).contains(&counted), "{counted} of {before} to {after}:\n{metrics}");
    for private in ["song\n", "sad", &fixture.ann.id().to_string(), &fixture.discord.token()] {
        assert!(!metrics.contains(private), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_hears_of_the_start_of_each_beat_and_of_the_stop() {
    let (mut fixture, address) = watched().await;
    fixture.stop_bot().await;
    let path = fixture.folder().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let heard = || {
        let mut buffer = [0; 256];
        let length = tokio::task::block_in_place(|| socket.recv(&mut buffer)).unwrap();
        String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
    };
    let log = std::fs::File::create(fixture.folder().join("log")).unwrap();
    let mut command = program(&fixture, &[]);
    command.env("NOTIFY_SOCKET", &path).stdout(std::process::Stdio::null()).stderr(log);
    let bot = Program::start(&fixture, &mut command).await;
    assert_eq!(heard(), "READY=1");
    assert_eq!((heard(), heard()), ("WATCHDOG=1".to_owned(), "WATCHDOG=1".to_owned()));
    assert_eq!(wrong(&address, "/healthz").await, Some(vec![]));
    bot.signal("TERM");
    let last = std::iter::repeat_with(heard).find(|word| word != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_keeps_nobody_from_songs() {
    let (mut fixture, address) = watched().await;
    fixture.stop_bot().await;
    let _taken = std::net::TcpListener::bind(&address).unwrap();
    let _bot = Program::logged(&fixture);
    until_logged(&fixture, "health and metrics are not served; set HTTP_ADDR to a free address");
    fixture.discord.until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_health_check_says_what_keeps_it_from_checking() {
    let (mut fixture, _) = watched().await;
    fixture.stop_bot().await;
    for (value, code, part) in [
        ("", 1, "HTTP_ADDR is off"),
        ("off", 1, "HTTP_ADDR is off"),
        ("somewhere", 2, "HTTP_ADDR"),
        (&free_address(), 1, "no bot answers"),
        (
            fixture.whisul.url().trim_start_matches("http://").trim_end_matches("/api"),
            1,
            "is not whisul-bot",
        ),
    ] {
        let check = output(program(&fixture, &[]).arg("healthcheck").env("HTTP_ADDR", value));
        let said = String::from_utf8_lossy(&check.stderr).into_owned();
        assert_eq!(check.status.code(), Some(code), "{value}: {said}");
        assert!(said.contains(part), "{value}: {said}");
    }
}
