//! Who a message names, and who hears of it.
//!
//! Stricter than Discord: mentions inside code are counted as well, so that what pings nobody here
//! surely pings nobody there. Discord's rules:
//! <https://docs.discord.com/developers/resources/message#allowed-mentions-object>.

use serde_json::Value;

use super::form::Form;
use super::model::channel::Channel;
use super::model::permission;
use super::state::DiscordState;

/// Somebody who is notified of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ping {
    /// This person.
    User(u64),
    /// Everybody with this role.
    Role(u64),
    /// Everybody in the server.
    Everyone,
    /// Everybody in the server who is online.
    Here,
}

/// Who a message names effectively.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) everyone: bool,
    here: bool,
}

/// Which mentions a message's sender wants to count.
#[derive(Clone, Debug)]
pub(crate) struct AllowedMentions {
    users: Allowed,
    roles: Allowed,
    everyone: bool,
    pub(crate) replied_user: bool,
}

#[derive(Clone, Debug)]
enum Allowed {
    All,
    Only(Vec<u64>),
}

impl Allowed {
    fn contains(&self, id: u64) -> bool {
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

/// What a text names.
fn named(content: &str) -> Mentions {
    let mut mentions = Mentions {
        everyone: content.contains("@everyone"),
        here: content.contains("@here"),
        ..Mentions::default()
    };
    for piece in content.split("<@").skip(1) {
        let Some((inside, _)) = piece.split_once('>') else { continue };
        let (list, id) = match inside.strip_prefix('&') {
            Some(role) => (&mut mentions.roles, role),
            None => (&mut mentions.users, inside.strip_prefix('!').unwrap_or(inside)),
        };
        if let Ok(id) = id.parse::<u64>()
            && !list.contains(&id)
        {
            list.push(id);
        }
    }
    mentions
}

impl DiscordState {
    /// The mentions of a text by the bot that count in a channel.
    pub(crate) fn mentions(
        &self,
        channel: &Channel,
        content: &str,
        allowed: &AllowedMentions,
    ) -> Mentions {
        let mut mentions = named(content);
        mentions
            .users
            .retain(|user| self.users.contains_key(user) && allowed.users.contains(*user));
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild));
        let everyone_permitted = match guild {
            Some(guild) if guild.has_bot => {
                self.bot_permissions(channel) & permission::MENTION_EVERYONE != 0
            }
            Some(_) => true,
            None => false,
        };
        mentions.roles.retain(|id| {
            let role = guild.and_then(|guild| guild.roles.iter().find(|role| role.id == *id));
            role.is_some_and(|role| role.mentionable || everyone_permitted)
                && allowed.roles.contains(*id)
        });
        mentions.everyone &= allowed.everyone && everyone_permitted;
        mentions.here &= allowed.everyone && everyone_permitted;
        mentions
    }

    /// Who hears of a message with these mentions in a channel.
    pub(crate) fn pings(&self, channel: &Channel, mentions: &Mentions) -> Vec<Ping> {
        let present = mentions.users.iter().filter(|user| self.admits(channel, **user));
        let mut pings = present.map(|user| Ping::User(*user)).collect::<Vec<_>>();
        pings.extend(mentions.roles.iter().map(|role| Ping::Role(*role)));
        pings.extend(mentions.everyone.then_some(Ping::Everyone));
        pings.extend(mentions.here.then_some(Ping::Here));
        pings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_somebody_is_found() {
        let mentions = named("<@1> <@!2> <@&3> <@1> <@x> <#4> @here <@5");
        assert_eq!((mentions.users, mentions.roles), (vec![1, 2], vec![3]));
        assert!(mentions.here && !mentions.everyone);
    }
}
