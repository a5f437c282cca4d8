//! The file in which the jobs are kept: whose it is, its backups, and how long it remembers.

use std::{
    fs,
    future::pending,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use sandbox::{DiscordRules, Message, Plan, WhisulRules};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::time::sleep;
use whisul_bot::{RunError, config::Settings, store::OpenError};

use crate::{
    fixture::program::{PROGRAM, Program, complaint, output, program},
    fixture::{DEADLINE, Fixture, done, title},
};

const DAY: i64 = 24 * 3_600_000;

/// A user without rights, for whom files can be out of reach even where tests run as root.
const NOBODY: u32 = 65534;

fn database(fixture: &Fixture) -> PathBuf {
    fixture.folder().join("jobs.db")
}

/// Whether Whisul works on the song, as far as the bot knows.
fn is_made(message: &Message) -> bool {
    title(message) == "🎼 Composing"
}

/// `whisul-bot backup`, told nothing but where the database is.
fn backup(fixture: &Fixture, to: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    let variable = fixture.settings().get_key_value("DATABASE_URL");
    command.current_dir(fixture.folder()).env_clear().envs(variable).arg("backup").arg(to);
    command
}

/// A fixture without the bot, where songs take no time.
async fn without_bot(settings: &[(&str, &str)]) -> Fixture {
    let quick = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::without_bot(settings, DiscordRules::default(), quick).await
}

/// The same with the bot.
async fn with_rules() -> Fixture {
    let mut fixture = without_bot(&[]).await;
    fixture.start_and_wait_until_ready().await;
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_bot_on_the_same_file_refuses_to_start() {
    let mut fixture = with_rules().await;
    let settings = Settings::read(|name| fixture.settings().get(name).cloned()).unwrap();
    let second = whisul_bot::run(settings, pending()).await;
    assert!(matches!(second, Err(RunError::Open(OpenError::Running { .. }))), "{second:?}");
    let told = complaint(&mut program(&fixture, &[]), 1);
    let sentence = format!("another bot is running on {}: ", database(&fixture).display());
    assert!(told.contains(&sentence), "{told}");

    // The running bot is unaffected, and the next one starts after it has stopped.
    done(&fixture.song(&fixture.ann, "still here").await).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "here again").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_bot_does_not_prevent_the_next_start() {
    let mut fixture = without_bot(&[]).await;
    let killed = Program::start(&fixture, &mut program(&fixture, &[])).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a song for the next one").await;
    asked.until("a song at Whisul", is_made).await;
    complaint(&mut program(&fixture, &[]), 1);
    killed.kill();

    fixture.start_and_wait_until_ready().await;
    fixture.whisul.finish("a song");
    done(&asked).await;
    assert_eq!(fixture.whisul.accepted("a song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_bot_runs_can_replace_the_database() {
    let mut fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "before the backup").await).await;
    fixture.whisul.plan("at Whisul", Plan::song().until_told());
    let asked = fixture.song(&fixture.bob, "at Whisul").await;
    asked.until("a song at Whisul", is_made).await;

    let copy = fixture.folder().join("copy.db");
    let made = output(&mut backup(&fixture, &copy));
    assert!(made.status.success() && made.stdout.is_empty() && made.stderr.is_empty(), "{made:?}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    done(&fixture.song(&fixture.ann, "after the backup").await).await;
    fixture.stop_bot().await;

    for suffix in ["", "-wal", "-shm"] {
        _ = fs::remove_file(fixture.folder().join(format!("jobs.db{suffix}")));
    }
    fs::rename(&copy, database(&fixture)).unwrap();
    fixture.start_and_wait_until_ready().await;
    fixture.whisul.finish("at Whisul");
    let message = done(&asked).await;
    assert_eq!(message.id, asked.message().unwrap().id);
    assert_eq!(fixture.whisul.accepted("at Whisul"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_cannot_be_made_says_why_and_leaves_nothing() {
    let fixture = with_rules().await;
    let copy = fixture.folder().join("copy.db");
    fs::write(&copy, "precious").unwrap();
    let told = complaint(&mut backup(&fixture, &copy), 1);
    assert!(told.starts_with("No backup was made: "), "{told}");
    assert!(told.contains("copy.db is there already"), "{told}");
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
    assert!(!fixture.folder().join("copy.db.partial").exists());

    let told = complaint(&mut backup(&fixture, &fixture.folder().join("nowhere/copy.db")), 1);
    assert!(told.contains("can't be written: No such file or directory"), "{told}");
    let told = complaint(backup(&fixture, &copy).env("DATABASE_URL", "postgres://host/bot"), 2);
    assert!(told.contains("\n  DATABASE_URL: "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_another_setting_does_not_prevent_a_backup() {
    let fixture = with_rules().await;
    let copy = fixture.folder().join("copy.db");
    fs::write(fixture.folder().join(".env"), "DATABASE_ULR=sqlite://else.db\n").unwrap();
    let told = complaint(&mut backup(&fixture, &copy), 2);
    assert!(told.contains("did you mean DATABASE_URL?"), "{told}");
    assert!(!copy.exists());

    fs::write(fixture.folder().join(".env"), "GLOBAL_QOUTA=5/1d\nUSER_QUOTA=${FIVE}/1d\n").unwrap();
    assert!(output(&mut backup(&fixture, &copy)).status.success());
    assert!(copy.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_file_is_rejected_and_stays_unchanged() {
    let fixture = without_bot(&[]).await;
    let letters = "letters to nobody\n".repeat(1000);
    for (content, sentence) in [
        (letters.into_bytes(), "is not an SQLite database"),
        (other_database(&fixture).await, "is the database of another program"),
    ] {
        fs::write(database(&fixture), &content).unwrap();
        let told = complaint(&mut program(&fixture, &[]), 1);
        assert!(told.contains(sentence), "{told}");
        assert!(fs::read(database(&fixture)).unwrap() == content, "it was changed");
    }
}

/// The bytes of a database with a table that no bot has made.
async fn other_database(fixture: &Fixture) -> Vec<u8> {
    let file = fixture.folder().join("recipes.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE recipes (name TEXT)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    fs::read(file).unwrap()
}

/// A folder that everybody can reach, with the program and a folder for data in it, whoever runs
/// the tests.
struct Reachable(TempDir);

impl Reachable {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        // By a process of its own: one that writes a program keeps others from running it.
        assert!(
            output(Command::new("cp").arg(PROGRAM).arg(folder.path().join("program")))
                .status
                .success()
        );
        let folder = Self(folder);
        folder.permit(".", 0o555);
        folder
    }

    fn permit(&self, path: &str, mode: u32) {
        fs::set_permissions(self.0.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What the program complains of when it is started with this database, below this folder, by
    /// somebody without rights.
    fn complaint(&self, fixture: &Fixture, database: &str) -> String {
        let mut command = Command::new(self.0.path().join("program"));
        command.current_dir("/").env_clear().envs(fixture.settings());
        command.env("DATABASE_URL", format!("sqlite://{}/{database}", self.0.path().display()));
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(NOBODY);
        }
        complaint(&mut command, 1)
    }
}

impl Drop for Reachable {
    fn drop(&mut self) {
        self.permit(".", 0o755);
        self.permit("data", 0o755);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_named() {
    let fixture = without_bot(&[]).await;
    let folder = Reachable::new();
    folder.permit("data", 0o555);
    let told = folder.complaint(&fixture, "data/jobs.db");
    assert!(told.contains("data/jobs.db can't be opened or written; check who owns it"), "{told}");
    let told = folder.complaint(&fixture, "data/deeper/jobs.db");
    assert!(told.contains("the folder") && told.contains("data/deeper can't be made"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_can_be_read_but_not_written_is_refused_with_sqlites_own_words() {
    let mut fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    fixture.stop_bot().await;
    let folder = Reachable::new();
    for file in ["jobs.db", "jobs.db.lock"] {
        fs::copy(fixture.folder().join(file), folder.0.path().join("data").join(file)).unwrap();
    }
    folder.permit("data/jobs.db.lock", 0o666);
    let words = ["attempt to write a readonly database", "unable to open database file"];
    // Where the folder is read-only, SQLite can't make the write-ahead log.
    for (file, within) in [(0o444, 0o777), (0o444, 0o555), (0o666, 0o555), (0o000, 0o777)] {
        folder.permit("data/jobs.db", file);
        folder.permit("data", within);
        let told = folder.complaint(&fixture, "data/jobs.db");
        assert!(told.contains("data/jobs.db can't be opened or written"), "{file:o}: {told}");
        assert!(words.iter().any(|words| told.contains(words)), "{file:o} in {within:o}: {told}");
        assert_eq!(fixture.discord.sessions().connected, 0);
    }
}

/// The jobs in the database, oldest first.
pub(crate) async fn remembered(fixture: &Fixture) -> Vec<u64> {
    let options = SqliteConnectOptions::new().filename(database(fixture)).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM jobs ORDER BY id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    ids.into_iter().map(i64::cast_unsigned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn old_songs_are_deleted() {
    // Ninety days are the default; a song that old must not count as given up.
    let mut fixture = without_bot(&[("JOB_TIMEOUT", "200d")]).await;
    fixture.discord.set_clock_offset(-100 * DAY);
    fixture.start_and_wait_until_ready().await;
    fixture.whisul.plan("unfinished", Plan::song().until_told());
    let over = fixture.song(&fixture.ann, "over").await;
    let unfinished = fixture.song(&fixture.ann, "unfinished").await;
    done(&over).await;
    fixture.whisul.until_accepted("unfinished").await;

    // This machine's clock alone, a hundred days ahead of Discord's, makes nothing old.
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let latest = fixture.song(&fixture.bob, "the latest").await;
    done(&latest).await;
    assert_eq!(remembered(&fixture).await, [over.id, unfinished.id, latest.id]);

    fixture.discord.set_clock_offset(0);
    let today = fixture.song(&fixture.bob, "today").await;
    done(&today).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let began = Instant::now();
    while remembered(&fixture).await != [unfinished.id, today.id] {
        assert!(began.elapsed() < DEADLINE, "{:?}", remembered(&fixture).await);
        sleep(Duration::from_millis(20)).await;
    }
    // An unfinished job is finished, however old.
    fixture.whisul.finish("unfinished");
    done(&unfinished).await;
}
