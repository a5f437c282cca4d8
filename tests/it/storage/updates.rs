//! A newer program updates the database of an older one, keeps it as it was, and lets people go back.

use std::{
    borrow::Cow,
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use sandbox::{DiscordRules, WhisulRules};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, SqliteConnection, migrate::Migrator,
    sqlite::SqliteConnectOptions,
};

use crate::{
    fixture::program::{PROGRAM, Program, complaint, output, program, until_logged},
    fixture::{Fixture, done},
    storage::database_file::remembered,
};

/// The schema of the earlier version in these scenes.
const EARLIER: usize = 6;

/// A song that was delivered long ago, as the earlier version wrote it.
const SONG: &str = "\
    INSERT INTO jobs (id, requester, channel, application, prompt, round, access, message, state, \
        delivery, open, settled, charge, charged_at, title) \
    VALUES (7, 2, 3, 4, 'rain', 1, 'channel', 9, 'completed', \
        'delivered', 0, 1, 'full', 1700000000000, 'Rain')";

fn database(fixture: &Fixture) -> PathBuf {
    fixture.folder().join("jobs.db")
}

async fn connect(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// The steps that an earlier version of the program knows.
pub(crate) async fn earlier_steps() -> Migrator {
    let steps = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let all = Migrator::new(steps).await.unwrap();
    Migrator { migrations: Cow::Owned(all.iter().take(EARLIER).cloned().collect()), ..all }
}

/// A fixture without the bot, and in its folder the database of an earlier version.
async fn with_earlier_database() -> Fixture {
    let quick = WhisulRules { song_takes: std::time::Duration::ZERO, ..WhisulRules::default() };
    let fixture = Fixture::without_bot(&[], DiscordRules::default(), quick).await;
    let mut earlier = connect(&database(&fixture)).await;
    earlier_steps().await.run(&mut earlier).await.unwrap();
    earlier.execute(SONG).await.unwrap();
    earlier.close().await.unwrap();
    fixture
}

/// The program with these words, told nothing but where the database is.
fn called(fixture: &Fixture, words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    let variable = fixture.settings().get_key_value("DATABASE_URL");
    command.current_dir(fixture.folder()).env_clear().envs(variable).args(words);
    command
}

/// The exit code and the output of a command that complains of nothing.
fn told(output: &Output) -> (Option<i32>, String) {
    assert!(output.stderr.is_empty(), "{output:?}");
    (output.status.code(), String::from_utf8(output.stdout.clone()).unwrap())
}

fn migrate(fixture: &Fixture, words: &[&str]) -> (Option<i32>, String) {
    told(&output(&mut called(fixture, &[&["migrate"], words].concat())))
}

/// The names of the copies from before an update, and of what is left of one.
fn copies(fixture: &Fixture) -> Vec<String> {
    let names = fs::read_dir(fixture.folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name.contains(".before-update")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_announced_made_and_taken_back() {
    let fixture = with_earlier_database().await;
    let before = fs::read(database(&fixture)).unwrap();
    let (code, due) = migrate(&fixture, &["--check"]);
    assert_eq!(code, Some(3), "{due}");
    assert!(due.contains("jobs.db needs an update from schema 6 to 8. The next start"), "{due}");
    assert!(due.contains("keeps a backup of 1 MB") && due.contains(" MB are free."), "{due}");
    let found = output(program(&fixture, &[]).arg("doctor"));
    let found = String::from_utf8(found.stdout).unwrap();
    assert!(found.contains("schema 6, which the next start updates to 8"), "{found}");
    assert!(fs::read(database(&fixture)).unwrap() == before && copies(&fixture).is_empty());

    let (code, updated) = migrate(&fixture, &[]);
    assert_eq!(code, Some(0));
    let [copy] = &copies(&fixture)[..] else { panic!("{:?}", copies(&fixture)) };
    assert!(updated.contains("is updated from schema 6 to 8. The database as it was is kept as "));
    assert!(updated.trim_end().ends_with(&format!("{copy}.")), "{updated}");
    for words in [&["--check"][..], &[]] {
        let (code, current) = migrate(&fixture, words);
        assert_eq!((code, current.contains("is up to date: schema 8.")), (Some(0), true));
    }
    assert_eq!(copies(&fixture).len(), 1);

    // The bot runs on it, and is not disturbed by a look.
    let bot = Program::start(&fixture, &mut program(&fixture, &[])).await;
    done(&fixture.song(&fixture.ann, "after the update").await).await;
    assert_eq!(migrate(&fixture, &["--check"]).0, Some(0));
    let refused = complaint(&mut called(&fixture, &["migrate"]), 1);
    assert!(refused.starts_with("The database was not updated: another bot is running"));
    bot.kill();

    // An earlier program refuses the database, and takes the copy when that is put back.
    let steps = earlier_steps().await;
    assert!(steps.run(&mut connect(&database(&fixture)).await).await.is_err());
    let copy = fixture.folder().join(copy);
    steps.run(&mut connect(&copy).await).await.unwrap();
    told(&output(&mut called(&fixture, &["restore", copy.to_str().unwrap()])));
    assert_eq!(remembered(&fixture).await, [7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_updates_the_database_and_logs_where_the_backup_is() {
    let fixture = with_earlier_database().await;
    let bot = Program::logged(&fixture);
    let log = until_logged(&fixture, "the database is open");
    let line = log.lines().find(|line| line.contains("updating the database")).unwrap();
    let [copy] = &copies(&fixture)[..] else { panic!("{:?}", copies(&fixture)) };
    for part in ["from=6", "to=8", "program=", copy] {
        assert!(line.contains(part), "{line}");
    }
    bot.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_killed_begins_anew_and_keeps_one_backup() {
    let fixture = with_earlier_database().await;
    for (step, code) in [
        ("copied.after", Some(3)),
        ("kept.after", Some(3)),
        ("updated.before", Some(3)),
        ("updated.before", Some(3)),
        ("updated.after", Some(0)),
    ] {
        let mut update = called(&fixture, &["migrate"]);
        let killed = output(update.env("WHISUL_BOT_CRASH_AT", format!("{step}:1")));
        assert_eq!(killed.status.signal(), Some(6), "{step}: {killed:?}");
        assert_eq!(migrate(&fixture, &["--check"]).0, code, "{step}");
        for copy in copies(&fixture).iter().filter(|name| !name.ends_with(".partial")) {
            let copy = fixture.folder().join(copy);
            earlier_steps().await.run(&mut connect(&copy).await).await.expect(step);
        }
        let whole = copies(&fixture).iter().filter(|name| !name.ends_with(".partial")).count();
        assert_eq!(whole, usize::from(step != "copied.after"), "{step}");
    }
    assert_eq!(copies(&fixture).len(), 1, "nothing is left of the killed ones");
    assert_eq!(remembered(&fixture).await, [7]);
}

/// A disk with room for the database and not for a copy, which only the program sees.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_a_backup_there_is_no_update() {
    let fixture = with_earlier_database().await;
    let mut full = connect(&database(&fixture)).await;
    full.execute("UPDATE jobs SET prompt = hex(zeroblob(400000))").await.unwrap();
    full.close().await.unwrap();
    let script = format!(
        "cp jobs.db /tmp/$$ && mount -t tmpfs -o size=1m none '{0}' && cd '{0}' && mv /tmp/$$ jobs.db \
         && for words in '--check' ''; do \"$0\" migrate $words; done; ls",
        fixture.folder().display()
    );
    let unshare = ["unshare", "--mount", "--map-root-user", "sh", "-c"];
    if !output(Command::new(unshare[0]).args(&unshare[1..]).arg("true")).status.success() {
        eprintln!("left out: only root, or who may make user namespaces, can have a small disk");
        return;
    }
    let mut command = Command::new(unshare[0]);
    command.args(&unshare[1..]).args([&script, PROGRAM]).current_dir(fixture.folder());
    let variable = fixture.settings().get_key_value("DATABASE_URL");
    let shown = output(command.envs(variable));
    let (out, complaint) =
        (String::from_utf8_lossy(&shown.stdout), String::from_utf8_lossy(&shown.stderr));
    assert!(out.contains(" Free some space before: 0 MB are not enough."), "{out}");
    assert!(
        complaint.contains("jobs.db needs an update, and there is no room for the backup"),
        "{complaint}"
    );
    assert!(complaint.contains("the database is unchanged: free some space"), "{complaint}");
    assert!(!out.contains("before-update") && out.ends_with("jobs.db\njobs.db.lock\n"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_cannot_be_written_prevents_the_update() {
    let fixture = with_earlier_database().await;
    let before = fs::read(database(&fixture)).unwrap();
    let in_the_way = fixture.folder().join("jobs.db.before-update.partial");
    fs::write(&in_the_way, "precious").unwrap();
    for mut command in [called(&fixture, &["migrate"]), program(&fixture, &[])] {
        let refused = complaint(&mut command, 1);
        assert!(
            refused.contains("the backup that is made before it could not be written"),
            "{refused}"
        );
        assert!(refused.contains("jobs.db.before-update.partial is there already"), "{refused}");
    }
    assert!(fs::read(database(&fixture)).unwrap() == before);
    assert_eq!(fs::read(in_the_way).unwrap(), b"precious");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_nothing_is_made() {
    let fixture = Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    for words in [&["--check"][..], &[]] {
        let (code, said) = migrate(&fixture, words);
        assert_eq!(code, Some(0));
        assert!(said.ends_with("jobs.db yet: the first start makes it.\n"), "{said}");
        assert!(fs::read_dir(fixture.folder()).unwrap().next().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_names_the_version_to_run() {
    let fixture = with_earlier_database().await;
    migrate(&fixture, &[]);
    let copy = copies(&fixture).pop().unwrap();
    let mut newer = connect(&database(&fixture)).await;
    newer.execute("INSERT INTO _sqlx_migrations VALUES (99, 'x', 0, 1, x'00', 0)").await.unwrap();
    let insert = "INSERT INTO schema_versions (schema, program) VALUES (99, '7.2.0')";
    newer.execute(AssertSqlSafe(insert)).await.unwrap();
    newer.close().await.unwrap();
    for mut command in [
        called(&fixture, &["migrate", "--check"]),
        called(&fixture, &["migrate"]),
        program(&fixture, &[]),
    ] {
        let refused = complaint(&mut command, 1);
        let sentence = "jobs.db was written by version 7.2.0 of the bot (schema 99)";
        assert!(refused.contains(sentence), "{refused}");
        assert!(refused.contains("run version 7.2.0 or a newer one"), "{refused}");
        assert!(refused.contains(&copy), "{refused}");
    }
    // The advice is good.
    told(&output(&mut called(&fixture, &["restore", &copy])));
    assert_eq!(migrate(&fixture, &["--check"]).0, Some(0));
}
