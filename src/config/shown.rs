//! What of an invalid value may be repeated. A secret may have slipped into any setting.

use super::{secrets::is_discord_token, table, table::Setting};

/// The most characters of a value that are shown.
const MAX_SHOWN: usize = 60;

/// The most characters without anything between them: tokens and keys have more.
const OPAQUE: usize = 20;

/// The least characters of a secret that are recognised as a part of it.
const PART: usize = 4;

/// A value, or an entry of one, as it may be shown where it is wrong; `None` where it may be a
/// secret. Of an address, what may be a password is left out.
pub(super) fn shown(setting: Setting, text: &str, secrets: &[String]) -> Option<String> {
    let text = text.trim();
    let is_secret =
        |secret: &String| secret.contains(text) && text.len() >= PART || text.contains(&**secret);
    if table::is_secret(setting) || secrets.iter().any(is_secret) {
        return None;
    }
    let text = without_password(text);
    let is_between = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
    let is_plain = text.chars().count() <= MAX_SHOWN
        && !text.contains(char::is_control)
        && !is_discord_token(&text)
        && text.split(is_between).all(|run| run.chars().count() <= OPAQUE);
    is_plain.then_some(text)
}

/// An address without its user and password, and without its parameters.
fn without_password(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let rest = match rest.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => rest.to_owned(),
    };
    match rest.split_once('?') {
        Some((path, _)) => format!("{scheme}{path}?…"),
        None => format!("{scheme}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::TABLE;

    #[test]
    fn what_is_wrong_is_shown_unless_it_may_be_a_secret() {
        let secrets = ["to.k-e_n".to_owned()];
        let shown = |setting, text| shown(setting, text, &secrets);
        for (setting, text, expected) in [
            (table::USER_QUOTA, "many", "many"),
            (table::ROLE_QUOTAS, "123456789012345678:3/1h", "123456789012345678:3/1h"),
            (table::RUST_LOG, "inof,whisul_bot=debgu", "inof,whisul_bot=debgu"),
            (table::WHISUL_API_URL, "htps://whisul.com/api", "htps://whisul.com/api"),
            (table::WHISUL_API_URL, "https://me:p@w@z/api?key=x", "https://…@z/api?…"),
            (table::DATABASE_URL, "postgres://me:p/w@db", "postgres://…@db"),
            (table::HTTPS_PROXY, "me:pw@proxy:3128", "…@proxy:3128"),
        ] {
            assert_eq!(shown(setting, text).as_deref(), Some(expected));
        }
        let token = format!("{}.{}.{}", "M".repeat(24), "Gabcde", "x".repeat(38));
        for (setting, text) in [
            (table::DISCORD_TOKEN, "short"),
            (table::USER_QUOTA, "a-token-that-slipped-in"),
            (table::USER_QUOTA, "to.k-e_n"),
            (table::USER_QUOTA, "k-e_n"),
            (table::WHISUL_API_URL, &"a1".repeat(32)),
            (table::ALLOWED_GUILDS, &token),
        ] {
            assert_eq!(shown(setting, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_secret_is_shown(
            index in 0..TABLE.len(),
            secret in "[A-Za-z0-9_.-]{8,80}",
            around in "[a-z:/@?, ]{0,10}",
        ) {
            let text = format!("{around}{secret}{around}");
            let shown = shown(TABLE[index], &text, std::slice::from_ref(&secret));
            prop_assert!(shown.is_none_or(|shown| !shown.contains(&secret)));
        }

        #[test]
        fn no_password_is_shown(password in "[A-Za-z0-9/@:?]{6,12}", host in "[a-z]{1,8}") {
            let shown = without_password(&format!("http://me:{password}@{host}"));
            prop_assert_eq!(shown, format!("http://…@{host}"));
        }
    }
}
