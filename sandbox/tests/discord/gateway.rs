//! The gateway: logging in, and what closes a connection.

use std::time::Duration;

use sandbox::DiscordRules;
use serde_json::json;

use crate::bot::{Bot, rules};
use crate::socket::{Socket, identify, refusal};

const GUILDS: u64 = 1;
const MESSAGE_CONTENT: u64 = 1 << 15;

#[tokio::test]
async fn the_gateway_route_returns_address_and_session_start_limit() {
    let bot = Bot::start().await;
    let (_, gateway) = bot.get("/gateway/bot").await;
    assert_eq!(gateway["url"], bot.discord.url().replace("http", "ws"));
    assert_eq!(gateway["session_start_limit"]["remaining"], 1000);
    Socket::identified(&bot, 0).await;
    let (_, gateway) = bot.get("/gateway/bot").await;
    assert_eq!(gateway["session_start_limit"]["remaining"], 999);
    assert_eq!(bot.get("/gateway").await.1["url"], gateway["url"]);
}

#[tokio::test]
async fn identify_brings_ready_and_with_the_intent_the_servers() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::connect(&bot).await;
    socket.send(identify(&bot, &json!({ "intents": GUILDS }))).await;
    let ready = socket.event("READY").await;
    assert_eq!(ready["user"]["id"], bot.discord.application_id().to_string());
    assert_eq!(
        ready["guilds"][0],
        json!({ "id": scene.server.id().to_string(), "unavailable": true })
    );
    assert_eq!(socket.event("GUILD_CREATE").await["channels"][0]["name"], "music");
    let mut blind = Socket::identified(&bot, 0).await;
    assert!(blind.is_quiet().await);
    assert_eq!(bot.discord.sessions().connected, 2);
}

#[tokio::test]
async fn a_bad_identify_closes_with_its_code() {
    let bot = Bot::start().await;
    let cases = [
        (json!({ "token": "wrong" }), 4004),
        (json!({ "shard": [1, 1] }), 4010),
        (json!({ "shard": "first" }), 4010),
        (json!({ "intents": 1_u64 << 40 }), 4013),
        (json!({ "intents": MESSAGE_CONTENT }), 4014),
        (json!({ "intents": "all" }), 4002),
        (json!({ "properties": null }), 4002),
    ];
    for (change, code) in cases {
        assert_eq!(refusal(&bot, identify(&bot, &change)).await, code);
    }
    assert_eq!(bot.discord.sessions().identified, 0);
}

#[tokio::test]
async fn an_invalid_gateway_message_closes_with_its_code() {
    let bot = Bot::start().await;
    assert_eq!(refusal(&bot, json!({ "op": 77, "d": null })).await, 4001);
    assert_eq!(refusal(&bot, json!({ "d": null })).await, 4002);
    assert_eq!(refusal(&bot, json!({ "op": 3, "d": {} })).await, 4003);
    assert_eq!(refusal(&bot, json!({ "op": 2, "d": "x".repeat(4096) })).await, 4002);
    let mut socket = Socket::connect(&bot).await;
    socket.text("{oops".to_owned()).await;
    assert_eq!(socket.closed().await, 4002);
    let mut socket = Socket::identified(&bot, 0).await;
    socket.send(identify(&bot, &json!({}))).await;
    assert_eq!(socket.closed().await, 4005);
}

#[tokio::test]
async fn other_versions_and_encodings_are_refused() {
    let bot = Bot::start().await;
    let mut socket = Socket::open(&bot, "?v=8&encoding=json").await.unwrap();
    assert_eq!(socket.closed().await, 4012);
    let mut socket = Socket::open(&bot, "?v=10&encoding=etf").await.unwrap();
    assert_eq!(socket.closed().await, 4002);
}

#[tokio::test]
async fn a_shard_of_more_than_2500_servers_is_refused() {
    let bot = Bot::start().await;
    for _ in 0..2501 {
        let _ = bot.discord.add_server("Den");
    }
    assert_eq!(refusal(&bot, identify(&bot, &json!({}))).await, 4011);
}

#[tokio::test]
async fn session_starts_are_counted_and_spaced() {
    let once = DiscordRules { session_start_limit: 1, ..rules() };
    let bot = Bot::with(once).await;
    Socket::identified(&bot, 0).await;
    assert_eq!(refusal(&bot, identify(&bot, &json!({}))).await, 4004);
    assert_eq!(bot.discord.violations().len(), 1);
    let slowly = DiscordRules { identify_interval: Duration::from_mins(1), ..rules() };
    let bot = Bot::with(slowly).await;
    Socket::identified(&bot, 0).await;
    let mut socket = Socket::connect(&bot).await;
    socket.send(identify(&bot, &json!({}))).await;
    assert_eq!(socket.next().await.unwrap(), json!({ "op": 9, "d": false, "s": null, "t": null }));
}

#[tokio::test]
async fn more_than_120_messages_a_minute_close_the_connection() {
    let bot = Bot::start().await;
    let mut socket = Socket::connect(&bot).await;
    for _ in 0..120 {
        assert!(socket.is_quiet().await);
    }
    socket.send(json!({ "op": 1, "d": null })).await;
    assert_eq!(socket.closed().await, 4008);
}
