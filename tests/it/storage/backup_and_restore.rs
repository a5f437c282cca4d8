//! Copies of the database go out of the program and come back: through a pipe, as out of a container
//! that has no other way, and however suddenly it ends.

use std::{
    fs::{self, File},
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use sandbox::{DiscordRules, WhisulRules};

use crate::{
    fixture::program::{PROGRAM, Program, complaint, output, program},
    fixture::{Fixture, done},
    storage::database_file::remembered,
};

/// A fixture whose songs take no time, and the bot in it.
async fn with_rules() -> Fixture {
    let quick = WhisulRules { song_takes: std::time::Duration::ZERO, ..WhisulRules::default() };
    let mut fixture = Fixture::without_bot(&[], DiscordRules::default(), quick).await;
    fixture.start_and_wait_until_ready().await;
    fixture
}

/// The program with these words, told nothing but where the database is.
fn called(fixture: &Fixture, words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    let variable = fixture.settings().get_key_value("DATABASE_URL");
    command.current_dir(fixture.folder()).env_clear().envs(variable).args(words);
    command
}

/// `whisul-bot backup - > FILE`
fn backup_through_pipe(fixture: &Fixture, file: &str) -> Output {
    let to = File::create(fixture.folder().join(file)).unwrap();
    output(called(fixture, &["backup", "-"]).stdout(to))
}

/// `whisul-bot restore - < FILE`
fn restore_through_pipe(fixture: &Fixture, file: &str) -> Command {
    let mut command = called(fixture, &["restore", "-"]);
    command.stdin(File::open(fixture.folder().join(file)).unwrap());
    command
}

/// The names of the files in the bot's folder that a restore has kept or left.
fn files_of_restores(fixture: &Fixture) -> Vec<String> {
    let names = fs::read_dir(fixture.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.contains(".replaced-") || name.contains(".restoring")).collect()
}

fn database(fixture: &Fixture) -> PathBuf {
    fixture.folder().join("jobs.db")
}

/// The output of a successful `restore`.
fn told(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_go_through_pipes_and_are_restored() {
    let mut fixture = with_rules().await;
    let first = fixture.song(&fixture.ann, "in both copies").await;
    done(&first).await;
    for copy in ["monday.db", "tuesday.db"] {
        let made = backup_through_pipe(&fixture, copy);
        assert!(made.status.success() && made.stderr.is_empty(), "{made:?}");
    }
    done(&fixture.song(&fixture.ann, "after the copies").await).await;
    let message = complaint(&mut restore_through_pipe(&fixture, "tuesday.db"), 1);
    assert!(message.starts_with("Nothing was restored: another bot is running on "), "{message}");
    fixture.stop_bot().await;
    assert_eq!(remembered(&fixture).await.len(), 2);

    let news = told(&output(&mut restore_through_pipe(&fixture, "tuesday.db")));
    let [kept] = &files_of_restores(&fixture)[..] else { panic!("{news}") };
    assert!(news.contains(" is restored. The database that was there is kept as "), "{news}");
    assert!(news.contains(kept), "{news}");
    for file in ["jobs.db", kept] {
        let mode = fs::metadata(fixture.folder().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(remembered(&fixture).await, [first.id]);
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.bob, "on the copy").await).await;
    fixture.stop_bot().await;

    // Restoring the kept copy undoes it, and both files exist then.
    let kept = fixture.folder().join(kept);
    told(&output(&mut called(&fixture, &["restore", kept.to_str().unwrap()])));
    assert_eq!(remembered(&fixture).await.len(), 2);
    assert_eq!(files_of_restores(&fixture).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_write_ahead_log_is_backed_up_and_restored() {
    let fixture = {
        let quick = WhisulRules { song_takes: std::time::Duration::ZERO, ..WhisulRules::default() };
        Fixture::without_bot(&[], DiscordRules::default(), quick).await
    };
    let killed = Program::start(&fixture, &mut program(&fixture, &[])).await;
    done(&fixture.song(&fixture.ann, "before the copy").await).await;
    assert!(backup_through_pipe(&fixture, "copy.db").status.success());
    done(&fixture.song(&fixture.ann, "in the write-ahead log").await).await;
    killed.kill();
    let log = fs::metadata(fixture.folder().join("jobs.db-wal")).unwrap();
    assert!(log.len() > 0, "the song is in the log of a killed bot");
    // A copy by hand of a bot that was killed has a part of it in a file beside it.
    for suffix in ["", "-wal"] {
        let copied = fixture.folder().join(format!("by-hand.db{suffix}"));
        fs::copy(fixture.folder().join(format!("jobs.db{suffix}")), copied).unwrap();
    }

    told(&output(&mut restore_through_pipe(&fixture, "copy.db")));
    assert_eq!(remembered(&fixture).await.len(), 1);
    let kept = fixture.folder().join(files_of_restores(&fixture).pop().unwrap());
    for whole in [kept.to_str().unwrap(), "by-hand.db"] {
        told(&output(&mut called(&fixture, &["restore", whole])));
        assert_eq!(remembered(&fixture).await.len(), 2, "{whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_restore_leaves_the_old_or_the_new_database() {
    let mut fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "in the copy").await).await;
    assert!(backup_through_pipe(&fixture, "copy.db").status.success());
    done(&fixture.song(&fixture.ann, "after the copy").await).await;
    fixture.stop_bot().await;
    for (step, songs) in [
        ("copied.after", 2),
        ("checked.after", 2),
        ("kept.after", 2),
        ("restored.before", 2),
        ("restored.after", 1),
    ] {
        let mut restore = restore_through_pipe(&fixture, "copy.db");
        let killed = output(restore.env("WHISUL_BOT_CRASH_AT", format!("{step}:1")));
        assert_eq!(killed.status.signal(), Some(6), "{step}: {killed:?}");
        assert_eq!(remembered(&fixture).await.len(), songs, "{step}");
        fixture.start_and_wait_until_ready().await;
        fixture.stop_bot().await;
    }
    // Files that killed restores have left don't prevent the next one.
    told(&output(&mut restore_through_pipe(&fixture, "copy.db")));
    assert!(!files_of_restores(&fixture).iter().any(|name| name.contains(".restoring")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_backup_replaces_nothing() {
    let mut fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    assert!(backup_through_pipe(&fixture, "copy.db").status.success());
    fixture.stop_bot().await;
    let copy = fs::read(fixture.folder().join("copy.db")).unwrap();
    let cut = &copy[..copy.len() / 2];
    let through_a_terminal: Vec<u8> = copy
        .iter()
        .flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] })
        .collect();
    let before = fs::read(database(&fixture)).unwrap();
    for (content, why) in [
        (&b""[..], "it is empty"),
        (b"letters to nobody\n", "it is not an SQLite database"),
        (cut, "it is damaged or cut off"),
        (&through_a_terminal, "it is "),
    ] {
        fs::write(fixture.folder().join("other.db"), content).unwrap();
        for mut command in
            [restore_through_pipe(&fixture, "other.db"), called(&fixture, &["restore", "other.db"])]
        {
            let message = complaint(&mut command, 1);
            assert!(
                message.contains(&format!(" can't take the database's place: {why}")),
                "{message}"
            );
        }
    }
    for (file, why) in [
        ("nowhere.db", "can't be read: No such file"),
        (".", "can't be read: Is a directory"),
        ("jobs.db", "is the database itself"),
    ] {
        let message = complaint(&mut called(&fixture, &["restore", file]), 1);
        assert!(message.contains(why), "{message}");
    }
    assert!(fs::read(database(&fixture)).unwrap() == before, "it was changed");
    assert_eq!(files_of_restores(&fixture), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_over_a_missing_and_over_a_corrupt_database() {
    let mut fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    assert!(backup_through_pipe(&fixture, "copy.db").status.success());
    fixture.stop_bot().await;
    let elsewhere = fixture.folder().join("new/machine/jobs.db");
    let mut restore = restore_through_pipe(&fixture, "copy.db");
    restore.env("DATABASE_URL", format!("sqlite://{}", elsewhere.display()));
    let news = told(&output(&mut restore));
    assert_eq!(news, format!("{} is restored.\n", elsewhere.display()));

    // The broken one is kept with its write-ahead log, which must not get into the copy.
    fs::write(database(&fixture), "broken\n".repeat(1000)).unwrap();
    fs::write(fixture.folder().join("jobs.db-wal"), "broken, too").unwrap();
    told(&output(&mut restore_through_pipe(&fixture, "copy.db")));
    assert_eq!(remembered(&fixture).await.len(), 1);
    assert!(!fixture.folder().join("jobs.db-wal").exists());
    let mut kept = files_of_restores(&fixture);
    kept.sort();
    let log = format!("{}-wal", kept.first().unwrap());
    assert_eq!(fs::read(fixture.folder().join(log)).unwrap(), b"broken, too");
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.bob, "on the copy").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_neither_written_to_nor_read_from_a_terminal() {
    let fixture = with_rules().await;
    for (word, told) in [
        ("backup", "No backup was made: standard output is a terminal"),
        ("restore", "Nothing was restored: standard input is a terminal"),
    ] {
        // `script` (util-linux) gives the program a terminal.
        let words = format!("{PROGRAM} {word} -");
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &words, "/dev/null"]).stdin(Stdio::null());
        let variable = fixture.settings().get_key_value("DATABASE_URL");
        let shown = output(script.current_dir(fixture.folder()).envs(variable));
        let text = String::from_utf8_lossy(&shown.stdout);
        assert!(text.contains(told), "{text}");
        assert_eq!(shown.status.code(), Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_leaves_no_empty_database() {
    let fixture = Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    assert!(!database(&fixture).exists());
    for file in ["nowhere.db", "letter.txt"] {
        fs::write(fixture.folder().join("letter.txt"), "not a database").unwrap();
        complaint(&mut called(&fixture, &["restore", file]), 1);
        assert!(!database(&fixture).exists(), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_backup_does_not_prevent_the_next_one() {
    let fixture = with_rules().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    let left = fixture.folder().join("jobs.db.snapshot");
    fs::write(&left, "what a killed backup has left").unwrap();
    assert!(backup_through_pipe(&fixture, "copy.db").status.success());
    assert!(!left.exists());

    // A second backup waits for the running one.
    let running = File::create(&left).unwrap();
    running.lock().unwrap();
    let made = backup_through_pipe(&fixture, "other.db");
    assert_eq!(made.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&made.stderr).contains("another backup is being made in "));
    assert_eq!(fs::read(fixture.folder().join("other.db")).unwrap(), b"");
    assert!(Path::new(&left).exists());
}
