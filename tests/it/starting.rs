//! The bot starts, with or without Discord, and with or without jobs left over.

use std::time::Duration;

use sandbox::{DiscordRules, DiscordSandbox, Fault, Invocation, Message, Plan, WhisulRules};
use whisul_bot::{RunError, bot::GatewayError};

use crate::world::{World, description, done, failed, title};

const COMMANDS: &str = "/api/v10/applications/*/commands";
const GENERATE: &str = "/api/generate";

/// A song that is done at once.
fn quick() -> Plan {
    Plan::song().takes(Duration::ZERO)
}

/// A world whose songs take until they are told to end.
async fn patient(settings: &[(&str, &str)]) -> World {
    let world = World::with(settings).await;
    world.whisul.plan("", Plan::song().until_told());
    world
}

/// A world without a bot, in which songs are done at once.
async fn asleep() -> World {
    let world = World::asleep(&[], DiscordRules::default(), WhisulRules::default()).await;
    world.whisul.plan("", quick());
    world
}

async fn composing(asked: &Invocation) -> Message {
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await
}

fn is_bad_token(end: &Result<(), RunError>) -> bool {
    matches!(end, Err(RunError::Gateway(GatewayError::BadToken)))
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_go_on_while_discord_is_waited_for() {
    let mut world = patient(&[]).await;
    let asked = world.song(&world.ann, "a song").await;
    let message = composing(&asked).await;
    world.whisul.until_polled("a song", 1).await;
    world.stop_bot().await;
    world.discord.stop().await.unwrap();
    let polls = world.whisul.until_polled("a song", 1).await.polls;
    world.start_bot();
    world.whisul.until_polled("a song", polls + 2).await;
    world.whisul.finish("a song");
    world.whisul.until_polled("a song", polls + 3).await;
    world.discord.start_again().unwrap();
    assert_eq!(done(&asked).await.id, message.id);
    world.discord.until_ready().await;
    world.whisul.plan("", quick());
    done(&world.song(&world.bob, "another").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_discord_refuses_ends_it_at_once() {
    let mut world = asleep().await;
    world.discord.change_token("another.token.altogether");
    world.start_bot();
    assert!(is_bad_token(&world.bots_end().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_becomes_void_ends_it_too() {
    let mut world = World::new().await;
    world.discord.change_token("another.token.altogether");
    assert!(is_bad_token(&world.bots_end().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_however_often_it_takes() {
    let mut world = asleep().await;
    world.discord.faults().add(Fault::on("GET", COMMANDS).times(1).status(502));
    world.discord.faults().add(Fault::on("PUT", COMMANDS).times(1).status(500));
    world.wake_bot().await;
    done(&world.song(&world.ann, "a song").await).await;
    assert_eq!(world.discord.requests().count("PUT", COMMANDS), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_stand_are_left_alone() {
    let mut world = asleep().await;
    world.wake_bot().await;
    world.stop_bot().await;
    world.wake_bot().await;
    let compared = || {
        let requests = world.discord.requests().matching("GET", COMMANDS);
        let answered = |request: &&sandbox::RecordedRequest| request.status.is_some();
        (requests.iter().filter(answered).count() == 2).then_some(())
    };
    world.discord.until("the commands to be compared", compared).await;
    done(&world.song(&world.ann, "a song").await).await;
    assert_eq!(world.discord.requests().count("PUT", COMMANDS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_closed_is_waited_for() {
    let mut world = asleep().await;
    world.discord.faults().add(Fault::on("GET", "/api/v10/gateway/bot").times(1).status(503));
    world.wake_bot().await;
    done(&world.song(&world.ann, "a song").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_never_says_where_its_gateway_is_is_asked_again() {
    let mut world = asleep().await;
    world.discord.faults().add(Fault::on("GET", "/api/v10/gateway/bot").times(1).hang());
    world.wake_bot().await;
    done(&world.song(&world.ann, "a song").await).await;
}

/// Something happens to the gateway while a song is made: that song is finished, and a next one
/// can be asked for.
async fn survives(misfortune: impl AsyncFnOnce(&DiscordSandbox)) {
    survives_on(DiscordRules::default(), misfortune).await;
}

/// The same with rules of choice.
async fn survives_on(rules: DiscordRules, misfortune: impl AsyncFnOnce(&DiscordSandbox)) {
    let mut world = World::asleep(&[], rules, WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world.wake_bot().await;
    let asked = world.song(&world.ann, "a song").await;
    composing(&asked).await;
    let before = world.discord.sessions();
    misfortune(&world.discord).await;
    world.whisul.finish("a song");
    done(&asked).await;
    let is_back = || {
        let now = world.discord.sessions();
        let came_back = now.identified + now.resumed > before.identified + before.resumed;
        (came_back && now.connected > 0).then_some(())
    };
    world.discord.until("the bot to be back", is_back).await;
    world.whisul.plan("", quick());
    done(&world.song(&world.bob, "another").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_is_taken_up_again() {
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
async fn an_outage_of_discord_is_sat_out() {
    survives(async |discord| {
        discord.stop().await.unwrap();
        discord.start_again().unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_left_over_go_on_in_their_messages_and_in_their_order() {
    let mut world = patient(&[("MAX_RUNNING", "1")]).await;
    let mut asked = Vec::new();
    for (person, prompt) in [(&world.ann, "first"), (&world.bob, "second"), (&world.ann, "third")] {
        asked.push(world.song(person, prompt).await);
        asked.last().unwrap().answer().await.unwrap();
    }
    let mut ids = Vec::new();
    for asked in &asked {
        ids.push(asked.answer().await.unwrap().id);
    }
    world.whisul.until_accepted("first").await;
    world.stop_bot().await;
    world.whisul.plan("", quick());
    world.whisul.finish("first");
    world.wake_bot().await;
    for (asked, id) in asked.iter().zip(ids) {
        assert_eq!(done(asked).await.id, id);
    }
    let order: Vec<_> = world.whisul.jobs().into_iter().map(|job| job.prompt).collect();
    assert_eq!(order, ["first", "second", "third"]);
    assert_eq!(world.discord.messages().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_was_done_but_not_delivered_is_delivered_after_a_restart() {
    let mut world = patient(&[]).await;
    let asked = world.song(&world.ann, "a song").await;
    let message = composing(&asked).await;
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    let outage = world.discord.faults().add(Fault::on("PATCH", edits).status(503));
    let before = world.discord.requests().count("PATCH", edits);
    world.whisul.finish("a song");
    let tried = || (world.discord.requests().count("PATCH", edits) > before).then_some(());
    world.discord.until("a try to deliver", tried).await;
    world.stop_bot().await;
    world.discord.faults().remove(outage);
    // Whisul has forgotten it meanwhile.
    world.whisul.expire("a song");
    world.wake_bot().await;
    assert_eq!(done(&asked).await.id, message.id);
    assert_eq!(world.whisul.requests().count("POST", GENERATE), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_submission_was_interrupted_is_not_submitted_again() {
    let settings = [("SHUTDOWN_GRACE", "100ms"), ("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let mut world = World::with(&settings).await;
    world.whisul.plan("", quick());
    world.whisul.faults().add(Fault::on("POST", GENERATE).times(1).hang());
    let asked = world.song(&world.ann, "a song").await;
    let sent = || (world.submissions("a song") == 1).then_some(());
    sandbox::until("the submission", &world.whisul.changed(), sent).await;
    world.stop_bot().await;
    world.wake_bot().await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("I can't tell whether it arrived"));
    // Ann has her song back. The key's own guard keeps the charge: it may have been paid.
    done(&world.song(&world.ann, "another").await).await;
    let refused = world.song(&world.bob, "one too many").await.answer().await.unwrap();
    assert!(refused.content.contains("for everybody"), "{}", refused.text());
    assert_eq!(world.whisul.requests().count("POST", GENERATE), 2);
}
