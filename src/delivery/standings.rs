//! What is left of a person's limits, as a message.

use serenity::builder::CreateEmbed;

use super::{Message, links::message_link, markdown::escaped, render::stage, sentences as say};
use crate::domain::{Bar, Grant, Job, Limit, Standing};

/// How many of the songs under way are shown, and how much of their prompts, in UTF-16 code units.
const SHOWN: usize = 10;
const PROMPT_ROOM: usize = 150;

const COLOUR: u32 = 0x5B_6E_F5;

/// What is left of each limit and of grants, what keeps songs out, and which are under way.
pub fn standings(
    bar: Option<Bar>,
    standings: &[Standing],
    grants: &[Grant],
    under_way: &[Job],
) -> Message {
    let mut lines: Vec<String> = standings.iter().map(say::standing).collect();
    lines.extend(grants.iter().map(say::granted));
    if standings.iter().all(|standing| standing.limit == Limit::Concurrency) {
        lines.insert(0, say::NO_QUOTA.to_owned());
    }
    if let Some(bar) = bar {
        lines.insert(0, format!("{}\n", say::admin::barred(bar)));
    }
    if !under_way.is_empty() {
        lines.push(format!("\n{}", say::UNDER_WAY_NOW));
        lines.extend(under_way.iter().take(SHOWN).map(line));
    }
    let embed = CreateEmbed::new().title(say::WHAT_IS_LEFT).colour(COLOUR);
    Message::embed(embed.description(lines.join("\n")), Vec::new()).ephemeral()
}

fn line(job: &Job) -> String {
    let prompt = escaped(job.prompt.as_str(), PROMPT_ROOM);
    say::under_way(stage(&job.state), &prompt, message_link(job).as_deref())
}
