//! Who a message mentions, and who is notified.
//!
//! Stricter than Discord: mentions inside code are counted as well, so that what pings nobody here
//! surely pings nobody there. Discord's rules:
//! <https://docs.discord.com/developers/resources/message#allowed-mentions-object>.

use crate::discord::limits::allowed_mentions::AllowedMentions;
use crate::discord::model::channel::Channel;
use crate::discord::model::mentions::{Mentions, Ping};
use crate::discord::model::permission;
use crate::discord::state::DiscordState;

/// The mentions in a text.
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

    /// Who is notified of a message with these mentions in a channel.
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
