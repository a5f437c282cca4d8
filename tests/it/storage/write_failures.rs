//! Nothing can be written while the bot runs: people are told, nothing is half done, and it passes
//! by itself.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use sandbox::{DiscordRules, Invocation, Plan, WhisulRules};
use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use whisul_bot::messages::text::{NOT_IN_TIME, STORAGE_TROUBLE};

use crate::{
    fixture::buttons::click,
    fixture::program::{Program, output, program},
    fixture::{DEADLINE, Fixture, done, refusal, title},
};

/// One song per person, so that a charge for nothing would show.
const ONE_SONG: [(&str, &str); 1] = [("USER_QUOTA", "1/1d")];

async fn without_bot() -> Fixture {
    let quick = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::without_bot(&ONE_SONG, DiscordRules::default(), quick).await
}

pub(crate) async fn connect(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// The songs of all people that are counted, in a database that must be whole.
async fn charges(file: &Path) -> i64 {
    let mut connection = connect(file).await;
    let verdict: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    assert_eq!(verdict, "ok");
    let count = "SELECT COUNT(*) FROM jobs WHERE charge <> 'none'";
    let charges = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    charges
}

/// Ann's song is being made.
async fn ann_waits(fixture: &Fixture) -> Invocation {
    fixture.whisul.plan("Ann's", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "Ann's song").await;
    asked.until("a song at Whisul", |message| title(message) == "🎼 Composing").await;
    asked
}

/// Ann's song is ready while no write succeeds, and Bob's request is refused.
async fn trouble(fixture: &Fixture) {
    fixture.whisul.finish("Ann's");
    let told = refusal(&fixture.song(&fixture.bob, "a song too early").await).await;
    assert_eq!(told, STORAGE_TROUBLE);
    assert_eq!(fixture.whisul.accepted("too early"), 0);
}

/// All is well again: Ann has her song, and Bob gets the one that he has a right to.
async fn recovery(fixture: &Fixture, anns: &Invocation) {
    done(anns).await;
    done(&fixture.song(&fixture.bob, "a song in time").await).await;
    assert_eq!(fixture.whisul.accepted("Ann's"), 1);
    assert_eq!(fixture.whisul.accepted("too early"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_delays_and_recovers() {
    let mut fixture = without_bot().await;
    fixture.start_and_wait_until_ready().await;
    let file = fixture.folder().join("jobs.db");
    let anns = ann_waits(&fixture).await;
    let mut other = connect(&file).await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    trouble(&fixture).await;

    holding.rollback().await.unwrap();
    // The refused request may be written once writes succeed; then it is abandoned.
    let outcome = async {
        let abandoned = "SELECT COUNT(*) FROM jobs WHERE state = 'abandoned'";
        while sqlx::query_scalar::<_, i64>(abandoned).fetch_one(&mut other).await.unwrap() < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, outcome).await.expect("a refused song is cancelled");
    recovery(&fixture, &anns).await;
    assert_eq!(charges(&file).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_while_the_database_is_locked_is_answered_in_time() {
    let mut fixture = without_bot().await;
    fixture.set("MAX_RUNNING", "1");
    fixture.start_and_wait_until_ready().await;
    let anns = ann_waits(&fixture).await;
    let bobs = fixture.song(&fixture.bob, "a song that waits").await;
    let waiting = bobs.answer().await.unwrap();
    let client = fixture.bob.at(&fixture.channel);
    let question = client.command("my-data forget", &[]).await.unwrap().answer().await.unwrap();
    // The bot has stored the id of the message.
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let announced = async {
        let announced = "SELECT COUNT(*) FROM jobs WHERE state = 'announced'";
        while sqlx::query_scalar::<_, i64>(announced).fetch_one(&mut other).await.unwrap() < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, announced).await.expect("a song in line");

    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let notify = client.command("notify off", &[]).await.unwrap();
    assert_eq!(refusal(&notify).await, NOT_IN_TIME);
    assert_eq!(refusal(&click(&client, &question, "Forget my songs").await).await, NOT_IN_TIME);
    assert_eq!(refusal(&click(&client, &waiting, "Cancel").await).await, NOT_IN_TIME);
    holding.rollback().await.unwrap();
    // The cancellation still takes effect, and the message shows it.
    bobs.until("the news", |message| title(message) == "Cancelled").await;
    fixture.whisul.finish("Ann's");
    done(&anns).await;
    assert_eq!(fixture.submissions("waits"), 0);
}

/// An exclusive lock on the database, which also blocks readers.
///
/// It is as if another process had stopped in the middle of a commit. It holds the right to write,
/// and of the two copies of the index's header only one is new: readers wait for the other
/// (<https://sqlite.org/walformat.html>, The WAL-Index Header).
#[cfg(target_os = "linux")]
struct Standstill<'c> {
    holding: sqlx::Transaction<'c, sqlx::Sqlite>,
    index: fs::File,
    copy: [u8; 48],
}

#[cfg(target_os = "linux")]
impl<'c> Standstill<'c> {
    const SECOND_COPY: u64 = 48;

    async fn of(other: &'c mut SqliteConnection, database: &Path) -> Self {
        use std::os::unix::fs::FileExt;
        let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let index = database.with_extension("db-shm");
        let index = fs::File::options().read(true).write(true).open(index).unwrap();
        let mut copy = [0; 48];
        index.read_exact_at(&mut copy, Self::SECOND_COPY).unwrap();
        index.write_all_at(&copy.map(|byte| !byte), Self::SECOND_COPY).unwrap();
        Self { holding, index, copy }
    }

    async fn end(self) {
        use std::os::unix::fs::FileExt;
        self.index.write_all_at(&self.copy, Self::SECOND_COPY).unwrap();
        self.holding.rollback().await.unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_while_the_database_is_unreadable_is_answered_in_time() {
    let mut fixture = without_bot().await;
    fixture.start_and_wait_until_ready().await;
    let anns = ann_waits(&fixture).await;
    let (bob, owner) =
        (fixture.bob.at(&fixture.channel), fixture.discord.owner().at(&fixture.channel));
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let standstill = Standstill::of(&mut other, &fixture.folder().join("jobs.db")).await;
    let bobs_id = [("person", json!(fixture.bob.id().to_string()))];
    let suggested = [("prompt", json!("recent:1"))];
    let mut asked = Vec::new();
    for (client, command, options) in [
        (&bob, "help", &[][..]),
        (&bob, "quota", &[]),
        (&bob, "songs", &[]),
        (&bob, "song", &suggested),
        (&owner, "admin quota show", &bobs_id),
        (&owner, "admin stats", &[]),
        (&owner, "admin log", &[]),
        (&owner, "admin jobs", &[]),
        (&owner, "admin words list", &[]),
        (&owner, "admin settings", &[]),
    ] {
        asked.push((command, client.command(command, options).await.unwrap()));
    }
    // A file has fifteen minutes.
    let export = bob.command("my-data export", &[]).await.unwrap();
    for (command, asked) in &asked {
        assert_eq!(refusal(asked).await, NOT_IN_TIME, "{command}");
    }
    fixture.whisul.finish("Ann's");
    standstill.end().await;
    export.until("a file", |message| !message.attachments.is_empty()).await;
    recovery(&fixture, &anns).await;
    assert_eq!(charges(&fixture.folder().join("jobs.db")).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_deleted_by_hand_delays_no_other_song() {
    let mut fixture = without_bot().await;
    fixture.set("MAX_RUNNING", "1");
    fixture.start_and_wait_until_ready().await;
    let anns = ann_waits(&fixture).await;
    let bobs = fixture.song(&fixture.bob, "a song that waits").await;
    bobs.answer().await.unwrap();
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let delete = "DELETE FROM jobs WHERE state = 'announced'";
    let deleted = async {
        while sqlx::query(delete).execute(&mut other).await.unwrap().rows_affected() < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, deleted).await.expect("a song in line");
    fixture.whisul.finish("Ann's");
    done(&anns).await;
    done(&fixture.song(&fixture.bob, "the next song").await).await;
    assert_eq!(fixture.submissions("waits"), 0);
}

/// The system lets the program write no further than to a file's first byte, as where somebody has
/// a limit or a quota.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_size_limit_delays_and_recovers() {
    let fixture = without_bot().await;
    // A write too far is an error, as on a full disk, and not the program's end.
    let bear_it = ["sh", "-c", "trap '' XFSZ; exec \"$0\""];
    let bot = Program::start(&fixture, &mut program(&fixture, &bear_it)).await;
    let anns = ann_waits(&fixture).await;
    let limit = |bytes: &str| {
        let limit = format!("--fsize={bytes}:unlimited");
        let process = format!("--pid={}", bot.id());
        let set = output(Command::new("prlimit").args([process, limit]));
        assert!(set.status.success(), "{set:?}");
    };
    limit("1");
    trouble(&fixture).await;
    limit("unlimited");
    recovery(&fixture, &anns).await;
    bot.kill();
    assert_eq!(charges(&fixture.folder().join("jobs.db")).await, 2);
}

/// A disk of one megabyte, in the bot's folder, which only the program sees: it is gone with it.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_delays_and_recovers() {
    let fixture = without_bot().await;
    let mount =
        format!("mount -t tmpfs -o size=1m none '{}' && exec \"$0\"", fixture.folder().display());
    let unshare = ["unshare", "--mount", "--map-root-user", "sh", "-c", &mount];
    if !output(Command::new(unshare[0]).args(&unshare[1..]).arg("true")).status.success() {
        eprintln!("left out: only root, or who may make user namespaces, can have a small disk");
        return;
    }
    let bot = Program::start(&fixture, &mut program(&fixture, &unshare)).await;
    let disk = PathBuf::from(format!("/proc/{}/root", bot.id()));
    let disk = disk.join(fixture.folder().strip_prefix("/").unwrap());
    let anns = ann_waits(&fixture).await;
    let filler = disk.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    trouble(&fixture).await;
    fs::remove_file(&filler).unwrap();
    drop(file);
    recovery(&fixture, &anns).await;
    // SQLite does not find its way through /proc.
    for file in ["jobs.db", "jobs.db-wal"] {
        fs::copy(disk.join(file), fixture.folder().join(file)).unwrap();
    }
    assert_eq!(charges(&fixture.folder().join("jobs.db")).await, 2);
}
