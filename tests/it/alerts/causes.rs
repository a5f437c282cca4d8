//! Each cause is told when it is there, and when it is over.

use std::time::Duration;

use sandbox::{Fault, Message};
use sqlx::Connection as _;
use whisul_bot::AlertTimes;

use crate::{
    alerts::{TIMES, alerted, is_genuine, start_and_end, with_times, without_bot},
    fixture::{description, done},
    storage::updates::earlier_steps,
    storage::write_failures::connect,
    whisul::rejected_key::{is_told, told, waits},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_told_to_the_webhook_and_to_the_owner_and_so_is_its_end() {
    let (fixture, webhook) = alerted(&[]).await;
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let asked = fixture.song(&fixture.ann, "a song about marzipan").await;
    asked.until("the news about the key", waits).await;
    let owner = fixture.discord.owner();
    is_told(&fixture, &owner).await;
    let started = webhook.until_alert("key_refused", "started").await;
    is_genuine(&started);
    let body = started.json();
    assert_eq!(body["type"], "alert.started");
    assert_eq!(body["data"]["message"], told(&owner)[0]);
    assert_eq!(body["content"], body["text"]);
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'), "{body}");
    fixture.whisul.change_key(&key);
    done(&asked).await;
    let ended = webhook.until_alert("key_refused", "ended").await;
    is_genuine(&ended);
    assert_eq!(ended.json()["type"], "alert.ended");
    assert_ne!(started.header("webhook-id"), ended.header("webhook-id"));
    assert_eq!(webhook.alerts(&["key_refused"]), start_and_end("key_refused"));
    for received in webhook.received() {
        let text = format!("{:?} {}", received.headers, received.json());
        let people = [&fixture.ann, &owner].map(|person| person.id().to_string());
        let secrets = [&key, &fixture.discord.token(), "marzipan"].map(str::to_owned);
        for private in people.iter().chain(&secrets) {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_and_goes_is_told_once_an_hour() {
    let (fixture, webhook) = alerted(&[]).await;
    let key = fixture.whisul.key();
    for round in 0..3 {
        fixture.whisul.change_key("regenerated");
        let asked = fixture.song(&fixture.ann, &format!("song number {round}")).await;
        asked.until("the news about the key", waits).await;
        webhook.until_alert("key_refused", "started").await;
        fixture.whisul.change_key(&key);
        done(&asked).await;
        webhook.until_alert("key_refused", "ended").await;
    }
    assert_eq!(webhook.alerts(&["key_refused"]), start_and_end("key_refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn used_up_credit_is_told_and_that_there_is_some_again() {
    let (fixture, webhook) = alerted(&[]).await;
    let broke = Fault::on("POST", "/api/generate").json(402, r#"{"error": "Out of credit"}"#);
    let broke = fixture.whisul.faults().add(broke);
    // One prompt alone may be to blame.
    let mut asked = Vec::new();
    for number in 0..3 {
        asked.push(fixture.song(&fixture.ann, &format!("song number {number}")).await);
    }
    is_genuine(&webhook.until_alert("credit_used_up", "started").await);
    fixture.whisul.faults().remove(broke);
    for asked in &asked {
        done(asked).await;
    }
    webhook.until_alert("credit_used_up", "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_outage_of_whisul_is_told_and_a_short_one_is_not() {
    let (fixture, webhook) = alerted(&[]).await;
    fixture.whisul.stop().await.unwrap();
    let asked = fixture.song(&fixture.ann, "a song").await;
    is_genuine(&webhook.until_alert("whisul_away", "started").await);
    fixture.whisul.start_again().await.unwrap();
    done(&asked).await;
    webhook.until_alert("whisul_away", "ended").await;

    let quick = AlertTimes { outage: Duration::from_mins(10), ..TIMES };
    let (fixture, webhook) = with_times(&[("GLOBAL_QUOTA", "2/1d")], quick).await;
    fixture.whisul.stop().await.unwrap();
    let asked = fixture.song(&fixture.ann, "a song").await;
    let waits = |message: &Message| description(message).contains("can't be reached");
    asked.until("the news about Whisul", waits).await;
    fixture.whisul.start_again().await.unwrap();
    done(&asked).await;
    // The bot has looked at the causes meanwhile, and alerts come in order.
    done(&fixture.song(&fixture.ann, "another song").await).await;
    webhook.until_alert("global_quota_100", "started").await;
    assert_eq!(webhook.alerts(&["whisul_away"]), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_outage_of_discord_is_told_and_that_it_is_back() {
    let (fixture, webhook) = alerted(&[]).await;
    let gateway = fixture.discord.gateway();
    gateway.refuse_connections(true);
    gateway.drop_connections();
    is_genuine(&webhook.until_alert("discord_away", "started").await);
    gateway.refuse_connections(false);
    webhook.until_alert("discord_away", "ended").await;
    assert_eq!(webhook.alerts(&["discord_away"]), start_and_end("discord_away"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_over_everybody_is_told_at_80_percent_and_when_it_is_used_up() {
    let (fixture, webhook) = alerted(&[("GLOBAL_QUOTA", "5/30s")]).await;
    let both = ["global_quota_80", "global_quota_100"];
    for number in 0..3 {
        done(&fixture.song(&fixture.ann, &format!("song number {number}")).await).await;
    }
    assert_eq!(webhook.alerts(&both), []);
    done(&fixture.song(&fixture.ann, "song number 3").await).await;
    webhook.until_alert("global_quota_80", "started").await;
    assert_eq!(webhook.alerts(&both).len(), 1);
    done(&fixture.song(&fixture.ann, "song number 4").await).await;
    is_genuine(&webhook.until_alert("global_quota_100", "started").await);
    webhook.until_alert("global_quota_100", "ended").await;
    webhook.until_alert("global_quota_80", "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_held_is_told_and_that_it_is_free() {
    let (fixture, webhook) = alerted(&[]).await;
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    is_genuine(&webhook.until_alert("database_trouble", "started").await);
    holding.rollback().await.unwrap();
    webhook.until_alert("database_trouble", "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_is_told_and_that_it_has_been_silent_for_long() {
    let times = AlertTimes { again_after: Duration::from_secs(2), ..TIMES };
    let (fixture, webhook) = with_times(&[], times).await;
    let answered = r#"{"message": "Interaction has already been acknowledged.", "code": 40060}"#;
    let callback = "/api/v10/interactions/*/*/callback";
    fixture.discord.faults().add(Fault::on("POST", callback).json(400, answered).times(1));
    fixture.song(&fixture.ann, "the other one's song").await;
    let started = webhook.until_alert("other_process", "started").await;
    is_genuine(&started);
    let about = |message: &Message| message.content.contains("Another process");
    fixture.discord.owner().dm().until_message("a word to the owner", about).await;
    webhook.until_alert("other_process", "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_the_database_is_told_once() {
    let (mut fixture, webhook) = without_bot(&[("GLOBAL_QUOTA", "1/1d")], TIMES).await;
    let file = fixture.folder().join("jobs.db");
    std::fs::File::create(&file).unwrap();
    let mut earlier = connect(&file).await;
    earlier_steps().await.run(&mut earlier).await.unwrap();
    earlier.close().await.unwrap();
    fixture.start_and_wait_until_ready().await;
    let told = webhook.until_alert("schema_updated", "happened").await;
    is_genuine(&told);
    assert_eq!(told.json()["type"], "alert.happened");
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    webhook.until_alert("global_quota_80", "started").await;
    assert_eq!(webhook.alerts(&["schema_updated"]).len(), 1);
}
