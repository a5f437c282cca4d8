//! A Whisul on loopback: the two endpoints of its API to the letter, and real songs and covers.

mod api;
mod cover;
mod job;
mod plan;
mod raw;
mod rules;
mod song;
mod state;
mod tune;

pub use job::SandboxJob;
pub use plan::Plan;
pub use raw::Raw;
pub use rules::{RetryAfter, WhisulRules};

use std::{io, sync::Arc};

use tokio::sync::watch;

use crate::{Changes, Faults, Requests, server::Server, until};
use job::Job;
use state::Shared;

/// A Whisul. Clones are handles to the same one; it stops when the last is dropped.
///
/// A prompt becomes a song after [`WhisulRules::song_takes`], unless [`WhisulSandbox::plan`] says
/// otherwise. The tune and the cover are made from the prompt and served without a key.
#[derive(Clone, Debug)]
pub struct WhisulSandbox {
    shared: Arc<Shared>,
    server: Arc<Server>,
    faults: Faults,
    requests: Requests,
}

impl WhisulSandbox {
    /// Starts one.
    ///
    /// # Errors
    /// When the port is taken.
    #[expect(clippy::unused_async, reason = "it spawns, so it must be called within a runtime")]
    pub async fn start(rules: WhisulRules) -> io::Result<Self> {
        let changes = Changes::new();
        let faults = Faults::new(changes.clone());
        let requests = Requests::new(changes.clone());
        let port = rules.port;
        let shared = Arc::new(Shared::new(rules, changes));
        let router = api::router(Arc::clone(&shared));
        let server = Server::start(router, faults.clone(), requests.clone(), port)?;
        Ok(Self { shared, server: Arc::new(server), faults, requests })
    }

    /// The base URL of the API: a value for `WHISUL_API_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/api", self.server.address())
    }

    /// The key that it accepts at present: a value for `WHISUL_API_KEY`.
    #[must_use]
    pub fn key(&self) -> String {
        self.shared.state().key.clone()
    }

    /// Accepts only this key from now on, as if the old one had been regenerated.
    pub fn change_key(&self, key: &str) {
        key.clone_into(&mut self.shared.state().key);
    }

    /// Plans what happens to prompts that contain this. Of several plans that fit a prompt
    /// the latest counts.
    pub fn plan(&self, prompt_part: &str, plan: Plan) {
        self.shared.state().plans.push((prompt_part.to_owned(), plan));
    }

    /// Ends the running jobs whose prompt contains this, and returns how many there were.
    pub fn finish(&self, prompt_part: &str) -> usize {
        let mut state = self.shared.state();
        let fitting = state.jobs.iter_mut().filter(|job| job.prompt.contains(prompt_part));
        let finished = fitting.map(Job::finish).filter(|finished| *finished).count();
        drop(state);
        self.shared.changes.bump();
        finished
    }

    /// Forgets the jobs whose prompt contains this, as Whisul does with old results, and returns how
    /// many there were: they are unknown (404) from now on.
    pub fn expire(&self, prompt_part: &str) -> usize {
        let mut state = self.shared.state();
        let fitting = state.jobs.iter_mut().filter(|job| job.prompt.contains(prompt_part));
        let expired = fitting.map(Job::expire).count();
        drop(state);
        self.shared.changes.bump();
        expired
    }

    /// All jobs that it took in, the oldest first, expired ones included.
    #[must_use]
    pub fn jobs(&self) -> Vec<SandboxJob> {
        self.shared.state().jobs.iter().map(Job::seen).collect()
    }

    /// How many prompts that contain this it took in.
    #[must_use]
    pub fn accepted(&self, prompt_part: &str) -> usize {
        let state = self.shared.state();
        state.jobs.iter().filter(|job| job.prompt.contains(prompt_part)).count()
    }

    /// Waits until it has taken in a prompt that contains this; the first such job.
    ///
    /// # Panics
    /// When none comes within [`PATIENCE`](crate::PATIENCE).
    #[track_caller]
    pub fn until_accepted(&self, prompt_part: &str) -> impl Future<Output = SandboxJob> {
        self.until_job(prompt_part, "be accepted", |_| true)
    }

    /// Waits until the first job whose prompt contains this has ended.
    ///
    /// # Panics
    /// When none has within [`PATIENCE`](crate::PATIENCE).
    #[track_caller]
    pub fn until_finished(&self, prompt_part: &str) -> impl Future<Output = SandboxJob> {
        self.until_job(prompt_part, "end", |job| job.finished_at.is_some())
    }

    /// Waits until the first job whose prompt contains this has been polled so often.
    ///
    /// # Panics
    /// When it has not within [`PATIENCE`](crate::PATIENCE).
    #[track_caller]
    pub fn until_polled(
        &self,
        prompt_part: &str,
        times: usize,
    ) -> impl Future<Output = SandboxJob> {
        self.until_job(prompt_part, "be polled", move |job| job.polls >= times)
    }

    #[track_caller]
    fn until_job(
        &self,
        prompt_part: &str,
        what: &str,
        wanted: impl Fn(&SandboxJob) -> bool,
    ) -> impl Future<Output = SandboxJob> {
        let (sandbox, part) = (self.clone(), prompt_part.to_owned());
        let what = format!("a job for {part:?} to {what}");
        until(&what, &self.changed(), move || {
            let state = sandbox.shared.state();
            let mut fitting = state.jobs.iter().filter(|job| job.prompt.contains(&part));
            fitting.next().map(Job::seen).filter(&wanted)
        })
    }

    /// Its faults, see [`Fault`](crate::Fault). Its paths are `/api/generate`,
    /// `/api/jobs/*`, `/audio/*` and `/covers/*`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What it was asked.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Changes with every request, answer and job: for [`until`].
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changes.watch()
    }

    /// Is down from now on: connections are closed and refused. Jobs are kept, and go on.
    ///
    /// # Errors
    /// When the port could not be kept.
    pub async fn stop(&self) -> io::Result<()> {
        self.server.stop().await
    }

    /// Is back on the same port after [`WhisulSandbox::stop`].
    ///
    /// # Errors
    /// When the port is taken.
    #[expect(clippy::unused_async, reason = "it spawns, so it must be called within a runtime")]
    pub async fn start_again(&self) -> io::Result<()> {
        self.server.start_again()
    }
}
