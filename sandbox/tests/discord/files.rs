//! Uploaded files.

use reqwest::Method;
use sandbox::DiscordRules;
use serde_json::json;

use crate::bot::{Bot, breaches, code, rules};

#[tokio::test]
async fn a_file_is_served_back_with_type_and_length() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let body = json!({ "attachments": [{ "id": 0, "description": "A song" }] });
    let files = [("rain song.wav", "audio/wav", b"RIFF".to_vec())];
    let (status, posted) = bot.upload(Method::POST, &scene.messages_path(), &body, &files).await;
    assert_eq!(status, 200, "{posted}");
    let file = &posted["attachments"][0];
    assert_eq!(file["filename"], "rain_song.wav");
    assert_eq!((file["size"].as_u64(), file["description"].as_str()), (Some(4), Some("A song")));
    let served = reqwest::get(file["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(served.headers()["content-type"], "audio/wav");
    assert_eq!(served.headers()["content-length"], "4");
    assert_eq!(served.bytes().await.unwrap(), "RIFF");
    assert_eq!(scene.client.messages()[0].attachments[0].filename, "rain_song.wav");
}

#[tokio::test]
async fn a_file_above_the_limit_is_refused() {
    let bot = Bot::with(DiscordRules { attachment_size_limit: 1000, ..rules() }).await;
    let scene = bot.scene().await;
    let upload = async |size: usize| {
        let files = [("song.wav", "audio/wav", vec![0; size])];
        bot.upload(Method::POST, &scene.messages_path(), &json!({}), &files).await
    };
    assert_eq!(upload(1000).await.0, 200);
    assert_eq!(code(&upload(1001).await), (413, 40005));
}

#[tokio::test]
async fn a_message_takes_at_most_ten_files() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let upload = async |count: usize| {
        let files = vec![("a.txt", "text/plain", vec![1]); count];
        bot.upload(Method::POST, &scene.messages_path(), &json!({}), &files).await
    };
    assert_eq!(upload(10).await.0, 200);
    assert_eq!(breaches(&upload(11).await, "files"), ["BASE_TYPE_MAX_LENGTH"]);
}

#[tokio::test]
async fn an_embed_shows_an_attached_picture() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let body = json!({ "embeds": [{ "image": { "url": "attachment://cover.png" } }] });
    let files = [("cover.png", "image/png", b"PNG".to_vec())];
    let (_, posted) = bot.upload(Method::POST, &scene.messages_path(), &body, &files).await;
    assert_eq!(posted["attachments"], json!([]));
    let url = posted["embeds"][0]["image"]["url"].as_str().unwrap();
    assert_eq!(reqwest::get(url).await.unwrap().bytes().await.unwrap(), "PNG");
}

#[tokio::test]
async fn an_edit_keeps_the_files_that_it_lists() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let files = [("a.txt", "text/plain", vec![1]), ("b.txt", "text/plain", vec![2])];
    let path = format!("/interactions/{}/{}/callback", song.id, song.token);
    let (status, _) = bot.upload(Method::POST, &path, &json!({ "type": 4 }), &files).await;
    assert_eq!(status, 204);
    let original = bot.reply_path(&song, "@original");
    let names = |message: &serde_json::Value| {
        let files = message["attachments"].as_array().unwrap().iter();
        files.map(|file| file["filename"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (_, all) = bot.patch(&original, json!({ "content": "x" })).await;
    assert_eq!(names(&all), ["a.txt", "b.txt"]);
    let kept = json!({ "attachments": [{ "id": all["attachments"][1]["id"] }] });
    assert_eq!(names(&bot.patch(&original, kept).await.1), ["b.txt"]);
    let more = [("c.txt", "text/plain", vec![3])];
    let (_, both) = bot.upload(Method::PATCH, &original, &json!({}), &more).await;
    assert_eq!(names(&both), ["b.txt", "c.txt"]);
    let (_, none) = bot.patch(&original, json!({ "attachments": [] })).await;
    assert_eq!(names(&none), Vec::<String>::new());
}

#[tokio::test]
async fn other_files_are_not_found() {
    let bot = Bot::start().await;
    let url = format!("{}/attachments/1/2/song.wav", bot.discord.url());
    assert_eq!(reqwest::get(url).await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_files_description_has_a_limit() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let upload = async |length: usize| {
        let body = json!({ "attachments": [{ "id": 0, "description": "x".repeat(length) }] });
        let files = [("a.txt", "text/plain", vec![1])];
        bot.upload(Method::POST, &scene.messages_path(), &body, &files).await
    };
    assert_eq!(upload(1024).await.0, 200);
    let long = upload(1025).await;
    assert_eq!(breaches(&long, "attachments.0.description"), ["BASE_TYPE_MAX_LENGTH"]);
}
