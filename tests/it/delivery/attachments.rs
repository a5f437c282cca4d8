//! A song's audio and cover, attached to its message.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Message, Plan, RateLimits, WhisulRules};
use serde_json::{Value, json};

use crate::fixture::{Fixture, done, is_done, song_at};

/// With both kinds of files.
pub(crate) const BOTH: [(&str, &str); 2] = [("ATTACH_AUDIO", "true"), ("ATTACH_COVER", "true")];

const AUDIO: &str = "/audio/*";
const COVER: &str = "/covers/*";
const BY_TOKEN: &str = "/api/v10/webhooks/*/*/messages/*";
const BY_CHANNEL: &str = "/api/v10/channels/*/messages/*";

/// A fixture in which files are attached and songs take no time.
pub(crate) async fn fixture() -> Fixture {
    fixture_with(unlimited(), &BOTH).await
}

pub(crate) async fn fixture_with(rules: DiscordRules, settings: &[(&str, &str)]) -> Fixture {
    let whisul = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(settings, rules, whisul).await
}

/// The rules of a Discord where nobody has to wait.
pub(crate) fn unlimited() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// Whether the picture of a message's embed is a file that Discord keeps.
fn has_cover(message: &Message) -> bool {
    let image = message.embed().and_then(|embed| embed.image.as_deref());
    image.is_some_and(|link| link.contains("/attachments/"))
}

/// Waits for the song's cover among the files: they are attached all at once.
#[track_caller]
pub(crate) fn covered(asked: &Invocation) -> impl Future<Output = Message> {
    asked.until("a song with its cover attached", has_cover)
}

/// The body of the edit that brought the files.
fn upload(fixture: &Fixture, path: &str) -> Value {
    let edits = fixture.discord.requests().matching("PATCH", path);
    let with_files = |body: &Vec<u8>| body.windows(12).any(|part| part == b"payload_json");
    let body = edits.into_iter().map(|edit| edit.body).find(with_files).unwrap();
    let text = String::from_utf8_lossy(&body);
    let json = text.lines().find(|line| line.starts_with('{')).unwrap();
    serde_json::from_str(json).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_known_by_their_first_bytes_and_described_within_discords_limit() {
    let fixture = fixture().await;
    for (path, file) in [("/audio/*", "ID3 a tune"), ("/covers/*", "GIF89a a cover")] {
        let file = Fault::on("GET", path).status(200).body(file);
        fixture.whisul.faults().add(file.header("content-type", "binary/octet-stream"));
    }
    let title = json!("🎵".repeat(990));
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", title));
    let song = covered(&fixture.song(&fixture.ann, "rain").await).await;
    let [audio] = song.attachments.as_slice() else { panic!("{:?}", song.attachments) };
    assert_eq!(audio.filename, "song.mp3");
    let sent = upload(&fixture, BY_TOKEN);
    assert_eq!(sent["attachments"][1]["filename"], "cover.gif");
    let alt = sent["attachments"][1]["description"].as_str().unwrap();
    assert!((1000..=1024).contains(&alt.encode_utf16().count()) && alt.ends_with('…'), "{alt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_and_cover_come_in_a_second_edit() {
    let fixture = fixture().await;
    let title = json!("Rain: the *best* of (2)");
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", title));
    let asked = fixture.song(&fixture.ann, "rain").await;
    let song = covered(&asked).await;
    let [audio] = song.attachments.as_slice() else { panic!("{:?}", song.attachments) };
    assert_eq!(audio.filename, "Rain-the-best-of-2.wav");
    assert_eq!(audio.content_type.as_deref(), Some("audio/wav"));
    let tune = reqwest::get(&audio.url).await.unwrap().bytes().await.unwrap();
    assert!(tune.starts_with(b"RIFF") && tune.len() as u64 == audio.size);
    let cover = reqwest::get(song.embed().unwrap().image.as_ref().unwrap()).await.unwrap();
    assert_eq!(cover.headers()["content-type"], "image/png");
    assert!(cover.bytes().await.unwrap().starts_with(b"\x89PNG"));

    // Before them, the song was there with its links alone.
    let before = &song.revisions[song.revisions.len() - 2].json;
    assert!(before["embeds"][0]["image"]["url"].as_str().unwrap().contains("/covers/"));
    assert_eq!(before["components"], song.json()["components"]);
    let sent = upload(&fixture, BY_TOKEN);
    let alt = sent["attachments"][1]["description"].as_str().unwrap();
    assert_eq!(alt, "The cover of the song Rain: the *best* of (2)");
    assert!(sent.get("content").is_none() && sent.get("components").is_none(), "{sent}");
    assert!(song.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_file_can_be_turned_off() {
    let audio_only = fixture_with(unlimited(), &BOTH[..1]).await;
    let asked = audio_only.song(&audio_only.ann, "rain").await;
    let song = asked.until("the audio", |message| !message.attachments.is_empty()).await;
    assert!(!has_cover(&song));
    assert_eq!(audio_only.whisul.requests().count("GET", COVER), 0);

    let cover_only = fixture_with(unlimited(), &BOTH[1..]).await;
    let song = covered(&cover_only.song(&cover_only.ann, "rain").await).await;
    assert!(song.attachments.is_empty());
    assert_eq!(cover_only.whisul.requests().count("GET", AUDIO), 0);

    let neither = fixture_with(unlimited(), &[]).await;
    done(&neither.song(&neither.ann, "rain").await).await;
    // A stop waits for whatever is under way.
    let mut neither = neither;
    neither.stop_bot().await;
    assert_eq!(neither.whisul.requests().count("GET", AUDIO), 0);
    assert_eq!(uploads(&neither), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_discord_rejects_are_left_out_silently() {
    let fixture = fixture().await;
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "rain").await;
    fixture.whisul.until_polled("rain", 1).await;
    let too_large = r#"{"message": "Request entity too large", "code": 40005}"#;
    let refused = Fault::on("PATCH", &uploads_to(&asked)).status(413).body(too_large);
    let fault = fixture.discord.faults().add(refused);
    fixture.whisul.finish("rain");
    let shown = done(&asked).await;
    let hits = || fixture.discord.faults().hits(fault);
    let both_ways = || (hits() >= 2).then_some(());
    fixture.discord.until("the refusal of both files, and of the smaller one", both_ways).await;
    let mut fixture = fixture;
    fixture.stop_bot().await;
    let after = asked.message().unwrap();
    assert_eq!((after.embeds, after.content), (shown.embeds, String::new()));
    assert_eq!(fixture.discord.messages().len(), 1);
    assert_eq!(fixture.discord.faults().hits(fault), 2, "neither is sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_sent_twice_appear_once() {
    let fixture = fixture().await;
    // Discord accepts the files, but the response is lost.
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "rain").await;
    fixture.whisul.until_polled("rain", 1).await;
    let lost = Fault::on("PATCH", &uploads_to(&asked)).times(1).cut_after();
    let fault = fixture.discord.faults().add(lost);
    fixture.whisul.finish("rain");
    let twice = || (uploads(&fixture) >= 2).then_some(());
    fixture.discord.until("a second try", twice).await;
    let mut fixture = fixture;
    fixture.stop_bot().await;
    let song = covered(&asked).await;
    assert_eq!(song.attachments.len(), 1, "{:?}", song.attachments);
    assert_eq!(fixture.discord.faults().hits(fault), 1);
}

/// The path of the edit that brings the files.
fn uploads_to(asked: &Invocation) -> String {
    format!("/api/v10/webhooks/*/*/messages/{}", asked.message().unwrap().id)
}

/// How many edits with files there were.
fn uploads(fixture: &Fixture) -> usize {
    let edits = fixture.discord.requests().matching("PATCH", "/api/v10/**");
    let is_form = |kind: &str| kind.starts_with("multipart/");
    edits.iter().filter(|edit| edit.header("content-type").is_some_and(is_form)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_between_song_and_files_changes_nothing() {
    let mut fixture = fixture().await;
    let slow = fixture.whisul.faults().add(Fault::on("GET", AUDIO).hang());
    let asked = fixture.song(&fixture.ann, "rain").await;
    done(&asked).await;
    let under_way = || (fixture.whisul.requests().count("GET", AUDIO) > 0).then_some(());
    sandbox::until("the audio to be fetched", &fixture.whisul.requests().changed(), under_way)
        .await;
    fixture.stop_bot().await;
    assert!(!has_cover(&asked.message().unwrap()));
    fixture.whisul.faults().remove(slow);
    fixture.start_and_wait_until_ready().await;
    let song = covered(&asked).await;
    assert_eq!(song.attachments.len(), 1);
    assert_eq!(fixture.discord.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_token_gets_its_files_through_the_channel() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let fixture = fixture_with(rules, &BOTH).await;
    let song = covered(&fixture.song(&fixture.ann, "rain").await).await;
    assert_eq!(song.attachments.len(), 1);
    assert!(upload(&fixture, BY_CHANNEL)["attachments"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_to_attach_files_the_links_remain() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let mut fixture = fixture_with(rules, &BOTH).await;
    fixture.server.deny_files(&fixture.channel);
    let asked = fixture.song(&fixture.ann, "rain").await;
    done(&asked).await;
    let tried = || (uploads(&fixture) > 0).then_some(());
    fixture.discord.until("an edit with files", tried).await;
    fixture.stop_bot().await;
    let song = asked.message().unwrap();
    assert!(is_done(&song) && song.attachments.is_empty() && !has_cover(&song));
    fixture.start_and_wait_until_ready().await;
    done(&song_at(&fixture.ann.dm(), "another").await).await;
    assert_eq!(fixture.discord.messages().len(), 2, "nothing is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_comes_directly_has_its_files() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let fixture = fixture_with(rules, &BOTH).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "rain").await;
    fixture.whisul.until_accepted("rain").await;
    fixture.server.kick_bot();
    fixture.whisul.finish("rain");
    let song = fixture.ann.dm().until_message("the song with its cover", has_cover).await;
    assert_eq!(song.attachments.len(), 1);
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_arrive_where_only_the_token_reaches_the_message() {
    let fixture = fixture().await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let song = covered(&song_at(&fixture.ann.at(&elsewhere), "rain").await).await;
    assert_eq!(song.attachments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_content_discord_rejected_gets_no_files() {
    let mut fixture = fixture().await;
    fixture.server.automod_blocks("unspeakable");
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", "Unspeakable".into()));
    let asked = fixture.song(&fixture.ann, "a song").await;
    asked.until("the song", |message| message.content.contains("is done")).await;
    fixture.whisul.plan("speakable", Plan::song().takes(Duration::ZERO));
    covered(&fixture.song(&fixture.bob, "speakable").await).await;
    fixture.stop_bot().await;
    assert_eq!(uploads(&fixture), 1);
    assert_eq!(fixture.whisul.requests().count("GET", COVER), 1);
}
