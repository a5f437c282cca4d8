//! Names that are no setting's: which setting was meant.

use super::TABLE;

/// Other programs' names that look like ours.
const OTHERS: [&str; 4] = ["HTTP_PROXY", "NO_COLOR", "DISCORD_API", "RUST_LOG_STYLE"];

/// What other bots call these settings.
const USUAL: [(&str, &str); 9] = [
    ("TOKEN", "DISCORD_TOKEN"),
    ("BOT_TOKEN", "DISCORD_TOKEN"),
    ("API_KEY", "WHISUL_API_KEY"),
    ("GUILD_ID", "ALLOWED_GUILDS"),
    ("GUILD_IDS", "ALLOWED_GUILDS"),
    ("SERVER_ID", "ALLOWED_GUILDS"),
    ("LOG_LEVEL", "RUST_LOG"),
    ("DATABASE", "DATABASE_URL"),
    ("DATABASE_PATH", "DATABASE_URL"),
];

/// The setting that a name which is none was surely meant for: one or two slips away from it.
/// `DISCORD_TOKEN_OLD` and `DISCORD_TOKEN2` are no slips.
pub(super) fn misspelt(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    if OTHERS.contains(&upper.as_str()) || has_more_than_a_setting(&upper) {
        return None;
    }
    let near = |setting: &'static str| {
        let most = if setting.len() < 8 { 1 } else { 2 };
        // A character too many, too few or wrong, or two swapped.
        let distance = strsim::osa_distance(&upper, setting);
        (distance <= most).then_some((distance, setting))
    };
    let nearest = TABLE.iter().filter_map(|setting| near(setting.name)).min();
    nearest.map(|(_, setting)| setting)
}

/// A setting that shares its words with a name which is none: `DISCORD_BOT_TOKEN`, `WHISUL_KEY`,
/// `TEST_DATABASE_URL`. It may have been meant, or be another program's.
pub(super) fn related(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    if OTHERS.contains(&upper.as_str()) {
        return None;
    }
    let usual = USUAL.iter().find(|(usual, _)| *usual == upper);
    if let Some((_, setting)) = usual {
        return Some(setting);
    }
    let words = words(&upper);
    let shares_words = |setting: &&'static str| {
        let own: Vec<&str> = setting.split('_').collect();
        let (few, many) = if own.len() < words.len() { (&own, &words) } else { (&words, &own) };
        few.len() > 1 && few.iter().all(|word| many.contains(word))
    };
    TABLE.iter().map(|setting| setting.name).find(shares_words)
}

/// Whether a name has all words of a setting and others, or a number at its end.
fn has_more_than_a_setting(upper: &str) -> bool {
    let words = words(upper);
    let is_within = |setting: &str| {
        let own = setting.split('_');
        words.len() > own.clone().count() && own.into_iter().all(|word| words.contains(&word))
    };
    let bare = upper.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = |setting: &str| bare != upper && bare.trim_end_matches('_') == setting;
    TABLE.iter().any(|setting| is_within(setting.name) || is_numbered(setting.name))
}

fn words(upper: &str) -> Vec<&str> {
    let end = upper.trim_end_matches(|c: char| c.is_ascii_digit());
    end.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect()
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
            assert_eq!((misspelt(name), related(name)), (None, None), "{name}");
        }
    }

    #[test]
    fn words_too_many_or_too_few_may_be_another_programs() {
        for (name, setting) in [
            ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
            ("WHISUL_KEY", "WHISUL_API_KEY"),
            ("USER_DAILY_QUOTA", "USER_QUOTA"),
            ("TEST_DATABASE_URL", "DATABASE_URL"),
            ("DISCORD_TOKEN_OLD", "DISCORD_TOKEN"),
            ("DISCORD_TOKEN_2", "DISCORD_TOKEN"),
            ("DISCORD_TOKEN2", "DISCORD_TOKEN"),
            ("TOKEN", "DISCORD_TOKEN"),
            ("api_key", "WHISUL_API_KEY"),
            ("GUILD_ID", "ALLOWED_GUILDS"),
            ("LOG_LEVEL", "RUST_LOG"),
        ] {
            assert_eq!((misspelt(name), related(name)), (None, Some(setting)), "{name}");
        }
    }

    #[test]
    fn no_setting_is_another_one_misspelt() {
        for setting in TABLE {
            assert_eq!(misspelt(setting.name), Some(setting.name));
        }
    }
}
