//! What can go wrong with the database, by what it means.
//!
//! The sources are sqlx's errors. They name statements, columns and SQLite's codes, never a bound
//! value: no prompt and no token gets into a log with them.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::domain::{InteractionId, JobId};

/// Why a job could not be read or written. Nothing was changed. Writes that fail together share a
/// cause.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Others held the database for longer than the store waits. Worth another try.
    #[error("the database is busy")]
    Busy(#[source] Arc<sqlx::Error>),
    /// There is no room for another row. The owner must act.
    #[error("the disk is full")]
    Full(#[source] Arc<sqlx::Error>),
    /// The job's row says something that no job can be.
    #[error(transparent)]
    Damaged(#[from] DamagedRow),
    /// A number that Discord would never send.
    #[error(
        "interaction {interaction} has a number as its {column} that is too large to be stored"
    )]
    TooLarge {
        /// The one that asked for the job or the admin action.
        interaction: InteractionId,
        /// What the number is.
        column: &'static str,
    },
    /// Anything else: see the source.
    #[error("the database failed")]
    Other(#[source] Arc<sqlx::Error>),
}

/// A row that can't be read as a job. It stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the row of {} can't be read: its {column} makes no sense", name(*.job))]
pub struct DamagedRow {
    /// Which job; `None` when the id itself is what can't be read.
    pub job: Option<JobId>,
    /// The first column that makes no sense.
    pub column: &'static str,
}

/// Why the database can't be used, with a sentence for the person who runs the bot.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another kind of database, or no URL at all. It isn't shown: it may hold a password.
    #[error("DATABASE_URL must name an SQLite file, such as sqlite://data/whisul-bot.db")]
    NotSqlite,
    /// A URL with parameters, such as `?mode=ro`.
    #[error("DATABASE_URL must end with the file's name: leave out the ? and what follows it")]
    Parameters,
    /// A database that ends with the process.
    #[error(
        "DATABASE_URL names a database in memory, which would forget all jobs at the next stop; \
         name a file, such as sqlite://data/whisul-bot.db"
    )]
    InMemory,
    /// The folder is missing and can't be made.
    #[error("the folder {} can't be made; make it, and let the bot's user write in it", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file can't be made, opened or written.
    #[error(
        "{} can't be opened or written; check who owns it and its folder, and that its disk isn't \
         mounted read-only",
        .path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: sqlx::Error,
    },
    /// A folder, a device, or a link that leads nowhere.
    #[error("{} is no file; name a file, or one that doesn't exist yet", .path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// The file is something else than an SQLite database. It was left as it is.
    #[error("{} is not an SQLite database; move it away, or name another file", .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is the database of something else. It was left as it is.
    #[error(
        "{} is the database of another program, or of an altered version of this one; \
         name another file", .path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged. It was left as it is.
    #[error("{} is damaged; bring back a backup, or move it away to begin anew", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A newer version of the bot has changed the tables. They were left as they are.
    #[error(
        "{} was written by {} of the bot (schema {found}), and this is version {} (schema {known}); \
         run {}, or put a backup from before the update back with: whisul-bot restore {}",
        .path.display(), writer(.program.as_deref()), env!("CARGO_PKG_VERSION"),
        suitable(.program.as_deref()), shown(.backup.as_deref())
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The latest schema that this version knows.
        known: i64,
        /// The version of the bot that has brought it to its schema, if it says so.
        program: Option<String>,
        /// A backup from before the update, beside it.
        backup: Option<PathBuf>,
    },
    /// The database must be updated, and the disk has no room for the copy that is made before.
    #[error(
        "{} needs an update, and there is no room for the backup that is made before it, {}; the \
         database is unchanged: free some space and start again",
        .database.display(), .path.display()
    )]
    NoRoomForCopy {
        /// The file.
        database: PathBuf,
        /// The copy.
        path: PathBuf,
    },
    /// The database must be updated, and the copy that is made before could not be written.
    #[error(
        "{} needs an update, and the backup that is made before it could not be written; the \
         database is unchanged: let the bot's user write in its folder and start again",
        .database.display()
    )]
    NoCopy {
        /// The file.
        database: PathBuf,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another bot works on the file.
    #[error(
        "another bot is running on {}: it holds {}; stop that one, or name another file in \
         DATABASE_URL",
        .path.display(), .lock.display()
    )]
    Running {
        /// The file.
        path: PathBuf,
        /// The file whose lock says so.
        lock: PathBuf,
    },
    /// Another program, which is no bot, holds the database.
    #[error("{} is in use by another program, such as a database tool; close that", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// There is no room for the database.
    #[error("there is no room left on the disk of {}", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Anything else: see the source.
    #[error("{} can't be opened", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: sqlx::Error,
    },
}

/// What SQLite means by an error.
pub(super) enum Meaning {
    Busy,
    Full,
    NotADatabase,
    Damaged,
    NoAccess,
    Other,
}

impl Meaning {
    /// By SQLite's result codes (<https://www.sqlite.org/rescode.html>), whose lowest eight bits
    /// are the primary code.
    pub(super) fn of(error: &sqlx::Error) -> Self {
        /// No room to make the index of the write-ahead log larger: what a full disk looks like
        /// when the database is opened.
        const IOERR_SHMSIZE: i32 = 4874;
        let database_error = match error {
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Io(_) => return Self::NoAccess,
            other => other.as_database_error(),
        };
        let code = database_error.and_then(|error| error.code()?.parse::<i32>().ok());
        if code == Some(IOERR_SHMSIZE) {
            return Self::Full;
        }
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy,
            Some(8 | 14) => Self::NoAccess,
            Some(11) => Self::Damaged,
            Some(13) => Self::Full,
            Some(26) => Self::NotADatabase,
            _ => Self::Other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let meaning = Meaning::of(&error);
        let error = Arc::new(error);
        match meaning {
            Meaning::Busy => Self::Busy(error),
            Meaning::Full => Self::Full(error),
            _ => Self::Other(error),
        }
    }
}

impl OpenError {
    /// What an error means for the file that was being opened.
    pub(super) fn at(path: PathBuf, source: sqlx::Error) -> Self {
        match Meaning::of(&source) {
            Meaning::Busy => Self::Locked { path },
            Meaning::Full => Self::Full { path },
            Meaning::NotADatabase => Self::NotADatabase { path },
            Meaning::Damaged => Self::Damaged { path },
            Meaning::NoAccess => Self::File { path, source },
            Meaning::Other => Self::Other { path, source },
        }
    }
}

fn name(job: Option<JobId>) -> String {
    job.map_or_else(|| "a job without an id".to_owned(), |id| format!("job {id}"))
}

/// Which version of the bot has written a database that is too new.
pub(super) fn writer(program: Option<&str>) -> String {
    program.map_or_else(|| "a newer version".to_owned(), |version| format!("version {version}"))
}

/// Which version of the bot can use it.
pub(super) fn suitable(program: Option<&str>) -> String {
    program.map_or_else(
        || "the newer version".to_owned(),
        |version| format!("version {version} or a newer one"),
    )
}

fn shown(backup: Option<&Path>) -> String {
    backup.map_or_else(|| "FILE".to_owned(), |backup| backup.display().to_string())
}
