//! A song's audio and cover, attached to its message.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Message, Plan, RateLimits, WhisulRules};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::world::{World, done, is_done, song_at};

const BOTH: [(&str, &str); 2] = [("ATTACH_AUDIO", "true"), ("ATTACH_COVER", "true")];

const AUDIO: &str = "/audio/*";
const COVER: &str = "/covers/*";
const BY_TOKEN: &str = "/api/v10/webhooks/*/*/messages/*";
const BY_CHANNEL: &str = "/api/v10/channels/*/messages/*";

/// A world in which files are attached and songs take no time.
async fn world() -> World {
    world_with(unlimited(), &BOTH).await
}

async fn world_with(rules: DiscordRules, settings: &[(&str, &str)]) -> World {
    let whisul = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    World::awake(settings, rules, whisul).await
}

/// The rules of a Discord where nobody has to wait.
fn unlimited() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// Whether the picture of a message's embed is a file that Discord keeps.
fn has_cover(message: &Message) -> bool {
    let image = message.embed().and_then(|embed| embed.image.as_deref());
    image.is_some_and(|link| link.contains("/attachments/"))
}

/// Waits for the song's cover among the files: they are attached all at once.
#[track_caller]
fn covered(asked: &Invocation) -> impl Future<Output = Message> {
    asked.until("a song with its cover attached", has_cover)
}

/// A song whose message comes without the audio, but with the cover: with whatever is wrong about
/// the audio the bot is through by then.
async fn without_audio(world: &World, prompt: &str) -> Message {
    let song = covered(&world.song(&world.ann, prompt).await).await;
    assert!(is_done(&song) && song.attachments.is_empty(), "{}", song.json());
    let embed = song.embed().unwrap();
    assert_eq!(song.button("Listen").unwrap().url, embed.url, "the link stands");
    song
}

/// The body of the edit that brought the files.
fn upload(world: &World, path: &str) -> Value {
    let edits = world.discord.requests().matching("PATCH", path);
    let with_files = |body: &Vec<u8>| body.windows(12).any(|part| part == b"payload_json");
    let body = edits.into_iter().map(|edit| edit.body).find(with_files).unwrap();
    let text = String::from_utf8_lossy(&body);
    let json = text.lines().find(|line| line.starts_with('{')).unwrap();
    serde_json::from_str(json).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_and_cover_come_in_a_second_edit() {
    let world = world().await;
    let title = json!("Rain: the *best* of (2)");
    world.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", title));
    let asked = world.song(&world.ann, "rain").await;
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
    let sent = upload(&world, BY_TOKEN);
    let alt = sent["attachments"][1]["description"].as_str().unwrap();
    assert_eq!(alt, "The cover of the song Rain: the *best* of (2)");
    assert!(sent.get("content").is_none() && sent.get("components").is_none(), "{sent}");
    assert!(song.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_never_goes_to_where_files_are() {
    let world = world().await;
    covered(&world.song(&world.ann, "rain").await).await;
    let key = world.whisul.key();
    for path in [AUDIO, COVER] {
        let [fetch] = &world.whisul.requests().matching("GET", path)[..] else { panic!("{path}") };
        assert!(fetch.headers.iter().all(|(_, value)| !value.contains(&key)));
        assert_eq!(fetch.header("authorization"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_file_can_be_turned_off() {
    let audio_only = world_with(unlimited(), &BOTH[..1]).await;
    let asked = audio_only.song(&audio_only.ann, "rain").await;
    let song = asked.until("the audio", |message| !message.attachments.is_empty()).await;
    assert!(!has_cover(&song));
    assert_eq!(audio_only.whisul.requests().count("GET", COVER), 0);

    let cover_only = world_with(unlimited(), &BOTH[1..]).await;
    let song = covered(&cover_only.song(&cover_only.ann, "rain").await).await;
    assert!(song.attachments.is_empty());
    assert_eq!(cover_only.whisul.requests().count("GET", AUDIO), 0);

    let neither = world_with(unlimited(), &[]).await;
    done(&neither.song(&neither.ann, "rain").await).await;
    // A stop waits for whatever is under way.
    let mut neither = neither;
    neither.stop_bot().await;
    assert_eq!(neither.whisul.requests().count("GET", AUDIO), 0);
    assert_eq!(uploads(&neither), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_passed_on_stays_a_link() {
    let world = world().await;
    let tune = |body: &str| Fault::on("GET", AUDIO).times(1).status(200).body(body);
    let faults = [
        ("nothing in it", tune("").header("content-type", "audio/wav")),
        ("30 MB", tune(&"ID3 ".repeat(30 << 18)).header("content-type", "audio/mpeg")),
        ("another type", tune("ID3 a tune").header("content-type", "text/html")),
        ("another content", tune("<html>").header("content-type", "audio/mpeg")),
        ("no type", tune("ID3 a tune")),
        ("gone", Fault::on("GET", AUDIO).times(1).status(404)),
        ("broken", Fault::on("GET", AUDIO).times(1).cut_before()),
    ];
    for (what, fault) in faults {
        let fault = world.whisul.faults().add(fault);
        without_audio(&world, what).await;
        assert_eq!(world.whisul.faults().hits(fault), 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_that_does_not_come_is_not_waited_for() {
    let world = world().await;
    world.whisul.faults().add(Fault::on("GET", AUDIO).hang());
    without_audio(&world, "slow").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_fetched_from_private_addresses() {
    let world = world().await;
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
        world.whisul.faults().add(redirect);
        without_audio(&world, "redirected").await;
        if target.starts_with("https:") {
            let plan = Plan::song().takes(Duration::ZERO).with("song_url", json!(target));
            world.whisul.plan(&target, plan);
            without_audio(&world, &target).await;
        }
    }
    let connected = tokio::time::timeout(Duration::from_millis(50), private.accept()).await;
    assert!(connected.is_err(), "nobody has come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_place_at_whisul_is_followed() {
    let world = world().await;
    let asked = world.song(&world.ann, "another song").await;
    covered(&asked).await;
    let id = world.whisul.until_finished("another song").await.id;
    let elsewhere = format!("/audio/{id}.wav");
    let moved = Fault::on("GET", AUDIO).times(1).status(307).header("location", &elsewhere);
    world.whisul.faults().add(moved);
    let song = covered(&world.song(&world.ann, "moved").await).await;
    assert_eq!(song.attachments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_within_the_interactions_own_limit_are_sent() {
    // Covers of the sandbox are smaller than this, tunes larger.
    let rules = DiscordRules { attachment_size_limit: 340_000, ..unlimited() };
    let world = world_with(rules, &BOTH).await;
    without_audio(&world, "rain").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_discord_refuses_are_left_out_and_nothing_is_said() {
    let world = world().await;
    world.whisul.plan("", Plan::song().until_told());
    let asked = world.song(&world.ann, "rain").await;
    world.whisul.until_polled("rain", 1).await;
    let too_large = r#"{"message": "Request entity too large", "code": 40005}"#;
    let refused = Fault::on("PATCH", &uploads_to(&asked)).status(413).body(too_large);
    let fault = world.discord.faults().add(refused);
    world.whisul.finish("rain");
    let shown = done(&asked).await;
    let hit = || (world.discord.faults().hits(fault) > 0).then_some(());
    world.discord.until("the refused files", hit).await;
    let mut world = world;
    world.stop_bot().await;
    let after = asked.message().unwrap();
    assert_eq!((after.embeds, after.content), (shown.embeds, String::new()));
    assert_eq!(world.discord.messages().len(), 1);
    assert_eq!(world.discord.faults().hits(fault), 1, "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_sent_twice_are_there_once() {
    let world = world().await;
    // Discord takes the files in, and the bot doesn't hear of it.
    world.whisul.plan("", Plan::song().until_told());
    let asked = world.song(&world.ann, "rain").await;
    world.whisul.until_polled("rain", 1).await;
    let lost = Fault::on("PATCH", &uploads_to(&asked)).times(1).cut_after();
    let fault = world.discord.faults().add(lost);
    world.whisul.finish("rain");
    let twice = || (uploads(&world) >= 2).then_some(());
    world.discord.until("a second try", twice).await;
    let mut world = world;
    world.stop_bot().await;
    let song = covered(&asked).await;
    assert_eq!(song.attachments.len(), 1, "{:?}", song.attachments);
    assert_eq!(world.discord.faults().hits(fault), 1);
}

/// The path of the edit that brings the files.
fn uploads_to(asked: &Invocation) -> String {
    format!("/api/v10/webhooks/*/*/messages/{}", asked.message().unwrap().id)
}

/// How many edits with files there were.
fn uploads(world: &World) -> usize {
    let edits = world.discord.requests().matching("PATCH", "/api/v10/**");
    let is_form = |kind: &str| kind.starts_with("multipart/");
    edits.iter().filter(|edit| edit.header("content-type").is_some_and(is_form)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_between_song_and_files_changes_nothing() {
    let mut world = world().await;
    let slow = world.whisul.faults().add(Fault::on("GET", AUDIO).hang());
    let asked = world.song(&world.ann, "rain").await;
    done(&asked).await;
    let under_way = || (world.whisul.requests().count("GET", AUDIO) > 0).then_some(());
    sandbox::until("the audio to be fetched", &world.whisul.requests().changed(), under_way).await;
    world.stop_bot().await;
    assert!(!has_cover(&asked.message().unwrap()));
    world.whisul.faults().remove(slow);
    world.wake_bot().await;
    let song = covered(&asked).await;
    assert_eq!(song.attachments.len(), 1);
    assert_eq!(world.discord.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_token_gets_its_files_through_the_channel() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let world = world_with(rules, &BOTH).await;
    let song = covered(&world.song(&world.ann, "rain").await).await;
    assert_eq!(song.attachments.len(), 1);
    assert!(upload(&world, BY_CHANNEL)["attachments"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_bot_may_attach_nothing_the_links_stand() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let mut world = world_with(rules, &BOTH).await;
    world.server.deny_files(&world.channel);
    let asked = world.song(&world.ann, "rain").await;
    done(&asked).await;
    let tried = || (uploads(&world) > 0).then_some(());
    world.discord.until("an edit with files", tried).await;
    world.stop_bot().await;
    let song = asked.message().unwrap();
    assert!(is_done(&song) && song.attachments.is_empty() && !has_cover(&song));
    world.wake_bot().await;
    done(&song_at(&world.ann.dm(), "another").await).await;
    assert_eq!(world.discord.messages().len(), 2, "nothing is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_comes_directly_has_its_files() {
    let rules = DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() };
    let world = world_with(rules, &BOTH).await;
    world.whisul.plan("", Plan::song().until_told());
    let asked = world.song(&world.ann, "rain").await;
    world.whisul.until_accepted("rain").await;
    world.server.kick_bot();
    world.whisul.finish("rain");
    let song = world.ann.dm().until_message("the song with its cover", has_cover).await;
    assert_eq!(song.attachments.len(), 1);
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_where_only_the_token_leads() {
    let world = world().await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    let song = covered(&song_at(&world.ann.at(&elsewhere), "rain").await).await;
    assert_eq!(song.attachments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_discord_would_not_show_is_left_alone() {
    let mut world = world().await;
    world.server.automod_blocks("unspeakable");
    world.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", "Unspeakable".into()));
    let asked = world.song(&world.ann, "a song").await;
    asked.until("the song", |message| message.content.contains("is done")).await;
    world.whisul.plan("speakable", Plan::song().takes(Duration::ZERO));
    covered(&world.song(&world.bob, "speakable").await).await;
    world.stop_bot().await;
    assert_eq!(uploads(&world), 1);
    assert_eq!(world.whisul.requests().count("GET", COVER), 1);
}
