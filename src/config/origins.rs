//! Where the settings come from, to be shown to admins.

use super::{Fallback, TABLE, environment::Given, table};
use crate::{domain, proxy::Proxy};

/// Every setting as it is read, with where it comes from. Of a secret only that it is set.
pub(super) fn origins(
    lookup: &dyn Fn(&super::Setting) -> Option<Given>,
) -> Vec<domain::SettingInForce> {
    let origin = |setting: &super::Setting| {
        let (value, source) = match (lookup(setting), setting.fallback) {
            (Some(Given { text, line, .. }), _) => {
                let source = line.map_or(domain::Source::Environment, |_| domain::Source::File);
                (shown(*setting, text.trim()), source)
            }
            (None, Fallback::Value(text)) => (text.to_owned(), domain::Source::Default),
            (None, Fallback::Unset(_) | Fallback::Required) => {
                (setting.fallback.to_string(), domain::Source::Default)
            }
        };
        domain::SettingInForce { name: setting.name, value, source }
    };
    TABLE.iter().map(origin).collect()
}

fn shown(setting: super::Setting, text: &str) -> String {
    match setting {
        secret if table::is_secret(secret) => "set".to_owned(),
        table::HTTPS_PROXY => {
            text.parse().map_or_else(|_| "set".to_owned(), |proxy: Proxy| proxy.to_string())
        }
        _ => text.to_owned(),
    }
}
