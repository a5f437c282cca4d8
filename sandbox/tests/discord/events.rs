//! Events: which sessions receive them, and their fields.

use sandbox::DiscordRules;
use serde_json::json;

use crate::bot::{Bot, rules};
use crate::socket::{Socket, identify};

const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
const MESSAGE_CONTENT: u64 = 1 << 15;

#[tokio::test]
async fn a_shard_receives_events_of_its_servers_and_shard_0_those_of_dms() {
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
async fn message_events_need_their_intents() {
    let bot = Bot::with(DiscordRules { privileged_intents: true, ..rules() }).await;
    let scene = bot.scene().await;
    let mut reading = Socket::identified(&bot, GUILD_MESSAGES | MESSAGE_CONTENT).await;
    let mut counting = Socket::identified(&bot, GUILD_MESSAGES).await;
    let mut private = Socket::identified(&bot, DIRECT_MESSAGES).await;
    let said = scene.client.say("Play something").unwrap();
    assert_eq!(reading.event("MESSAGE_CREATE").await["content"], "Play something");
    assert_eq!(counting.event("MESSAGE_CREATE").await["content"], "");
    scene.client.delete(said);
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
async fn an_interaction_event_has_the_fields_of_discord() {
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
