//! The ways in which a body, a path and a name reach the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::bot::{Bot, code};

#[tokio::test]
async fn a_form_without_files_is_a_body_like_any_other() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let send = async |method: Method, path: &str, pairs: &[(&str, &str)]| {
        let answer = bot.request(method, path).form(pairs).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let callback = format!("/interactions/{}/{}/callback", song.id, song.token);
    let payload = json!({ "type": 4, "data": { "content": "a + b & c = ä%" } }).to_string();
    let answered = send(Method::POST, &callback, &[("payload_json", &payload)]).await;
    assert_eq!(answered.0, 204, "{}", answered.1);
    assert_eq!(song.answer().await.unwrap().content, "a + b & c = ä%");
    let original = bot.reply_path(&song, "@original");
    let edited = send(Method::PATCH, &original, &[("payload_json", r#"{"content":"x"}"#)]).await;
    assert_eq!((edited.0, &edited.1["content"]), (200, &json!("x")));
    let posted = send(Method::POST, &scene.messages_path(), &[("content", "y")]).await;
    assert_eq!((posted.0, &posted.1["content"]), (200, &json!("y")));
    let broken = send(Method::POST, &scene.messages_path(), &[("payload_json", "{")]).await;
    assert_eq!(code(&broken), (400, 50109));
}

#[tokio::test]
async fn older_api_versions_and_none_answer_alike() {
    let bot = Bot::start().await;
    let client = reqwest::Client::new();
    for root in ["/api/v10", "/api/v9", "/api"] {
        let url = format!("{}{root}/users/@me", bot.discord.url());
        let token = format!("Bot {}", bot.discord.token());
        let answer = client.get(url).header("authorization", token).send().await.unwrap();
        assert_eq!(answer.headers()["x-ratelimit-limit"], u32::MAX.to_string());
        assert_eq!(answer.json::<Value>().await.unwrap()["bot"], true);
    }
    let unknown = format!("{}/api/v6/users/@me", bot.discord.url());
    assert_eq!(client.get(unknown).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn ids_may_be_numbers() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let dm = bot.post("/users/@me/channels", json!({ "recipient_id": scene.ann.id() })).await;
    assert_eq!(dm.0, 200);
    let said = scene.client.say("Hello").unwrap();
    let reference = json!({ "message_id": said, "channel_id": scene.channel.id() });
    let body = json!({ "content": "Hi", "message_reference": reference });
    assert_eq!(bot.post(&scene.messages_path(), body).await.0, 200);
    assert_eq!(bot.discord.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_bot_renames_itself() {
    let bot = Bot::start().await;
    let (status, own) = bot.patch("/users/@me", json!({ "username": "Bard" })).await;
    assert_eq!((status, &own["username"]), (200, &json!("Bard")));
    assert_eq!(bot.discord.bot().name(), "Bard");
}

#[tokio::test]
async fn catalogue_routes_exist() {
    let bot = Bot::start().await;
    for path in ["/voice/regions", "/sticker-packs", "/soundboard-default-sounds"] {
        assert_eq!(bot.get(path).await.0, 200);
    }
}

#[tokio::test]
async fn the_token_begins_with_the_bots_id() {
    let bot = Bot::start().await;
    let token = bot.discord.token();
    let (first, _) = token.split_once('.').unwrap();
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Four digits are three bytes; the last ones stand for fewer.
    let bytes = first.as_bytes().chunks(4).flat_map(|chunk| {
        let bits = (0..4).fold(0, |bits: u32, at| {
            let digit = chunk.get(at).map_or(0, |digit| digits.find(char::from(*digit)).unwrap());
            bits << 6 | u32::try_from(digit).unwrap()
        });
        bits.to_be_bytes().into_iter().skip(1).take(chunk.len() - 1)
    });
    let id = String::from_utf8(bytes.collect()).unwrap();
    assert_eq!(id, bot.discord.application_id().to_string());
}
