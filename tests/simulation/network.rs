//! The network between the bot and the two services: requests take a while, get lost, are answered
//! by proxies, and sometimes arrive although nobody waits for the response any more.

use std::{sync::Arc, time::Duration};

use http::response::Builder;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::time::sleep;
use whisul_bot::http_client::{Exchange, Transport, TransportError};

use super::{
    plan::{FaultKind, Outage, Service, When},
    world::{Phase, State, World},
};

/// How long Whisul's client waits.
const WHISUL_LIMIT: Duration = Duration::from_secs(30);

/// No code that Discord documents.
pub(crate) const UNKNOWN_CODE: u64 = 99_999;

/// Carries the requests of all the bot's clients.
#[derive(Debug)]
pub(crate) struct Network(pub(crate) Arc<World>);

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) method: Method,
    /// Without the part that all paths have in common.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
    limit: Duration,
}

/// A service's answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u32>,
    pub(crate) body: Vec<u8>,
}

type Answer = Result<Reply, TransportError>;

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, retry_after: None, body: body.to_string().into_bytes() }
    }

    fn page(status: u16) -> Self {
        let body = format!("<html><title>{status}</title></html>").into_bytes();
        Self { status, retry_after: None, body }
    }

    fn response(self) -> Response {
        let mut response = Builder::new().status(self.status);
        if let Some(seconds) = self.retry_after {
            response = response.header("retry-after", seconds);
        }
        response.body(self.body).unwrap().into()
    }
}

impl Transport for Network {
    fn send(&self, request: reqwest::Request) -> Exchange<'_> {
        let (world, call) = (Arc::clone(&self.0), Call::of(&request));
        Box::pin(async move {
            let (flight, plan) = Flight::take_off(world, call);
            flight.fly(plan).await.map(Reply::response)
        })
    }
}

impl Call {
    fn of(request: &reqwest::Request) -> Self {
        let url = request.url();
        let is_discord = url.host_str() == Some("discord.com");
        let path = url.path().trim_start_matches("/api/v10/");
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Self {
            service: if is_discord { Service::Discord } else { Service::Whisul },
            method: request.method().clone(),
            path: path.to_owned(),
            query: url.query().unwrap_or_default().to_owned(),
            body: body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default(),
            limit: request.timeout().copied().unwrap_or(WHISUL_LIMIT),
        }
    }

    /// Whether it is a prompt.
    pub(crate) fn is_prompt(&self) -> bool {
        self.service == Service::Whisul && self.method == Method::POST
    }
}

/// What becomes of a request.
struct FlightPlan {
    /// Its number among all calls.
    call: u64,
    fault: Option<FaultKind>,
    there: Duration,
    back: Duration,
}

/// A request on its way. Where nobody waits for it any more, it may arrive all the same.
struct Flight {
    world: Arc<World>,
    call: Call,
    /// Whether it arrives if it is dropped now.
    arrives: bool,
    /// The message that it changes.
    edits: Option<usize>,
}

impl Flight {
    fn take_off(world: Arc<World>, call: Call) -> (Self, FlightPlan) {
        let mut state = world.state();
        let (number, fault) = state.count(call.service);
        let fault = state.lost_post(&call).or(fault);
        let what = if call.service == Service::Discord { "discord" } else { "whisul" };
        let most = if fault.is_some() { 1500 } else { 150 };
        let plan = FlightPlan {
            call: state.calls,
            fault,
            there: state.delay(what, number, most),
            back: state.delay("back", state.calls, 250),
        };
        state.departs(&call, &plan);
        let arrives = state.draw("drop", state.calls, 2) == 0 && carries_out(fault);
        let edits = state.target(&call);
        drop(state);
        (Self { world, call, arrives, edits }, plan)
    }

    async fn fly(mut self, plan: FlightPlan) -> Answer {
        self.world.reach(When::BeforeCall(plan.call)).await;
        let answer = self.exchange(&plan).await;
        self.arrives = false;
        self.world.state().answered(&self.call, &answer);
        answer
    }

    async fn exchange(&mut self, plan: &FlightPlan) -> Answer {
        let (limit, back) = (self.call.limit, plan.back);
        sleep(plan.there).await;
        let mut reply = None;
        if carries_out(plan.fault) {
            reply = Some(self.arrive());
            self.world.reach(When::AfterCall(plan.call)).await;
        }
        let left = limit.saturating_sub(plan.there);
        let (wait, answer) = match (plan.fault, reply) {
            (Some(FaultKind::NotSent), _) => (back, Err(TransportError::NotConnected)),
            (
                Some(FaultKind::LostRequest { times_out } | FaultKind::LostResponse { times_out }),
                _,
            ) => {
                let broken = (back, Err(TransportError::BrokenOff));
                if times_out { (left, Err(TransportError::TimedOut)) } else { broken }
            }
            (Some(FaultKind::Slow(millis)), Some(reply)) => {
                let slow = back + Duration::from_millis(millis);
                let late = (left, Err(TransportError::TimedOut));
                if slow > left { late } else { (slow, Ok(reply)) }
            }
            (None, Some(reply)) => (back, Ok(reply)),
            (Some(kind), _) => (back, Ok(self.answered_by(kind))),
            (None, None) => (back, Err(TransportError::BrokenOff)),
        };
        sleep(wait).await;
        answer
    }

    fn arrive(&mut self) -> Reply {
        self.arrives = false;
        self.world.state().arrives(&self.call)
    }

    /// The response that takes the place of the service's own.
    fn answered_by(&self, kind: FaultKind) -> Reply {
        let is_discord = self.call.service == Service::Discord;
        match kind {
            FaultKind::RateLimited { seconds, by_proxy: true } => {
                Reply { retry_after: seconds, ..Reply::page(429) }
            }
            FaultKind::RateLimited { seconds, .. } if is_discord => {
                let body =
                    json!({ "message": "slow down", "retry_after": seconds, "global": false });
                Reply { retry_after: seconds, ..Reply::json(429, &body) }
            }
            FaultKind::RateLimited { seconds, .. } => {
                Reply { retry_after: seconds, ..Reply::json(429, &json!({ "error": "slow down" })) }
            }
            FaultKind::Status { status, retry_after, .. } => {
                let code = if status == 401 { 0 } else { UNKNOWN_CODE };
                let body = json!({ "message": "?", "code": code, "error": "something went wrong" });
                Reply { retry_after, ..Reply::json(status, &body) }
            }
            FaultKind::Page { status, .. } => Reply::page(status),
            _ => Reply::json(200, &json!({ "hello": 1 })),
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.arrives {
            self.arrive();
        }
        if let Some(message) = self.edits {
            self.world.state().promises.edits.remove(&message);
        }
    }
}

/// Whether a request that goes wrong like this is carried out.
fn carries_out(fault: Option<FaultKind>) -> bool {
    match fault {
        None | Some(FaultKind::Slow(_) | FaultKind::LostResponse { .. }) => true,
        Some(
            FaultKind::Status { applied, .. }
            | FaultKind::Page { applied, .. }
            | FaultKind::UnknownJson { applied },
        ) => applied,
        Some(
            FaultKind::NotSent | FaultKind::LostRequest { .. } | FaultKind::RateLimited { .. },
        ) => false,
    }
}

impl State {
    /// Whether Discord goes away with the response to this new message.
    fn lost_post(&mut self, call: &Call) -> Option<FaultKind> {
        if !self.is_troubled() {
            return None;
        }
        // A notice has a nonce of another form.
        self.job_of_nonce(call.body["nonce"].as_str()?)?;
        let (post, from) = (self.posts, self.now());
        self.posts += 1;
        let lost = self.plan.lost_posts.iter().find(|lost| lost.post == post)?;
        let (to, kind) = (from + lost.lasts, lost.kind);
        self.plan.outages.push(Outage { service: Service::Discord, from, to, kind });
        Some(FaultKind::LostResponse { times_out: false })
    }

    /// The bot sends a request.
    fn departs(&mut self, call: &Call, plan: &FlightPlan) {
        let fault = plan.fault.map_or(String::new(), |fault| format!(": {fault:?}"));
        self.tell(|| format!("    {} {} {}{fault}", plan.call, call.method, call.path));
        let is_down = self.phase == Phase::Down;
        self.promise(!is_down, "nothing is sent once the bot has stopped", || call.path.clone());
        if call.is_prompt() {
            self.check_prompt(call);
        }
        if call.service == Service::Whisul && call.path.starts_with("/api/") {
            self.check_rate();
        }
        self.check_probed(call);
        if let Some(message) = self.target(call) {
            self.check_edit(message);
        }
    }

    /// A request arrives and is carried out.
    fn arrives(&mut self, call: &Call) -> Reply {
        match call.service {
            Service::Discord => self.discord_answers(call),
            _ => self.whisul_answers(call),
        }
    }

    /// The bot has its response, or knows that there will be none.
    fn answered(&mut self, call: &Call, answer: &Answer) {
        if call.is_prompt() {
            self.prompt_answered(call, answer);
        }
        match call.service {
            Service::Discord => self.discord_answered(call, answer),
            _ => self.probe_answered(call, answer),
        }
    }
}
