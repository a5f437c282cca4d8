//! Uploaded files, as Discord's CDN serves them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::discord::api::error::ApiError;
use crate::discord::rest::extract::Ids;
use crate::discord::shared::Shared;

/// Serves a file. `Content-Length` is set, since the whole body is in memory.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Ids((channel, file, name)): Ids<(u64, u64, String)>,
) -> Result<Response, ApiError> {
    shared.read(|state| {
        let found = state.files.get(&file);
        let file = found.filter(|file| file.channel == channel && file.name == name);
        let file = file.ok_or(ApiError::NOT_FOUND)?;
        let kind = file.content_type.clone().unwrap_or("application/octet-stream".into());
        Ok(([(CONTENT_TYPE, kind)], file.bytes.clone()).into_response())
    })
}
