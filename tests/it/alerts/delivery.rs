//! Alerts on their way to a receiver that may fail.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::{
    alerts::{SECRET, TIMES, alerted, is_genuine, without_bot},
    fixture::done,
    fixture::program::{Program, until_logged},
    fixture::webhook::Reply,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_at_first_gets_the_same_alert_again_under_the_same_id() {
    let (fixture, webhook) = alerted(&[]).await;
    webhook.reply([Reply::Status(500), Reply::Status(429), Reply::Endless]);
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let asked = fixture.song(&fixture.ann, "a song").await;
    let tries = webhook.until_received(3).await;
    let ids: BTreeSet<_> = tries.iter().map(|one| one.header("webhook-id")).collect();
    let bodies: BTreeSet<_> = tries.iter().map(|one| &one.body).collect();
    assert_eq!((ids.len(), bodies.len()), (1, 1), "{tries:#?}");
    tries.iter().for_each(is_genuine);
    fixture.whisul.change_key(&key);
    done(&asked).await;
    webhook.until_alert("key_refused", "ended").await;
    assert_eq!(webhook.received().len(), 4, "one that was taken is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_refuses_or_redirects_is_not_sent_again_or_elsewhere() {
    let (fixture, webhook) = alerted(&[("GLOBAL_QUOTA", "4/1d")]).await;
    webhook.reply([Reply::Status(410), Reply::Redirect]);
    // Both alerts of the quota, and then one that is taken.
    for number in 0..4 {
        done(&fixture.song(&fixture.ann, &format!("song number {number}")).await).await;
    }
    let gateway = fixture.discord.gateway();
    gateway.refuse_connections(true);
    gateway.drop_connections();
    webhook.until_alert("discord_away", "started").await;
    let received = webhook.received();
    let causes: Vec<_> = received.iter().map(|one| one.alert().0).collect();
    assert_eq!(causes, ["global_quota_80", "global_quota_100", "discord_away"]);
    assert!(received.iter().all(|one| one.path == "/hooks/s3cr3t-path"), "{received:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_holds_up_neither_songs_nor_the_stop() {
    let (mut fixture, webhook) = alerted(&[("GLOBAL_QUOTA", "4/1d")]).await;
    webhook.reply([Reply::Nothing; 20]);
    for number in 0..4 {
        done(&fixture.song(&fixture.ann, &format!("song number {number}")).await).await;
    }
    webhook.until_received(1).await;
    let began = Instant::now();
    fixture.stop_bot().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_receivers_host_and_none_of_its_secrets() {
    let settings = [("RUST_LOG", "trace"), ("LOG_FORMAT", "json"), ("GLOBAL_QUOTA", "1/1d")];
    let (fixture, webhook) = without_bot(&settings, TIMES).await;
    webhook.reply([Reply::Status(500), Reply::Redirect]);
    let bot = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    let log = until_logged(&fixture, "an alert could not be delivered");
    assert!(log.contains("alerts are sent to a webhook") && log.contains("127.0.0.1"), "{log}");
    webhook.until_received(3).await;
    bot.signal("TERM");
    let (code, log) = bot.end(&fixture);
    assert_eq!(code, Some(0));
    for secret in ["s3cr3t", SECRET.trim_start_matches("whsec_")] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_alerts_are_sent_unsigned_and_the_log_says_how_to_sign_them() {
    let (mut fixture, webhook) = without_bot(&[("GLOBAL_QUOTA", "1/1d")], TIMES).await;
    fixture.set("ALERT_WEBHOOK_SECRET", "");
    let _bot = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    until_logged(&fixture, "alerts are sent to a webhook unsigned; ALERT_WEBHOOK_SECRET signs");
    done(&fixture.song(&fixture.ann, "a song").await).await;
    let received = webhook.until_received(1).await;
    assert_eq!(received[0].header("webhook-signature"), "");
    assert_eq!(received[0].alert().0, "global_quota_80");
}
