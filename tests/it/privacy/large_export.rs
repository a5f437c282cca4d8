//! An export of thousands of songs is complete and needs little memory.

use std::{fs, time::Duration};

use sandbox::{ChannelClient, DiscordRules, Fault, Invocation, Message, WhisulRules};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    fixture::program::Program,
    fixture::{Fixture, done},
};

const FOLLOW_UPS: &str = "/api/v10/webhooks/*/*";

/// A fixture without a bot in which Ann has so many songs, and in which a file may have so many bytes.
async fn fixture(songs: u32, limit: u64) -> Fixture {
    let rules = DiscordRules { attachment_size_limit: limit, ..DiscordRules::default() };
    let whisul = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let mut fixture = Fixture::with_rules(&[], rules, whisul).await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    fixture.stop_bot().await;
    multiply(&fixture, songs).await;
    fixture
}

/// Makes so many of the only song: a millisecond apart, each with a long prompt of its own.
async fn multiply(fixture: &Fixture, songs: u32) {
    let options = SqliteConnectOptions::new().filename(fixture.folder().join("jobs.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let columns = sqlx::query_scalar("SELECT name FROM pragma_table_info('jobs')");
    let columns: Vec<String> = columns.fetch_all(&mut connection).await.unwrap();
    let values = columns.iter().map(|column| match column.as_str() {
        "id" => "id - i * 4194304".to_owned(),
        "charged_at" => "charged_at - i".to_owned(),
        "prompt" => "hex(zeroblob(300)) || i".to_owned(),
        other => other.to_owned(),
    });
    let (values, columns) = (values.collect::<Vec<_>>().join(", "), columns.join(", "));
    let insert = format!(
        "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < {songs})
         INSERT INTO jobs ({columns}) SELECT {values} FROM jobs, numbers"
    );
    sqlx::query(AssertSqlSafe(insert)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn export(client: &ChannelClient) -> Invocation {
    client.command("my-data export", &[]).await.expect("Discord takes the command")
}

/// All messages of an export, once one says this.
async fn messages(fixture: &Fixture, asked: &Invocation, last: &str) -> Vec<Message> {
    let all = || {
        let mut all: Vec<Message> = asked.message().into_iter().collect();
        all.extend(asked.follow_ups());
        all.last().is_some_and(|message| message.content.contains(last)).then_some(all)
    };
    fixture.discord.until("the last file", all).await
}

/// The songs in the files of these messages.
async fn songs(messages: &[Message], limit: u64) -> Vec<String> {
    let mut ids = Vec::new();
    for message in messages {
        assert!(message.ephemeral() && message.attachments.len() == 1, "{}", message.text());
        let bytes = reqwest::get(&message.attachments[0].url).await.unwrap().bytes().await.unwrap();
        assert!(bytes.len() as u64 <= limit, "{}", bytes.len());
        let data: Value = serde_json::from_slice(&bytes).unwrap();
        let songs = data["songs"].as_array().unwrap();
        ids.extend(songs.iter().map(|song| song["id"].as_str().unwrap().to_owned()));
    }
    ids
}

/// A figure of a process, in MB, as Linux tells it.
#[cfg(target_os = "linux")]
pub(crate) fn memory(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_songs_arrive_and_take_little_memory() {
    const LIMIT: u64 = 10 << 20;
    let fixture = fixture(20_000, LIMIT).await;
    let before = fixture.discord.sessions().identified;
    let program = Program::logged(&fixture);
    fixture.until_ready_after(before).await;
    let client = fixture.ann.at(&fixture.channel);
    client.command("quota", &[]).await.unwrap().answer().await.unwrap();
    // Resets the peak of memory (`man 5 proc_pid_clear_refs`).
    fs::write(format!("/proc/{}/clear_refs", program.id()), "5").unwrap();
    let before = memory(program.id(), "VmRSS:");
    let asked = export(&client).await;
    let messages = messages(&fixture, &asked, "the last one").await;
    let peak = memory(program.id(), "VmHWM:");
    println!(
        "an export of 20000 songs in {} files: {before} MB, at most {peak} MB",
        messages.len()
    );
    assert!(peak < before + 20, "it took {} MB", peak - before);
    let mut ids = songs(&messages, LIMIT).await;
    assert_eq!(ids.len(), 20_000);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_arrive_in_order_despite_faults_of_discord() {
    const LIMIT: u64 = 100_000;
    let mut fixture = fixture(1000, LIMIT).await;
    fixture.start_and_wait_until_ready().await;
    fixture.discord.faults().add(Fault::on("POST", FOLLOW_UPS).after(1).times(2).status(502));
    let asked = export(&fixture.ann.at(&fixture.channel)).await;
    let messages = messages(&fixture, &asked, "the last one").await;
    assert!(messages.len() > 6, "{}", messages.len());
    for (message, number) in messages.iter().zip(1..) {
        assert_eq!(message.attachments[0].filename, format!("my-data-{number}.json"));
    }
    assert!(messages[0].content.contains("more files follow"), "{}", messages[0].content);
    let ids = songs(&messages, LIMIT).await;
    assert!(ids.len() == 1000 && ids.is_sorted_by(|one, next| one > next), "the latest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_songs_are_exported_where_only_a_user_installed_the_bot() {
    const LIMIT: u64 = 100_000;
    let mut fixture = fixture(1000, LIMIT).await;
    fixture.start_and_wait_until_ready().await;
    let elsewhere = fixture.discord.add_server_without_bot("Elsewhere");
    let channel = elsewhere.add_channel("chat");
    elsewhere.join(&fixture.ann);
    fixture.ann.install_app();
    let asked = export(&fixture.ann.at(&channel)).await;
    let messages = messages(&fixture, &asked, "the oldest songs are left out").await;
    assert_eq!(messages.len(), 6);
    let ids = songs(&messages, LIMIT).await;
    assert!(ids.len() > 300 && ids.is_sorted_by(|one, next| one > next), "{}", ids.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_discord_rejects_is_reported() {
    let mut fixture = fixture(1000, 100_000).await;
    fixture.start_and_wait_until_ready().await;
    fixture.discord.faults().add(Fault::on("POST", FOLLOW_UPS).after(2).status(400));
    let asked = export(&fixture.ann.at(&fixture.channel)).await;
    let told = "Discord didn't take all of your data";
    let first = asked.until("a sentence", |message| message.content.contains(told)).await;
    assert_eq!((first.attachments.len(), asked.follow_ups().len()), (1, 2));
}
