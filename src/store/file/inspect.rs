//! A look at the database from outside: beside a running bot, without a lock and without a write.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustix::fs::{Access, access};
use sqlx::{Connection, SqliteConnection};
use url::Url;

use super::{
    database_file::{connect, file_of, make_file},
    migrations::SCHEMA,
    update::checked_schema,
};
use crate::store::OpenError;

const COUNTS: &str =
    "SELECT (SELECT COUNT(*) FROM jobs), (SELECT COUNT(*) FROM jobs WHERE settled = 0)";

const LINKS: &str = "\
    SELECT song_url, image_url FROM jobs WHERE state = 'completed' ORDER BY id DESC LIMIT 20";

/// The most hosts of links that are named.
const HOSTS_MAX: usize = 4;

/// What was found.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The version of the tables.
    pub schema: i64,
    /// The version that this program brings them to.
    pub known_schema: i64,
    /// How many jobs it remembers,
    pub jobs: i64,
    /// and for how many of them something is left to do.
    pub unfinished: i64,
    /// A link of a recent song for each host that has some.
    pub links: Vec<Url>,
    /// When a copy was last made of it by `whisul-bot backup`.
    pub backed_up_at: Option<SystemTime>,
}

/// Looks at the database at a URL. `None` where no bot has written one yet.
///
/// # Errors
/// When it can't be read, isn't whole, isn't the bot's, or was written by a newer version of it.
pub async fn inspect(url: &str) -> Result<Option<Inspection>, OpenError> {
    let path = file_of(url)?;
    if !path.try_exists().unwrap_or(true) {
        return Ok(None);
    }
    let mut connection = connect(&path).await?;
    let Some(schema) = checked_schema(&mut connection, &path).await? else { return Ok(None) };
    let backed_up_at = fs::metadata(marker(&path)).and_then(|found| found.modified()).ok();
    let failed = |error| OpenError::at(path.clone(), error);
    let found = read(&mut connection, schema, backed_up_at).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(Some(found))
}

async fn read(
    connection: &mut SqliteConnection,
    schema: i64,
    backed_up_at: Option<SystemTime>,
) -> sqlx::Result<Inspection> {
    let (jobs, unfinished) = sqlx::query_as(COUNTS).fetch_one(&mut *connection).await?;
    let links: Vec<(Option<String>, Option<String>)> =
        sqlx::query_as(LINKS).fetch_all(&mut *connection).await?;
    let links = links.into_iter().flat_map(|(song, image)| [song, image]).flatten();
    Ok(Inspection {
        schema,
        known_schema: SCHEMA,
        jobs,
        unfinished,
        links: one_a_host(links),
        backed_up_at,
    })
}

fn one_a_host(links: impl Iterator<Item = String>) -> Vec<Url> {
    let mut hosts = BTreeSet::new();
    let links = links.filter_map(|link| Url::parse(&link).ok());
    let links = links.filter(|link| hosts.insert(link.host_str().map(str::to_owned)));
    links.take(HOSTS_MAX).collect()
}

/// Remembers that a copy of the database was made now, for [`Inspection::backed_up_at`]. Where that
/// can't be written, the copy is as good.
pub fn mark_backup(url: &str) {
    if let Ok(path) = file_of(url) {
        let marker = marker(&path);
        _ = fs::remove_file(&marker);
        _ = make_file(&marker);
    }
}

/// An empty file beside the database, as old as the latest copy.
fn marker(database: &Path) -> PathBuf {
    database.with_added_extension("last-backup")
}

/// Whether files can be written in the database's folder, and the database itself.
///
/// # Errors
/// Why not.
pub fn check_access(path: &Path) -> io::Result<()> {
    // Not even opened: a bot in this process may have it open, and closing it would let go of the locks
    // that SQLite holds on it.
    if path.try_exists()? {
        access(path, Access::WRITE_OK)?;
    }
    // SQLite writes files of its own beside it.
    Ok(access(path.parent().unwrap_or(path), Access::WRITE_OK)?)
}
