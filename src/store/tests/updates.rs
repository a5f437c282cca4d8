//! A database of an earlier version is kept as it was before it is updated.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use sqlx::{AssertSqlSafe, Executor};

use super::*;
use crate::store::{
    OpenError, UpdateStatus, backup,
    file::{
        migrations::{MIGRATIONS, SCHEMA, migrator},
        update::prepare,
    },
    inspect, restore, update, update_status,
};

const PATIENCE: Duration = Duration::from_millis(50);

/// A song under way, as the first version wrote it.
const RUNNING: &str = "\
    INSERT INTO jobs (id, requester, channel, application, prompt, round, reach, token, message, \
        state, delivery, open, settled, charge, charged_at, whisul_job, running_since) \
    VALUES (7, 2, 3, 4, 'rain', 1, 'channel', 'token', 9, \
        'running', 'pending', 1, 0, 'full', 1800000000000, 'abc', 1800000001000)";

/// A database as an earlier version wrote it: with its first `steps`, and a song.
async fn earlier(steps: usize) -> Folder {
    let folder = Folder::new();
    write_earlier(&folder, steps).await;
    folder
}

async fn write_earlier(folder: &Folder, steps: usize) {
    fs::create_dir_all(folder.path()).unwrap();
    let mut connection = folder.bare().await;
    migrator(steps).run(&mut connection).await.unwrap();
    let access = if steps < 6 { "reach" } else { "access" };
    connection.execute(AssertSqlSafe(RUNNING.replace("reach", access))).await.unwrap();
    connection.close().await.unwrap();
}

/// The second number `second` of the test's world.
fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + second)
}

/// The names in the database's folder, apart from those of the database and its lock.
fn others(folder: &Folder) -> Vec<String> {
    // A connection that failed rolls back in the background.
    let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap());
    let own = ["jobs.db", "jobs.db.lock", "jobs.db-wal", "jobs.db-shm", "jobs.db-journal"];
    let mut names: Vec<_> = names.filter(|name| !own.contains(&name.as_str())).collect();
    names.sort();
    names
}

/// All that is in the tables of a file.
async fn contents(file: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let dump =
        "SELECT id || requester || prompt || token || message || state || charged_at FROM jobs";
    let songs = sqlx::query_scalar(dump).fetch_all(&mut connection).await.unwrap();
    let tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let tables = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    [songs, tables].concat()
}

#[cfg(unix)]
#[tokio::test]
async fn what_any_earlier_version_wrote_is_kept_and_is_there_for_that_version() {
    use std::os::unix::fs::PermissionsExt as _;

    for steps in 1..MIGRATIONS.len() {
        let folder = earlier(steps).await;
        let before = contents(&folder.file()).await;
        folder.store().await.close().await;
        let [kept] = &others(&folder)[..] else { panic!("{:?}", others(&folder)) };
        assert!(kept.starts_with("jobs.db.before-update-20"), "{kept}");
        let kept = folder.path().join(kept);
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(contents(&kept).await, before, "after {steps} steps");

        // What the earlier version does as it starts: it takes its copy, and refuses the new database.
        let options = SqliteConnectOptions::new().filename(&kept);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        migrator(steps).run(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        assert_eq!(contents(&kept).await, before);
        assert!(migrator(steps).run(&mut folder.bare().await).await.is_err());

        // Back, and forward again.
        restore(&folder.url(), Some(&kept), &mut std::io::empty(), at(0)).await.unwrap();
        let left = folder.store().await.unsettled().await.unwrap();
        assert!(left.damaged.is_empty(), "{:?}", left.damaged);
        assert!(matches!(left.jobs[..], [Job { state: State::Running { .. }, .. }]));
        assert_eq!(left.jobs[0].prompt.as_str(), "rain");
    }
}

#[tokio::test]
async fn a_new_database_and_one_that_is_up_to_date_are_not_copied() {
    let folder = Folder::new();
    folder.store().await.close().await;
    folder.store().await.close().await;
    assert_eq!(update(&folder.url(), at(0)).await.unwrap(), None);
    assert_eq!(others(&folder), [""; 0]);
}

#[tokio::test]
async fn the_last_three_copies_are_kept_and_nothing_else_is_removed() {
    let folder = earlier(1).await;
    let by_people = [
        "jobs.db.before-update",
        "jobs.db.before-update-2020-01-01-000000.db",
        "jobs.db.before-update-2020-01-01",
        "jobs.db.before-update-2020-01-01-000000-wal",
        "other.db.before-update-2020-01-01-000000",
    ];
    for name in by_people {
        fs::write(folder.path().join(name), "precious").unwrap();
    }
    let a_folder = "jobs.db.before-update-2020-01-01-000000";
    fs::create_dir(folder.path().join(a_folder)).unwrap();
    for (number, second) in [0, 1, 2, 3, 3].into_iter().enumerate() {
        for name in ["jobs.db", "jobs.db-wal", "jobs.db-shm"] {
            _ = fs::remove_file(folder.path().join(name));
        }
        write_earlier(&folder, 1).await;
        let mut connection = folder.bare().await;
        let number = format!("UPDATE jobs SET message = {number}");
        connection.execute(AssertSqlSafe(number)).await.unwrap();
        connection.close().await.unwrap();
        prepare(&folder.file(), PATIENCE, at(second)).await.unwrap().expect("an update");
    }
    let mut expected: Vec<_> = by_people.map(str::to_owned).to_vec();
    expected.push(a_folder.to_owned());
    expected.extend(
        ["02", "03", "03-2"].map(|end| format!("jobs.db.before-update-2027-01-15-0800{end}")),
    );
    expected.sort();
    assert_eq!(others(&folder), expected);

    // A clock that was set back makes a name that seems to be the oldest; it is kept all the same.
    for name in ["jobs.db", "jobs.db-wal", "jobs.db-shm"] {
        _ = fs::remove_file(folder.path().join(name));
    }
    write_earlier(&folder, 2).await;
    let made = prepare(&folder.file(), PATIENCE, SystemTime::UNIX_EPOCH).await.unwrap().unwrap();
    assert!(made.backup.ends_with("jobs.db.before-update-1970-01-01-000000"));
    assert!(made.backup.exists() && others(&folder).len() == expected.len());
}

#[tokio::test]
async fn an_update_that_fails_changes_nothing_and_leaves_one_copy() {
    let folder = earlier(4).await;
    // The last of the steps finds its table in place.
    folder.bare().await.execute("CREATE TABLE schema_versions (x)").await.unwrap();
    let before = contents(&folder.file()).await;
    for second in 0..5 {
        let error = prepare(&folder.file(), PATIENCE, at(second)).await.unwrap_err();
        assert!(matches!(error, OpenError::Other { .. }), "{error}");
        assert_eq!(contents(&folder.file()).await, before);
    }
    assert_eq!(others(&folder), ["jobs.db.before-update-2027-01-15-080000"]);
}

#[tokio::test]
async fn without_a_copy_there_is_no_update() {
    let folder = earlier(4).await;
    let before = contents(&folder.file()).await;
    let in_the_way = folder.path().join("jobs.db.before-update.partial");
    fs::create_dir(&in_the_way).unwrap();
    let error = prepare(&folder.file(), PATIENCE, at(0)).await.unwrap_err();
    assert!(matches!(error, OpenError::NoCopy { .. }), "{error}");
    assert_eq!(contents(&folder.file()).await, before);
    fs::remove_dir(in_the_way).unwrap();
    prepare(&folder.file(), PATIENCE, at(0)).await.unwrap();
}

#[tokio::test]
async fn a_look_tells_what_is_due_and_writes_nothing() {
    let folder = Folder::new();
    assert_eq!(update_status(&folder.url()).await.unwrap(), UpdateStatus::NoDatabase);
    assert!(!folder.path().exists());
    write_earlier(&folder, 3).await;
    let before = fs::read(folder.file()).unwrap();
    let status = update_status(&folder.url()).await.unwrap();
    let UpdateStatus::Due { from: 3, to: SCHEMA, backup_size, free: Some(_) } = status else {
        panic!("{status:?}")
    };
    assert_eq!(backup_size, before.len() as u64);
    assert!(fs::read(folder.file()).unwrap() == before && others(&folder).is_empty());

    // A bot may run meanwhile.
    let _running = folder.store().await;
    let status = update_status(&folder.url()).await.unwrap();
    assert_eq!(status, UpdateStatus::UpToDate { schema: SCHEMA });
    let error = update(&folder.url(), at(0)).await.unwrap_err();
    assert!(matches!(error, OpenError::Running { .. }), "{error}");
}

/// Makes the database one of a version to come.
async fn from_the_future(folder: &Folder, program: Option<&str>) {
    let mut newer = folder.bare().await;
    let step = "INSERT INTO _sqlx_migrations VALUES (99, 'later', 0, 1, x'00', 0)";
    newer.execute(step).await.unwrap();
    match program {
        Some(program) => {
            let insert = "INSERT INTO schema_versions (schema, program) VALUES (99, $1)";
            sqlx::query(insert).bind(program).execute(&mut newer).await.unwrap();
        }
        None => {
            newer.execute("DROP TABLE schema_versions").await.unwrap();
        }
    }
    newer.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_database_is_refused_with_the_version_that_wrote_it() {
    let this = env!("CARGO_PKG_VERSION");
    for (program, written_by, run) in [
        (Some("7.2.0"), "version 7.2.0 of the bot", "run version 7.2.0 or a newer one"),
        (Some("7.2.0-rc.1+linux"), "version 7.2.0-rc.1+linux of the bot", "7.2.0-rc.1+linux or a"),
        (Some("7\nline"), "a newer version of the bot", "run the newer version"),
        (Some(""), "a newer version of the bot", "run the newer version"),
        (None, "a newer version of the bot", "run the newer version"),
    ] {
        let folder = earlier(6).await;
        folder.store().await.close().await;
        let [kept] = &others(&folder)[..] else { panic!("{:?}", others(&folder)) };
        let kept = folder.path().join(kept);
        from_the_future(&folder, program).await;
        // A copy that this version can't use either is not recommended.
        fs::copy(folder.file(), folder.path().join("jobs.db.before-update-2100-01-01-000000"))
            .unwrap();
        let before = fs::read(folder.file()).unwrap();
        let error = Store::open(&folder.url()).await.unwrap_err().to_string();
        let start = format!("{} was written by {written_by}", folder.file().display());
        assert!(error.starts_with(&start), "{error}");
        assert!(error.contains(&format!("(schema 99), and this is version {this} (schema")));
        assert!(error.contains(run), "{error}");
        let restore = format!("whisul-bot restore {}", kept.display());
        assert!(error.ends_with(&restore), "{error}");
        assert!(fs::read(folder.file()).unwrap() == before, "it was changed");
        assert_eq!(update_status(&folder.url()).await.unwrap_err().to_string(), error);
        assert_eq!(inspect(&folder.url()).await.unwrap_err().to_string(), error);

        fs::remove_file(kept).unwrap();
        let error = Store::open(&folder.url()).await.unwrap_err().to_string();
        assert!(error.ends_with("whisul-bot restore FILE"), "{error}");
    }
}

#[tokio::test]
async fn a_newer_copy_is_not_restored() {
    let folder = Folder::new();
    folder.store().await.close().await;
    from_the_future(&folder, Some("7.2.0")).await;
    let copy = folder.path().join("copy.db");
    backup(&folder.url(), &copy).await.unwrap();
    let error = restore(&folder.url(), Some(&copy), &mut std::io::empty(), at(0)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("version 7.2.0 of the bot wrote it (schema 99)"), "{error}");
}
