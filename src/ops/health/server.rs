//! The HTTP server: it reads nothing but a request's first line and headers, and changes nothing.

use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::debug;

use super::{Health, Judgement, exposition, page};

/// Connections at once, and how long each may last: nobody can hold them all for long.
const CONNECTIONS: usize = 16;
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Before another connection is accepted, where the system has no room for one.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
/// Prometheus' text format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers until it is dropped.
pub(super) async fn serve(listener: TcpListener, health: Health) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let answering = answer_one(stream, health.clone());
                connections.spawn(async move {
                    _ = timeout(CONNECTION_TIMEOUT, answering).await;
                    drop(place);
                });
            }
            Err(error) => {
                debug!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One request a connection.
async fn answer_one(stream: TcpStream, health: Health) {
    let service = service_fn(move |request| {
        let health = health.clone();
        async move { Ok::<_, Infallible>(answer(&request, &health).await) }
    });
    let mut connection = http1::Builder::new();
    // How it ends is the client's affair.
    _ = connection.keep_alive(false).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: &Request<Incoming>, health: &Health) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET\n".to_owned());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/" => text(StatusCode::OK, HTML, page::render(health).await),
        "/healthz" => judged(&health.alive()),
        "/readyz" => judged(&health.ready()),
        "/metrics" => text(StatusCode::OK, METRICS, exposition::render(health).await),
        _ => text(StatusCode::NOT_FOUND, TEXT, "/, /healthz, /readyz or /metrics\n".to_owned()),
    }
}

fn judged(judgement: &Judgement) -> Response<Full<Bytes>> {
    let (status, word) = if judgement.is_good() {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "failing")
    };
    text(status, JSON, format!("{}\n", json!({ "status": word, "reasons": judgement.0 })))
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The page has a style and no script.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}
