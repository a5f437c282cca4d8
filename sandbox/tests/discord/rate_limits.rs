//! Rate limits: headers, 429, buckets.

use std::time::Duration;

use reqwest::{Method, Response};
use sandbox::{DiscordRules, Fault, RateLimit, RateLimits};
use serde_json::{Value, json};

use crate::bot::{Bot, rules};

fn limits(change: impl FnOnce(&mut RateLimits)) -> DiscordRules {
    let mut limits = RateLimits::none();
    change(&mut limits);
    DiscordRules { rate_limits: limits, ..rules() }
}

async fn post(bot: &Bot, path: &str) -> Response {
    bot.request(Method::POST, path).json(&json!({ "content": "x" })).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn headers_count_down_and_then_comes_429() {
    let bot = Bot::with(limits(|it| it.messages = RateLimit::new(2, MINUTE))).await;
    let scene = bot.scene().await;
    let path = scene.messages_path();
    for remaining in ["1", "0"] {
        let taken = post(&bot, &path).await;
        assert_eq!(taken.status(), 200);
        assert_eq!(header(&taken, "x-ratelimit-limit"), "2");
        assert_eq!(header(&taken, "x-ratelimit-remaining"), remaining);
        assert!(header(&taken, "x-ratelimit-reset-after").parse::<f64>().unwrap() <= 60.0);
        assert!(header(&taken, "x-ratelimit-reset").parse::<f64>().unwrap() > 1.7e9);
    }
    let refused = post(&bot, &path).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "via"), "1.1 google");
    assert_eq!(header(&refused, "x-ratelimit-scope"), "user");
    assert!(refused.headers().get("x-ratelimit-global").is_none());
    assert!(header(&refused, "retry-after").parse::<u64>().unwrap() <= 60);
    let bucket = header(&refused, "x-ratelimit-bucket").to_owned();
    let body = refused.json::<Value>().await.unwrap();
    assert_eq!((&body["global"], &body["code"]), (&json!(false), &json!(0)));
    assert!(body["retry_after"].as_f64().unwrap() > 50.0);
    assert_eq!(scene.client.messages().len(), 2);

    let other = bot.discord.add_server("Other").add_channel("music");
    let elsewhere = post(&bot, &format!("/channels/{}/messages", other.id())).await;
    assert_eq!(elsewhere.status(), 200);
    assert_eq!(header(&elsewhere, "x-ratelimit-bucket"), bucket);
}

#[tokio::test]
async fn a_rate_limit_window_resets() {
    // Longer than two requests take on any machine.
    let window = Duration::from_secs(3);
    let bot = Bot::with(limits(|it| it.messages = RateLimit::new(1, window))).await;
    let path = bot.scene().await.messages_path();
    assert_eq!(post(&bot, &path).await.status(), 200);
    let refused = post(&bot, &path).await;
    let body = refused.json::<Value>().await.unwrap();
    tokio::time::sleep(Duration::from_secs_f64(body["retry_after"].as_f64().unwrap())).await;
    assert_eq!(post(&bot, &path).await.status(), 200);
}

#[tokio::test]
async fn each_interaction_has_buckets_of_its_own() {
    let bot = Bot::with(limits(|it| it.webhooks = RateLimit::new(1, MINUTE))).await;
    let scene = bot.scene().await;
    for _ in 0..2 {
        let song = scene.song().await;
        bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
        let original = bot.reply_path(&song, "@original");
        assert_eq!(bot.patch(&original, json!({ "content": "1" })).await.0, 200);
        assert_eq!(bot.patch(&original, json!({ "content": "2" })).await.0, 429);
        assert_eq!(bot.post(&bot.webhook_path(&song), json!({ "content": "3" })).await.0, 200);
    }
}

#[tokio::test]
async fn the_global_limit_spares_interactions() {
    let bot = Bot::with(limits(|it| it.global = RateLimit::new(3, MINUTE))).await;
    let scene = bot.scene().await;
    for _ in 0..2 {
        assert_eq!(bot.get("/users/@me").await.0, 200);
    }
    let refused = bot.request(Method::GET, "/users/@me").send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "x-ratelimit-global"), "true");
    assert_eq!(header(&refused, "x-ratelimit-scope"), "global");
    assert_eq!(refused.json::<Value>().await.unwrap()["global"], true);
    let song = scene.song().await;
    let answered = bot.respond(&song, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(answered.0, 200);
    let edited = bot.patch(&bot.reply_path(&song, "@original"), json!({ "content": "x" })).await;
    assert_eq!(edited.0, 200);
    assert_eq!(bot.discord.invalid_requests(), 1);
}

#[tokio::test]
async fn registering_commands_is_limited_too() {
    let bot = Bot::with(limits(|it| it.commands = RateLimit::new(1, MINUTE))).await;
    assert_eq!(bot.put(&bot.commands_path(), json!([])).await.0, 200);
    assert_eq!(bot.put(&bot.commands_path(), json!([])).await.0, 429);
}

#[tokio::test]
async fn a_refusal_may_come_from_discord_or_from_a_cdn() {
    let bot = Bot::start().await;
    let path = bot.scene().await.messages_path();
    let faults = bot.discord.faults();
    faults.add(Fault::on("POST", "/api/v10/channels/**").times(1).rate_limited(0.25));
    faults.add(Fault::on("POST", "/api/v10/channels/**").times(1).json(429, "{}"));
    let genuine = post(&bot, &path).await;
    assert_eq!((genuine.status().as_u16(), header(&genuine, "retry-after")), (429, "1"));
    assert_eq!(header(&genuine, "via"), "1.1 google");
    let body = genuine.json::<Value>().await.unwrap();
    assert_eq!((&body["retry_after"], &body["code"]), (&json!(0.25), &json!(0)));
    let banned = post(&bot, &path).await;
    assert_eq!((banned.status().as_u16(), banned.headers().get("via")), (429, None));
}
