//! The gateway: logging in, hearing of events, losing and resuming a session.

use std::time::Duration;

use sandbox::DiscordRules;
use serde_json::{Value, json};

use crate::bot::{Bot, rules};
use crate::socket::{Socket, identify};

const GUILDS: u64 = 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;

fn resume(bot: &Bot, session: &Value, sequence: &Value) -> Value {
    let d = json!({ "token": bot.discord.token(), "session_id": session, "seq": sequence });
    json!({ "op": 6, "d": d })
}

/// The code with which a first message is answered.
async fn refusal(bot: &Bot, message: Value) -> u16 {
    let mut socket = Socket::connect(bot).await;
    socket.send(message).await;
    socket.closed().await
}

#[tokio::test]
async fn the_address_and_the_starts_left_are_told() {
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
async fn a_message_that_makes_no_sense_closes_with_its_code() {
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
    let mut socket = Socket::open(&bot, "?v=9&encoding=json").await.unwrap();
    assert_eq!(socket.closed().await, 4012);
    let mut socket = Socket::open(&bot, "?v=10&encoding=etf").await.unwrap();
    assert_eq!(socket.closed().await, 4002);
}

#[tokio::test]
async fn a_shard_hears_of_its_servers_and_shard_0_of_direct_messages() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut shards = Vec::new();
    for shard in 0..2 {
        let mut socket = Socket::connect(&bot).await;
        socket.send(identify(&bot, &json!({ "shard": [shard, 2] }))).await;
        socket.event("READY").await;
        shards.push(socket);
    }
    let home = usize::try_from((scene.server.id() >> 22) % 2).unwrap();
    let song = scene.song().await;
    assert_eq!(shards[home].event("INTERACTION_CREATE").await["id"], song.id.to_string());
    assert!(shards[1 - home].is_quiet().await);
    let dm = scene.ann.dm().command("song", &[("prompt", json!("rain"))]).await.unwrap();
    assert_eq!(shards[0].event("INTERACTION_CREATE").await["id"], dm.id.to_string());
    assert!(shards[1].is_quiet().await);
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
async fn starts_are_counted_and_kept_apart() {
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

#[tokio::test]
async fn who_sends_no_heartbeats_is_closed() {
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
async fn a_resume_brings_what_was_missed() {
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
async fn a_resume_of_nothing_is_an_invalid_session() {
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

#[tokio::test]
async fn messages_are_heard_of_with_their_intents() {
    let bot = Bot::with(DiscordRules { privileged_intents: true, ..rules() }).await;
    let scene = bot.scene().await;
    let mut reading = Socket::identified(&bot, GUILD_MESSAGES | MESSAGE_CONTENT).await;
    let mut counting = Socket::identified(&bot, GUILD_MESSAGES).await;
    let mut private = Socket::identified(&bot, DIRECT_MESSAGES).await;
    let said = scene.seat.say("Play something").unwrap();
    assert_eq!(reading.event("MESSAGE_CREATE").await["content"], "Play something");
    assert_eq!(counting.event("MESSAGE_CREATE").await["content"], "");
    scene.seat.delete(said);
    for socket in [&mut reading, &mut counting] {
        assert_eq!(socket.event("MESSAGE_DELETE").await["id"], said.to_string());
    }
    let (_, posted) = bot.post(&scene.messages_path(), json!({ "content": "La" })).await;
    let path = format!("{}/{}", scene.messages_path(), posted["id"].as_str().unwrap());
    bot.patch(&path, json!({ "content": "La la" })).await;
    for socket in [&mut reading, &mut counting] {
        socket.event("MESSAGE_CREATE").await;
        assert_eq!(socket.event("MESSAGE_UPDATE").await["content"], "La la");
    }
    assert!(private.is_quiet().await);
    scene.ann.dm().say("Hello");
    assert_eq!(private.event("MESSAGE_CREATE").await["content"], "Hello");
    assert!(reading.is_quiet().await);
}

#[tokio::test]
async fn an_interaction_says_what_discord_says() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let role = scene.server.add_role("Listeners");
    scene.server.give_role(&scene.ann, &role);
    scene.ann.set_locale("de");
    let mut socket = Socket::identified(&bot, 0).await;
    scene.song().await;
    let event = socket.event("INTERACTION_CREATE").await;
    assert_eq!(event["type"], 2);
    assert_eq!(event["data"]["options"][0]["value"], "rain");
    assert_eq!(event["member"]["roles"], json!([role.id().to_string()]));
    assert_eq!(event["member"]["user"]["username"], "Ann");
    assert_eq!(
        (event["locale"].as_str(), event["guild_locale"].as_str()),
        (Some("de"), Some("en-US"))
    );
    assert_eq!((event["context"].as_u64(), event["version"].as_u64()), (Some(0), Some(1)));
    let owners = json!({ "0": scene.server.id().to_string() });
    assert_eq!(event["authorizing_integration_owners"], owners);
    assert_eq!(event["attachment_size_limit"], 10 * 1024 * 1024);
    assert!(event["user"].is_null());

    scene.ann.dm().command("song", &[("prompt", json!("rain"))]).await.unwrap();
    let event = socket.event("INTERACTION_CREATE").await;
    assert_eq!(
        (event["context"].as_u64(), event["user"]["username"].as_str()),
        (Some(1), Some("Ann"))
    );
    assert_eq!(event["authorizing_integration_owners"], json!({ "0": "0" }));
    assert!(event["member"].is_null());

    let private = bot.discord.add_private_channel(&[&scene.ann]);
    scene.ann.at(&private).command("song", &[("prompt", json!("rain"))]).await.unwrap();
    let event = socket.event("INTERACTION_CREATE").await;
    assert_eq!(event["context"], 2);
    let owners = json!({ "1": scene.ann.id().to_string() });
    assert_eq!(event["authorizing_integration_owners"], owners);
}
