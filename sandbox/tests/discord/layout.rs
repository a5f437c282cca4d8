//! "Components V2", and polls.

use reqwest::Method;
use serde_json::{Value, json};

use crate::bot::{Answer, Bot, Scene, breaches};

const LAYOUT: u64 = 1 << 15;

async fn post(bot: &Bot, scene: &Scene, components: Value) -> Answer {
    bot.post(&scene.messages_path(), json!({ "flags": LAYOUT, "components": components })).await
}

fn text(content: &str) -> Value {
    json!({ "type": 10, "content": content })
}

fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": "Again", "custom_id": custom_id, "emoji": { "id": null, "name": "🎵" } })
}

#[tokio::test]
async fn a_message_is_made_of_components_and_its_buttons_can_be_clicked() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let section = json!({ "type": 9, "components": [text("A song")], "accessory": button("one") });
    let row = json!({ "type": 1, "components": [button("two")] });
    let container = json!({ "type": 17, "components": [section, { "type": 14 }, row] });
    let posted = post(&bot, &scene, json!([text("# Rain"), container])).await;
    assert_eq!(posted.0, 200, "{}", posted.1);
    let id = posted.1["id"].as_str().unwrap().parse().unwrap();
    let seen = scene.client.message(id).unwrap();
    assert_eq!(seen.text(), "# Rain\nA song\n[Again]\n[Again]");
    let emoji = &seen.json()["components"][1]["components"][0]["accessory"]["emoji"];
    assert_eq!(emoji, &json!({ "name": "🎵" }));
    scene.client.click(id, "one").await.unwrap();
    let click = scene.client.click(id, "two").await.unwrap();
    // An edit of a layout is one without saying so again.
    let data = json!({ "components": [text("Changed")] });
    let answered = bot.respond(&click, json!({ "type": 7, "data": data })).await;
    assert_eq!(answered.0, 200, "{}", answered.1);
    assert_eq!(scene.client.message(id).unwrap().text(), "Changed");
}

#[tokio::test]
async fn files_and_pictures_can_be_components() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let media = |name: &str| json!({ "url": format!("attachment://{name}") });
    let parts = json!([
        { "type": 13, "file": media("song.txt") },
        { "type": 12, "items": [{ "media": media("song.txt"), "description": "A cover" }] },
    ]);
    let files = [("song.txt", "text/plain", b"la la".to_vec())];
    let body = json!({ "flags": LAYOUT, "components": parts });
    let (status, posted) = bot.upload(Method::POST, &scene.messages_path(), &body, &files).await;
    assert_eq!(status, 200, "{posted}");
    let file = &posted["components"][0];
    assert_eq!((&file["name"], &file["size"]), (&json!("song.txt"), &json!(5)));
    let url = posted["components"][1]["items"][0]["media"]["url"].as_str().unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().text().await.unwrap(), "la la");
    let elsewhere = json!([{ "type": 13, "file": { "url": "https://whisul.com/song.mp3" } }]);
    let refused = post(&bot, &scene, elsewhere).await;
    assert_eq!(breaches(&refused, "components.0.file.url"), ["URL_TYPE_INVALID_SCHEME"]);
}

#[tokio::test]
async fn a_layout_excludes_content_and_embeds() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let legacy = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
    let both = json!({ "flags": LAYOUT, "content": "x", "components": [text("y")] });
    assert_eq!(breaches(&bot.post(&path, both).await, "content"), [legacy]);
    let (_, plain) = bot.post(&path, json!({ "content": "x" })).await;
    let one = format!("{path}/{}", plain["id"].as_str().unwrap());
    let turned = json!({ "flags": LAYOUT, "components": [text("y")] });
    assert_eq!(breaches(&bot.patch(&one, turned).await, "flags"), [legacy]);
    let turned = json!({ "flags": LAYOUT, "content": null, "components": [text("y")] });
    assert_eq!(bot.patch(&one, turned).await.0, 200);
    let back = bot.patch(&one, json!({ "content": "x" })).await;
    assert_eq!(breaches(&back, "content"), [legacy]);
}

#[tokio::test]
async fn a_layout_has_limits() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let texts = |n: usize| json!((0..n).map(|_| text("x")).collect::<Vec<_>>());
    assert_eq!(post(&bot, &scene, texts(40)).await.0, 200);
    assert!(!breaches(&post(&bot, &scene, texts(41)).await, "components").is_empty());
    let long = json!([text(&"x".repeat(2001)), text(&"y".repeat(2000))]);
    let long = post(&bot, &scene, long).await;
    assert_eq!(breaches(&long, "components"), ["COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]);
    let alone = json!([{ "type": 9, "components": [text("x")] }]);
    let alone = post(&bot, &scene, alone).await;
    assert_eq!(breaches(&alone, "components.0.accessory"), ["BASE_TYPE_REQUIRED"]);
    let nested = json!([{ "type": 17, "components": [{ "type": 17, "components": [text("x")] }] }]);
    let nested = post(&bot, &scene, nested).await;
    assert_eq!(breaches(&nested, "components.0.components.0.type"), ["BASE_TYPE_CHOICES"]);
}

#[tokio::test]
async fn a_poll_is_posted_with_its_end() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let answer = |text: &str| json!({ "poll_media": { "text": text, "emoji": { "name": "🎵" } } });
    let poll = |answers: Value| json!({ "poll": { "question": { "text": "Which?" }, "answers": answers, "duration": 1 } });
    let path = scene.messages_path();
    let (status, posted) = bot.post(&path, poll(json!([answer("One"), answer("Two")]))).await;
    assert_eq!(status, 200, "{posted}");
    assert_eq!(posted["poll"]["answers"][1]["answer_id"], 2);
    assert!(posted["poll"]["expiry"].is_string());
    let none = bot.post(&path, poll(json!([]))).await;
    assert_eq!(breaches(&none, "poll.answers"), ["BASE_TYPE_BAD_LENGTH"]);
}
