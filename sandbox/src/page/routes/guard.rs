//! Keeps other pages of the same browser out, and what the page shows in.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::page::state::PageState;

/// Lets a request pass that comes from the page itself, or from nobody's page.
pub(super) async fn guard(
    State(page): State<Arc<PageState>>,
    request: Request,
    next: Next,
) -> Response {
    if !is_ours(page.address, request.method(), request.headers()) {
        return (StatusCode::FORBIDDEN, "This page is for this machine alone.").into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in protection(&page) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Whether Host is this page's own address, so that no foreign name leads here (DNS rebinding), and
/// Origin this page; what changes anything has to name its origin.
fn is_ours(address: SocketAddr, method: &Method, headers: &HeaderMap) -> bool {
    let port = address.port();
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let text = |name| headers.get(name).map(HeaderValue::as_bytes);
    let Some(host) = hosts.iter().find(|host| text(HOST) == Some(host.as_bytes())) else {
        return false;
    };
    match text(ORIGIN) {
        Some(origin) => origin == format!("http://{host}").as_bytes(),
        None => *method == Method::GET,
    }
}

/// Headers with which a browser runs nothing but the page's own scripts, and loads nothing but from
/// the two sandboxes.
fn protection(page: &PageState) -> [(HeaderName, String); 6] {
    let media = page.media_origins().join(" ");
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' {media}; media-src {media}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let fixed = |name, value: &str| (name, value.to_owned());
    [
        (CONTENT_SECURITY_POLICY, policy),
        fixed(X_CONTENT_TYPE_OPTIONS, "nosniff"),
        fixed(REFERRER_POLICY, "no-referrer"),
        fixed(CACHE_CONTROL, "no-store"),
        fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
}

impl PageState {
    /// Where covers, songs and attachments may come from.
    pub(super) fn media_origins(&self) -> Vec<String> {
        let whisul = self.environment.whisul.url();
        vec![self.environment.discord.url(), whisul.trim_end_matches("/api").to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(method: &Method, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        is_ours(SocketAddr::from(([127, 0, 0, 1], 4417)), method, &headers)
    }

    #[test]
    fn only_the_page_itself_gets_in() {
        let (get, post) = (&Method::GET, &Method::POST);
        assert!(passes(get, "127.0.0.1:4417", None));
        assert!(passes(get, "localhost:4417", Some("http://localhost:4417")));
        assert!(passes(post, "127.0.0.1:4417", Some("http://127.0.0.1:4417")));
        assert!(!passes(post, "127.0.0.1:4417", None), "who changes something says whence");
        for host in
            ["evil.example:4417", "127.0.0.1", "127.0.0.1:80", "localhost:4417.evil.example"]
        {
            assert!(!passes(get, host, None), "{host}");
        }
        for origin in
            ["http://evil.example", "null", "http://127.0.0.1:80", "https://127.0.0.1:4417"]
        {
            assert!(!passes(get, "127.0.0.1:4417", Some(origin)), "{origin}");
        }
    }
}
