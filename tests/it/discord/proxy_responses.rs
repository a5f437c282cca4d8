//! Something in front of Discord responds in its place: a proxy, a firewall, a CDN. Its responses say
//! nothing about a message.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Message, Plan, RateLimits, WhisulRules};
use tokio::task::JoinSet;

use crate::{
    delivery::attachments::{BOTH, covered, fixture_with},
    fixture::{Fixture, done, is_done, song_at, title},
};

const CALLBACK: &str = "/api/v10/interactions/*/*/callback";
const ORIGINAL: &str = "/api/v10/webhooks/*/*/messages/@original";
const BY_TOKEN: &str = "/api/v10/webhooks/**";
const BY_CHANNEL: &str = "/api/v10/channels/**";
const EXPRESS: &str = r#"{"message": "Cannot PATCH /api/v10/webhooks"}"#;
const GATEWAY_404: &str = r#"{"code": 404, "message": "Not Found"}"#;

/// `{"message": "Unknown Webhook", "code": 10015}`, compressed with gzip.
const COMPRESSED: [u8; 63] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 77, 45, 46, 78, 76, 79, 85, 178, 82, 80, 10,
    205, 203, 206, 203, 47, 207, 83, 8, 79, 77, 202, 200, 207, 207, 86, 210, 81, 80, 74, 206, 79,
    1, 73, 25, 26, 24, 24, 154, 214, 2, 0, 200, 13, 225, 127, 45, 0, 0, 0,
];

/// How long the responses are foreign: long enough for several tries.
const OUTAGE: Duration = Duration::from_secs(3);
const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1000;

/// A fixture without rate limits whose songs run until the test finishes them.
async fn fixture() -> Fixture {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let settings = [("EDIT_INTERVAL", "1h")];
    let mut fixture = Fixture::without_bot(&settings, rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture
}

/// A song that Whisul makes now.
async fn song(fixture: &Fixture) -> Invocation {
    let asked = fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    asked
}

/// For a while all requests about messages are answered in this way.
fn for_a_while(fixture: &Fixture, fault: impl Fn(Fault) -> Fault) {
    for path in [BY_TOKEN, BY_CHANNEL] {
        fixture.discord.faults().add(fault(Fault::on("*", path)).lasting(OUTAGE));
    }
}

/// Whatever comes in Discord's place while a song is delivered, it comes in its own message.
async fn comes_in_its_message(name: &str, fault: impl Fn(Fault) -> Fault) {
    let fixture = fixture().await;
    let asked = song(&fixture).await;
    let first = asked.answer().await.unwrap();
    for_a_while(&fixture, fault);
    fixture.whisul.finish("a song");
    assert_eq!(done(&asked).await.id, first.id, "{name}");
    assert_eq!(fixture.discord.messages().len(), 1, "{name}");
    assert!(fixture.ann.dm().messages().is_empty(), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_comes_in_its_own_message_once_the_pages_are_over() {
    let mut worlds = JoinSet::new();
    for status in [400, 401, 403, 404, 405, 407, 410, 451] {
        worlds.spawn(async move {
            comes_in_its_message(&format!("HTML {status}"), |fault| fault.html(status)).await;
        });
        if worlds.len() == 4 {
            worlds.join_next().await.unwrap().unwrap();
        }
    }
    worlds.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_with_unknown_responses_passes() {
    tokio::join!(
        comes_in_its_message("a redirect", |fault| {
            fault.html(302).header("location", "https://proxy.example/blocked")
        }),
        comes_in_its_message("plain text", |fault| fault.status(403).body("error code: 1020")),
        comes_in_its_message("nothing", |fault| fault.status(404)),
        comes_in_its_message("a portal", |fault| fault.html(200)),
        comes_in_its_message("Express", |fault| fault.json(404, EXPRESS)),
        comes_in_its_message("a gateway", |fault| fault.json(404, GATEWAY_404)),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_about_neither_permissions_nor_messages_close_no_delivery_route() {
    let error = |code: u32| format!(r#"{{"message": "No", "code": {code}}}"#);
    let too_fast = r#"{"message": "Slow", "code": 20028, "retry_after": 0.5}"#;
    tokio::join!(
        comes_in_its_message("40333", |fault| fault.json(403, &error(40_333))),
        comes_in_its_message("99999", |fault| fault.json(403, &error(99_999))),
        comes_in_its_message("404: Not Found", |fault| fault.json(404, &error(0))),
        comes_in_its_message("20028", |fault| fault.json(403, too_fast)),
        comes_in_its_message("401: Unauthorized", |fault| fault.json(401, &error(0))),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_token_expires_during_an_outage_appears_in_its_own_message() {
    let fixture = fixture().await;
    let asked = song(&fixture).await;
    let first = asked.answer().await.unwrap();
    for_a_while(&fixture, |fault| fault.html(403));
    fixture.whisul.finish("a song");
    let tried = || (fixture.discord.requests().count("PATCH", BY_TOKEN) > 1).then_some(());
    fixture.discord.until("a few tries", tried).await;
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    // The bot learns the time from an interaction.
    fixture.song(&fixture.bob, "another song").await;
    assert_eq!(done(&asked).await.id, first.id);
    assert!(fixture.ann.dm().messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_on_opening_dms_is_waited_out() {
    let fixture = fixture().await;
    let asked = song(&fixture).await;
    fixture.server.deny_bot(&fixture.channel);
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    song_at(&fixture.bob.dm(), "another song").await;
    let too_fast = r#"{"message": "You are opening direct messages too fast", "code": 40003, "retry_after": 1}"#;
    let opening = Fault::on("POST", "/api/v10/users/@me/channels").json(403, too_fast).times(4);
    fixture.discord.faults().add(opening);
    fixture.whisul.finish("a song");
    fixture.ann.dm().until_message("the song", is_done).await;
    assert!(!is_done(&asked.message().unwrap()));
}

/// In a server where only the token reaches a message, which a user has installed the bot for.
async fn elsewhere(fixture: &Fixture) -> Invocation {
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let channel = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    song_at(&fixture.ann.at(&channel), "a song").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_is_tried_again_after_a_page() {
    let fixture = fixture().await;
    for status in [403, 404] {
        fixture.discord.faults().add(Fault::on("POST", CALLBACK).html(status).times(1));
    }
    let asked = elsewhere(&fixture).await;
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    done(&asked).await;
    assert!(fixture.ann.dm().messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_of_unknown_fate_is_looked_up_for_as_long_as_pages_come() {
    let fixture = fixture().await;
    // It is carried out, but neither that nor the look-ups come through.
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).garbage_after().times(1));
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).html(403).lasting(OUTAGE));
    fixture.discord.faults().add(Fault::on("GET", ORIGINAL).html(404).lasting(2 * OUTAGE));
    let asked = elsewhere(&fixture).await;
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    done(&asked).await;
    assert!(fixture.ann.dm().messages().is_empty(), "no message beside a stale one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_page_at_the_start_is_not_taken_for_a_rejected_token() {
    let rules = DiscordRules::default();
    let mut fixture = Fixture::without_bot(&[], rules, WhisulRules::default()).await;
    let me = Fault::on("GET", "/api/v10/applications/@me");
    fixture.discord.faults().add(me.html(401).times(2));
    fixture.start_and_wait_until_ready().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_response_is_read() {
    let fixture = fixture().await;
    let asked = song(&fixture).await;
    let edit = Fault::on("PATCH", ORIGINAL).status(404).body(COMPRESSED).times(1);
    let edit = edit.header("content-encoding", "gzip").header("content-type", "application/json");
    fixture.discord.faults().add(edit);
    fixture.whisul.finish("a song");
    done(&asked).await;
    let by_channel = "/api/v10/channels/*/messages/*";
    assert_eq!(fixture.discord.requests().count("PATCH", by_channel), 1, "the token is void");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_a_proxy_finds_too_large_is_tried_with_the_smaller_file_alone() {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let settings = [BOTH[0], BOTH[1], ("EDIT_INTERVAL", "1h")];
    let fixture = fixture_with(rules, &settings).await;
    let edits = "/api/v10/webhooks/*/*/messages/*";
    let too_large =
        fixture.discord.faults().add(Fault::on("PATCH", edits).after(1).html(413).times(1));
    let asked = fixture.song(&fixture.ann, "a song").await;
    let song = covered(&asked).await;
    assert!(song.attachments.is_empty(), "the audio is left out");
    assert_eq!(fixture.discord.faults().hits(too_large), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_shown_without_files_where_no_upload_succeeds() {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let settings = [BOTH[0], BOTH[1], ("EDIT_INTERVAL", "1h")];
    let fixture = fixture_with(rules, &settings).await;
    let edits = "/api/v10/webhooks/*/*/messages/*";
    let too_large = fixture.discord.faults().add(Fault::on("PATCH", edits).after(1).html(413));
    let asked = fixture.song(&fixture.ann, "a song").await;
    let tried = || (fixture.discord.faults().hits(too_large) == 2).then_some(());
    fixture.discord.until("both tries", tried).await;
    assert!(is_done(&asked.message().unwrap()));
    fixture.discord.faults().clear();
    let bobs = fixture.song(&fixture.bob, "another song").await;
    covered(&bobs).await;
    let message = asked.message().unwrap();
    assert!(message.attachments.is_empty() && message.button("Listen").is_some());
    assert_eq!(fixture.discord.faults().hits(too_large), 2, "it is not tried for good");
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_waits_for_hours_after_the_daily_limit_of_commands() {
    let rules = DiscordRules::default();
    let mut fixture = Fixture::without_bot(&[], rules, WhisulRules::default()).await;
    fixture.start_and_wait_until_ready().await;
    fixture.stop_bot().await;
    let error = r#"{"message": "Max number of daily application command creates", "code": 30034}"#;
    let commands = "/api/v10/applications/*/commands";
    fixture.discord.faults().add(Fault::on("GET", commands).json(200, "[]"));
    let full = fixture.discord.faults().add(Fault::on("PUT", commands).json(400, error));
    fixture.start_and_wait_until_ready().await;
    let tried = || (fixture.discord.faults().hits(full) > 0).then_some(());
    fixture.discord.until("a try", tried).await;
    // Registered commands still work, long after the first retries of anything else.
    for prompt in ["one song", "another song", "a third song"] {
        fixture.whisul.plan(prompt, Plan::song().takes(Duration::from_secs(1)));
        let asked = fixture.song(&fixture.ann, prompt).await;
        done(&asked).await;
    }
    assert_eq!(fixture.discord.faults().hits(full), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_not_cancelled_by_a_404_of_a_proxy() {
    let settings = [("MAX_RUNNING", "1")];
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let mut fixture = Fixture::without_bot(&settings, rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture.song(&fixture.bob, "in front").await;
    fixture.whisul.until_accepted("in front").await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    asked.until("a place in line", |message: &Message| title(message) == "🎟️ In line").await;
    let page = fixture.discord.faults().add(Fault::on("PATCH", "/api/v10/**").html(404));
    fixture.whisul.finish("in front");
    let met = || (fixture.discord.faults().hits(page) > 2).then_some(());
    fixture.discord.until("some pages", met).await;
    fixture.discord.faults().clear();
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_that_a_proxy_has_written_again_are_read() {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let settings = [("EDIT_INTERVAL", "1h")];
    let mut fixture = Fixture::without_bot(&settings, rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    // The second song's first response is carried out, but nobody knows.
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).after(1).garbage_after().times(1));
    let rewritten = fixture.discord.faults().add(Fault::on("*", "/api/**").rewritten());
    fixture.start_and_wait_until_ready().await;
    let asked = song(&fixture).await;
    assert_eq!(fixture.discord.requests().count("GET", ORIGINAL), 0, "its first response was read");
    let lost = fixture.song(&fixture.bob, "another song").await;
    fixture.whisul.until_accepted("another song").await;
    assert!(fixture.discord.requests().count("GET", ORIGINAL) > 0, "it was looked up");

    for (asked, prompt) in [(asked, "a song"), (lost, "another song")] {
        let first = asked.message().unwrap();
        fixture.whisul.finish(prompt);
        assert_eq!(done(&asked).await.id, first.id);
    }
    assert_eq!(fixture.discord.messages().len(), 2);
    assert!(fixture.discord.requests().count("PATCH", BY_TOKEN) <= 4, "each edit was read");
    assert!(fixture.discord.faults().hits(rewritten) > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_whose_response_names_no_channel_counts() {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h"), ("ATTACH_AUDIO", "true")]).await;
    fixture.discord.faults().add(Fault::on("*", "/api/**").without_channel());
    let asked = song(&fixture).await;
    let first = asked.message().unwrap();
    fixture.whisul.finish("a song");
    let told = done(&asked).await;
    assert_eq!(told.id, first.id);
    asked.until("the song's files", |message: &Message| !message.attachments.is_empty()).await;
    assert!(fixture.discord.requests().count("PATCH", BY_TOKEN) <= 3, "each edit was read");
}
