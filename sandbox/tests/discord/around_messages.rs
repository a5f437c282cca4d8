//! What gathers around a message: reactions, pins, threads.

use sandbox::Channel;
use serde_json::{Value, json};

use crate::bot::{Bot, Scene, code};
use crate::socket::Socket;

const GUILDS: u64 = 1;
const REACTIONS: u64 = 1 << 10;
const MANAGE_MESSAGES: u64 = 1 << 13;
const PIN_MESSAGES: u64 = 1 << 51;
/// 🎵 as a path writes it.
const NOTE: &str = "%F0%9F%8E%B5";

/// A message of the bot and its path.
async fn message(bot: &Bot, scene: &Scene) -> (u64, String) {
    let (_, posted) = bot.post(&scene.messages_path(), json!({ "content": "Listen" })).await;
    let id = posted["id"].as_str().unwrap().parse().unwrap();
    (id, format!("{}/{id}", scene.messages_path()))
}

/// Gives the bot permissions by a role.
fn grant(bot: &Bot, scene: &Scene, permissions: u64) {
    let role = scene.server.add_role("helper");
    role.grant(permissions);
    scene.server.give_role(&bot.discord.bot(), &role);
}

#[tokio::test]
async fn reactions_are_counted_listed_and_dispatched() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::identified(&bot, REACTIONS).await;
    let (id, path) = message(&bot, &scene).await;
    assert_eq!(bot.put(&format!("{path}/reactions/{NOTE}/@me"), json!({})).await.0, 204);
    let added = socket.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(added["user_id"], bot.discord.application_id().to_string());
    assert!(scene.client.react(id, "🎵"));
    assert_eq!(socket.event("MESSAGE_REACTION_ADD").await["emoji"]["name"], "🎵");

    let reactions = bot.get(&path).await.1["reactions"].clone();
    assert_eq!((&reactions[0]["count"], &reactions[0]["me"]), (&json!(2), &json!(true)));
    let (_, users) = bot.get(&format!("{path}/reactions/{NOTE}")).await;
    assert_eq!(users[1]["id"], scene.ann.id().to_string());

    let of_ann = format!("{path}/reactions/{NOTE}/{}", scene.ann.id());
    assert_eq!(code(&bot.delete(&of_ann).await), (403, 50013));
    grant(&bot, &scene, MANAGE_MESSAGES);
    assert_eq!(bot.delete(&of_ann).await.0, 204);
    assert_eq!(code(&bot.delete(&of_ann).await), (400, 10014));
    assert_eq!(socket.event("MESSAGE_REACTION_REMOVE").await["message_id"], id.to_string());
    assert_eq!(bot.delete(&format!("{path}/reactions")).await.0, 204);
    assert_eq!(bot.get(&path).await.1.get("reactions"), None);
    let word = bot.put(&format!("{path}/reactions/note/@me"), json!({})).await;
    assert_eq!(code(&word), (400, 10014));
}

#[tokio::test]
async fn an_emoji_of_the_application_can_be_uploaded_and_used() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let emojis = format!("/applications/{}/emojis", bot.discord.application_id());
    let image = "data:image/png;base64,AAAA";
    let (status, emoji) = bot.post(&emojis, json!({ "name": "note", "image": image })).await;
    assert_eq!((status, &emoji["name"]), (201, &json!("note")));
    let id = emoji["id"].as_str().unwrap();
    let (_, path) = message(&bot, &scene).await;
    let reacted = bot.put(&format!("{path}/reactions/note:{id}/@me"), json!({})).await;
    assert_eq!(reacted.0, 204);
    assert_eq!(bot.get(&path).await.1["reactions"][0]["emoji"]["id"], id);
    let one = format!("{emojis}/{id}");
    assert_eq!(bot.patch(&one, json!({ "name": "tune" })).await.1["name"], "tune");
    assert_eq!(bot.delete(&one).await.0, 204);
    assert_eq!(bot.get(&emojis).await.1, json!({ "items": [] }));
    assert_eq!(code(&bot.get(&one).await), (400, 10014));
}

#[tokio::test]
async fn pins_need_the_permission_and_are_listed_latest_first() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let (first, _) = message(&bot, &scene).await;
    let (second, _) = message(&bot, &scene).await;
    let pins = format!("{}/pins", scene.messages_path());
    assert_eq!(code(&bot.put(&format!("{pins}/{first}"), json!({})).await), (403, 50013));
    grant(&bot, &scene, PIN_MESSAGES);
    let old = format!("/channels/{}/pins", scene.channel.id());
    assert_eq!(bot.put(&format!("{pins}/{first}"), json!({})).await.0, 204);
    assert_eq!(bot.put(&format!("{old}/{second}"), json!({})).await.0, 204);
    let (_, listed) = bot.get(&pins).await;
    let ids = |list: &Value, place: &str| {
        let ids = list.as_array().unwrap().iter().map(|item| item.pointer(place).unwrap().clone());
        ids.collect::<Vec<_>>()
    };
    let both = [json!(second.to_string()), json!(first.to_string())];
    assert_eq!(ids(&listed["items"], "/message/id"), both);
    assert_eq!(ids(&bot.get(&old).await.1, "/id"), both);
    assert_eq!(bot.delete(&format!("{pins}/{second}")).await.0, 204);
    assert_eq!(bot.get(&old).await.1.as_array().unwrap().len(), 1);
}

/// Ann, and a person who looks at a thread.
fn thread_of(bot: &Bot, scene: &Scene, id: &Value) -> sandbox::ChannelClient {
    bot.discord.channel_client(scene.ann.id(), id.as_str().unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_thread_starts_at_a_message_and_takes_messages() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::connect(&bot).await;
    socket.send(crate::socket::identify(&bot, &json!({ "intents": GUILDS }))).await;
    socket.event("READY").await;
    socket.event("GUILD_CREATE").await;
    let (id, path) = message(&bot, &scene).await;
    let (status, thread) = bot.post(&format!("{path}/threads"), json!({ "name": "Talk" })).await;
    assert_eq!((status, &thread["id"], &thread["type"]), (201, &json!(id.to_string()), &json!(11)));
    assert_eq!(socket.event("THREAD_CREATE").await["parent_id"], scene.channel.id().to_string());
    let again = bot.post(&format!("{path}/threads"), json!({ "name": "Talk" })).await;
    assert_eq!(code(&again), (400, 160_004));
    assert_eq!(bot.get(&path).await.1["thread"]["name"], "Talk");

    let inside = format!("/channels/{id}/messages");
    assert_eq!(bot.post(&inside, json!({ "content": "Hello" })).await.0, 200);
    let client = thread_of(&bot, &scene, &thread["id"]);
    assert_eq!(client.messages()[0].content, "Hello");
    let song = client.command("song", &[("prompt", json!("rain"))]).await.unwrap();
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(song.answer().await.unwrap().channel_id, id);
}

#[tokio::test]
async fn a_new_message_opens_an_archived_thread_but_no_locked_one() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let threads = format!("/channels/{}/threads", scene.channel.id());
    let (_, thread) = bot.post(&threads, json!({ "name": "Talk", "type": 11 })).await;
    let path = format!("/channels/{}", thread["id"].as_str().unwrap());
    let (post, active) =
        (format!("{path}/messages"), format!("/guilds/{}/threads/active", scene.server.id()));
    let say = async || bot.post(&post, json!({ "content": "x" })).await;
    let count = async || bot.get(&active).await.1["threads"].as_array().unwrap().len();
    assert_eq!(bot.patch(&path, json!({ "archived": true })).await.0, 200);
    assert_eq!(count().await, 0);
    assert_eq!(say().await.0, 200);
    assert_eq!(count().await, 1);
    bot.patch(&path, json!({ "archived": true, "locked": true })).await;
    assert_eq!(code(&say().await), (400, 50083));
}

#[tokio::test]
async fn a_plain_channel_is_no_thread() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = |channel: &Channel| format!("/channels/{}", channel.id());
    let renamed = bot.patch(&path(&scene.channel), json!({ "name": "x" })).await;
    assert_eq!(code(&renamed), (403, 50013));
    assert_eq!(code(&bot.delete(&path(&scene.channel)).await), (403, 50013));
    let dm = bot.post("/users/@me/channels", json!({ "recipient_id": scene.ann.id() })).await.1;
    let threads = format!("/channels/{}/threads", dm["id"].as_str().unwrap());
    assert_eq!(code(&bot.post(&threads, json!({ "name": "x" })).await).0, 400);
    // The id of the person above was a number, which Discord takes.
    assert_eq!(bot.discord.violations(), Vec::<String>::new());
}
