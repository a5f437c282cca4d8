//! How the bot works, true to the settings in force.

use serenity::builder::CreateEmbed;

use super::{Allowance, text as say};
use crate::{
    discord_api::Message,
    domain::{Limit, Limits, Quota, QuotaUsage},
};

const COLOUR: u32 = 0x5B_6E_F5;

/// How the bot works, beginning with how many songs the reader can ask for. `usages` is what is
/// left of the limits; `tells` is whether people are told when their song is ready, and `moderates`
/// whether the reader may use `/admin`.
pub fn help(
    allowance: &Allowance<'_>,
    limits: &Limits,
    usages: &[QuotaUsage],
    tells: bool,
    moderates: bool,
) -> Message {
    let mut more = say::other_commands();
    if tells {
        more = format!("{more} {}", say::HELP_NOTIFY);
    }
    if moderates {
        more = format!("{more} {}", say::HELP_ADMIN);
    }
    let embed = CreateEmbed::new()
        .title(say::HELP)
        .colour(COLOUR)
        .description(format!("{}\n\n{}", allowance.line(), say::HOW_TO_ASK))
        .field(say::HELP_LIMITS, limits_in_words(limits, usages), false)
        .field(say::HELP_BUTTONS, say::buttons(), false)
        .field(say::HELP_MORE, more, false);
    Message::embed(embed, Vec::new()).ephemeral()
}

/// The limits that apply to the reader, the best of their roles' quotas among them.
fn limits_in_words(limits: &Limits, usages: &[QuotaUsage]) -> String {
    let quota = |limit| {
        let of_limit = usages.iter().find(|usage| usage.limit == limit);
        of_limit.map_or(Quota::Unlimited, |usage| usage.quota)
    };
    let own = quota(Limit::Person);
    let roles_have_more = limits.roles.values().any(|role| !role.is_within(own));
    let mut lines = vec![say::limit_of_person(own, roles_have_more)];
    lines.push(say::limit_at_once(limits.user_concurrency));
    if quota(Limit::Guild) != Quota::Unlimited {
        lines.push(say::limit_of_guild(quota(Limit::Guild)));
    }
    if quota(Limit::Global) != Quota::Unlimited {
        lines.push(say::limit_of_all(quota(Limit::Global)));
    }
    lines.push(say::HELP_QUOTA.to_owned());
    lines.join("\n")
}
