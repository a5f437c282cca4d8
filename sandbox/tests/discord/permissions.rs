//! Permissions of the bot in servers, channels and direct messages.

use reqwest::Method;
use serde_json::json;

use crate::bot::{Bot, code};

#[tokio::test]
async fn a_hidden_channel_is_missing_access() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let (_, posted) = bot.post(&path, json!({ "content": "Hello" })).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    scene.server.deny_bot(&scene.channel);
    let hello = json!({ "content": "Hello" });
    assert_eq!(code(&bot.post(&path, hello.clone()).await), (403, 50001));
    assert_eq!(code(&bot.get(&path).await), (403, 50001));
    assert_eq!(code(&bot.get(&message).await), (403, 50001));
    assert_eq!(code(&bot.patch(&message, hello.clone()).await), (403, 50001));
    assert_eq!(code(&bot.delete(&message).await), (403, 50001));
    assert_eq!(code(&bot.get(&format!("/channels/{}", scene.channel.id())).await), (403, 50001));
    scene.server.allow_bot(&scene.channel);
    assert_eq!(bot.post(&path, hello).await.0, 200);
}

#[tokio::test]
async fn an_interaction_is_answered_even_where_the_bot_cannot_see() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    scene.server.deny_bot(&scene.channel);
    let song = scene.song().await;
    let answer = bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(answer.0, 200);
    assert_eq!(
        bot.patch(&bot.reply_path(&song, "@original"), json!({ "content": "x" })).await.0,
        200
    );
}

#[tokio::test]
async fn a_channel_where_the_bot_may_not_write_is_missing_permissions() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    scene.server.mute_bot(&scene.channel);
    let answer = bot.post(&scene.messages_path(), json!({ "content": "Hello" })).await;
    assert_eq!(code(&answer), (403, 50013));
}

#[tokio::test]
async fn the_bot_may_write_without_the_permission_to_attach_files() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    scene.server.deny_files(&scene.channel);
    let (path, hello) = (scene.messages_path(), json!({ "content": "Hello" }));
    let (status, posted) = bot.post(&path, hello.clone()).await;
    assert_eq!(status, 200);
    let files = [("a.txt", "text/plain", vec![1])];
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    assert_eq!(code(&bot.upload(Method::POST, &path, &hello, &files).await), (403, 50013));
    assert_eq!(code(&bot.upload(Method::PATCH, &message, &hello, &files).await), (403, 50013));
    assert_eq!(bot.patch(&message, hello).await.0, 200);
}

#[tokio::test]
async fn a_server_that_removed_the_bot_is_unknown() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    scene.server.kick_bot();
    let answer = bot.post(&scene.messages_path(), json!({ "content": "Hello" })).await;
    assert_eq!(code(&answer), (403, 50001));
    assert_eq!(code(&bot.get(&format!("/guilds/{}", scene.server.id())).await), (404, 10004));
}

#[tokio::test]
async fn a_deleted_channel_is_unknown_and_its_messages_with_it() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    scene.channel.delete();
    let hello = json!({ "content": "Hello" });
    assert_eq!(code(&bot.post(&scene.messages_path(), hello.clone()).await), (404, 10003));
    let original = bot.reply_path(&song, "@original");
    assert_eq!(code(&bot.patch(&original, hello.clone()).await), (404, 10008));
    assert_eq!(code(&bot.post(&bot.webhook_path(&song), hello).await), (404, 10003));
    assert!(song.message().unwrap().deleted);
}

#[tokio::test]
async fn an_archived_thread_accepts_nothing() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let (_, posted) = bot.post(&path, json!({ "content": "Hello" })).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    scene.channel.archive();
    let hello = json!({ "content": "Hello" });
    assert_eq!(code(&bot.post(&path, hello.clone()).await), (400, 50083));
    assert_eq!(code(&bot.patch(&message, hello.clone()).await), (400, 50083));
    assert_eq!(code(&bot.delete(&message).await), (400, 50083));
    let original = bot.reply_path(&song, "@original");
    assert_eq!(code(&bot.patch(&original, hello.clone()).await), (400, 50083));
    scene.channel.unarchive();
    assert_eq!(bot.patch(&message, hello).await.0, 200);
}

#[tokio::test]
async fn the_bot_cannot_change_messages_of_others() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let said = scene.client.say("Hello").unwrap();
    let path = format!("{}/{said}", scene.messages_path());
    assert_eq!(code(&bot.patch(&path, json!({ "content": "x" })).await), (403, 50005));
    assert_eq!(code(&bot.delete(&path).await), (403, 50013));
}

#[tokio::test]
async fn automod_blocks_posts_edits_and_answers() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let (_, posted) = bot.post(&path, json!({ "content": "Hello" })).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    scene.server.automod_blocks("thunder");
    let rude = json!({ "embeds": [{ "title": "Thunder" }] });
    assert_eq!(code(&bot.post(&path, rude.clone()).await), (400, 200_000));
    assert_eq!(code(&bot.patch(&message, rude.clone()).await), (400, 200_000));
    let song = scene.song().await;
    let answer = bot.respond(&song, json!({ "type": 4, "data": rude })).await;
    assert_eq!(code(&answer), (400, 200_000));
}

#[tokio::test]
async fn direct_messages_reach_people_who_allow_them() {
    let bot = Bot::start().await;
    let ann = bot.discord.add_person("Ann");
    let open = |id: u64| bot.post("/users/@me/channels", json!({ "recipient_id": id.to_string() }));
    let (status, channel) = open(ann.id()).await;
    assert_eq!((status, channel["type"].as_u64()), (200, Some(1)));
    assert_eq!(open(ann.id()).await.1["id"], channel["id"]);
    let path = format!("/channels/{}/messages", channel["id"].as_str().unwrap());
    bot.post(&path, json!({ "content": "Hello" })).await;
    assert_eq!(ann.dm().messages()[0].content, "Hello");
    ann.blocks_dms(true);
    assert_eq!(code(&bot.post(&path, json!({ "content": "Hello" })).await), (403, 50007));
    assert_eq!(code(&open(1).await), (404, 10013));
}

#[tokio::test]
async fn servers_and_members_are_read_with_the_token() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let guild = format!("/guilds/{}", scene.server.id());
    assert_eq!(bot.get(&guild).await.1["name"], "Den");
    assert_eq!(bot.get(&format!("{guild}/channels")).await.1[0]["name"], "music");
    assert_eq!(bot.get(&format!("{guild}/roles")).await.1[0]["name"], "@everyone");
    let member = bot.get(&format!("{guild}/members/{}", scene.ann.id())).await;
    assert_eq!(member.1["user"]["username"], "Ann");
    assert_eq!(code(&bot.get(&format!("{guild}/members/1")).await), (404, 10007));
    assert_eq!(bot.get("/users/@me/guilds").await.1[0]["name"], "Den");
    assert_eq!(bot.get(&format!("/users/{}", scene.ann.id())).await.1["username"], "Ann");
}

#[tokio::test]
async fn servers_are_listed_a_page_at_a_time() {
    let bot = Bot::start().await;
    let servers: Vec<u64> = (0..5).map(|_| bot.discord.add_server("Den").id()).collect();
    _ = bot.discord.add_server_without_bot("Elsewhere");
    let page = async |query: &str| {
        let (_, list) = bot.get(&format!("/users/@me/guilds{query}")).await;
        let ids = list.as_array().unwrap().iter().map(|guild| guild["id"].as_str().unwrap());
        ids.map(|id| id.parse::<u64>().unwrap())
            .filter(|id| servers.contains(id))
            .collect::<Vec<_>>()
    };
    assert_eq!(page("").await, servers);
    let after = format!("?limit=2&after={}", servers[1]);
    assert_eq!(page(&after).await, servers[2..4]);
}
