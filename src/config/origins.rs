//! Where the settings come from, to be shown to admins.

use super::{Fallback, TABLE, table};
use crate::domain;

/// Every setting as it is read, with where it comes from. Of a secret only that it is set.
pub(super) fn origins(
    lookup: &dyn Fn(&str) -> Option<(String, domain::Source)>,
) -> Vec<domain::Setting> {
    let secrets = [table::DISCORD_TOKEN, table::WHISUL_API_KEY];
    let origin = |setting: &super::Setting| {
        let given = lookup(setting.name).filter(|(text, _)| !text.trim().is_empty());
        let (value, source) = match (given, setting.fallback) {
            (Some((_, source)), _) if secrets.contains(setting) => ("set".to_owned(), source),
            (Some((text, source)), _) => (text.trim().to_owned(), source),
            (None, Fallback::Value(text)) => (text.to_owned(), domain::Source::Default),
            (None, Fallback::Unset(_) | Fallback::Required) => {
                (setting.fallback.to_string(), domain::Source::Default)
            }
        };
        domain::Setting { name: setting.name, value, source }
    };
    TABLE.iter().map(origin).collect()
}
