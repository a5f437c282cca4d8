//! People can export and erase what the bot knows about them.

use std::time::Duration;

use sandbox::{ChannelClient, DiscordRules, Fault, Message, Plan, WhisulRules};
use serde_json::Value;
use sqlx::Connection;
use tokio::time::{sleep, timeout};

use crate::{
    fixture::buttons::click,
    fixture::{DEADLINE, Fixture, done, failed, refusal, song_at, title},
    storage::write_failures::connect,
};

/// A fixture with these settings, where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(settings, DiscordRules::default(), rules).await
}

/// Asks to be forgotten: the question.
async fn question(client: &ChannelClient) -> Message {
    let asked = client.command("my-data forget", &[]).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("a response at once");
    assert!(answer.ephemeral() && answer.content.contains("can't be undone"), "{}", answer.content);
    answer
}

/// Asks to be forgotten, and confirms it.
async fn forget(client: &ChannelClient) -> String {
    let question = question(client).await;
    let done = click(client, &question, "Forget my songs").await.answer().await.unwrap();
    assert_eq!((done.id, done.buttons().len()), (question.id, 0));
    done.content
}

/// Waits until the bot has stored what messages already show.
async fn settle(fixture: &mut Fixture) {
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
}

async fn listed(client: &ChannelClient) -> String {
    let asked = client.command("songs", &[]).await.expect("Discord takes the command");
    asked.answer().await.expect("a response at once").text()
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_songs_are_gone_and_their_charges_stay() {
    let mut fixture = quick(&[("USER_QUOTA", "2/1d")]).await;
    fixture.whisul.plan("polka", Plan::fails(Some("no marzipan")).takes(Duration::ZERO));
    let asked = fixture.song(&fixture.ann, "marzipan waltz").await;
    let song = done(&asked).await;
    failed(&fixture.song(&fixture.ann, "marzipan polka").await).await;
    done(&fixture.song(&fixture.bob, "a song of Bob's").await).await;
    let client = fixture.ann.at(&fixture.channel);
    // Nothing is erased before the confirmation, however old the question.
    let question = question(&client).await;
    assert!(listed(&client).await.contains("marzipan waltz"));
    settle(&mut fixture).await;
    let told = click(&client, &question, "Forget my songs").await.answer().await.unwrap().content;
    assert_eq!(told, "Done: I have forgotten 2 songs.");

    assert!(listed(&client).await.contains("no finished songs"));
    assert!(client.autocomplete("song", "prompt", "").await.unwrap().is_empty());
    assert!(client.autocomplete("songs", "show", "").await.unwrap().is_empty());
    let shown = [("show", serde_json::json!(asked.id.to_string()))];
    let shown = client.command("songs", &shown).await.unwrap();
    assert!(refusal(&shown).await.contains("I couldn't find that song"));
    // The message stays, and its buttons say what has become of it, to everybody.
    for (person, label) in [
        (&fixture.ann, "Again"),
        (&fixture.bob, "Again"),
        (&fixture.ann, "Edit prompt"),
        (&fixture.ann, "Delete"),
    ] {
        let clicked = click(&person.at(&fixture.channel), &song, label).await;
        let told = refusal(&clicked).await;
        assert!(told.contains("I don't remember this song any more"), "{label}: {told}");
    }
    // The song counts all the same; the failed one never did.
    done(&fixture.song(&fixture.ann, "one more").await).await;
    assert!(fixture.one_more(&fixture.ann).await.unwrap_err().contains("used up"));
    // Nobody else's songs have anything to do with it.
    assert!(listed(&fixture.bob.at(&fixture.channel)).await.contains("a song of Bob's"));
    fixture.stop_bot().await;
    for file in std::fs::read_dir(fixture.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"marzipan"), "it is left in the file");
    }
}

/// The files in the bot's folder that hold a text: the database, and what SQLite keeps beside it.
fn files_with(fixture: &Fixture, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(fixture.folder()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Waits until no file holds a text any more, while the bot goes on.
async fn purged(fixture: &Fixture, text: &str) {
    let gone = async {
        while !files_with(fixture, text).is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = timeout(DEADLINE, gone).await;
    in_time.unwrap_or_else(|_| panic!("left in {:?}", files_with(fixture, text)));
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_songs_are_soon_in_no_file() {
    let mut fixture = quick(&[]).await;
    fixture.whisul.plan("polka", Plan::fails(Some("no marzipan")).takes(Duration::ZERO));
    // Long enough to spill over into pages of its own.
    let prompts: Vec<String> =
        (0..9).map(|number| format!("waltz {number} {}", "marzipan ".repeat(100))).collect();
    for prompt in &prompts {
        done(&fixture.song(&fixture.ann, prompt).await).await;
    }
    failed(&fixture.song(&fixture.ann, "marzipan polka").await).await;
    settle(&mut fixture).await;
    done(&fixture.song(&fixture.bob, "something to log").await).await;
    assert!(!files_with(&fixture, "marzipan").is_empty());
    assert_eq!(forget(&fixture.ann.at(&fixture.channel)).await, "Done: I have forgotten 10 songs.");
    purged(&fixture, "marzipan").await;
    assert!(!files_with(&fixture, "something to log").is_empty(), "Bob's stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_backup_delays_only_the_erasure() {
    let fixture = quick(&[]).await;
    done(&fixture.song(&fixture.ann, "marzipan waltz").await).await;
    let mut reader = connect(&fixture.folder().join("jobs.db")).await;
    let mut moment = reader.begin().await.unwrap();
    let rows: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM jobs").fetch_one(&mut *moment).await.unwrap();
    assert_eq!(rows, 1);
    let client = fixture.ann.at(&fixture.channel);
    let told = async {
        // The song is seen a moment before it is settled.
        while forget(&client).await != "Done: I have forgotten 1 song." {}
    };
    timeout(DEADLINE, told).await.expect("the song to be forgotten");
    assert!(!files_with(&fixture, "marzipan").is_empty(), "a reader needs it");
    // Others are answered meanwhile.
    done(&fixture.song(&fixture.bob, "a song of Bob's").await).await;
    moment.rollback().await.unwrap();
    purged(&fixture, "marzipan").await;
}

/// Asks for everything that the bot knows: the file.
async fn exported(client: &ChannelClient) -> Value {
    let asked = client.command("my-data export", &[]).await.expect("Discord takes the command");
    let answer = asked.until("a file", |message| !message.attachments.is_empty()).await;
    assert!(answer.ephemeral());
    assert_eq!(answer.content, "Here is everything that I know about your songs.");
    let file = &answer.attachments[0];
    assert_eq!(file.filename, "my-data.json");
    let bytes = reqwest::get(&file.url).await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_all_their_data_as_a_file() {
    let fixture = quick(&[]).await;
    fixture.whisul.plan("polka", Plan::fails(Some("no polka")).takes(Duration::ZERO));
    fixture.whisul.plan("long", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a *slow* waltz\u{1F327}").await;
    let song = done(&asked).await;
    failed(&fixture.song(&fixture.ann, "a polka").await).await;
    done(&fixture.song(&fixture.bob, "a secret of Bob's").await).await;
    let waiting = fixture.song(&fixture.ann, "a long song").await;
    fixture.whisul.until_accepted("a long song").await;
    let client = fixture.ann.at(&fixture.channel);
    client.command("notify off", &[]).await.unwrap().answer().await.unwrap();

    let data = exported(&client).await;
    assert_eq!(data["user_id"], fixture.ann.id().to_string());
    assert_eq!(data["preferences"]["tell_me_when_a_song_is_ready"], false);
    let songs = data["songs"].as_array().unwrap();
    let prompts: Vec<_> = songs.iter().map(|song| song["prompt"].as_str().unwrap()).collect();
    assert_eq!(prompts, ["a long song", "a polka", "a *slow* waltz\u{1F327}"]);
    let waltz = &songs[2];
    assert_eq!(waltz["id"], asked.id.to_string());
    assert_eq!(waltz["server_id"], fixture.server.id().to_string());
    assert_eq!(waltz["message_id"], song.id.to_string());
    assert_eq!(waltz["state"], "completed");
    assert_eq!(waltz["counts_for"], "you, the server and everybody");
    assert_eq!(waltz["song"]["title"], title(&song));
    assert!(waltz["asked_at"].as_str().unwrap().ends_with('Z'), "{waltz}");
    assert_eq!(songs[1]["whisul_said"], "no polka");
    // Whisul accepted it, so that it counts for the key.
    assert_eq!(songs[1]["counts_for"], "everybody");
    let text = data.to_string();
    assert!(!text.contains("secret") && !text.contains(&waiting.token), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_prompts_are_in_no_file() {
    let mut fixture = quick(&[]).await;
    done(&fixture.song(&fixture.ann, "marzipan waltz").await).await;
    settle(&mut fixture).await;
    let client = fixture.ann.at(&fixture.channel);
    forget(&client).await;
    let data = exported(&client).await;
    assert_eq!(data["songs"][0]["forgotten"], true, "{data}");
    assert_eq!(data["songs"][0]["counts_for"], "you, the server and everybody");
    assert!(!data.to_string().contains("marzipan"), "{data}");
    // A person without songs also gets a file.
    let nothing = exported(&fixture.bob.dm()).await;
    assert_eq!(nothing["songs"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_discord_rejects_is_reported() {
    let fixture = quick(&[]).await;
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    let rejected = r#"{"message": "Invalid Form Body", "code": 50035}"#;
    fixture.discord.faults().add(Fault::on("PATCH", edits).json(400, rejected).times(1));
    let client = fixture.ann.at(&fixture.channel);
    let asked = client.command("my-data export", &[]).await.unwrap();
    let told = asked.until("a sentence", |message| !message.content.is_empty()).await;
    assert!(told.content.contains("Try again in a few minutes"), "{}", told.content);
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_songs_are_kept_until_they_end() {
    let mut fixture = quick(&[]).await;
    fixture.whisul.plan("long", Plan::song().until_told());
    done(&fixture.song(&fixture.ann, "a short song").await).await;
    settle(&mut fixture).await;
    let asked = fixture.song(&fixture.ann, "a long song").await;
    fixture.whisul.until_accepted("a long song").await;
    let client = fixture.ann.at(&fixture.channel);
    let told = forget(&client).await;
    assert!(told.starts_with("Done: I have forgotten 1 song. One is still under way"), "{told}");
    fixture.whisul.finish("long");
    done(&asked).await;
    settle(&mut fixture).await;
    assert!(listed(&client).await.contains("a long song"));
    assert_eq!(forget(&client).await, "Done: I have forgotten 1 song.");
    assert_eq!(forget(&client).await, "There was nothing to forget.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_data_commands_work_where_songs_are_not_allowed() {
    let mut fixture = quick(&[]).await;
    done(&song_at(&fixture.ann.dm(), "a song in private").await).await;
    fixture.stop_bot().await;
    fixture.set("ALLOWED_GUILDS", "345678901234567890");
    fixture.start_and_wait_until_ready().await;
    assert!(listed(&fixture.ann.dm()).await.contains("a song in private"));
    assert_eq!(forget(&fixture.ann.dm()).await, "Done: I have forgotten 1 song.");
}
