//! Names of files that are kept beside the database, with the time at which that was.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::FormatItem, macros::format_description,
};

/// How many files of the same second are told apart.
const SAME_SECOND: u32 = 100;

const FORMAT: &[FormatItem<'static>] =
    format_description!("[year]-[month]-[day]-[hour][minute][second]");

/// The names for a file that is kept now, best first: `<database>.<label>-2026-11-30-130501`, and
/// with `-2`, `-3` and so on at the end.
pub(super) fn dated_names(
    database: &Path,
    label: &str,
    now: SystemTime,
) -> impl Iterator<Item = PathBuf> {
    let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or_default();
    let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let name = format!(
        "{label}-{}-{:02}-{:02}-{:02}{:02}{:02}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    );
    (1..=SAME_SECOND).map(move |number| {
        let name = if number == 1 { name.clone() } else { format!("{name}-{number}") };
        database.with_added_extension(name)
    })
}

/// The files beside a database that have such a name with this label, oldest first.
pub(super) fn dated_files(database: &Path, label: &str) -> Vec<PathBuf> {
    let prefix = database.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{prefix}.{label}-");
    let Some(entries) = database.parent().and_then(|folder| fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((date_of(name.strip_prefix(&prefix)?)?, entry.path()))
        })
        .collect();
    files.sort();
    files.into_iter().map(|(_, path)| path).collect()
}

/// What follows the label: the time, and the number within its second.
fn date_of(text: &str) -> Option<(PrimitiveDateTime, u32)> {
    let (date, number) = text.split_at_checked("2026-11-30-130501".len())?;
    let date = PrimitiveDateTime::parse(date, FORMAT).ok()?;
    let Some(digits) = number.strip_prefix('-') else {
        return number.is_empty().then_some((date, 1));
    };
    let number = digits.parse().ok().filter(|number| (2..=SAME_SECOND).contains(number))?;
    (number.to_string() == digits).then_some((date, number))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_people_are_no_dated_names() {
        for name in [
            "",
            "2026-11-30",
            "2026-11-30-130501.db",
            "2026-11-30-130501-",
            "2026-11-30-130501-1",
            "2026-11-30-130501-02",
            "2026-11-30-130501-101",
            "2026-11-30-130501-wal",
            "2026-11-30-130501.partial",
            "2026-13-30-130501",
            "2026-11-30-250501",
            "2026-11-30-1305o1",
            "+026-11-30-130501",
            "monday",
        ] {
            assert_eq!(date_of(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_recognised_and_names_sort_by_time(
            early in 0..200_000_000_000_u64, later in 1..100_000_u64,
        ) {
            let names = |seconds| {
                let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
                let names = dated_names(Path::new("/data/jobs.db"), "kept", now);
                let names = names.map(|name| {
                    let name = name.into_os_string().into_string().unwrap();
                    name.strip_prefix("/data/jobs.db.kept-").map(date_of).unwrap().unwrap()
                });
                names.collect::<Vec<_>>()
            };
            let all = [names(early), names(early + later)].concat();
            prop_assert!(all.is_sorted());
        }

        #[test]
        fn any_name_can_be_read(name in "\\PC*|[0-9-]{15,20}") {
            let _ = date_of(&name);
        }
    }
}
