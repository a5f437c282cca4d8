//! The database: whether it can be written, is whole, has room, and was copied lately.

use std::{path::Path, time::SystemTime};

use super::Finding;
use crate::{
    domain::{format_duration, with_causes},
    store::{Inspection, check_access, file_of, free_space, inspect},
};

const CHECK: &str = "database";
const DISK: &str = "disk";
const BACKUP: &str = "backup";

/// A busy month may use more than this.
const FEW_MEGABYTES: u64 = 200;
/// After so many days a backup is old.
const OLD_DAYS: u64 = 7;
const DAY: u64 = 24 * 3600;

/// What was found, and the links of recent songs.
pub(super) async fn check(url: &str) -> (Vec<Finding>, Vec<url::Url>) {
    let path = match file_of(url) {
        Ok(path) => path,
        Err(error) => return (vec![unusable(&error)], Vec::new()),
    };
    let shown = path.display().to_string();
    let found = inspect(url).await;
    let links = match &found {
        Ok(Some(inspection)) => inspection.links.clone(),
        _ => Vec::new(),
    };
    let mut findings = vec![match &found {
        Ok(found) => database(found.as_ref(), &path),
        Err(error) => unusable(error),
    }];
    findings.extend(disk(&path));
    if let Ok(Some(inspection)) = &found {
        findings.push(backup(inspection, SystemTime::now()));
    }
    let hide = |finding: Finding| finding.hiding(&shown);
    (findings.into_iter().map(hide).collect(), links)
}

fn unusable(error: &dyn std::error::Error) -> Finding {
    let remedy = "docs/troubleshooting.md says what to do about each cause; `whisul-bot restore` puts \
                  a backup in its place.";
    Finding::failure(CHECK, with_causes(error), remedy)
}

fn database(found: Option<&Inspection>, path: &Path) -> Finding {
    let shown = path.display();
    // What is missing is made at the first start, if there is a place for it.
    let folder = existing_folder(path);
    let file =
        folder.map_or_else(|| path.to_owned(), |it| it.join(path.file_name().unwrap_or_default()));
    if let Err(error) = check_access(&file) {
        let remedy = "Give the user who runs the bot the right to write there, and make sure that \
                      the disk is not mounted read-only.";
        return Finding::failure(CHECK, format!("{shown} can't be written: {error}"), remedy);
    }
    let Some(Inspection { schema, known_schema, jobs, unfinished, .. }) = found else {
        return Finding::ok(CHECK, format!("{shown} is made at the first start"));
    };
    let update = if schema < known_schema {
        format!(", which the next start updates to {known_schema}")
    } else {
        String::new()
    };
    let text = format!("{shown}: schema {schema}{update}, {jobs} jobs, {unfinished} under way");
    Finding::ok(CHECK, text)
}

/// The nearest folder above a file that exists.
fn existing_folder(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| folder.exists())
}

fn disk(path: &Path) -> Option<Finding> {
    let folder = existing_folder(path)?;
    let free = free_space(&folder.join("file")).ok()? >> 20;
    let text = format!("{free} MB free");
    Some(match free {
        0..20 => Finding::failure(DISK, text, "Free some space: no song can be accepted soon."),
        20..FEW_MEGABYTES => Finding::warning(DISK, text, "Free some space."),
        _ => Finding::ok(DISK, text),
    })
}

fn backup(inspection: &Inspection, now: SystemTime) -> Finding {
    let remedy = "Run `whisul-bot backup FILE` every day: docs/operations.md shows how.";
    let Some(at) = inspection.backed_up_at else {
        return Finding::warning(BACKUP, "no copy was made with `whisul-bot backup` yet", remedy);
    };
    let age = now.duration_since(at).unwrap_or_default();
    let told = format_duration(std::time::Duration::from_secs(age.as_secs()));
    let text = format!("the latest copy is {told} old");
    if age.as_secs() > OLD_DAYS * DAY {
        return Finding::warning(BACKUP, text, remedy);
    }
    Finding::ok(BACKUP, text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::Level, *};

    fn inspection(backed_up_at: Option<SystemTime>) -> Inspection {
        let (schema, known_schema, jobs, unfinished) = (7, 7, 3, 1);
        Inspection { schema, known_schema, jobs, unfinished, links: Vec::new(), backed_up_at }
    }

    #[test]
    fn an_old_backup_is_a_warning() {
        let now = SystemTime::now();
        let aged = |days: u64| {
            let at = now.checked_sub(Duration::from_secs(days * DAY));
            backup(&inspection(at), now).level
        };
        assert_eq!((aged(0), aged(6), aged(8)), (Level::Ok, Level::Ok, Level::Warning));
        assert_eq!(backup(&inspection(None), now).level, Level::Warning);
        let later = now.checked_add(Duration::from_secs(DAY));
        assert_eq!(backup(&inspection(later), now).level, Level::Ok, "the clock was set back");
    }
}
