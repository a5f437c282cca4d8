//! Whether the bot may do in each server's channels what its messages need.

use super::Finding;
use crate::{
    discord_api::{
        Discord, DiscordError, GuildChannel, JoinedGuild, Overwrite,
        permissions::{ADMINISTRATOR, NEEDED, VIEW_CHANNEL},
    },
    domain::{RoleId, UserId},
};

const CHECK: &str = "permissions";

/// How many servers are looked at: each takes two requests.
const SERVERS_MAX: usize = 25;
/// How many channels are named for each server.
const NAMED_MAX: usize = 5;

/// A line for each server that the bot is in.
pub(super) async fn check(discord: &Discord) -> Result<Vec<Finding>, DiscordError> {
    let guilds = discord.joined_guilds().await?;
    if guilds.is_empty() {
        let remedy = "Add it with the link that `whisul-bot invite` prints, or let people \
                      install it for themselves.";
        return Ok(vec![Finding::warning(CHECK, "the bot is in no server", remedy)]);
    }
    let me = discord.own_user().await?;
    let mut findings = Vec::new();
    for guild in guilds.iter().take(SERVERS_MAX) {
        findings.push(check_guild(discord, guild, me).await?);
    }
    let left = guilds.len().saturating_sub(SERVERS_MAX);
    if left > 0 {
        findings.push(Finding::ok(CHECK, format!("{left} more servers were not looked at")));
    }
    Ok(findings)
}

async fn check_guild(
    discord: &Discord,
    guild: &JoinedGuild,
    me: UserId,
) -> Result<Finding, DiscordError> {
    let channels = discord.guild_channels(guild.id).await?;
    let roles = discord.member_roles(guild.id, me).await?;
    let Some(base) = guild.permissions else {
        let remedy = "Look at Server Settings > Integrations there.";
        let text = format!("{}: Discord did not tell the bot's permissions", guild.name);
        return Ok(Finding::warning(CHECK, text, remedy).hiding(&guild.name));
    };
    Ok(finding(guild, &channels, |channel| {
        permissions_in(base, &channel.overwrites, guild.id.0, &roles, me)
    }))
}

fn finding(
    guild: &JoinedGuild,
    channels: &[GuildChannel],
    permissions: impl Fn(&GuildChannel) -> u64,
) -> Finding {
    let (mut seen, mut unseen, mut lacking) = (0, 0, Vec::new());
    for channel in channels.iter().filter(|channel| channel.has_messages) {
        let held = permissions(channel);
        if held & VIEW_CHANNEL == 0 {
            unseen += 1;
            continue;
        }
        seen += 1;
        let missing: Vec<_> = NEEDED.iter().filter(|(bit, _)| held & bit == 0).collect();
        if !missing.is_empty() {
            let names: Vec<_> = missing.iter().map(|(_, name)| *name).collect();
            lacking.push((channel.name.as_str(), names.join(", ")));
        }
    }
    let hidden = match unseen {
        0 => String::new(),
        unseen => format!("; {unseen} others are hidden from it"),
    };
    if lacking.is_empty() && seen > 0 {
        let text = format!("{}: all that songs need in {seen} channels{hidden}", guild.name);
        return Finding::ok(CHECK, text).hiding(&guild.name);
    }
    if lacking.is_empty() {
        let text = format!("{}: no channel is visible to the bot{hidden}", guild.name);
        let remedy = "Give its role View Channels in Server Settings > Roles.";
        return Finding::warning(CHECK, text, remedy).hiding(&guild.name);
    }
    let named = lacking.iter().take(NAMED_MAX);
    let mut text = format!("{}: missing", guild.name);
    for (channel, names) in named.clone() {
        text = format!("{text}\n#{channel}: {names}");
    }
    if lacking.len() > NAMED_MAX {
        text = format!("{text}\nand in {} more channels", lacking.len() - NAMED_MAX);
    }
    let remedy = "Allow them for the bot's role, in Server Settings > Roles or in the channel's \
                  own permissions. Until then songs come as direct messages, or without files.";
    let finding = Finding::warning(CHECK, text, remedy).hiding(&guild.name);
    named.fold(finding, |finding, (channel, _)| finding.hiding(*channel))
}

/// What the bot may do in a channel: what its roles grant in the server, then the channel's
/// overwrites for everyone, for its roles together and for itself, in that order (Discord docs,
/// Permissions > Permission Overwrites).
fn permissions_in(
    base: u64,
    overwrites: &[Overwrite],
    everyone: u64,
    roles: &[RoleId],
    me: UserId,
) -> u64 {
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let apply = |held: u64, concerns: &dyn Fn(u64) -> bool| {
        let concerned = overwrites.iter().filter(|overwrite| concerns(overwrite.id));
        let (allow, deny) = concerned.fold((0, 0), |(allow, deny), overwrite| {
            (allow | overwrite.allow, deny | overwrite.deny)
        });
        held & !deny | allow
    };
    let held = apply(base, &|id| id == everyone);
    let held = apply(held, &|id| id != everyone && roles.contains(&RoleId(id)));
    apply(held, &|id| id == me.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        discord_api::permissions::least,
        domain::{ChannelId, GuildId},
    };

    const SEND: u64 = 1 << 11;
    const EVERYONE: u64 = 1;
    const ME: UserId = UserId(9);

    fn held(base: u64, overwrites: &[(u64, u64, u64)]) -> u64 {
        let overwrites: Vec<_> =
            overwrites.iter().map(|&(id, allow, deny)| Overwrite { id, allow, deny }).collect();
        permissions_in(base, &overwrites, EVERYONE, &[RoleId(2), RoleId(3)], ME)
    }

    #[test]
    fn overwrites_apply_from_everyone_to_the_bot_itself() {
        let base = VIEW_CHANNEL | SEND;
        assert_eq!(held(base, &[]), base);
        assert_eq!(held(base, &[(EVERYONE, 0, SEND)]), VIEW_CHANNEL);
        assert_eq!(held(base, &[(EVERYONE, 0, SEND), (2, SEND, 0)]), base);
        assert_eq!(held(base, &[(2, 0, SEND), (3, SEND, 0)]), base, "among roles, allowed wins");
        assert_eq!(held(base, &[(3, SEND, 0), (ME.0, 0, SEND)]), VIEW_CHANNEL);
        assert_eq!(held(base, &[(7, 0, SEND)]), base, "another role");
        assert_eq!(held(ADMINISTRATOR, &[(EVERYONE, 0, SEND)]), u64::MAX);
    }

    #[test]
    fn what_is_missing_is_named_by_channel() {
        let guild = JoinedGuild { id: GuildId(1), name: "Home".to_owned(), permissions: Some(0) };
        let channel = |id, name: &str, has_messages| GuildChannel {
            id: ChannelId(id),
            name: name.to_owned(),
            has_messages,
            overwrites: Vec::new(),
        };
        let all = least();
        let channels = [
            channel(1, "general", true),
            channel(2, "quiet", true),
            channel(3, "hidden", true),
            channel(4, "Category", false),
        ];
        let found = finding(&guild, &channels, |channel| match channel.id.0 {
            1 => all,
            2 => all & !SEND,
            _ => 0,
        });
        assert_eq!(found.text, "Home: missing\n#quiet: Send Messages");
        let found = finding(&guild, &channels, |channel| if channel.id.0 == 1 { all } else { 0 });
        assert_eq!(
            found.text,
            "Home: all that songs need in 1 channels; 2 others are hidden from it"
        );
        let found = finding(&guild, &channels, |_| 0);
        assert!(found.text.contains("no channel is visible"), "{}", found.text);
    }
}
