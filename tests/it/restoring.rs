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
    program::{PROGRAM, Program, complaint, output, program},
    storage::remembered,
    world::{World, done},
};

/// A world whose songs take no time, and the bot in it.
async fn awake() -> World {
    let quick = WhisulRules { song_takes: std::time::Duration::ZERO, ..WhisulRules::default() };
    let mut world = World::asleep(&[], DiscordRules::default(), quick).await;
    world.wake_bot().await;
    world
}

/// The program with these words, told nothing but where the database is.
fn called(world: &World, words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    let variable = world.settings().get_key_value("DATABASE_URL");
    command.current_dir(world.folder()).env_clear().envs(variable).args(words);
    command
}

/// `whisul-bot backup - > FILE`
fn backup_through_pipe(world: &World, file: &str) -> Output {
    let to = File::create(world.folder().join(file)).unwrap();
    output(called(world, &["backup", "-"]).stdout(to))
}

/// `whisul-bot restore - < FILE`
fn restore_through_pipe(world: &World, file: &str) -> Command {
    let mut command = called(world, &["restore", "-"]);
    command.stdin(File::open(world.folder().join(file)).unwrap());
    command
}

/// The names of the files in the bot's folder that a restore has kept or left.
fn files_of_restores(world: &World) -> Vec<String> {
    let names = fs::read_dir(world.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.contains(".replaced-") || name.contains(".restoring")).collect()
}

fn database(world: &World) -> PathBuf {
    world.folder().join("jobs.db")
}

/// What a successful `restore` said.
fn told(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_go_through_pipes_again_and_again_and_come_back() {
    let mut world = awake().await;
    let first = world.song(&world.ann, "in both copies").await;
    done(&first).await;
    for copy in ["monday.db", "tuesday.db"] {
        let made = backup_through_pipe(&world, copy);
        assert!(made.status.success() && made.stderr.is_empty(), "{made:?}");
    }
    done(&world.song(&world.ann, "after the copies").await).await;
    let message = complaint(&mut restore_through_pipe(&world, "tuesday.db"), 1);
    assert!(message.starts_with("Nothing was restored: another bot is running on "), "{message}");
    world.stop_bot().await;
    assert_eq!(remembered(&world).await.len(), 2);

    let news = told(&output(&mut restore_through_pipe(&world, "tuesday.db")));
    let [kept] = &files_of_restores(&world)[..] else { panic!("{news}") };
    assert!(news.contains(" is restored. The database that was there is kept as "), "{news}");
    assert!(news.contains(kept), "{news}");
    for file in ["jobs.db", kept] {
        let mode = fs::metadata(world.folder().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(remembered(&world).await, [first.id]);
    world.wake_bot().await;
    done(&world.song(&world.bob, "on the copy").await).await;
    world.stop_bot().await;

    // Whoever regrets it brings back what was kept, and both are there then.
    let kept = world.folder().join(kept);
    told(&output(&mut called(&world, &["restore", kept.to_str().unwrap()])));
    assert_eq!(remembered(&world).await.len(), 2);
    assert_eq!(files_of_restores(&world).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_written_back_into_the_file_is_kept_and_comes_back() {
    let world = {
        let quick = WhisulRules { song_takes: std::time::Duration::ZERO, ..WhisulRules::default() };
        World::asleep(&[], DiscordRules::default(), quick).await
    };
    let killed = Program::start(&world, &mut program(&world, &[])).await;
    done(&world.song(&world.ann, "before the copy").await).await;
    assert!(backup_through_pipe(&world, "copy.db").status.success());
    done(&world.song(&world.ann, "in the write-ahead log").await).await;
    killed.kill();
    let log = fs::metadata(world.folder().join("jobs.db-wal")).unwrap();
    assert!(log.len() > 0, "the song is in the log of a killed bot");
    // A copy by hand of a bot that was killed has a part of it in a file beside it.
    for suffix in ["", "-wal"] {
        let copied = world.folder().join(format!("by-hand.db{suffix}"));
        fs::copy(world.folder().join(format!("jobs.db{suffix}")), copied).unwrap();
    }

    told(&output(&mut restore_through_pipe(&world, "copy.db")));
    assert_eq!(remembered(&world).await.len(), 1);
    let kept = world.folder().join(files_of_restores(&world).pop().unwrap());
    for whole in [kept.to_str().unwrap(), "by-hand.db"] {
        told(&output(&mut called(&world, &["restore", whole])));
        assert_eq!(remembered(&world).await.len(), 2, "{whole}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_a_restore_is_killed_the_old_or_the_new_database_is_there() {
    let mut world = awake().await;
    done(&world.song(&world.ann, "in the copy").await).await;
    assert!(backup_through_pipe(&world, "copy.db").status.success());
    done(&world.song(&world.ann, "after the copy").await).await;
    world.stop_bot().await;
    for (step, songs) in [
        ("copied.after", 2),
        ("checked.after", 2),
        ("kept.after", 2),
        ("restored.before", 2),
        ("restored.after", 1),
    ] {
        let mut restore = restore_through_pipe(&world, "copy.db");
        let killed = output(restore.env("WHISUL_BOT_CRASH_AT", format!("{step}:1")));
        assert_eq!(killed.status.signal(), Some(6), "{step}: {killed:?}");
        assert_eq!(remembered(&world).await.len(), songs, "{step}");
        world.wake_bot().await;
        world.stop_bot().await;
    }
    // What the killed ones have left stands in nobody's way.
    told(&output(&mut restore_through_pipe(&world, "copy.db")));
    assert!(!files_of_restores(&world).iter().any(|name| name.contains(".restoring")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_copy_takes_no_place() {
    let mut world = awake().await;
    done(&world.song(&world.ann, "a song").await).await;
    assert!(backup_through_pipe(&world, "copy.db").status.success());
    world.stop_bot().await;
    let copy = fs::read(world.folder().join("copy.db")).unwrap();
    let cut = &copy[..copy.len() / 2];
    let through_a_terminal: Vec<u8> = copy
        .iter()
        .flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] })
        .collect();
    let before = fs::read(database(&world)).unwrap();
    for (content, why) in [
        (&b""[..], "it is empty"),
        (b"letters to nobody\n", "it is not an SQLite database"),
        (cut, "it is damaged or cut off"),
        (&through_a_terminal, "it is "),
    ] {
        fs::write(world.folder().join("other.db"), content).unwrap();
        for mut command in
            [restore_through_pipe(&world, "other.db"), called(&world, &["restore", "other.db"])]
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
        let message = complaint(&mut called(&world, &["restore", file]), 1);
        assert!(message.contains(why), "{message}");
    }
    assert!(fs::read(database(&world)).unwrap() == before, "it was changed");
    assert_eq!(files_of_restores(&world), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_restored_where_there_is_nothing_and_where_all_is_broken() {
    let mut world = awake().await;
    done(&world.song(&world.ann, "a song").await).await;
    assert!(backup_through_pipe(&world, "copy.db").status.success());
    world.stop_bot().await;
    let elsewhere = world.folder().join("new/machine/jobs.db");
    let mut restore = restore_through_pipe(&world, "copy.db");
    restore.env("DATABASE_URL", format!("sqlite://{}", elsewhere.display()));
    let news = told(&output(&mut restore));
    assert_eq!(news, format!("{} is restored.\n", elsewhere.display()));

    // The broken one is kept with its write-ahead log, which must not get into the copy.
    fs::write(database(&world), "broken\n".repeat(1000)).unwrap();
    fs::write(world.folder().join("jobs.db-wal"), "broken, too").unwrap();
    told(&output(&mut restore_through_pipe(&world, "copy.db")));
    assert_eq!(remembered(&world).await.len(), 1);
    assert!(!world.folder().join("jobs.db-wal").exists());
    let mut kept = files_of_restores(&world);
    kept.sort();
    let log = format!("{}-wal", kept.first().unwrap());
    assert_eq!(fs::read(world.folder().join(log)).unwrap(), b"broken, too");
    world.wake_bot().await;
    done(&world.song(&world.bob, "on the copy").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_neither_shown_on_a_terminal_nor_taken_from_one() {
    let world = awake().await;
    for (word, told) in [
        ("backup", "No backup was made: standard output is a terminal"),
        ("restore", "Nothing was restored: standard input is a terminal"),
    ] {
        // `script` (util-linux) gives the program a terminal.
        let words = format!("{PROGRAM} {word} -");
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &words, "/dev/null"]).stdin(Stdio::null());
        let variable = world.settings().get_key_value("DATABASE_URL");
        let shown = output(script.current_dir(world.folder()).envs(variable));
        let text = String::from_utf8_lossy(&shown.stdout);
        assert!(text.contains(told), "{text}");
        assert_eq!(shown.status.code(), Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_leaves_no_empty_database() {
    let world = World::asleep(&[], DiscordRules::default(), WhisulRules::default()).await;
    assert!(!database(&world).exists());
    for file in ["nowhere.db", "letter.txt"] {
        fs::write(world.folder().join("letter.txt"), "not a database").unwrap();
        complaint(&mut called(&world, &["restore", file]), 1);
        assert!(!database(&world).exists(), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_killed_keeps_no_other_from_being_made() {
    let world = awake().await;
    done(&world.song(&world.ann, "a song").await).await;
    let left = world.folder().join("jobs.db.snapshot");
    fs::write(&left, "what a killed backup has left").unwrap();
    assert!(backup_through_pipe(&world, "copy.db").status.success());
    assert!(!left.exists());

    // One that is under way is waited for by whoever called the other.
    let running = File::create(&left).unwrap();
    running.lock().unwrap();
    let made = backup_through_pipe(&world, "other.db");
    assert_eq!(made.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&made.stderr).contains("another backup is being made in "));
    assert_eq!(fs::read(world.folder().join("other.db")).unwrap(), b"");
    assert!(Path::new(&left).exists());
}
