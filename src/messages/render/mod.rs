//! What a job's message says, in each state.

use std::time::Duration;

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton, CreateEmbed, CreateEmbedFooter},
};

use super::{
    Links,
    markdown::{escaped, excerpt, plain},
    text as say,
};
use crate::{
    discord_api::Message,
    domain::{
        Action, Cancellation, Failure, Job, Obstacle, Outlook, RunId, Song, State, Timestamp, Wait,
    },
};

/// How much room each text is given, in UTF-16 code units. Their sum stays below the 6000 that
/// Discord allows over all embeds of a message, each below its own limit (Discord docs, Message
/// Resource > Embed Limits).
const TITLE_MAX: usize = 256;
/// The longest prompt that is shown whole, in characters: a few lines. An escape doubles a
/// character. *Edit prompt* has all of it.
const PROMPT_SHOWN: usize = 300;
const REASON_ROOM: usize = 500;
const TAGS_ROOM: usize = 1024;
const FOOTER_ROOM: usize = 128;

const WAITING: u32 = 0x95_A5_A6;
const WORKING: u32 = 0x5B_6E_F5;
const DONE: u32 = 0x2E_CC_71;
const FAILED: u32 = 0xE6_7E_22;

/// How many segments the progress bar has.
const SEGMENTS: u32 = 10;

/// A job and what else its message depends on at a moment.
#[derive(Clone, Copy, Debug)]
pub struct MessageView<'a> {
    /// The job.
    pub job: &'a Job,
    /// The moment.
    pub now: Timestamp,
    /// Its place in line, from 1 on; `None` when its turn has come.
    pub position: Option<usize>,
    /// How long it takes until then; `None` where nobody knows.
    pub wait: Option<Wait>,
    /// What holds it up.
    pub obstacle: Option<Obstacle>,
    /// What can be said about how long its song takes.
    pub outlook: Outlook,
    /// The run of the bot that renders it.
    pub run: RunId,
    /// Whether this is the last edit that can reach this message before the outcome.
    pub last_words: bool,
    /// Whether Whisul turned its prompt away, so that it is to be sent again.
    pub resubmit_pending: bool,
    /// Whether the song itself is attached.
    pub has_audio: bool,
}

/// The message of a job at a moment. Every limit of Discord's is kept, whatever its texts are.
pub fn render(view: &MessageView<'_>, links: &Links) -> Message {
    let job = view.job;
    match &job.state {
        State::Completed { song, took } => finished(view, song, *took, links),
        State::Failed(why) => Message::embed(failed(view, why), outcome_row(job, say::TRY_AGAIN)),
        State::Cancelled(cancellation) => {
            Message::embed(cancelled(view, cancellation), outcome_row(job, say::TRY_AGAIN))
        }
        // Its first response was never posted: nobody sees this.
        State::Abandoned => {
            let embed = CreateEmbed::new().title(say::CANCELLED).colour(WAITING);
            Message::embed(embed.description(about(view, &[])), outcome_row(job, say::TRY_AGAIN))
        }
        State::Accepted | State::Announced => {
            let cancel = button(Action::Cancel { job: job.id, run: Some(view.run) }, say::CANCEL);
            Message::embed(under_way(view), vec![CreateActionRow::Buttons(vec![cancel])])
        }
        State::Submitting | State::Running { .. } => Message::embed(under_way(view), Vec::new()),
    }
}

/// How far a job under way is, in a few words.
pub(super) fn stage(state: &State) -> &'static str {
    match state {
        State::Running { .. } => say::COMPOSING,
        State::Submitting => say::SUBMITTING,
        _ => say::IN_LINE,
    }
}

fn under_way(view: &MessageView<'_>) -> CreateEmbed {
    let (title, colour, status) = match &view.job.state {
        State::Running { since, .. } => {
            // A clock that was put right may show an earlier time now.
            let since = view.now.min(*since);
            let elapsed = view.now.since(since);
            let bar = bar(view.outlook.share(elapsed));
            let told = match view.outlook.usual {
                _ if view.outlook.is_unusual(elapsed) => say::takes_longer(since),
                Some(usual) => say::takes_usually(since, usual),
                None => say::started(since),
            };
            (say::COMPOSING, WORKING, format!("{bar}\n{told}"))
        }
        State::Submitting => (say::SUBMITTING, WORKING, String::new()),
        _ if view.resubmit_pending && view.position.is_none() => {
            (say::IN_LINE, WAITING, say::RESUBMIT_PENDING.to_owned())
        }
        _ => (say::IN_LINE, WAITING, say::position_in_line(view.position, view.wait)),
    };
    // A requester who waits for Whisul wants to know that, rather than the position.
    let status = match (view.last_words, view.obstacle) {
        (true, _) => say::GOES_ON_BY_DM.to_owned(),
        (false, Some(obstacle)) => say::held_up(obstacle).to_owned(),
        (false, None) => status,
    };
    let embed = CreateEmbed::new().title(title).colour(colour);
    embed.description(about(view, &[&status]))
}

fn finished(view: &MessageView<'_>, song: &Song, took: Duration, links: &Links) -> Message {
    let link = song.song_url.as_deref().and_then(|link| links.checked(link));
    let cover = song.image_url.as_deref().and_then(|link| links.checked(link));
    let title = song.title.as_deref().map(|title| escaped(title, TITLE_MAX));
    let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| say::UNTITLED.to_owned());
    let note = match (&link, &song.song_url) {
        (None, _) if view.has_audio => "",
        (None, None) => say::NO_LINK,
        (None, Some(_)) => say::LINK_TOO_LONG,
        (Some(_), _) => "",
    };
    let mut embed = CreateEmbed::new()
        .title(title)
        .colour(DONE)
        .description(about(view, &[note]))
        .footer(CreateEmbedFooter::new(plain(&say::made_in(took), FOOTER_ROOM)));
    if let Some(bpm) = song.bpm.and_then(Song::beats) {
        let bpm = format!("{bpm:.1}");
        embed = embed.field(say::BPM, bpm.trim_end_matches(".0"), true);
    }
    if let Some(length) = song.length {
        embed = embed.field(say::DURATION, length.to_string(), true);
    }
    let tags = escaped(&song.tags.join(", "), TAGS_ROOM);
    if !tags.is_empty() {
        embed = embed.field(say::TAGS, tags, true);
    }
    if let Some(cover) = cover {
        embed = embed.image(cover);
    }
    let mut buttons = outcome_buttons(view.job, say::AGAIN);
    if let Some(link) = song.song_url.as_deref().and_then(|link| links.button(link)) {
        buttons.insert(0, CreateButton::new_link(link).label(say::LISTEN));
    }
    if let Some(link) = link {
        embed = embed.url(link);
    }
    Message::embed(embed, vec![CreateActionRow::Buttons(buttons)])
}

fn failed(view: &MessageView<'_>, why: &Failure) -> CreateEmbed {
    let said = match why {
        Failure::Rejected { reason } | Failure::Generation { reason } => {
            with_reason(reason.as_deref(), say::whisul_said)
        }
        Failure::Ended { reason } => with_reason(reason.as_deref(), say::given_reason),
        _ => String::new(),
    };
    let embed = CreateEmbed::new().title(say::FAILED).colour(FAILED);
    embed.description(about(view, &[&say::failure(why, view.job.charge), &said]))
}

fn cancelled(view: &MessageView<'_>, cancellation: &Cancellation) -> CreateEmbed {
    let told = say::cancelled(cancellation.by, view.job.requester);
    let reason = with_reason(cancellation.reason.as_deref(), say::given_reason);
    let embed = CreateEmbed::new().title(say::CANCELLED).colour(WAITING);
    embed.description(about(view, &[&told, &reason]))
}

/// A paragraph with somebody's own words, if there is anything to see in them.
fn with_reason(reason: Option<&str>, paragraph: impl Fn(&str) -> String) -> String {
    let reason = escaped(reason.unwrap_or_default(), REASON_ROOM);
    if reason.is_empty() { reason } else { paragraph(&reason) }
}

/// The buttons below an outcome. One of them asks for the song again, by which the message can be
/// found: see `delivery/recognise.rs`.
fn outcome_buttons(job: &Job, again: &str) -> Vec<CreateButton> {
    vec![
        button(Action::Again(job.id), again),
        button(Action::Edit(job.id), say::EDIT_PROMPT),
        button(Action::Delete(job.id), say::DELETE),
    ]
}

fn outcome_row(job: &Job, again: &str) -> Vec<CreateActionRow> {
    vec![CreateActionRow::Buttons(outcome_buttons(job, again))]
}

fn button(action: Action, label: &str) -> CreateButton {
    CreateButton::new(action.custom_id()).label(label).style(ButtonStyle::Secondary)
}

/// The prompt and who asked for it, with what there is to say below.
fn about(view: &MessageView<'_>, paragraphs: &[&str]) -> String {
    let prompt = excerpt(view.job.prompt.as_str(), PROMPT_SHOWN);
    let mut text = format!("> {prompt}\n{}", say::asked_by(view.job.requester));
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        text.push_str("\n\n");
        text.push_str(paragraph);
    }
    text
}

/// A progress bar of which so much is full. It never looks finished: only the song itself is.
fn bar(share: f64) -> String {
    let reached = |segment: &u32| f64::from(*segment) <= share * f64::from(SEGMENTS);
    let filled = (1..SEGMENTS).filter(reached).count();
    let empty = SEGMENTS as usize - filled;
    format!("{}{}", "▰".repeat(filled), "▱".repeat(empty))
}

#[cfg(test)]
mod tests;
