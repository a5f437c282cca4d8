//! What a response means: whose it is, and which status and body make a job, a report, or which
//! error.

use std::time::Duration;

use url::Url;

use super::{body::Body, json::Object, wire};
use crate::{
    domain::{Report, WhisulJob},
    whisul::{
        error::{PollError, Reason, SubmitError, Trouble},
        poll_url,
    },
};

/// A response whose status line and headers, at least, have arrived.
pub(in crate::whisul) struct WhisulResponse<'a> {
    pub(in crate::whisul) status: u16,
    pub(in crate::whisul) retry_after: Option<Duration>,
    /// Where it says that what was asked for is to be found.
    pub(in crate::whisul) location: Option<String>,
    /// As much of it as came.
    pub(in crate::whisul) body: Body<'a>,
}

/// Whose answer it is. Between the bot and Whisul stand proxies, firewalls and CDNs, which answer in
/// its place with any status and, mostly, a page of HTML.
enum Voice {
    /// Whisul's own: an object of JSON,
    Whisul(Object),
    /// or its documented error object.
    Error(Object),
    /// Anything else.
    Foreign,
}

impl WhisulResponse<'_> {
    /// The one place that decides whose answer it is: by its form, not by its status.
    fn voice(&self) -> Voice {
        match self.status {
            200..300 => self.object().map_or(Voice::Foreign, Voice::Whisul),
            400..600 => {
                self.body.object().filter(wire::is_error).map_or(Voice::Foreign, Voice::Error)
            }
            _ => Voice::Foreign,
        }
    }

    /// What it holds, whatever its status says.
    fn object(&self) -> Option<Object> {
        self.body.object().or_else(|| self.body.object_at_end())
    }

    /// As the response to `POST /generate`.
    pub(in crate::whisul) fn into_job(self) -> Result<WhisulJob, SubmitError> {
        let Self { status, retry_after, .. } = self;
        // A song may have been paid for: it counts more than a status. A server that declines names
        // no job.
        if !matches!(status, 200..300 | 401 | 402 | 403 | 429)
            && let Some(job) = self.object().as_ref().and_then(wire::acceptance_despite_status)
        {
            return Ok(job);
        }
        match self.voice() {
            Voice::Whisul(object) => wire::acceptance(&object)
                .ok_or_else(|| SubmitError::UnknownOutcome { source: self.unreadable() }),
            Voice::Error(object) => Err(match status {
                400 | 413 | 422 => {
                    let reason = Reason::of(wire::complaint(&object));
                    SubmitError::Rejected { status, reason }
                }
                401 | 403 => SubmitError::BadKey { status },
                402 => SubmitError::OutOfCredit,
                429 => SubmitError::RateLimited { retry_after },
                // A server that names the time to come back has declined, not failed half-way.
                503 if retry_after.is_some() => {
                    SubmitError::NotTaken { retry_after, source: Trouble::Status { status } }
                }
                400..500 => SubmitError::Undocumented { status },
                _ => SubmitError::UnknownOutcome { source: Trouble::Status { status } },
            }),
            // Whatever its status: some read a response on its way back, and put theirs in its place.
            Voice::Foreign => Err(SubmitError::UnknownOutcome { source: self.unreadable() }),
        }
        .or_else(|error| self.job_at_location().ok_or(error))
    }

    /// The job of an acceptance whose body tells nothing, as HTTP names what was created or will be.
    fn job_at_location(&self) -> Option<WhisulJob> {
        let location = self.location.as_deref().filter(|_| matches!(self.status, 201 | 202))?;
        let id = poll_url::id_of_job(location)?;
        Some(WhisulJob { id, poll_url: Some(location.to_owned()) })
    }

    /// As the response to `GET /jobs/{id}`.
    pub(in crate::whisul) fn into_report(self, base: &Url) -> Result<Report, PollError> {
        let Self { status, retry_after, .. } = self;
        let transient = |source| Err(PollError::Transient { source, retry_after });
        if let Some(report) = self.outcome_despite_status(base) {
            return Ok(report);
        }
        match self.voice() {
            Voice::Whisul(object) => {
                wire::report(&object, base).map_or_else(|| transient(self.unreadable()), Ok)
            }
            Voice::Error(_) => match status {
                401 | 403 => Err(PollError::BadKey),
                402 => Err(PollError::OutOfCredit),
                // 410 isn't documented, but HTTP knows only one meaning for it: gone for ever.
                404 | 410 => Ok(Report::Vanished),
                429 => Err(PollError::RateLimited { retry_after }),
                _ => transient(Trouble::Status { status }),
            },
            Voice::Foreign if status == 429 => Err(PollError::RateLimited { retry_after }),
            // No page shows the body for an unknown job. One that is no error object ends no song,
            // but it tells the probe that something knows about jobs.
            Voice::Foreign if matches!(status, 404 | 410) && self.body.object().is_some() => {
                transient(Trouble::Status { status })
            }
            Voice::Foreign => transient(self.unreadable()),
        }
    }

    fn outcome_despite_status(&self, base: &Url) -> Option<Report> {
        if matches!(self.status, 200..300) {
            return None;
        }
        wire::outcome_despite_status(&self.object()?, base)
    }

    /// Whether a poll may have gone to the wrong address: nothing there knows about jobs.
    pub(in crate::whisul) fn is_misdirected(&self, base: &Url) -> bool {
        match (self.status, self.voice()) {
            (200..300, Voice::Whisul(object)) => wire::report(&object, base).is_none(),
            _ if self.outcome_despite_status(base).is_some() => false,
            (404 | 410, _) | (200..400 | 405, Voice::Foreign) => true,
            _ => false,
        }
    }

    /// Why nothing could be made of it.
    fn unreadable(&self) -> Trouble {
        match &self.body.trouble {
            Some(trouble) => trouble.clone(),
            None if matches!(self.voice(), Voice::Foreign) => {
                Trouble::Foreign { status: self.status }
            }
            None => Trouble::Garbage,
        }
    }
}

#[cfg(test)]
mod tests;
