//! What unit tests begin with. Each test changes what it is about.

use secrecy::SecretString;

use super::{
    ApplicationId, ChannelId, Job, JobId, MessageAccess, Place, Prompt, UserId, WhisulJob,
    WhisulJobId,
};

/// A job that was just asked for, in direct messages with the bot.
pub(crate) fn job(id: JobId, requester: UserId) -> Job {
    let place = Place {
        guild: None,
        channel: ChannelId(3),
        access: MessageAccess::Channel,
        application: ApplicationId(4),
        token: Some(SecretString::new("token".to_owned())),
        attachment_limit: 10 << 20,
    };
    Job::accepted(id, requester, place, prompt("rain"), 0)
}

/// A prompt of this text; of another one if it can be none.
pub(crate) fn prompt(text: &str) -> Prompt {
    Prompt::parse(text).unwrap_or_else(|_| Prompt::parse("rain").unwrap())
}

/// What Whisul calls a job.
pub(crate) fn whisul_job() -> WhisulJob {
    WhisulJob { id: WhisulJobId::parse("81fa5ff7").unwrap(), poll_url: None }
}
