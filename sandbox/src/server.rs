//! The HTTP server of both sandboxes: it records requests, applies faults and cuts connections.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Mutex,
    time::Instant,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
    },
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, future::pending, stream};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::Service,
    service::service_fn,
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    Faults, Requests,
    faults::{Answer, Effect, Rewrite, rewrite},
    lock,
    record::ReceivedAt,
};

/// The largest request that is read, in bytes; Discord's own uploads stay far below.
const LARGEST_REQUEST: usize = 128 << 20;

/// The longest answer that is kept, in bytes.
const KEPT_ANSWER: u64 = 16 << 10;

/// Not UTF-8, so not JSON.
const GARBAGE: &[u8] = b"\xff\xfe{\"status\": <html>502 Bad Gateway</html>\x00";

/// A server on loopback. Dropping it closes its port and its connections.
///
/// An upgraded connection belongs to the code that upgraded it and is not closed here.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    handling: Handling,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Up(Running),
    /// Bound but not listening: the port stays ours, and connections are refused.
    Down(TcpSocket),
    /// Between the two.
    Changing,
}

#[derive(Debug)]
struct Running {
    /// Dropped, it ends the accept loop, and that all connections.
    stop: oneshot::Sender<Infallible>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves `router` on this port of 127.0.0.1; 0 means any free port.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) fn start(
        router: Router,
        faults: Faults,
        requests: Requests,
        port: u16,
    ) -> io::Result<Self> {
        if port != 0 {
            // A socket that shares its port would start beside a server that is already there.
            drop(std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?);
        }
        let socket = bind(port)?;
        let handling = Handling { router, faults, requests };
        let listener = socket.listen(1024)?;
        let address = listener.local_addr()?;
        let state = Mutex::new(State::Up(run(listener, handling.clone())));
        Ok(Self { address, handling, state })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes down like a machine: connections are closed, and refused from then on.
    ///
    /// # Errors
    /// When the port could not be kept.
    pub(crate) async fn stop(&self) -> io::Result<()> {
        let before = std::mem::replace(&mut *lock(&self.state), State::Changing);
        let after = match before {
            State::Up(Running { stop, accepting }) => {
                // Bound before the other closes: between the two, another program's connection
                // could be given the port.
                let kept = bind(self.address.port())?;
                drop(stop);
                // The panic of a handler has been printed already.
                drop(accepting.await);
                State::Down(kept)
            }
            down => down,
        };
        *lock(&self.state) = after;
        Ok(())
    }

    /// Comes back on the same port.
    ///
    /// # Errors
    /// When the port is taken.
    pub(crate) fn start_again(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        *state = match std::mem::replace(&mut *state, State::Changing) {
            State::Down(socket) => State::Up(run(socket.listen(1024)?, self.handling.clone())),
            State::Up(running) => State::Up(running),
            State::Changing => return Err(io::Error::other("it has not stopped yet")),
        };
        Ok(())
    }
}

/// Binds this port of 127.0.0.1. Connections are refused until something listens on it.
///
/// A server that is about to stop binds its port a second time, which takes `SO_REUSEPORT`.
fn bind(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of a run before may linger on the port.
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

fn run(listener: TcpListener, handling: Handling) -> Running {
    let (stop, stopped) = oneshot::channel();
    Running { stop, accepting: tokio::spawn(accept(listener, handling, stopped)) }
}

/// Accepts until it is told to stop, then closes all connections.
async fn accept(
    listener: TcpListener,
    handling: Handling,
    mut stopped: oneshot::Receiver<Infallible>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve(stream, handling.clone()));
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, handling: Handling) {
    // Small answers must not wait for one another.
    drop(stream.set_nodelay(true));
    let service = service_fn(move |request| handling.clone().answer(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The client or a fault decides how a connection ends.
    drop(connection.with_upgrades().await);
}

/// Handles each request.
#[derive(Clone, Debug)]
struct Handling {
    router: Router,
    faults: Faults,
    requests: Requests,
}

impl Handling {
    /// Answers one request; an error makes hyper close the connection without a response.
    async fn answer(self, request: Request<Incoming>) -> io::Result<Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(body) = to_bytes(Body::new(body), LARGEST_REQUEST).await else {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let received = ReceivedAt(Instant::now());
        parts.extensions.insert(received);
        let number = self.requests.note(&parts, &body, received);
        let applied = self.faults.hit(parts.method.as_str(), parts.uri.path(), &body);
        let request = Request::from_parts(parts, Body::from(body));
        let (delay, effect) = applied.map_or((None, None), |met| (met.delay, met.effect));
        if let Some(delay) = delay {
            sleep(delay).await;
        }
        let response = match effect {
            None => self.handle(request).await,
            Some(effect) => self.apply_effect(effect, request).await?,
        };
        let (response, answer) = self.capture_answer(response).await?;
        self.requests.note_answer(number, response.status().as_u16(), &answer);
        Ok(response)
    }

    /// The JSON of a response, if answers are kept.
    async fn capture_answer(&self, response: Response) -> io::Result<(Response, Bytes)> {
        let kind = response.headers().get(CONTENT_TYPE);
        let json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        let short = response.body().size_hint().upper().is_some_and(|size| size <= KEPT_ANSWER);
        if !(json && short && self.requests.keeps_answers()) {
            return Ok((response, Bytes::new()));
        }
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, LARGEST_REQUEST).await.map_err(io::Error::other)?;
        Ok((Response::from_parts(parts, Body::from(bytes.clone())), bytes))
    }

    async fn handle(&self, request: Request) -> Response {
        let Ok(response) = TowerToHyperService::new(self.router.clone()).call(request).await;
        response
    }

    /// Applies a fault to a request.
    async fn apply_effect(&self, effect: Effect, request: Request) -> io::Result<Response> {
        match effect {
            Effect::Rewritten(how) => return Ok(rewritten(self.handle(request).await, how).await),
            Effect::Cut { handled: true }
            | Effect::Garbage { handled: true }
            | Effect::Hang { handled: true }
            | Effect::Answer(Answer { handled: true, .. }) => drop(self.handle(request).await),
            Effect::Late(after) => {
                let this = self.clone();
                tokio::spawn(async move {
                    sleep(after).await;
                    this.handle(request).await;
                });
            }
            _ => {}
        }
        match effect {
            Effect::Answer(answer) => Ok(answer.into_response()),
            Effect::Cut { .. } | Effect::Late(_) => Err(io::ErrorKind::ConnectionAborted.into()),
            Effect::Garbage { .. } => Ok(json(Body::from(GARBAGE))),
            Effect::Oversize(bytes) => Ok(json(endless(bytes))),
            Effect::Hang { .. } | Effect::Rewritten(_) => pending().await,
        }
    }
}

async fn rewritten(response: Response, how: Rewrite) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    let body = match how {
        Rewrite::Anew => rewrite::anew(&body),
        Rewrite::WithoutChannel => rewrite::without_channel(&body),
        Rewrite::AsLocation => {
            let location = rewrite::poll_url(&body).and_then(|url| url.try_into().ok());
            parts.headers.extend(location.map(|location| (LOCATION, location)));
            Vec::new()
        }
    };
    Response::from_parts(parts, Body::from(body))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Body::from(self.body).into_response();
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            // An invalid header is a mistake in a test, which then fails.
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

fn json(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The beginning of a JSON string that goes on for this many bytes and does not end.
fn endless(bytes: usize) -> Body {
    const CHUNK: usize = 16 << 10;
    let chunk = Bytes::from("a".repeat(CHUNK));
    let first = stream::once(async { Bytes::from_static(b"\"") });
    let rest = (1..bytes).step_by(CHUNK).map(move |at| chunk.slice(..CHUNK.min(bytes - at)));
    Body::from_stream(first.chain(stream::iter(rest)).map(Ok::<_, Infallible>))
}
