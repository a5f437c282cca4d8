//! Request bodies: JSON, or a form with JSON in `payload_json`, with or without
//! files beside it
//! (<https://docs.discord.com/developers/reference#uploading-files>).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart, Path, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::model::message::Upload;
use crate::discord::rest::description::check_body;
use crate::discord::shared::Shared;

/// A body that was taken in.
#[derive(Debug, Default)]
pub(crate) struct Submission {
    pub(crate) json: Value,
    pub(crate) uploads: Vec<Upload>,
}

impl FromRequest<Arc<Shared>> for Submission {
    type Rejection = ApiError;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, ApiError> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let content_type = request.headers().get(CONTENT_TYPE);
        let is = |kind: &str| {
            content_type.is_some_and(|given| given.as_bytes().starts_with(kind.as_bytes()))
        };
        let submission = if is("multipart/") {
            Self::from_form(request).await?
        } else if is("application/x-www-form-urlencoded") {
            Self::from_pairs(request).await?
        } else {
            let bytes = Bytes::from_request(request, &()).await;
            let bytes = bytes.map_err(|_| ApiError::BODY_NOT_JSON)?;
            Self::from_json(&bytes)?
        };
        if let Some(openapi) = &shared.openapi {
            check_body(shared, openapi, method.as_str(), &path, &submission.json);
        }
        Ok(submission)
    }
}

impl Submission {
    fn from_json(bytes: &[u8]) -> Result<Self, ApiError> {
        let json = if bytes.is_empty() {
            json!({})
        } else {
            serde_json::from_slice(bytes).map_err(|_| ApiError::BODY_NOT_JSON)?
        };
        Ok(Self { json, uploads: Vec::new() })
    }

    /// Pairs without files: `payload_json`, or single fields as texts.
    async fn from_pairs(request: Request) -> Result<Self, ApiError> {
        let pairs = Form::<Vec<(String, String)>>::from_request(request, &()).await;
        let Form(pairs) = pairs.map_err(|_| ApiError::BODY_NOT_JSON)?;
        if let Some((_, payload)) = pairs.iter().find(|(key, _)| key == "payload_json") {
            return Self::from_json(payload.as_bytes());
        }
        let fields = pairs.into_iter().map(|(key, text)| (key, Value::from(text)));
        Ok(Self { json: Value::Object(fields.collect()), uploads: Vec::new() })
    }

    async fn from_form(request: Request) -> Result<Self, ApiError> {
        let mut form =
            Multipart::from_request(request, &()).await.map_err(|_| ApiError::BODY_NOT_JSON)?;
        let mut submission = Self { json: json!({}), uploads: Vec::new() };
        while let Some(part) = form.next_field().await.map_err(|_| ApiError::BODY_NOT_JSON)? {
            submission.take(part).await?;
        }
        Ok(submission)
    }

    async fn take(&mut self, part: Field<'_>) -> Result<(), ApiError> {
        let key = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|_| ApiError::BODY_NOT_JSON)?;
        if key == "payload_json" {
            self.json = serde_json::from_slice(&bytes).map_err(|_| ApiError::BODY_NOT_JSON)?;
        } else if let Some(name) = name {
            let digits = key.chars().filter(char::is_ascii_digit).collect::<String>();
            let number = digits.parse().unwrap_or(self.uploads.len() as u64);
            self.uploads.push(Upload { number, name: safe_name(&name), content_type, bytes });
        }
        Ok(())
    }
}

/// A file's name as Discord keeps it: spaces become underscores, and other signs that have a
/// meaning in a path or a link go.
fn safe_name(name: &str) -> String {
    let name = name.replace(' ', "_");
    name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')).collect()
}

/// Proof that a request carried the bot's token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bot;

impl FromRequestParts<Arc<Shared>> for Bot {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bot "));
        if token.is_some_and(|token| shared.read(|state| state.token == token)) {
            Ok(Self)
        } else {
            Err(ApiError::UNAUTHORIZED)
        }
    }
}

/// The ids and tokens in a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Shared>> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, ApiError> {
        let Path(ids) = Path::<T>::from_request_parts(parts, shared).await.map_err(|_| {
            let breach =
                json!({ "code": "NUMBER_TYPE_COERCE", "message": "Value is not snowflake." });
            ApiError::invalid_form(json!({ "_errors": [breach] }))
        })?;
        Ok(Self(ids))
    }
}
