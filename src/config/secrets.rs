//! What is accepted as a secret.

use std::ops::RangeInclusive;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    alert_webhook::{SigningKey, WebhookUrl},
    errors::Problem,
    table,
};
use crate::proxy::is_loopback;

/// The bot's token. What people copy in its place gets a sentence of its own.
pub(super) fn discord_token(text: &str) -> Result<SecretString, Problem> {
    let bare = text.trim_matches(['"', '\'']);
    let all = |is: fn(&u8) -> bool| bare.bytes().all(|byte| is(&byte));
    if has_scheme(text, "Bot") {
        Err(Problem::Scheme("Bot"))
    } else if all(u8::is_ascii_digit) {
        Err(Problem::ApplicationId)
    } else if bare.len() == 64 && all(u8::is_ascii_hexdigit) {
        Err(Problem::PublicKey)
    } else if bare.len() == 32 && all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)) {
        Err(Problem::ClientSecret)
    } else {
        secret(text)
    }
}

/// The key of the Whisul API.
pub(super) fn whisul_key(text: &str) -> Result<SecretString, Problem> {
    if has_scheme(text, "Bearer") {
        Err(Problem::Scheme("Bearer"))
    } else if is_discord_token(text.trim_matches(['"', '\''])) {
        Err(Problem::DiscordToken)
    } else {
        secret(text)
    }
}

/// Whether a header's scheme stands before a secret, or the header's whole name.
fn has_scheme(text: &str, scheme: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || ":\"'".contains(c));
    let mut words = words.filter(|word| !word.eq_ignore_ascii_case("authorization"));
    let first = words.find(|word| !word.is_empty());
    first.is_some_and(|word| word.eq_ignore_ascii_case(scheme) && word.len() < text.len())
}

/// Whether a text has the form of a bot's token: an id in base64, a time and a signature.
pub(super) fn is_discord_token(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], [id, time, rest] if id.len() >= 23 && time.len() == 6 && rest.len() >= 27)
}

/// A secret goes into a header and is sent as it is: visible ASCII only. Quotation marks come from
/// env files whose reader doesn't know them, and no secret has any.
fn secret(text: &str) -> Result<SecretString, Problem> {
    if table::SECRETS.iter().any(|setting| setting.example == text) {
        Err(Problem::Example)
    } else if text.contains("://") {
        Err(Problem::SecretUrl)
    } else if text.contains(['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']) {
        Err(Problem::SecretQuotes)
    } else if text.contains(char::is_whitespace) {
        Err(Problem::SecretSpace)
    } else if text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(SecretString::new(text.to_owned()))
    } else {
        Err(Problem::SecretCharacter)
    }
}

/// The key that signs alerts, in the form that the libraries of Standard Webhooks take: base64, before
/// which they leave out `whsec_`. They would misread any other text.
pub(super) fn webhook_secret(text: &str) -> Result<SigningKey, Problem> {
    let text = secret(text)?;
    let encoded = text.expose_secret().trim_start_matches("whsec_");
    let key = STANDARD.decode(encoded).map_err(|_| Problem::WebhookSecret)?;
    if SIGNING_KEY_BYTES.contains(&key.len()) {
        Ok(SigningKey::new(key))
    } else {
        Err(Problem::WebhookSecret)
    }
}

/// How long a key that signs may be, by Standard Webhooks.
const SIGNING_KEY_BYTES: RangeInclusive<usize> = 24..=64;

/// The address of a webhook. A path, parameters or a password may make it a secret.
pub(super) fn webhook_url(text: &str) -> Result<WebhookUrl, Problem> {
    let url = Url::parse(text).map_err(|_| Problem::Url)?;
    match url.scheme() {
        "https" => Ok(WebhookUrl::new(url)),
        "http" if is_loopback(&url) => Ok(WebhookUrl::new(url)),
        "http" => Err(Problem::Insecure),
        _ => Err(Problem::Url),
    }
}
