//! Interactions: first responses, their messages by token, deadlines.

use std::time::{Duration, Instant};

use sandbox::{DiscordRules, NoAnswer};
use serde_json::json;
use tokio::time::sleep;

use crate::bot::{Bot, breaches, code, rules};
use crate::socket::Socket;

#[tokio::test]
async fn a_message_answers_a_command_and_the_response_brings_its_id() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let (status, answer) =
        bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(status, 200);
    let message = song.answer().await.unwrap();
    assert_eq!(answer["resource"]["message"]["id"], message.id.to_string());
    assert_eq!(answer["interaction"]["response_message_id"], message.id.to_string());
    assert_eq!(message.content, "Soon");
    assert_eq!(message.author, bot.discord.application_id());
    let interaction = message.interaction.as_ref().unwrap();
    assert_eq!((interaction.name.as_str(), interaction.user), ("song", scene.ann.id()));
    assert_eq!(message.json()["type"], 20);
}

#[tokio::test]
async fn a_response_without_with_response_is_empty() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let path = format!("/interactions/{}/{}/callback", song.id, song.token);
    let (status, _) = bot.post(&path, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(status, 204);
}

#[tokio::test]
async fn a_second_response_is_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let body = json!({ "type": 4, "data": { "content": "Soon" } });
    bot.respond(&song, body.clone()).await;
    assert_eq!(code(&bot.respond(&song, body).await), (400, 40060));
}

#[tokio::test]
async fn a_late_response_is_refused_and_the_person_sees_no_answer() {
    let rules = DiscordRules { answer_within: Duration::from_millis(30), ..rules() };
    let bot = Bot::with(rules).await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    assert!(matches!(song.answer().await, Err(NoAnswer::DidNotRespond)));
    let late = bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(code(&late), (404, 10062));
    assert_eq!(code(&bot.get(&bot.reply_path(&song, "@original")).await), (404, 10015));
}

#[tokio::test]
async fn a_wrong_token_or_id_is_an_unknown_interaction() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let body = json!({ "type": 4, "data": { "content": "Soon" } });
    let wrong = bot.post(&format!("/interactions/{}/nonsense/callback", song.id), body).await;
    assert_eq!(code(&wrong), (404, 10062));
}

#[tokio::test]
async fn a_deferred_answer_is_thinking_until_its_first_edit() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 5 })).await;
    assert!(song.answer().await.unwrap().thinking());
    let original = bot.reply_path(&song, "@original");
    let (status, edited) = bot.patch(&original, json!({ "content": "Here" })).await;
    assert_eq!((status, edited["content"].as_str()), (200, Some("Here")));
    let message = song.message().unwrap();
    assert!(!message.thinking());
    assert_eq!(message.revisions.len(), 2);
    assert_eq!(message.revisions[0].json["flags"], 128);
    // A later look returns the same first response.
    let answer = song.answer().await.unwrap();
    assert!(answer.thinking() && answer.content.is_empty() && answer.revisions.len() == 1);
}

#[tokio::test]
async fn the_first_follow_up_takes_the_place_of_thinking() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 5 })).await;
    let webhook = bot.webhook_path(&song);
    bot.post(&webhook, json!({ "content": "first" })).await;
    bot.post(&webhook, json!({ "content": "second" })).await;
    assert_eq!(song.message().unwrap().content, "first");
    assert_eq!(song.follow_ups()[0].content, "second");
}

#[tokio::test]
async fn original_and_follow_ups_are_read_edited_and_deleted_by_token() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    let (_, follow_up) = bot.post(&bot.webhook_path(&song), json!({ "content": "More" })).await;
    let original = bot.reply_path(&song, "@original");
    let follow_up = bot.reply_path(&song, follow_up["id"].as_str().unwrap());
    for path in [original, follow_up] {
        assert_eq!(bot.get(&path).await.0, 200);
        assert_eq!(bot.patch(&path, json!({ "content": "New" })).await.1["content"], "New");
        assert_eq!(bot.delete(&path).await.0, 204);
        assert_eq!(code(&bot.get(&path).await), (404, 10008));
        assert_eq!(code(&bot.patch(&path, json!({ "content": "x" })).await), (404, 10008));
    }
    assert!(song.message().unwrap().deleted);
}

#[tokio::test]
async fn before_the_first_response_there_is_no_webhook() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let body = json!({ "content": "Soon" });
    assert_eq!(code(&bot.post(&bot.webhook_path(&song), body.clone()).await), (404, 10015));
    assert_eq!(code(&bot.patch(&bot.reply_path(&song, "@original"), body).await), (404, 10015));
}

#[tokio::test]
async fn after_its_token_expires_a_message_can_be_edited_in_the_channel() {
    let rules = DiscordRules { token_lifetime: Duration::from_millis(50), ..rules() };
    let bot = Bot::with(rules).await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    let original = bot.reply_path(&song, "@original");
    let refused = loop {
        let answer = bot.patch(&original, json!({ "content": "Later" })).await;
        if answer.0 != 200 {
            break answer;
        }
    };
    assert_eq!(code(&refused), (401, 50027));
    assert_eq!(code(&bot.post(&bot.webhook_path(&song), json!({})).await), (401, 50027));
    let message = song.message().unwrap();
    let path = format!("{}/{}", scene.messages_path(), message.id);
    assert_eq!(bot.patch(&path, json!({ "content": "Done" })).await.0, 200);
}

#[tokio::test]
async fn an_ephemeral_answer_is_seen_by_one_person_and_not_by_the_bot_token() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let bob = bot.discord.add_person("Bob");
    scene.server.join(&bob);
    let song = scene.song().await;
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Psst", "flags": 64 } })).await;
    let message = song.answer().await.unwrap();
    assert!(message.ephemeral());
    assert_eq!(scene.client.messages().len(), 1);
    assert!(bob.at(&scene.channel).messages().is_empty());
    let path = format!("{}/{}", scene.messages_path(), message.id);
    assert_eq!(code(&bot.get(&path).await), (404, 10008));
    assert_eq!(code(&bot.patch(&path, json!({ "content": "x" })).await), (404, 10008));
    let edit = json!({ "content": "Psst!" });
    assert_eq!(bot.patch(&bot.reply_path(&song, "@original"), edit).await.0, 200);
    assert!(song.message().unwrap().ephemeral());
}

#[tokio::test]
async fn a_click_updates_its_message_or_answers_with_another() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let row = json!({
        "type": 1,
        "components": [{ "type": 2, "style": 1, "label": "Again", "custom_id": "again" }],
    });
    let data = json!({ "content": "Done", "components": [row] });
    bot.respond(&song, json!({ "type": 4, "data": data })).await;
    let message = song.answer().await.unwrap();
    let custom_id = message.button("Again").unwrap().custom_id.unwrap();

    let click = scene.client.click(message.id, &custom_id).await.unwrap();
    bot.respond(&click, json!({ "type": 7, "data": { "content": "Once more" } })).await;
    let updated = click.answer().await.unwrap();
    assert_eq!((updated.id, updated.content.as_str()), (message.id, "Once more"));

    let click = scene.client.click(message.id, &custom_id).await.unwrap();
    bot.respond(&click, json!({ "type": 6 })).await;
    let edit = bot.patch(&bot.reply_path(&click, "@original"), json!({ "content": "Third" })).await;
    assert_eq!(edit.1["id"], message.id.to_string());

    let click = scene.client.click(message.id, &custom_id).await.unwrap();
    bot.respond(&click, json!({ "type": 4, "data": { "content": "Other" } })).await;
    assert_ne!(click.answer().await.unwrap().id, message.id);
}

#[tokio::test]
async fn each_kind_of_interaction_takes_only_its_own_responses() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    for kind in [1, 6, 7, 8, 12, 99] {
        let answer = bot.respond(&song, json!({ "type": kind, "data": { "content": "x" } })).await;
        assert!(breaches(&answer, "type").contains(&"BASE_TYPE_CHOICES"), "{kind}");
    }
    let answer = bot.respond(&song, json!({ "data": {} })).await;
    assert_eq!(breaches(&answer, "type"), ["BASE_TYPE_REQUIRED"]);
}

#[tokio::test]
async fn user_installed_use_takes_five_follow_ups() {
    let bot = Bot::start().await;
    bot.scene().await;
    let server = bot.discord.add_server_without_bot("Elsewhere");
    let (channel, bob) = (server.add_channel("general"), bot.discord.add_person("Bob"));
    server.join(&bob);
    let client = bob.at(&channel);
    let song = client.command("song", &[("prompt", json!("rain"))]).await.unwrap();
    bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    let webhook = bot.webhook_path(&song);
    for _ in 0..5 {
        assert_eq!(bot.post(&webhook, json!({ "content": "More" })).await.0, 200);
    }
    assert_eq!(code(&bot.post(&webhook, json!({ "content": "More" })).await), (400, 40094));
    let path = format!("/channels/{}/messages/{}", channel.id(), song.message().unwrap().id);
    assert_eq!(code(&bot.patch(&path, json!({ "content": "x" })).await), (403, 50001));
}

#[tokio::test]
async fn answers_are_ephemeral_where_external_apps_are_denied() {
    let bot = Bot::start().await;
    bot.scene().await;
    let server = bot.discord.add_server_without_bot("Elsewhere");
    let (channel, bob) = (server.add_channel("general"), bot.discord.add_person("Bob"));
    server.join(&bob);
    server.deny_external_apps();
    let song = bob.at(&channel).command("song", &[("prompt", json!("rain"))]).await.unwrap();
    let (_, answer) = bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(answer["interaction"]["response_message_ephemeral"], true);
    assert!(song.answer().await.unwrap().ephemeral());
}

#[tokio::test]
async fn discords_clock_dates_interactions() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let before = scene.song().await.happened_at();
    bot.discord.set_clock_offset(3_600_000);
    let after = scene.song().await.happened_at();
    assert!((3_600_000..3_660_000).contains(&(after - before)));
}

#[tokio::test]
async fn latency_counts_from_the_socket_to_the_first_response() {
    const PAUSE: Duration = Duration::from_millis(30);
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::identified(&bot, 0).await;
    let begin = Instant::now();
    let song = scene.song().await;
    socket.event("INTERACTION_CREATE").await;
    assert_eq!(song.latency(), None, "nothing has answered yet");
    let first_response = json!({ "type": 4, "data": { "content": "Soon" } });
    sleep(PAUSE).await;
    bot.respond(&song, first_response.clone()).await;
    let latency = song.latency().unwrap();
    assert!((PAUSE..begin.elapsed()).contains(&latency), "{latency:?}");
    bot.respond(&song, first_response).await;
    assert_eq!(song.latency(), Some(latency), "a second response is none");
}
