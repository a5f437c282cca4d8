//! Who is notified.

use sandbox::Ping;
use serde_json::{Value, json};

use crate::bot::{Bot, Scene, breaches};

async fn pings(bot: &Bot, scene: &Scene, body: Value) -> Vec<Ping> {
    let (status, answer) = bot.post(&scene.messages_path(), body).await;
    assert_eq!(status, 200, "{answer}");
    scene.client.messages().pop().unwrap().pings
}

#[tokio::test]
async fn without_allowed_mentions_everything_pings() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let role = scene.server.add_role("Listeners");
    let content = format!("{} {} @everyone @here", scene.ann.mention(), role.mention());
    let expected = [Ping::User(scene.ann.id()), Ping::Role(role.id()), Ping::Everyone, Ping::Here];
    assert_eq!(pings(&bot, &scene, json!({ "content": content })).await, expected);
}

#[tokio::test]
async fn allowed_mentions_say_who_is_pinged() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let bob = bot.discord.add_person("Bob");
    scene.server.join(&bob);
    let (ann, role) = (scene.ann.clone(), scene.server.add_role("Listeners"));
    let content = format!("{} {} {} @everyone", ann.mention(), bob.mention(), role.mention());
    let with = |allowed: Value| json!({ "content": content, "allowed_mentions": allowed });
    assert!(pings(&bot, &scene, with(json!({ "parse": [] }))).await.is_empty());
    assert!(pings(&bot, &scene, with(json!({}))).await.is_empty());
    let users = pings(&bot, &scene, with(json!({ "parse": ["users"] }))).await;
    assert_eq!(users, [Ping::User(ann.id()), Ping::User(bob.id())]);
    let one = pings(&bot, &scene, with(json!({ "users": [ann.id().to_string()] }))).await;
    assert_eq!(one, [Ping::User(ann.id())]);
    let roles = pings(&bot, &scene, with(json!({ "parse": ["roles"] }))).await;
    assert_eq!(roles, [Ping::Role(role.id())]);
    let everyone = pings(&bot, &scene, with(json!({ "parse": ["everyone"] }))).await;
    assert_eq!(everyone, [Ping::Everyone]);
}

#[tokio::test]
async fn contradictory_or_unknown_allowed_mentions_are_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let post =
        |allowed: Value| bot.post(&path, json!({ "content": "x", "allowed_mentions": allowed }));
    let both = post(json!({ "parse": ["users"], "users": ["1"] })).await;
    assert_eq!(breaches(&both, "allowed_mentions"), ["MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"]);
    let odd = post(json!({ "parse": ["all"] })).await;
    assert_eq!(breaches(&odd, "allowed_mentions.parse"), ["BASE_TYPE_CHOICES"]);
    let many = post(json!({ "users": vec!["1"; 101] })).await;
    assert_eq!(breaches(&many, "allowed_mentions.users"), ["BASE_TYPE_MAX_LENGTH"]);
}

#[tokio::test]
async fn an_edit_pings_nobody_and_neither_do_embeds() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mention = scene.ann.mention();
    let embed = json!({ "embeds": [{ "description": format!("{mention} @everyone") }] });
    assert!(pings(&bot, &scene, embed).await.is_empty());
    let message = scene.client.messages().remove(0);
    let path = format!("{}/{}", scene.messages_path(), message.id);
    let (_, edited) = bot.patch(&path, json!({ "content": mention })).await;
    assert_eq!(edited["mentions"][0]["id"], scene.ann.id().to_string());
    assert!(scene.client.message(message.id).unwrap().pings.is_empty());
}

#[tokio::test]
async fn a_reply_pings_its_target_unless_it_says_otherwise() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let asked = scene.client.say("Play something").unwrap();
    let reference = json!({ "message_id": asked.to_string() });
    let body = json!({ "content": "Sure", "message_reference": reference });
    assert_eq!(pings(&bot, &scene, body.clone()).await, [Ping::User(scene.ann.id())]);
    let mut quiet = body;
    quiet["allowed_mentions"] = json!({ "parse": [], "replied_user": false });
    assert!(pings(&bot, &scene, quiet).await.is_empty());
}

#[tokio::test]
async fn somebody_who_cannot_see_the_channel_is_not_pinged() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let stranger = bot.discord.add_person("Bob");
    let body = json!({ "content": format!("{} <@1>", stranger.mention()) });
    assert!(pings(&bot, &scene, body).await.is_empty());
}
