//! The field `allowed_mentions` of a message
//! (<https://docs.discord.com/developers/resources/message#allowed-mentions-object>).

use serde_json::Value;

use crate::discord::api::form::Form;

/// Which mentions a message's sender wants to count.
#[derive(Clone, Debug)]
pub(crate) struct AllowedMentions {
    pub(crate) users: Allowed,
    pub(crate) roles: Allowed,
    pub(crate) everyone: bool,
    pub(crate) replied_user: bool,
}

/// The users or roles that may be mentioned.
#[derive(Clone, Debug)]
pub(crate) enum Allowed {
    All,
    Only(Vec<u64>),
}

impl Allowed {
    pub(crate) fn contains(&self, id: u64) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&id),
        }
    }
}

/// Without the field, everything counts.
impl Default for AllowedMentions {
    fn default() -> Self {
        Self { users: Allowed::All, roles: Allowed::All, everyone: true, replied_user: true }
    }
}

impl AllowedMentions {
    /// Reads the field `allowed_mentions` of a message.
    pub(crate) fn read(form: &mut Form<'_>) -> Self {
        let Some(mut allowed) = form.object("allowed_mentions") else { return Self::default() };
        let kinds = allowed.raw("parse").as_array().cloned().unwrap_or_default();
        if kinds.iter().any(|kind| ["users", "roles", "everyone"].iter().all(|it| kind != it)) {
            let message = "Value must be one of {'users', 'roles', 'everyone'}.";
            allowed.breach("parse", "BASE_TYPE_CHOICES", message);
        }
        let parses = |what: &str| kinds.iter().any(|kind| kind == what);
        let users = Self::read_ids(&mut allowed, "users", parses("users"));
        let roles = Self::read_ids(&mut allowed, "roles", parses("roles"));
        let replied_user = allowed.flag("replied_user").unwrap_or(false);
        Self { users, roles, everyone: parses("everyone"), replied_user }
    }

    fn read_ids(allowed: &mut Form<'_>, kind: &str, all: bool) -> Allowed {
        let ids = allowed.raw(kind).as_array().map_or(&[][..], Vec::as_slice);
        if all && !ids.is_empty() {
            let message =
                format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            allowed.breach("", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
        }
        if ids.len() > 100 {
            allowed.breach(kind, "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.");
        }
        if all {
            return Allowed::All;
        }
        let id = |id: &Value| id.as_u64().or_else(|| id.as_str()?.parse().ok());
        Allowed::Only(ids.iter().filter_map(id).collect())
    }
}
