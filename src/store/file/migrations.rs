//! The steps that made the tables what they are, and how far a database has taken them.

use std::path::Path;

use sqlx::{
    Connection as _, SqlSafeStr as _, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use crate::store::OpenError;

/// The steps, in order. A step that was ever released stays as it is: each database remembers the
/// text of those it has taken.
pub(in crate::store) const MIGRATIONS: [(i64, &str, &str); 8] = [
    (1, "jobs", include_str!("../migrations/0001_jobs.sql")),
    (2, "origin", include_str!("../migrations/0002_origin.sql")),
    (3, "extras", include_str!("../migrations/0003_extras.sql")),
    (4, "admin", include_str!("../migrations/0004_admin.sql")),
    (5, "cancelled_by", include_str!("../migrations/0005_cancelled_by.sql")),
    (6, "names", include_str!("../migrations/0006_names.sql")),
    (7, "schema_versions", include_str!("../migrations/0007_schema_versions.sql")),
    (8, "charges", include_str!("../migrations/0008_charges.sql")),
];

/// The version of the tables: the last of these steps.
pub(in crate::store) const SCHEMA: i64 = {
    let [.., (latest, ..)] = MIGRATIONS;
    latest
};

/// Where sqlx remembers which steps a database has taken.
pub(super) const MIGRATIONS_TABLE: &str = "_sqlx_migrations";

const TAKEN: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

/// Read from databases of versions to come.
const PROGRAM: &str = "SELECT program FROM schema_versions ORDER BY schema DESC LIMIT 1";

const REMEMBER_PROGRAM: &str = "INSERT INTO schema_versions (schema, program) VALUES ($1, $2)";

/// No version of a program is longer.
const PROGRAM_MAX: usize = 40;

/// The schema of a database of ours; `None` before its first step.
///
/// # Errors
/// When this program can't work with its tables.
pub(super) async fn schema_of(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<Option<i64>, OpenError> {
    let taken = sqlx::query_as(TAKEN).fetch_all(&mut *connection).await;
    let taken: Vec<(i64, Vec<u8>)> =
        taken.map_err(|error| OpenError::at(path.to_owned(), error))?;
    let latest = taken.last().map(|(version, _)| *version);
    if let Some(found) = latest.filter(|latest| *latest > SCHEMA) {
        let program = program_of(connection).await;
        let path = path.to_owned();
        return Err(OpenError::Newer { path, found, known: SCHEMA, program, backup: None });
    }
    let migrator = migrator(MIGRATIONS.len());
    let known = migrator.iter().map(|step| (step.version, step.checksum.to_vec()));
    if known.take(taken.len()).eq(taken) {
        Ok(latest)
    } else {
        Err(OpenError::Foreign { path: path.to_owned() })
    }
}

/// The version of the program that has made the tables what they are, if it has left a word.
async fn program_of(connection: &mut SqliteConnection) -> Option<String> {
    let program: String = sqlx::query_scalar(PROGRAM).fetch_optional(connection).await.ok()??;
    let is_version = program.starts_with(|first: char| first.is_ascii_digit())
        && program.len() <= PROGRAM_MAX
        && program.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    is_version.then_some(program)
}

/// Takes all steps that are left, in one transaction: a failure or a sudden end leaves the database
/// as it was.
pub(super) async fn take_steps(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), OpenError> {
    let taken = async {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        migrator(MIGRATIONS.len()).run(&mut *transaction).await?;
        let remember = sqlx::query(REMEMBER_PROGRAM).bind(SCHEMA).bind(env!("CARGO_PKG_VERSION"));
        remember.execute(&mut *transaction).await?;
        transaction.commit().await.map_err(MigrateError::from)
    };
    let path = path.to_owned();
    taken.await.map_err(|error| match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            OpenError::at(path, source)
        }
        other => OpenError::Other { path, source: other.into() },
    })
}

/// Takes the first `steps` of the migrations, as far as a database has not taken them already.
pub(in crate::store) fn migrator(steps: usize) -> Migrator {
    let migrations = MIGRATIONS.iter().take(steps).map(|(version, name, sql)| {
        let (name, sql) = ((*name).into(), sql.into_sql_str());
        Migration::new(*version, name, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}
