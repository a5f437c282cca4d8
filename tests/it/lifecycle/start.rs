//! The bot starts, with or without Discord, and with or without jobs left over.

use std::time::Duration;

use sandbox::{DiscordRules, DiscordSandbox, Fault, Invocation, Message, Plan, WhisulRules};
use whisul_bot::{RunError, bot::GatewayError};

use crate::fixture::{Fixture, description, done, failed, title};

const COMMANDS: &str = "/api/v10/applications/*/commands";
const GENERATE: &str = "/api/generate";

/// A song that is done at once.
fn quick() -> Plan {
    Plan::song().takes(Duration::ZERO)
}

/// A fixture whose songs run until the test finishes them.
async fn patient(settings: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(settings).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture
}

/// A fixture without a bot, in which songs are done at once.
async fn without_bot() -> Fixture {
    let fixture = Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    fixture.whisul.plan("", quick());
    fixture
}

async fn composing(asked: &Invocation) -> Message {
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await
}

fn is_bad_token(end: &Result<(), RunError>) -> bool {
    matches!(end, Err(RunError::Gateway(GatewayError::BadToken)))
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_continue_before_discord_is_reachable() {
    let mut fixture = patient(&[]).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    let message = composing(&asked).await;
    fixture.whisul.until_polled("a song", 1).await;
    fixture.stop_bot().await;
    fixture.discord.stop().await.unwrap();
    let polls = fixture.whisul.until_polled("a song", 1).await.polls;
    fixture.start_bot();
    fixture.whisul.until_polled("a song", polls + 2).await;
    fixture.whisul.finish("a song");
    fixture.whisul.until_polled("a song", polls + 3).await;
    fixture.discord.start_again().unwrap();
    assert_eq!(done(&asked).await.id, message.id);
    fixture.discord.until_ready().await;
    fixture.whisul.plan("", quick());
    done(&fixture.song(&fixture.bob, "another").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_token_stops_the_bot_at_once() {
    let mut fixture = without_bot().await;
    fixture.discord.change_token("another.token.altogether");
    fixture.start_bot();
    assert!(is_bad_token(&fixture.bot_exit().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_becomes_invalid_stops_the_bot() {
    let mut fixture = Fixture::new().await;
    fixture.discord.change_token("another.token.altogether");
    assert!(is_bad_token(&fixture.bot_exit().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_of_commands_is_retried_until_it_succeeds() {
    let mut fixture = without_bot().await;
    fixture.discord.faults().add(Fault::on("GET", COMMANDS).times(1).status(502));
    fixture.discord.faults().add(Fault::on("PUT", COMMANDS).times(1).status(500));
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    assert_eq!(fixture.discord.requests().count("PUT", COMMANDS), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_commands_are_not_registered_again() {
    let mut fixture = without_bot().await;
    fixture.start_and_wait_until_ready().await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let compared = || {
        let requests = fixture.discord.requests().matching("GET", COMMANDS);
        let answered = |request: &&sandbox::RecordedRequest| request.status.is_some();
        (requests.iter().filter(answered).count() == 2).then_some(())
    };
    fixture.discord.until("the commands to be compared", compared).await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    assert_eq!(fixture.discord.requests().count("PUT", COMMANDS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_waits_for_a_gateway_that_refuses_connections() {
    let mut fixture = without_bot().await;
    fixture.discord.faults().add(Fault::on("GET", "/api/v10/gateway/bot").times(1).status(503));
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_address_is_requested_until_discord_answers() {
    let mut fixture = without_bot().await;
    fixture.discord.faults().add(Fault::on("GET", "/api/v10/gateway/bot").times(1).hang());
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

/// Something happens to the gateway while a song is made: that song is finished, and a next one
/// can be asked for.
async fn survives(misfortune: impl AsyncFnOnce(&DiscordSandbox)) {
    survives_on(DiscordRules::default(), misfortune).await;
}

/// The same with rules of choice.
async fn survives_on(rules: DiscordRules, misfortune: impl AsyncFnOnce(&DiscordSandbox)) {
    let mut fixture = Fixture::without_bot(&[], rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    composing(&asked).await;
    let before = fixture.discord.sessions();
    misfortune(&fixture.discord).await;
    fixture.whisul.finish("a song");
    done(&asked).await;
    let is_back = || {
        let now = fixture.discord.sessions();
        let came_back = now.identified + now.resumed > before.identified + before.resumed;
        (came_back && now.connected > 0).then_some(())
    };
    fixture.discord.until("the bot to be back", is_back).await;
    fixture.whisul.plan("", quick());
    done(&fixture.song(&fixture.bob, "another").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_is_resumed() {
    survives(async |discord| discord.gateway().drop_connections()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reconnect_that_discord_asks_for_is_made() {
    survives(async |discord| discord.gateway().ask_to_reconnect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_died_in_silence_is_replaced() {
    // So short an interval that it is noticed soon, and long enough for a busy machine.
    let rules = DiscordRules { heartbeat_interval: Duration::from_secs(2), ..Default::default() };
    survives_on(rules, async |discord| {
        let before = discord.sessions();
        discord.gateway().silent(true);
        let left = || (discord.sessions() != before).then_some(());
        discord.until("the bot to leave the silent connection", left).await;
        discord.gateway().silent(false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_session_is_replaced() {
    survives(async |discord| discord.gateway().invalidate(false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_survives_an_outage_of_discord() {
    survives(async |discord| {
        discord.stop().await.unwrap();
        discord.start_again().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_jobs_continue_in_their_messages_and_order_after_a_restart() {
    let mut fixture = patient(&[("MAX_RUNNING", "1")]).await;
    let mut asked = Vec::new();
    for (person, prompt) in
        [(&fixture.ann, "first"), (&fixture.bob, "second"), (&fixture.ann, "third")]
    {
        asked.push(fixture.song(person, prompt).await);
        asked.last().unwrap().answer().await.unwrap();
    }
    let mut ids = Vec::new();
    for asked in &asked {
        ids.push(asked.answer().await.unwrap().id);
    }
    fixture.whisul.until_accepted("first").await;
    fixture.stop_bot().await;
    fixture.whisul.plan("", quick());
    fixture.whisul.finish("first");
    fixture.start_and_wait_until_ready().await;
    for (asked, id) in asked.iter().zip(ids) {
        assert_eq!(done(asked).await.id, id);
    }
    let order: Vec<_> = fixture.whisul.jobs().into_iter().map(|job| job.prompt).collect();
    assert_eq!(order, ["first", "second", "third"]);
    assert_eq!(fixture.discord.messages().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undelivered_song_is_delivered_after_a_restart() {
    let mut fixture = patient(&[]).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    let message = composing(&asked).await;
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    let outage = fixture.discord.faults().add(Fault::on("PATCH", edits).status(503));
    let before = fixture.discord.requests().count("PATCH", edits);
    fixture.whisul.finish("a song");
    let tried = || (fixture.discord.requests().count("PATCH", edits) > before).then_some(());
    fixture.discord.until("a try to deliver", tried).await;
    fixture.stop_bot().await;
    fixture.discord.faults().remove(outage);
    // Whisul has forgotten it meanwhile.
    fixture.whisul.expire("a song");
    fixture.start_and_wait_until_ready().await;
    assert_eq!(done(&asked).await.id, message.id);
    assert_eq!(fixture.whisul.requests().count("POST", GENERATE), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_submission_is_not_repeated() {
    let settings = [("SHUTDOWN_GRACE", "100ms"), ("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let mut fixture = Fixture::with(&settings).await;
    fixture.whisul.plan("", quick());
    fixture.whisul.faults().add(Fault::on("POST", GENERATE).times(1).hang());
    let asked = fixture.song(&fixture.ann, "a song").await;
    let sent = || (fixture.submissions("a song") == 1).then_some(());
    sandbox::until("the submission", &fixture.whisul.changed(), sent).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("I can't tell whether it arrived"));
    // Ann is refunded. The charge stays on the key, since the song may have been paid for.
    done(&fixture.song(&fixture.ann, "another").await).await;
    let refused = fixture.song(&fixture.bob, "one too many").await.answer().await.unwrap();
    assert!(refused.content.contains("for everybody"), "{}", refused.text());
    assert_eq!(fixture.whisul.requests().count("POST", GENERATE), 2);
}
