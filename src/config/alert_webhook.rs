//! Where alerts are sent.

use std::{fmt, sync::Arc};

use secrecy::{ExposeSecret, SecretVec};
use url::Url;

/// What receives alerts.
#[derive(Clone, Debug)]
pub struct AlertWebhook {
    /// Where it is.
    pub url: WebhookUrl,
    /// The key with which alerts are signed; `None`: they are not.
    pub key: Option<SigningKey>,
}

/// A key that signs. It is never shown.
#[derive(Clone)]
pub struct SigningKey(Arc<SecretVec<u8>>);

impl SigningKey {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(SecretVec::new(bytes)))
    }

    /// Its bytes.
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey")
    }
}

/// The address of a webhook. Many are secrets, since anyone who knows one can write there: only its
/// host is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    pub(super) fn new(url: Url) -> Self {
        Self(url)
    }

    /// The whole address.
    pub(crate) fn expose(&self) -> &Url {
        &self.0
    }

    /// The address of its host alone, without anything secret.
    pub(crate) fn front_page(&self) -> Url {
        let mut url = self.0.clone();
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        // Only an address that has no host refuses this, and such a one is no http.
        _ = url.set_username("").and_then(|()| url.set_password(None));
        url
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookUrl({self})")
    }
}
