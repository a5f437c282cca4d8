//! What is left of a person's limits, as a message.

use serenity::builder::CreateEmbed;

use super::{Message, links::message_link, markdown::escaped, render::stage, sentences as say};
use crate::domain::{Bar, Grant, Job, Limit, Standing};

/// How many of the songs under way are shown, and how much of their prompts, in UTF-16 code units.
const SHOWN: usize = 10;
const PROMPT_ROOM: usize = 150;

/// How many grants are shown: those that are to be used first.
const GRANTS: usize = 5;

const COLOUR: u32 = 0x5B_6E_F5;

/// What is left of each limit and of grants, what keeps songs out, and which are under way.
pub fn standings(
    bar: Option<Bar>,
    standings: &[Standing],
    grants: &[Grant],
    under_way: &[Job],
) -> Message {
    let mut lines: Vec<String> = standings.iter().map(say::standing).collect();
    lines.extend(grants.iter().take(GRANTS).map(say::granted));
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        ChannelId, GuildId, JobId, MessageId, Quota, Scope, Timestamp, UserId, fixtures,
        fixtures::prompt,
    };

    fn job(id: u64, text: &str) -> Job {
        let mut job = fixtures::job(JobId(id), UserId(u64::MAX));
        (job.place.guild, job.place.channel) = (Some(GuildId(u64::MAX)), ChannelId(u64::MAX));
        Job { prompt: prompt(text), message: Some(MessageId(u64::MAX)), ..job }
    }

    proptest! {
        #[test]
        fn however_much_there_is_it_fits(
            prompts in prop::collection::vec("\\PC{0,200}", 0..20),
            grants in 0..200_u64,
        ) {
            let jobs: Vec<Job> = (1..).zip(&prompts).map(|(id, prompt)| job(id, prompt)).collect();
            let grant = |id| Grant {
                id: JobId(id),
                expires_at: Timestamp::from_millis(i64::MAX),
                left: u32::MAX,
            };
            let grants: Vec<Grant> = (0..grants).map(grant).collect();
            let all = [Limit::Concurrency, Limit::Person, Limit::Guild, Limit::Global];
            let quota = Quota::Limited { count: u32::MAX, window: Duration::from_secs(1_000_001) };
            let used_up = all.map(|limit| Standing { limit, quota, left: 0, next_at: None });
            let bar = Some(Bar::Blocked(Scope::Server(GuildId(7))));
            let message = standings(bar, &used_up, &grants, &jobs);
            let message = serde_json::to_value(message).unwrap();
            let text = message["embeds"][0]["description"].as_str().unwrap();
            prop_assert!((1..=4096).contains(&text.encode_utf16().count()));
        }
    }
}
