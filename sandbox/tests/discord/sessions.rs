//! Sessions at the gateway: lost, resumed, invalidated, and outages.

use std::time::Duration;

use sandbox::DiscordRules;
use serde_json::{Value, json};

use crate::bot::{Bot, rules};
use crate::socket::{Socket, identify, refusal};

fn resume(bot: &Bot, session: &Value, sequence: &Value) -> Value {
    let d = json!({ "token": bot.discord.token(), "session_id": session, "seq": sequence });
    json!({ "op": 6, "d": d })
}

#[tokio::test]
async fn a_client_without_heartbeats_is_disconnected() {
    let rules = DiscordRules { heartbeat_interval: Duration::from_millis(50), ..rules() };
    let bot = Bot::with(rules).await;
    let mut socket = Socket::connect(&bot).await;
    assert_eq!(socket.closed().await, 4009);
}

#[tokio::test]
async fn a_silent_gateway_acknowledges_nothing() {
    let bot = Bot::start().await;
    let mut socket = Socket::connect(&bot).await;
    bot.discord.gateway().silent(true);
    socket.send(json!({ "op": 1, "d": null })).await;
    bot.discord.gateway().close(4000);
    assert_eq!(socket.closed().await, 4000);
}

#[tokio::test]
async fn a_resume_replays_missed_events() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::connect(&bot).await;
    socket.send(identify(&bot, &json!({}))).await;
    let session = socket.event("READY").await["session_id"].clone();
    bot.discord.gateway().drop_connections();
    assert_eq!(socket.closed().await, 0);
    bot.discord.until("the cut", || (bot.discord.sessions().connected == 0).then_some(())).await;
    let missed = scene.song().await;

    let mut again = Socket::connect(&bot).await;
    again.send(resume(&bot, &session, &socket.sequence)).await;
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], missed.id.to_string());
    again.event("RESUMED").await;
    missed.deliver_again();
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], missed.id.to_string());
    assert_eq!(bot.discord.sessions().resumed, 1);
}

#[tokio::test]
async fn a_resume_of_an_unknown_session_is_an_invalid_session() {
    let bot = Bot::start().await;
    let mut socket = Socket::connect(&bot).await;
    socket.send(resume(&bot, &json!("unknown"), &json!(1))).await;
    assert_eq!(socket.next().await.unwrap()["d"], false);
    socket.send(identify(&bot, &json!({}))).await;
    let session = socket.event("READY").await["session_id"].clone();
    assert_eq!(refusal(&bot, resume(&bot, &session, &json!(99))).await, 4007);
    let mut forged = resume(&bot, &session, &json!(1));
    forged["d"]["token"] = json!("wrong");
    assert_eq!(refusal(&bot, forged).await, 4004);
}

#[tokio::test]
async fn the_gateway_asks_to_reconnect_and_invalidates() {
    let bot = Bot::start().await;
    let mut socket = Socket::identified(&bot, 0).await;
    bot.discord.gateway().ask_to_reconnect();
    assert_eq!(socket.next().await.unwrap()["op"], 7);
    bot.discord.gateway().invalidate(true);
    assert_eq!(socket.next().await.unwrap()["d"], true);
    bot.discord.gateway().invalidate(false);
    assert_eq!(socket.next().await.unwrap()["d"], false);
    assert_eq!(bot.discord.sessions().connected, 0);
    socket.send(identify(&bot, &json!({}))).await;
    socket.event("READY").await;
}

#[tokio::test]
async fn connections_are_refused_on_demand() {
    let bot = Bot::start().await;
    bot.discord.gateway().refuse_connections(true);
    assert!(Socket::open(&bot, "").await.is_err());
    bot.discord.gateway().refuse_connections(false);
    Socket::connect(&bot).await;
}

#[tokio::test]
async fn a_changed_token_ends_sessions_and_requests() {
    let bot = Bot::start().await;
    let mut socket = Socket::identified(&bot, 0).await;
    let before = bot.request(reqwest::Method::GET, "/users/@me");
    bot.discord.change_token("another");
    assert_eq!(socket.closed().await, 4004);
    assert_eq!(before.send().await.unwrap().status(), 401);
    assert_eq!(bot.get("/users/@me").await.0, 200);
}

#[tokio::test]
async fn an_outage_refuses_everything_and_ends() {
    let bot = Bot::start().await;
    let mut socket = Socket::identified(&bot, 0).await;
    bot.discord.stop().await.unwrap();
    assert_eq!(socket.closed().await, 0);
    assert!(bot.request(reqwest::Method::GET, "/gateway").send().await.is_err());
    bot.discord.start_again().unwrap();
    assert_eq!(bot.get("/gateway").await.0, 200);
    Socket::connect(&bot).await;
}
