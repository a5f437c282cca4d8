//! Which files are fetched, and from where.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Message, Plan};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    delivery::attachments::{BOTH, covered, fixture, fixture_with, unlimited},
    fixture::{Fixture, is_done},
};

const AUDIO: &str = "/audio/*";
const COVER: &str = "/covers/*";

/// A song whose message comes without the audio, but with the cover: with whatever is wrong about
/// the audio the bot is through by then.
async fn without_audio(fixture: &Fixture, prompt: &str) -> Message {
    let song = covered(&fixture.song(&fixture.ann, prompt).await).await;
    assert!(is_done(&song) && song.attachments.is_empty(), "{}", song.json());
    let embed = song.embed().unwrap();
    assert_eq!(song.button("Listen").unwrap().url, embed.url, "the link stands");
    song
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_never_sent_with_a_download() {
    let fixture = fixture().await;
    covered(&fixture.song(&fixture.ann, "rain").await).await;
    let key = fixture.whisul.key();
    for path in [AUDIO, COVER] {
        let [fetch] = &fixture.whisul.requests().matching("GET", path)[..] else {
            panic!("{path}")
        };
        assert!(fetch.headers.iter().all(|(_, value)| !value.contains(&key)));
        assert_eq!(fetch.header("authorization"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_attached_stays_a_link() {
    let fixture = fixture().await;
    let tune = |body: &str| Fault::on("GET", AUDIO).times(1).status(200).body(body);
    let faults = [
        ("nothing in it", tune("").header("content-type", "audio/wav")),
        ("30 MB", tune(&"ID3 ".repeat(30 << 18)).header("content-type", "audio/mpeg")),
        ("another content", tune("<html>").header("content-type", "audio/mpeg")),
        ("a page", tune("<!DOCTYPE html><html></html>").header("content-type", "audio/mpeg")),
        ("gone", Fault::on("GET", AUDIO).times(1).status(404)),
    ];
    for (what, fault) in faults {
        let fault = fixture.whisul.faults().add(fault);
        without_audio(&fixture, what).await;
        assert_eq!(fixture.whisul.faults().hits(fault), 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_fails_is_retried_once() {
    let fixture = fixture().await;
    for fault in [Fault::on("GET", AUDIO).cut_before(), Fault::on("GET", AUDIO).status(503)] {
        let what = fault.effect();
        fixture.whisul.faults().add(fault.clone().times(1));
        let song = covered(&fixture.song(&fixture.ann, &what).await).await;
        assert_eq!(song.attachments.len(), 1, "{what}");
        let fault = fixture.whisul.faults().add(fault.times(2));
        without_audio(&fixture, &format!("{what} again and again")).await;
        assert_eq!(fixture.whisul.faults().hits(fault), 2, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_does_not_wait_for_audio_that_never_arrives() {
    let fixture = fixture().await;
    fixture.whisul.faults().add(Fault::on("GET", AUDIO).hang());
    without_audio(&fixture, "slow").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_from_private_addresses() {
    let fixture = fixture().await;
    let private = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = private.local_addr().unwrap().port();
    for target in [
        format!("http://127.0.0.1:{port}/a.wav"),
        format!("https://127.0.0.1:{port}/a.wav"),
        format!("https://localhost:{port}/a.wav"),
        format!("https://[::1]:{port}/a.wav"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let redirect = Fault::on("GET", AUDIO).times(1).status(302).header("location", &target);
        fixture.whisul.faults().add(redirect);
        without_audio(&fixture, "redirected").await;
        if target.starts_with("https:") {
            let plan = Plan::song().takes(Duration::ZERO).with("song_url", json!(target));
            fixture.whisul.plan(&target, plan);
            without_audio(&fixture, &target).await;
        }
    }
    let connected = tokio::time::timeout(Duration::from_millis(50), private.accept()).await;
    assert!(connected.is_err(), "nobody has come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_place_at_whisul_is_followed() {
    let fixture = fixture().await;
    let asked = fixture.song(&fixture.ann, "another song").await;
    covered(&asked).await;
    let id = fixture.whisul.until_finished("another song").await.id;
    let elsewhere = format!("/audio/{id}.wav");
    let moved = Fault::on("GET", AUDIO).times(1).status(307).header("location", &elsewhere);
    fixture.whisul.faults().add(moved);
    let song = covered(&fixture.song(&fixture.ann, "moved").await).await;
    assert_eq!(song.attachments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_within_the_interactions_own_limit_are_sent() {
    // Covers of the sandbox are smaller than this, tunes larger.
    let rules = DiscordRules { attachment_size_limit: 340_000, ..unlimited() };
    let fixture = fixture_with(rules, &BOTH).await;
    without_audio(&fixture, "rain").await;
}
