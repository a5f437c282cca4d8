//! What is left of a person's limits, as a message.

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton, CreateEmbed},
};

use super::{links::message_link, markdown::escaped, render::stage, text as say};
use crate::{
    discord_api::Message,
    domain::{Action, Available, Grant, Job, Limit, QuotaUsage, Wait},
};

/// How many of the songs under way are shown, and how much of their prompts, in UTF-16 code units.
const SHOWN: usize = 10;
const PROMPT_ROOM: usize = 100;

/// How many grants are shown: those that are to be used first.
const GRANTS: usize = 5;

/// How many buttons fit into a row (Discord docs, Component Reference > Action Row).
const ROW: usize = 5;

const COLOUR: u32 = 0x5B_6E_F5;

/// How many songs somebody can ask for.
#[derive(Clone, Copy, Debug)]
pub struct Allowance<'a> {
    /// Why they can't ask for songs here, whatever their quota.
    pub kept_out: Option<&'a str>,
    /// How many the limits allow.
    pub available: Available,
}

impl Allowance<'_> {
    /// In one line.
    pub(super) fn line(&self) -> String {
        self.kept_out.map_or_else(|| say::available(&self.available), str::to_owned)
    }

    /// Whether there is more to say of a limit than the line does.
    fn leaves_open(&self, usage: &QuotaUsage) -> bool {
        let told = match self.available {
            Available::Nothing(refusal) if self.kept_out.is_none() => Some(refusal.limit),
            _ => None,
        };
        told != Some(usage.limit) && usage.quota.depth() > 0
    }
}

/// How many songs somebody can ask for, what is left of each limit and of grants, and which songs
/// are under way, with how long they wait.
pub fn quota_panel(
    allowance: &Allowance<'_>,
    usages: &[QuotaUsage],
    grants: &[Grant],
    under_way: &[Job],
    wait_of: impl Fn(&Job) -> Option<Wait>,
) -> Message {
    let mut lines = vec![format!("{}\n", allowance.line())];
    let is_counted = usages.iter().any(|usage| usage.limit == Limit::Person);
    if !is_counted && allowance.available != Available::Unlimited {
        lines.push(say::NO_QUOTA.to_owned());
    }
    lines.extend(usages.iter().filter(|it| allowance.leaves_open(it)).map(say::usage));
    lines.extend(grants.iter().take(GRANTS).map(say::granted));
    // A single one needs no number.
    let number = |number: usize| (under_way.len() > 1).then_some(number);
    let shown: Vec<_> = (1..).map(number).zip(under_way.iter().take(SHOWN)).collect();
    if !under_way.is_empty() {
        lines.push(format!("\n{}", say::UNDER_WAY_NOW));
        for (number, job) in &shown {
            lines.push(line(*number, job));
            lines.extend(wait_of(job).as_ref().map(say::wait));
        }
    }
    let embed = CreateEmbed::new().title(say::WHAT_IS_LEFT).colour(COLOUR);
    let cancel = shown.iter().filter(|(_, job)| job.awaits_turn());
    let cancel: Vec<_> = cancel.map(|(number, job)| cancel_button(*number, job)).collect();
    let rows = cancel.chunks(ROW).map(|row| CreateActionRow::Buttons(row.to_vec())).collect();
    Message::embed(embed.description(lines.join("\n")), rows).ephemeral()
}

fn line(number: Option<usize>, job: &Job) -> String {
    let prompt = escaped(job.prompt.as_str(), PROMPT_ROOM);
    say::under_way(number, stage(&job.state), &prompt, message_link(job).as_deref())
}

fn cancel_button(number: Option<usize>, job: &Job) -> CreateButton {
    let button = CreateButton::new(Action::CancelOwn(job.id).custom_id());
    button.label(say::cancel_numbered(number)).style(ButtonStyle::Secondary)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        ChannelId, GuildId, InteractionId, JobId, MessageId, Quota, Span, Timestamp, UserId,
        fixtures, fixtures::prompt,
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
                id: InteractionId(id),
                expires_at: Timestamp::from_millis(i64::MAX),
                left: u32::MAX,
            };
            let grants: Vec<Grant> = (0..grants).map(grant).collect();
            let all = [Limit::Concurrency, Limit::Person, Limit::Guild, Limit::Global];
            let quota = Quota::Limited { count: u32::MAX, window: Duration::from_secs(1_000_001) };
            let used_up = all.map(|limit| QuotaUsage { limit, quota, left: 0, next_at: None });
            let (day, at) = (Duration::from_hours(24), Timestamp::from_millis(i64::MAX));
            let span = Span { typical: day, most: 99 * day };
            let longest_wait = Wait { at, ahead: 0, span };
            let longest = "w".repeat(300);
            let allowance =
                Allowance { kept_out: Some(&longest), available: Available::Unlimited };
            let message = quota_panel(&allowance, &used_up, &grants, &jobs, |_| Some(longest_wait));
            let message = serde_json::to_value(message).unwrap();
            let text = message["embeds"][0]["description"].as_str().unwrap();
            prop_assert!((1..=4096).contains(&text.encode_utf16().count()));
        }
    }
}
