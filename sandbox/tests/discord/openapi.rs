//! Bodies against Discord's OpenAPI description. A small description of our own replaces
//! Discord's, so that this is tested everywhere; where the real one is available (`DISCORD_OPENAPI`),
//! all other tests use it.

use std::path::PathBuf;

use sandbox::{DiscordRules, Fault};
use serde_json::json;

use crate::bot::{Bot, rules};

/// Writes a description with one operation and returns where.
fn description(name: &str) -> PathBuf {
    let text = json!({ "type": ["string", "null"], "maxLength": 5 });
    let schema = json!({ "$ref": "#/components/schemas/Create" });
    let operation =
        json!({ "requestBody": { "content": { "application/json": { "schema": schema } } } });
    let description = json!({
        "openapi": "3.1.0",
        "paths": { "/channels/{channel_id}/messages": { "post": operation } },
        "components": { "schemas": {
            "Create": { "type": "object", "properties": { "content": { "$ref": "#/components/schemas/Text" } } },
            "Text": text,
        } },
    });
    let path = std::env::temp_dir().join(format!("{name}-{}.json", std::process::id()));
    std::fs::write(&path, description.to_string()).unwrap();
    path
}

#[tokio::test]
async fn a_body_that_breaks_the_description_is_recorded_and_accepted() {
    let path = description("sandbox-openapi");
    let bot = Bot::with(DiscordRules { openapi: Some(path.clone()), ..rules() }).await;
    let scene = bot.scene().await;
    let messages = scene.messages_path();
    assert_eq!(bot.post(&messages, json!({ "content": "short" })).await.0, 200);
    assert_eq!((bot.discord.checked_bodies(), bot.discord.violations().len()), (1, 0));
    assert_eq!(bot.post(&messages, json!({ "content": "too long" })).await.0, 200);
    let files = [("a.txt", "text/plain", vec![1])];
    let body = json!({ "content": "too long" });
    bot.upload(reqwest::Method::POST, &messages, &body, &files).await;
    assert_eq!(bot.discord.checked_bodies(), 3);
    let violations = bot.discord.violations();
    assert_eq!(violations.len(), 2);
    assert!(violations[0].starts_with("POST /channels/{channel_id}/messages: "), "{violations:?}");
    assert!(violations[0].ends_with("at \"/content\""), "{violations:?}");
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn without_a_description_nothing_is_checked() {
    let nowhere = Some(PathBuf::from("/nowhere/at/all.json"));
    let bot = Bot::with(DiscordRules { openapi: nowhere, ..rules() }).await;
    let scene = bot.scene().await;
    bot.post(&scene.messages_path(), json!({ "content": "Hello" })).await;
    assert_eq!(bot.discord.checked_bodies(), 0);
}

#[tokio::test]
async fn requests_are_recorded_and_meet_faults() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let pattern = "/api/v10/channels/*/messages";
    let fault = Fault::on("POST", pattern).times(1).status(503);
    bot.discord.faults().add(fault);
    let hello = json!({ "content": "Hello" });
    assert_eq!(bot.post(&scene.messages_path(), hello.clone()).await.0, 503);
    assert_eq!(bot.post(&scene.messages_path(), hello.clone()).await.0, 200);
    let requests = bot.discord.requests().matching("POST", pattern);
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].status, requests[1].json()), (Some(503), hello));
}
