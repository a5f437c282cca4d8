//! `/admin jobs` and `/admin cancel`.

use super::{Admin, page_of, server};
use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
        commands::songs::suggested,
    },
    domain::{AdminAction, Cancellation, Canceller, JobId, Scope},
    jobs::CancelOutcome,
    messages::{
        panels::{self, JOBS_PAGE},
        text::admin as say,
    },
};

/// See who waits and whose songs are being made
#[poise::command(slash_command)]
pub(super) async fn jobs(
    context: Context<'_>,
    #[description = "Which page of the list"]
    #[min = 1]
    #[max = 100_000]
    page: Option<i64>,
    #[description = "In every server and in direct messages: for the bot's owner"]
    everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    let page = page_of(JOBS_PAGE, page);
    let jobs = in_time(admin.state.jobs.store().open_jobs(server(scope), page)).await?;
    admin.show(panels::jobs(&jobs)).await;
    Ok(())
}

/// Cancel a waiting song; the bot's owner can also end one that is being made
#[poise::command(slash_command)]
pub(super) async fn cancel(
    context: Context<'_>,
    #[description = "The song's number, from /admin jobs"]
    #[max_length = 20]
    #[autocomplete = "suggested"]
    song: String,
    #[description = "Why: for the log, and shown with the song"]
    #[max_length = 200]
    reason: Option<String>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let song = song.trim().parse().map(JobId).map_err(|_| CommandError::declined(say::BAD_SONG))?;
    // Whatever somebody types: a moderator reaches the songs of their own server only.
    let job = in_time(admin.state.jobs.store().job(song))
        .await?
        .ok_or(CommandError::declined(say::NO_SUCH_SONG))?;
    let scope = match job.place.guild {
        Some(guild) if guild == admin.guild => Scope::Server(guild),
        _ if admin.is_owner().await? => Scope::Everywhere,
        _ => return Err(CommandError::declined(say::NO_SUCH_SONG)),
    };
    // Written down first: the record may tell of a wish that came too late, but never leaves one
    // out.
    let entry = admin.entry(AdminAction::Cancel(song), scope, reason);
    admin.write_down(&entry).await?;
    let jobs = &admin.state.jobs;
    // The job's own task brings the news to its message.
    // Where Discord does not tell who the owner is, this is a moderator like any other.
    let is_owner = admin.is_owner().await.unwrap_or(false);
    let by = match admin.invoker.user {
        person if person == job.requester => Canceller::Requester,
        _ if is_owner => Canceller::Owner,
        person => Canceller::Moderator(person),
    };
    let cancellation = Cancellation { by, reason: entry.reason };
    let outcome = if is_owner {
        jobs.cancel_or_end(song, cancellation, admin.until).await?
    } else {
        jobs.cancel(song, cancellation, admin.until, async |_| None).await?
    };
    let cancelled = say::song_cancelled(job.requester);
    let sentence = match outcome {
        CancelOutcome::Cancelled => &cancelled,
        CancelOutcome::Ended => say::SONG_ENDED,
        CancelOutcome::TooLate => say::SONG_TOO_LATE,
        CancelOutcome::Remembered { even_running: true } => say::SONG_ENDS_SOON,
        CancelOutcome::Remembered { even_running: false } => say::SONG_CANCEL_REMEMBERED,
        CancelOutcome::NotFound => say::NO_SUCH_SONG,
        CancelOutcome::TimedOut => return Err(CommandError::TimedOut),
    };
    admin.state.reply_ephemeral(&admin.invoker, sentence).await;
    Ok(())
}
