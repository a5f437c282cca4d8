//! Checks requests and answers against Discord's OpenAPI description.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use crate::discord::api::openapi::OpenApi;
use crate::discord::api::paths::in_api;
use crate::discord::shared::Shared;

/// Checks the body of a bot's request against the description and records violations.
pub(crate) fn check_body(
    shared: &Shared,
    openapi: &OpenApi,
    method: &str,
    path: &str,
    body: &Value,
) {
    let Some(complaints) = openapi.complaints(method, path, None, body) else { return };
    shared.change(|state| {
        state.checked_bodies += 1;
        state.violations.extend(complaints);
    });
}

/// Checks the sandbox's own responses against the description and records errors.
pub(crate) async fn check_answers(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = next.run(request).await;
    let (Some(openapi), Some(path)) = (&shared.openapi, in_api(&path)) else { return answer };
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if let Ok(body) = serde_json::from_slice(&bytes) {
        let status = Some(parts.status.as_u16());
        let complaints = openapi.complaints(method.as_str(), path, status, &body);
        shared.change(|state| state.invalid_answers.extend(complaints.into_iter().flatten()));
    }
    Response::from_parts(parts, Body::from(bytes))
}
