//! Channel messages: their limits, order, replies, nonces.

use std::time::Duration;

use sandbox::DiscordRules;
use serde_json::json;

use crate::bot::{Bot, breaches, code, rules};

#[tokio::test]
async fn a_message_is_posted_read_edited_and_deleted() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let (status, posted) = bot.post(&path, json!({ "content": "  Hello  " })).await;
    assert_eq!((status, posted["content"].as_str()), (200, Some("Hello")));
    assert_eq!(posted["edited_timestamp"], json!(null));
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    assert_eq!(bot.get(&message).await.1, posted);
    let (_, edited) = bot.patch(&message, json!({ "content": "Bye" })).await;
    assert_eq!(edited["content"], "Bye");
    assert!(edited["edited_timestamp"].is_string());
    assert_eq!(bot.delete(&message).await.0, 204);
    assert_eq!(code(&bot.get(&message).await), (404, 10008));
    assert_eq!(code(&bot.patch(&message, json!({ "content": "x" })).await), (404, 10008));
    assert_eq!(code(&bot.delete(&message).await), (404, 10008));
}

#[tokio::test]
async fn content_is_at_most_2000_utf_16_units() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let post = |content: String| bot.post(&path, json!({ "content": content }));
    assert_eq!(post("a".repeat(2000)).await.0, 200);
    let long = post("a".repeat(2001)).await;
    assert_eq!(breaches(&long, "content"), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(post("🎵".repeat(1000)).await.0, 200);
    assert_eq!(breaches(&post("🎵".repeat(1001)).await, "content"), ["BASE_TYPE_MAX_LENGTH"]);
}

#[tokio::test]
async fn an_empty_message_is_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    for body in [json!({}), json!({ "content": "  " }), json!({ "embeds": [] })] {
        assert_eq!(code(&bot.post(&path, body).await), (400, 50006));
    }
    let (_, posted) = bot.post(&path, json!({ "content": "Hello" })).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    assert_eq!(code(&bot.patch(&message, json!({ "content": "" })).await), (400, 50006));
}

#[tokio::test]
async fn a_body_that_is_no_json_or_no_object_is_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let request = bot.request(reqwest::Method::POST, &scene.messages_path());
    let answer = request.header("content-type", "application/json").body("{oops").send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["code"], 50109);
    let list = bot.post(&scene.messages_path(), json!([1])).await;
    assert_eq!(breaches(&list, ""), ["DICT_TYPE_CONVERT"]);
    let odd = bot.post(&scene.messages_path(), json!({ "content": {}, "tts": "x" })).await;
    assert_eq!(breaches(&odd, "content"), ["STRING_TYPE_CONVERT"]);
    assert_eq!(breaches(&odd, "tts"), ["BOOLEAN_TYPE_CONVERT"]);
}

#[tokio::test]
async fn a_nonce_makes_one_message_of_two_requests_while_it_is_remembered() {
    let body = json!({ "content": "Hello", "nonce": "job-1", "enforce_nonce": true });
    for (nonce_memory, messages) in [(Duration::from_mins(5), 1), (Duration::ZERO, 2)] {
        let bot = Bot::with(DiscordRules { nonce_memory, ..rules() }).await;
        let scene = bot.scene().await;
        let path = scene.messages_path();
        let (_, first) = bot.post(&path, body.clone()).await;
        let (status, second) = bot.post(&path, body.clone()).await;
        assert_eq!((status, &second["nonce"]), (200, &json!("job-1")));
        assert_eq!(first["id"] == second["id"], messages == 1);
        assert_eq!(scene.client.messages().len(), messages);
    }
}

#[tokio::test]
async fn a_nonce_that_is_not_enforced_or_too_long() {
    let bot = Bot::start().await;
    let path = bot.scene().await.messages_path();
    let careless = json!({ "content": "Hello", "nonce": "job-1" });
    let (_, first) = bot.post(&path, careless.clone()).await;
    assert_ne!(bot.post(&path, careless).await.1["id"], first["id"]);
    let long = bot.post(&path, json!({ "content": "x", "nonce": "n".repeat(26) })).await;
    assert_eq!(breaches(&long, "nonce"), ["NONCE_TYPE_TOO_LONG"]);
}

#[tokio::test]
async fn a_reply_needs_its_target_unless_it_says_otherwise() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let asked = scene.client.say("Play something").unwrap();
    let reply = |to: u64, strict: bool| {
        let reference = json!({ "message_id": to.to_string(), "fail_if_not_exists": strict });
        bot.post(&path, json!({ "content": "Sure", "message_reference": reference }))
    };
    let (_, answer) = reply(asked, true).await;
    assert_eq!(
        (answer["type"].as_u64(), &answer["referenced_message"]["content"]),
        (Some(19), &json!("Play something"))
    );
    assert_eq!(scene.client.messages()[1].reply_to, Some(asked));
    assert!(scene.client.delete(asked));
    let gone = reply(asked, true).await;
    assert_eq!(breaches(&gone, "message_reference"), ["MESSAGE_REFERENCE_UNKNOWN_MESSAGE"]);
    assert_eq!(reply(asked, false).await.1["type"], 0);
}

#[tokio::test]
async fn messages_are_listed_newest_first_in_pages() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let ids = ["a", "b", "c", "d", "e"].map(|text| scene.client.say(text).unwrap());
    let list = async |query: String| {
        let (_, page) = bot.get(&format!("{}?{query}", scene.messages_path())).await;
        let texts = page.as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap());
        texts.collect::<String>()
    };
    assert_eq!(list(String::new()).await, "edcba");
    assert_eq!(list("limit=2".to_owned()).await, "ed");
    assert_eq!(list(format!("limit=2&before={}", ids[3])).await, "cb");
    assert_eq!(list(format!("limit=2&after={}", ids[1])).await, "dc");
    assert_eq!(list(format!("limit=3&around={}", ids[2])).await, "dcb");
    let many = bot.get(&format!("{}?limit=101", scene.messages_path())).await;
    assert_eq!(breaches(&many, "limit"), ["NUMBER_TYPE_MAX"]);
}

#[tokio::test]
async fn an_old_message_takes_a_few_edits_only() {
    let rules = DiscordRules { old_message_after: Duration::ZERO, old_message_edits: 2, ..rules() };
    let bot = Bot::with(rules).await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let (_, posted) = bot.post(&path, json!({ "content": "0" })).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    for content in ["1", "2"] {
        assert_eq!(bot.patch(&message, json!({ "content": content })).await.0, 200);
    }
    assert_eq!(code(&bot.patch(&message, json!({ "content": "3" })).await), (429, 30046));
}

#[tokio::test]
async fn an_edit_keeps_the_fields_that_it_does_not_name() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    let body = json!({ "content": "Hello", "embeds": [{ "title": "Rain" }] });
    let (_, posted) = bot.post(&path, body).await;
    let message = format!("{path}/{}", posted["id"].as_str().unwrap());
    let (_, edited) = bot.patch(&message, json!({ "content": null })).await;
    assert_eq!(
        (edited["content"].as_str(), &edited["embeds"][0]["title"]),
        (Some(""), &json!("Rain"))
    );
}

#[tokio::test]
async fn invalid_ids_and_unknown_paths_are_refused() {
    let bot = Bot::start().await;
    assert_eq!(code(&bot.get("/channels/abc").await), (400, 50035));
    assert_eq!(code(&bot.get("/nowhere").await), (404, 0));
    assert_eq!(code(&bot.delete("/gateway/bot").await), (405, 0));
}

#[tokio::test]
async fn flags_that_only_discord_sets_are_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let answer = bot.post(&scene.messages_path(), json!({ "content": "x", "flags": 128 })).await;
    assert_eq!(breaches(&answer, "flags"), ["BITFIELD_INVALID"]);
}
