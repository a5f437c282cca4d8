//! `whisul-bot backup`: copies the database, whether the bot runs or not.

use std::path::Path;

use tokio::runtime::Builder;

use crate::{domain::with_causes, store};

/// Copies the database at this URL into a new file. To be called outside of a tokio runtime.
///
/// # Errors
/// When there is no copy: with the reason and its causes.
pub fn backup(database_url: &str, file: &Path) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| with_causes(&error))?;
    runtime.block_on(store::backup(database_url, file)).map_err(|error| with_causes(&error))
}
