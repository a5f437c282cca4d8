//! Whisul's two endpoints, and the songs and covers that they point to.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{task::spawn_blocking, time::sleep_until};

use super::{RetryAfter, cover, song::Song, state::Shared, tune};

/// Everything that a sandbox serves.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/generate", post(generate))
        .route("/api/jobs/{id}", get(job))
        .route_layer(from_fn_with_state(Arc::clone(&shared), admit))
        .route("/audio/{file}", get(audio))
        .route("/covers/{file}", get(cover))
        .with_state(shared)
}

/// What Whisul says when it refuses.
enum Refusal {
    InvalidInput(&'static str),
    Unauthorised,
    UnknownJob,
    /// By the prompt's plan.
    Planned(u16, String),
    /// With the time until the next request would be taken.
    TooManyRequests(RetryAfter, Duration),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, message) = match self {
            Self::Planned(status, body) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
                return (status, [(CONTENT_TYPE, "application/json")], body).into_response();
            }
            Self::InvalidInput(message) => (StatusCode::BAD_REQUEST, "Invalid input", message),
            Self::Unauthorised => {
                (StatusCode::UNAUTHORIZED, "Unauthorized", "API key missing or invalid.")
            }
            Self::UnknownJob => (StatusCode::NOT_FOUND, "Not found", "No such job."),
            Self::TooManyRequests(..) => {
                (StatusCode::TOO_MANY_REQUESTS, "Too many requests", "Slow down and retry later.")
            }
        };
        let body = Json(json!({ "error": error, "message": message }));
        let mut response = (status, body).into_response();
        if let Self::TooManyRequests(form, wait) = self
            && let Some(value) = retry_after(form, wait)
        {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }
}

fn retry_after(form: RetryAfter, wait: Duration) -> Option<HeaderValue> {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let text = match form {
        RetryAfter::Absent => return None,
        RetryAfter::Seconds => seconds.to_string(),
        // A date has no fractions, and loses the one of the present second.
        RetryAfter::Date => {
            httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds + 1))
        }
    };
    HeaderValue::try_from(text).ok()
}

/// Lets a request pass that has the key and keeps within the rate limit.
async fn admit(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let header = request.headers().get(AUTHORIZATION);
    let key = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    {
        let mut state = shared.state();
        if key != Some(state.key.as_str()) {
            return Err(Refusal::Unauthorised);
        }
        if let Some((requests, per)) = shared.rules.rate_limit {
            let admitted = state.recent.admit(requests, per, Instant::now());
            admitted.map_err(|wait| Refusal::TooManyRequests(shared.rules.retry_after, wait))?;
        }
    }
    Ok(next.run(request).await)
}

/// `POST /generate`.
async fn generate(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let prompt = read_prompt(&headers, &body).map_err(Refusal::InvalidInput)?;
    let accepted = shared.accept(prompt);
    let (id, ends_at, raw) = accepted.map_err(|(status, body)| Refusal::Planned(status, body))?;
    shared.changes.bump();
    if let Some(end) = ends_at {
        let changes = shared.changes.clone();
        tokio::spawn(async move {
            sleep_until(end.into()).await;
            changes.bump();
        });
    }
    let poll_url = format!("/jobs/{id}");
    let answer = json!({
        "message": "Composition task received.",
        "job_id": id,
        "poll_url": poll_url,
    });
    let status = StatusCode::ACCEPTED;
    Ok(match raw {
        Some(raw) => raw.response(&id, &origin(&headers), (status, &answer.to_string())),
        None => (status, Json(answer)).into_response(),
    })
}

/// The prompt of a request, or its error.
fn read_prompt(headers: &HeaderMap, body: &[u8]) -> Result<String, &'static str> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("application/json") {
        return Err("Content-Type must be application/json.");
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| "The body is not valid JSON.")?;
    match body.get("prompt") {
        Some(Value::String(prompt)) if !prompt.trim().is_empty() => Ok(prompt.clone()),
        Some(Value::String(_)) => Err("The prompt must not be empty."),
        Some(_) => Err("The prompt must be a string."),
        None => Err("The prompt is missing."),
    }
}

/// `GET /jobs/{job_id}`.
async fn job(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let origin = origin(&headers);
    let (answer, raw) = {
        let mut state = shared.state();
        let job = state.job(&id).ok_or(Refusal::UnknownJob)?;
        let polled = job.poll(shared.rules.least_poll_gap.unwrap_or_default());
        polled.map_err(|wait| Refusal::TooManyRequests(shared.rules.retry_after, wait))?;
        (job.answer(&origin), job.raw())
    };
    shared.changes.bump();
    if let Some(raw) = raw {
        let usual = answer.unwrap_or_default().to_string();
        return Ok(raw.response(&id, &origin, (StatusCode::OK, &usual)));
    }
    answer.map(|answer| Json(answer).into_response()).ok_or(Refusal::UnknownJob)
}

/// Where songs and covers are: on this server, by the name that the client knows it by.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

async fn audio(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    media(&shared, &file, ".wav", "audio/wav", |song| Some(tune::wav(song))).await
}

async fn cover(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    media(&shared, &file, ".png", "image/png", |song| cover::png(song).ok()).await
}

/// Makes what a completed job's file holds.
async fn media(
    shared: &Shared,
    file: &str,
    extension: &str,
    media_type: &'static str,
    make: fn(&Song) -> Option<Vec<u8>>,
) -> Response {
    let prompt = file.strip_suffix(extension).and_then(|id| {
        let mut state = shared.state();
        let job = state.job(id);
        job.filter(|job| job.has_media()).map(|job| job.prompt.clone())
    });
    let Some(prompt) = prompt else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match spawn_blocking(move || make(&Song::from_prompt(&prompt))).await {
        Ok(Some(bytes)) => ([(CONTENT_TYPE, media_type)], bytes).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
