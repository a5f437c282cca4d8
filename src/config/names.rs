//! Names that are no setting's: which setting was meant.

use super::TABLE;

/// Other programs' names that look like ours.
const OTHERS: [&str; 4] = ["HTTP_PROXY", "NO_COLOR", "DISCORD_API", "RUST_LOG_STYLE"];

/// The setting that a name which is none was surely meant for: one or two slips away from it.
pub(super) fn misspelt(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    if OTHERS.contains(&upper.as_str()) {
        return None;
    }
    let near = |setting: &'static str| {
        let most = if setting.len() < 8 { 1 } else { 2 };
        let distance = distance(&upper, setting);
        (distance <= most).then_some((distance, setting))
    };
    let nearest = TABLE.iter().filter_map(|setting| near(setting.name)).min();
    nearest.map(|(_, setting)| setting)
}

/// The same in a file that is the bot's own, where a name with words too many or too few was meant
/// for a setting, too: `DISCORD_BOT_TOKEN`, `WHISUL_KEY`.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    if OTHERS.contains(&upper.as_str()) {
        return None;
    }
    let words: Vec<&str> = upper.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    let shares_words = |setting: &&'static str| {
        let own: Vec<&str> = setting.split('_').collect();
        let (few, many) = if own.len() < words.len() { (&own, &words) } else { (&words, &own) };
        few.len() > 1 && few.iter().all(|word| many.contains(word))
    };
    misspelt(name).or_else(|| TABLE.iter().map(|setting| setting.name).find(shares_words))
}

/// How many slips lie between two names: a character too many, too few or wrong, or two swapped.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    let (mut before_last, mut last) = (Vec::new(), (0..=other.len()).collect::<Vec<_>>());
    for (row, c) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, d) in other.iter().enumerate() {
            let substituted = at(&last, column) + usize::from(c != d);
            let mut slips =
                substituted.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped = row > 0
                && column > 0
                && one.get(row - 1) == Some(d)
                && other.get(column - 1) == Some(c);
            if swapped {
                slips = slips.min(at(&before_last, column - 1) + 1);
            }
            current.push(slips);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    at(&last, other.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        for (name, setting) in [
            ("USER_QUOTAS", "USER_QUOTA"),
            ("GLOBAL_QOUTA", "GLOBAL_QUOTA"),
            ("global_quota", "GLOBAL_QUOTA"),
            ("USER-QUOTA", "USER_QUOTA"),
            ("ROLE_QUOTA", "ROLE_QUOTAS"),
            ("DISCORD_TOKN", "DISCORD_TOKEN"),
            ("NOTFY", "NOTIFY"),
            ("WISUL_API_KEY", "WHISUL_API_KEY"),
        ] {
            assert_eq!(misspelt(name), Some(setting), "{name}");
        }
        for name in
            ["USER", "HOME", "TZ", "PATH", "HTTP_PROXY", "RUST_LOG_STYLE", "LANG", "NOTE", "FORMAT"]
        {
            assert_eq!((misspelt(name), meant(name)), (None, None), "{name}");
        }
    }

    #[test]
    fn words_too_many_or_too_few_are_recognised_in_the_bots_own_file() {
        for (name, setting) in [
            ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
            ("WHISUL_KEY", "WHISUL_API_KEY"),
            ("USER_DAILY_QUOTA", "USER_QUOTA"),
        ] {
            assert_eq!((misspelt(name), meant(name)), (None, Some(setting)), "{name}");
        }
    }

    #[test]
    fn no_setting_is_another_one_misspelt() {
        for setting in TABLE {
            assert_eq!(misspelt(setting.name), Some(setting.name));
        }
    }
}
