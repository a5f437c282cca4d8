//! The gateway misbehaves: the bot neither floods it nor gives up, and is back as soon as it is.

use std::time::{Duration, Instant};

use sandbox::{DiscordRules, Fault, GatewayFault, Plan, WhisulRules};
use serde_json::json;
use whisul_bot::{RunError, bot::GatewayError};

use crate::fixture::{Fixture, done, song_at};

/// How soon the bot is to be back once the gateway is, on a busy machine.
const SOON: Duration = Duration::from_secs(10);
/// The most connections in 10 seconds.
const MOST: usize = 12;

/// A fixture in which songs are done at once.
async fn with_rules() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    fixture
}

/// Waits until so many more connections have been asked for.
async fn until_attempts(fixture: &Fixture, more: usize) {
    let before = fixture.discord.gateway().attempts().len();
    let tried = || (fixture.discord.gateway().attempts().len() >= before + more).then_some(());
    fixture.discord.until("tries to connect", tried).await;
}

/// Waits until a session is connected, and holds the history of connections against the promise.
async fn is_back(fixture: &Fixture) {
    let healed = Instant::now();
    let connected = || (fixture.discord.sessions().connected > 0).then_some(());
    fixture.discord.until("the bot to be back", connected).await;
    assert!(healed.elapsed() < SOON, "{:?}", healed.elapsed());
    assert_few_connections(fixture);
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

fn assert_few_connections(fixture: &Fixture) {
    let attempts = fixture.discord.gateway().attempts();
    for (first, began) in attempts.iter().enumerate() {
        let ten_seconds = Duration::from_secs(10);
        let within = attempts[first..].iter().take_while(|at| **at - *began < ten_seconds);
        assert!(within.count() <= MOST, "{attempts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resumes_that_are_cut_off_end_in_a_new_session() {
    let fixture = with_rules().await;
    fixture.discord.gateway().inject(GatewayFault::CutOnResume);
    fixture.discord.gateway().drop_connections();
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    is_back(&fixture).await;
    assert!(fixture.discord.gateway().attempts().len() <= 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn resumes_that_are_always_refused_for_now_end_in_a_new_session() {
    let fixture = with_rules().await;
    fixture.discord.gateway().inject(GatewayFault::InvalidOnResume { resumable: true });
    fixture.discord.gateway().close(4000);
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    is_back(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_cut_off_whenever_it_is_resumed_is_replaced() {
    let fixture = with_rules().await;
    fixture.discord.gateway().inject(GatewayFault::CutAfterResume);
    fixture.discord.gateway().drop_connections();
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    is_back(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_cuts_everything_is_tried_again_and_again() {
    let fixture = with_rules().await;
    fixture.discord.gateway().inject(GatewayFault::CutAtOnce);
    fixture.discord.gateway().drop_connections();
    until_attempts(&fixture, 6).await;
    fixture.discord.gateway().clear_faults();
    is_back(&fixture).await;
    assert_eq!(fixture.discord.sessions().identified, 1, "its session was not in the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_gateway_connection_is_closed() {
    for fault in [GatewayFault::NoHello, GatewayFault::SilentAfterHello] {
        let fixture = with_rules().await;
        fixture.discord.gateway().inject_times(fault, 1);
        fixture.discord.gateway().drop_connections();
        until_attempts(&fixture, 2).await;
        is_back(&fixture).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_in_place_of_the_gateway_is_not_taken_for_it() {
    let fixture = with_rules().await;
    let page = fixture.discord.faults().add(Fault::on("GET", "/").html(503));
    fixture.discord.gateway().drop_connections();
    let asked = || (fixture.discord.requests().count("GET", "/") >= 5).then_some(());
    fixture.discord.until("tries to connect", asked).await;
    fixture.discord.faults().remove(page);
    let json = fixture.discord.faults().add(Fault::on("GET", "/").times(1).json(200, "{}"));
    let hung = fixture.discord.faults().add(Fault::on("GET", "/").after(1).times(1).hang());
    fixture.discord.gateway().drop_connections();
    is_back(&fixture).await;
    fixture.discord.faults().remove(json);
    fixture.discord.faults().remove(hung);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_of_the_gateway_is_respected() {
    let fixture = with_rules().await;
    let banned = Fault::on("GET", "/").status(429).header("retry-after", "6").times(1);
    fixture.discord.faults().add(banned);
    let before = fixture.discord.requests().count("GET", "/");
    fixture.discord.gateway().drop_connections();
    let asked =
        |times| (fixture.discord.requests().count("GET", "/") >= before + times).then_some(());
    fixture.discord.until("a try to connect", || asked(1)).await;
    let refused = Instant::now();
    fixture.discord.until("another try", || asked(2)).await;
    assert!(refused.elapsed() > Duration::from_secs(5), "{:?}", refused.elapsed());
    is_back(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_session_start_limit_delays_a_session_only_briefly() {
    let fixture = with_rules().await;
    for reset_after in [72_000_000, u64::MAX] {
        let limit = json!({ "total": 1000, "remaining": 0, "reset_after": reset_after });
        let url = fixture.discord.url().replace("http", "ws");
        let told = json!({ "url": url, "shards": 1, "session_start_limit": limit }).to_string();
        let wrong = Fault::on("GET", "/api/v10/gateway/bot").json(200, &told).times(1);
        let wrong = fixture.discord.faults().add(wrong);
        let before = fixture.discord.sessions().identified;
        fixture.discord.gateway().invalidate(false);
        let identified = || (fixture.discord.sessions().identified > before).then_some(());
        fixture.discord.until("a new session", identified).await;
        assert_eq!(fixture.discord.faults().hits(wrong), 1);
    }
    is_back(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_heartbeat_requests_does_not_end_the_connection() {
    let fixture = with_rules().await;
    let before = fixture.discord.gateway().attempts().len();
    for _ in 0..300 {
        fixture.discord.gateway().send_text(r#"{"op": 1, "d": null}"#);
    }
    // They come after all of those over the same connection.
    done(&fixture.song(&fixture.ann, "a song").await).await;
    done(&fixture.song(&fixture.bob, "another song").await).await;
    assert_eq!(fixture.discord.gateway().attempts().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_waits_after_it_was_refused() {
    let rules = DiscordRules { identify_interval: Duration::from_secs(5), ..Default::default() };
    let mut fixture = Fixture::without_bot(&[], rules, WhisulRules::default()).await;
    fixture.discord.gateway().inject_times(GatewayFault::InvalidOnIdentify, 1);
    fixture.start_and_wait_until_ready().await;
    assert_eq!(fixture.discord.sessions().identified, 1);
    assert!(fixture.discord.gateway().attempts().len() <= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn close_codes_that_end_a_session_start_a_new_one() {
    for code in [4007, 4009] {
        let fixture = with_rules().await;
        fixture.discord.gateway().close(code);
        let identified = || (fixture.discord.sessions().identified == 2).then_some(());
        fixture.discord.until("a new session", identified).await;
        assert_eq!(fixture.discord.gateway().attempts().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_only_the_gateway_refuses_is_no_bad_token() {
    let fixture = with_rules().await;
    fixture.discord.gateway().close(4004);
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_api_version_stops_the_bot_with_its_close_code() {
    let mut fixture = with_rules().await;
    fixture.discord.gateway().close(4012);
    let end = fixture.bot_exit().await;
    assert!(matches!(end, Err(RunError::Gateway(GatewayError::Refused(4012)))), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_shards_are_connected_as_discord_wants() {
    let rules = DiscordRules {
        shards: 2,
        identify_interval: Duration::from_millis(4900),
        ..DiscordRules::default()
    };
    let mut fixture = Fixture::with_rules(&[], rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let both = || (fixture.discord.sessions().connected == 2).then_some(());
    fixture.discord.until("both shards", both).await;
    assert_eq!(fixture.discord.gateway().attempts().len(), 2);
    // Whichever shard the server belongs to, and in direct messages.
    done(&fixture.song(&fixture.ann, "a song").await).await;
    done(&song_at(&fixture.ann.dm(), "another").await).await;
    fixture.stop_bot().await;
    assert_eq!(fixture.discord.sessions().connected, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_needs_more_shards_asks_for_the_number() {
    let fixture = with_rules().await;
    fixture.discord.gateway().close(4011);
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    is_back(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_any_kind_do_no_harm() {
    let fixture = with_rules().await;
    let gateway = fixture.discord.gateway();
    for text in
        ["", "null", "{", "[1]", "{\"op\": \"x\"}", "{\"op\": 0, \"t\": \"READY\", \"d\": 1}"]
    {
        gateway.send_text(text);
    }
    let nameless = json!({ "op": 0, "s": 900, "t": "INTERACTION_CREATE", "d": { "id": "1" } });
    gateway.send_text(&nameless.to_string());
    gateway.send_text(&format!("{}1{}", "[".repeat(5000), "]".repeat(5000)));
    gateway.send_binary(b"\x78\x9c garbage");
    gateway.send_binary(&vec![0; 100_000]);
    done(&fixture.song(&fixture.ann, "a song").await).await;
    // More than is read of one message; the next connection is a good one.
    gateway.send_text(&" ".repeat(8 << 20));
    let back = || {
        (fixture.discord.sessions().resumed + fixture.discord.sessions().identified > 1)
            .then_some(())
    };
    fixture.discord.until("the next connection", back).await;
    done(&fixture.song(&fixture.bob, "another").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_comes_twice_is_answered_once() {
    let fixture = with_rules().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    done(&asked).await;
    let callback = format!("/api/v10/interactions/{}/{}/callback", asked.id, asked.token);
    asked.deliver_again();
    done(&fixture.song(&fixture.bob, "another").await).await;
    assert_eq!(fixture.discord.requests().count("POST", &callback), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_quick_whatever_the_gateway_does() {
    for fault in [GatewayFault::CutAtOnce, GatewayFault::NoHello, GatewayFault::CutOnIdentify] {
        let mut fixture =
            Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
        fixture.discord.gateway().inject(fault);
        fixture.start_bot();
        until_attempts(&fixture, 1).await;
        let asked = Instant::now();
        fixture.stop_bot().await;
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_started_when_none_is_left() {
    let rules = DiscordRules { session_start_limit: 1, ..DiscordRules::default() };
    let mut fixture = Fixture::with_rules(&[], rules, WhisulRules::default()).await;
    let asked = || fixture.discord.requests().count("GET", "/api/v10/gateway/bot");
    let before = asked();
    fixture.discord.gateway().invalidate(false);
    let asks = || (asked() > before).then_some(());
    fixture.discord.until("the question how many are left", asks).await;
    assert_eq!(fixture.discord.sessions().identified, 1);
    fixture.stop_bot().await;
}
