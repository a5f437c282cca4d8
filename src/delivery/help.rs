//! How the bot works, true to the settings in force.

use serenity::builder::CreateEmbed;

use super::{Message, sentences as say};
use crate::domain::{Limits, Quota};

const COLOUR: u32 = 0x5B_6E_F5;

/// How the bot works. `not_here` is why songs can't be asked for here, if so; `tells` is whether
/// people are told when their song is ready.
pub fn help(limits: &Limits, in_guild: bool, not_here: Option<&str>, tells: bool) -> Message {
    let mut more = say::other_commands();
    if tells {
        more = format!("{more} {}", say::HELP_NOTIFY);
    }
    let embed = CreateEmbed::new()
        .title(say::HELP)
        .colour(COLOUR)
        .description(say::HOW_TO_ASK)
        .field(say::HELP_LIMITS, limits_in_words(limits, in_guild), false)
        .field(say::HELP_WHERE, not_here.unwrap_or(say::WORKS_HERE), false)
        .field(say::HELP_BUTTONS, say::buttons(), false)
        .field(say::HELP_MORE, more, false);
    Message::embed(embed, Vec::new()).ephemeral()
}

fn limits_in_words(limits: &Limits, in_guild: bool) -> String {
    let mut lines = vec![say::limit_of_person(limits.user, !limits.roles.is_empty())];
    lines.push(say::limit_at_once(limits.user_concurrency));
    if in_guild && limits.guild != Quota::Unlimited {
        lines.push(say::limit_of_guild(limits.guild));
    }
    if limits.global != Quota::Unlimited {
        lines.push(say::limit_of_all(limits.global));
    }
    lines.push(say::HELP_QUOTA.to_owned());
    lines.join("\n")
}
