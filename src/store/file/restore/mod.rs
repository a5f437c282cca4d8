//! Putting a copy in the database's place.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf, absolute},
    time::SystemTime,
};

use sqlx::Connection;

use super::{
    database_file::{check_origin, file_of, give_to_owner_of, make_file, make_place, sync_folder},
    lock::Lock,
    migrations::{SCHEMA, schema_of, take_steps},
};
use crate::{
    failpoint::{Moment, reach},
    store::{
        OpenError,
        error::{suitable, writer},
    },
};

mod error;
mod files;
mod replaced;

pub use self::error::RestoreError;
use self::error::not_written;
use self::files::{connect, in_one_file, with_suffix};
use self::replaced::Replaced;

/// What SQLite may keep beside a database and read together with it.
const COMPANIONS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// A copy that is in the database's place now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database is.
    pub database: PathBuf,
    /// The database that was there before, if there was one.
    pub kept: Option<PathBuf>,
}

/// Puts a copy of the database in the place that a URL names: `file` or, without one, what comes
/// from `stream`. The copy is checked before, as a start does and more thoroughly, and brought up to
/// date. The database that was there is kept beside it, under a name with the time of `now`.
///
/// However this ends, the database is the old one or the new one, and each of them whole: the new
/// one takes the name in a single step.
///
/// # Errors
/// When the copy can't be used, or a bot is running on the database.
pub async fn restore(
    url: &str,
    file: Option<&Path>,
    stream: &mut dyn Read,
    now: SystemTime,
) -> Result<Restored, RestoreError> {
    let place = file_of(url)?;
    let _placeholder = Placeholder::make(&place)?;
    let database = place.canonicalize().map_err(|error| not_written(&place, error))?;
    let _lock = Lock::take(&database)?;
    let new = NewDatabase::beside(&database);
    let shown = match file {
        Some(file) => new.fill_from_file(file, &database)?,
        None => new.fill(stream, Path::new("standard input"))?,
    };
    reach("copied", Moment::After);
    new.check(&shown).await?;
    reach("checked", Moment::After);
    give_to_owner_of(&database, &new.path);
    File::open(&new.path)
        .and_then(|file| file.sync_all())
        .map_err(|error| not_written(&new.path, error))?;
    let kept = Replaced::settle(&database).await?.keep(now)?;
    reach("restored", Moment::Before);
    fs::rename(&new.path, &database).map_err(|error| not_written(&database, error))?;
    reach("restored", Moment::After);
    sync_folder(&database);
    Ok(Restored { database, kept })
}

/// The file with the database's name. One that was made to be locked is removed unless a copy takes its
/// place: the next start must not find an empty database.
struct Placeholder {
    path: PathBuf,
    is_new: bool,
}

impl Placeholder {
    fn make(path: &Path) -> Result<Self, OpenError> {
        let is_new = !path.exists();
        make_place(path)?;
        Ok(Self { path: path.to_owned(), is_new })
    }
}

impl Drop for Placeholder {
    fn drop(&mut self) {
        let is_empty = fs::metadata(&self.path).is_ok_and(|found| found.len() == 0);
        if self.is_new && is_empty {
            _ = fs::remove_file(&self.path);
        }
    }
}

/// The copy beside the database, until it takes its name. What is left of it goes with this value;
/// what an earlier, killed process left goes first.
struct NewDatabase {
    path: PathBuf,
}

impl NewDatabase {
    fn beside(database: &Path) -> Self {
        let new = Self { path: database.with_added_extension("restoring") };
        new.remove();
        new
    }

    fn remove(&self) {
        _ = fs::remove_file(&self.path);
        for companion in COMPANIONS {
            _ = fs::remove_file(with_suffix(&self.path, companion));
        }
    }

    /// Copies a file, with what SQLite keeps beside it: the person who brings back a database that was
    /// replaced, or copied by hand, may have a part of it there.
    fn fill_from_file(&self, file: &Path, database: &Path) -> Result<PathBuf, RestoreError> {
        let unreadable =
            |path: &Path, source| RestoreError::Unreadable { path: path.to_owned(), source };
        let file = absolute(file).map_err(|error| unreadable(file, error))?;
        let open = |path: &Path| File::open(path).map_err(|error| unreadable(path, error));
        let mut copy = open(&file)?;
        if file.canonicalize().is_ok_and(|file| file == database) {
            return Err(RestoreError::Same { path: file });
        }
        self.fill(&mut copy, &file)?;
        // The index of the write-ahead log is made anew from the log.
        for companion in ["-wal", "-journal"] {
            let beside = with_suffix(&file, companion);
            if beside.exists() {
                write(&mut open(&beside)?, &beside, &with_suffix(&self.path, companion))?;
            }
        }
        Ok(file)
    }

    fn fill(&self, from: &mut dyn Read, shown: &Path) -> Result<PathBuf, RestoreError> {
        write(from, shown, &self.path)?;
        Ok(shown.to_owned())
    }

    /// Checks that it is a whole database of ours, brings it up to date, and leaves it in one file.
    async fn check(&self, shown: &Path) -> Result<(), RestoreError> {
        let unusable =
            |why: &str| RestoreError::Unusable { path: shown.to_owned(), why: why.to_owned() };
        if fs::metadata(&self.path).is_ok_and(|found| found.len() == 0) {
            return Err(unusable("it is empty; name a file that whisul-bot backup made"));
        }
        self.open().await.map_err(|error| match error {
            OpenError::NotADatabase { .. } => {
                unusable("it is not an SQLite database; name a file that whisul-bot backup made")
            }
            OpenError::Foreign { .. } => unusable(
                "it is the database of another program, or of an altered version of this one",
            ),
            OpenError::Damaged { .. } => unusable("it is damaged or cut off; take another copy"),
            OpenError::Newer { found, known, program, .. } => {
                let (writer, suitable) = (writer(program.as_deref()), suitable(program.as_deref()));
                unusable(&format!(
                    "{writer} of the bot wrote it (schema {found}), and this is version {} (schema \
                     {known}); run {suitable}, or take an older backup",
                    env!("CARGO_PKG_VERSION")
                ))
            }
            other => other.into(),
        })
    }

    async fn open(&self) -> Result<(), OpenError> {
        let path = &self.path;
        let failed = |error| OpenError::at(path.clone(), error);
        let mut connection = connect(&self.path).await.map_err(failed)?;
        if !check_origin(&mut connection, path).await? {
            return Err(OpenError::Foreign { path: path.clone() });
        }
        let check =
            sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await;
        let verdict: String = check.map_err(failed)?;
        if verdict != "ok" {
            return Err(OpenError::Damaged { path: path.clone() });
        }
        if schema_of(&mut connection, path).await? != Some(SCHEMA) {
            take_steps(&mut connection, path).await?;
        }
        in_one_file(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)
    }
}

impl Drop for NewDatabase {
    fn drop(&mut self) {
        // Once it has taken the database's name, no file is left with this one.
        self.remove();
    }
}

/// Writes all that is read into a new file, for its owner only.
fn write(from: &mut dyn Read, shown: &Path, to: &Path) -> Result<(), RestoreError> {
    make_file(to).map_err(|error| not_written(to, error))?;
    let mut file = File::options().write(true).open(to).map_err(|error| not_written(to, error))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read,
        };
        let read =
            read.map_err(|source| RestoreError::Unreadable { path: shown.to_owned(), source })?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        io::Write::write_all(&mut file, bytes).map_err(|error| not_written(to, error))?;
    }
}
