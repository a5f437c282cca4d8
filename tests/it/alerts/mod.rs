//! A webhook is told what the owner should know, and when it is over.

mod causes;
mod delivery;

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use sandbox::{DiscordRules, WhisulRules};
use sha2::{Digest, Sha256};
use whisul_bot::AlertTimes;

use crate::{
    fixture::webhook::{Received, Webhook},
    fixture::{Fixture, SONG},
};

/// 32 bytes, "0123456789abcdef" twice, in base64.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

/// Minutes and hours that a test can wait for.
const TIMES: AlertTimes = AlertTimes {
    check_every: Duration::from_millis(20),
    outage: Duration::from_millis(1500),
    calm: Duration::from_millis(200),
    again_after: Duration::from_mins(10),
};

/// A fixture without a bot, whose alerts go to a webhook.
async fn without_bot(settings: &[(&str, &str)], times: AlertTimes) -> (Fixture, Webhook) {
    let webhook = Webhook::start().await;
    let of_webhook = [("ALERT_WEBHOOK_URL", webhook.url()), ("ALERT_WEBHOOK_SECRET", SECRET)];
    let settings = [&of_webhook, settings].concat();
    let discord =
        DiscordRules { heartbeat_interval: Duration::from_secs(1), ..DiscordRules::default() };
    let whisul = WhisulRules { song_takes: SONG, ..WhisulRules::default() };
    let mut fixture = Fixture::without_bot(&settings, discord, whisul).await;
    fixture.set_alert_times(times);
    (fixture, webhook)
}

async fn with_times(settings: &[(&str, &str)], times: AlertTimes) -> (Fixture, Webhook) {
    let (mut fixture, webhook) = without_bot(settings, times).await;
    fixture.start_and_wait_until_ready().await;
    (fixture, webhook)
}

async fn alerted(settings: &[(&str, &str)]) -> (Fixture, Webhook) {
    with_times(settings, TIMES).await
}

/// An alert that started, and its end.
fn start_and_end(cause: &str) -> [(String, String); 2] {
    ["started", "ended"].map(|state| (cause.to_owned(), state.to_owned()))
}

/// HMAC-SHA256 as RFC 2104 defines it, for a key of at most 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| {
        let key = key.iter().copied().chain(std::iter::repeat(0));
        key.take(64).map(|byte| byte ^ pad).collect::<Vec<_>>()
    };
    let inner = Sha256::digest([&padded(0x36), message].concat());
    Sha256::digest([&padded(0x5c)[..], &inner].concat()).to_vec()
}

/// Checks that a request is the bot's, and new.
fn is_genuine(received: &Received) {
    let (id, timestamp) = (received.header("webhook-id"), received.header("webhook-timestamp"));
    let signed = [format!("{id}.{timestamp}.").as_bytes(), &received.body].concat();
    let expected = format!("v1,{}", STANDARD.encode(hmac(KEY, &signed)));
    assert_eq!(received.header("webhook-signature"), expected, "{received:?}");
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!(timestamp.parse::<u64>().unwrap().abs_diff(now) < 60, "{timestamp}");
    assert_eq!(received.header("content-type"), "application/json");
}
