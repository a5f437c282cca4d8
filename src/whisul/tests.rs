//! The client against a small server that misbehaves in every way.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};
use secrecy::SecretString;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::Url;

use super::{client::TimeLimits, *};
use crate::{
    domain::{Prompt, Report, WhisulJob, WhisulJobId},
    proxy::Proxies,
};

const KEY: &str = "key-that-nobody-may-see";

/// More than any response takes here that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server does once a request has arrived.
#[derive(Clone)]
enum Behaviour {
    /// Answers, and keeps the connection.
    Respond(Vec<u8>),
    /// Writes these bytes and closes the connection.
    Cut(Vec<u8>),
    /// Writes these bytes and nothing more.
    Hang(Vec<u8>),
    /// Answers requests for this path with the one, and all others with the other.
    Route(&'static str, Vec<u8>, Vec<u8>),
}

/// All requests so far, by connection.
type Requests = Arc<Mutex<Vec<Vec<String>>>>;

/// A server that does the same after every request, and remembers the requests.
struct Server {
    base: Url,
    hangs: bool,
    connections: Requests,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api", listener.local_addr().unwrap());
        let connections = Requests::default();
        let hangs = matches!(behaviour, Behaviour::Hang(_));
        let mut tasks = JoinSet::new();
        let seen = Arc::clone(&connections);
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = seen.lock().unwrap().len();
                seen.lock().unwrap().push(Vec::new());
                served.spawn(serve(stream, behaviour.clone(), number, Arc::clone(&seen)));
            }
        });
        Self { base: Url::parse(&base).unwrap(), hangs, connections, _tasks: tasks }
    }

    async fn answering(status: &str, headers: &str, body: &str) -> Self {
        Self::start(Behaviour::Respond(answer(status, headers, body))).await
    }

    /// A client that waits long, unless it is certain to wait in vain.
    fn client(&self) -> Whisul {
        let patience = if self.hangs { Duration::from_millis(300) } else { PATIENCE };
        client(self.base.clone(), patience)
    }

    fn requests(&self) -> Vec<String> {
        self.connections.lock().unwrap().iter().flatten().cloned().collect()
    }

    fn connections(&self) -> usize {
        self.connections.lock().unwrap().len()
    }
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, number: usize, seen: Requests) {
    while let Some(request) = read_request(&mut stream).await {
        let bytes = match &behaviour {
            Behaviour::Respond(bytes) | Behaviour::Cut(bytes) | Behaviour::Hang(bytes) => bytes,
            Behaviour::Route(path, known, _) if request.contains(&format!(" {path} ")) => known,
            Behaviour::Route(_, _, lost) => lost,
        };
        seen.lock().unwrap()[number].push(request);
        // The client may have left already.
        if stream.write_all(bytes).await.is_err() || matches!(behaviour, Behaviour::Cut(_)) {
            return;
        }
    }
}

/// Reads one request with its body; `None` when the client has gone.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = String::new();
    loop {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.ok().filter(|count| *count > 0)?;
        request.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let length = |line: &str| line.strip_prefix("content-length: ")?.parse().ok();
            if body.len() == head.lines().find_map(length).unwrap_or(0) {
                return Some(request);
            }
        }
    }
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

fn client(base: Url, exchange: Duration) -> Whisul {
    let limits = TimeLimits { connection: PATIENCE, exchange };
    let key = SecretString::new(KEY.to_owned());
    let (rate, now) = ("100/1s".parse().unwrap(), SystemTime::now);
    Whisul::with_time_limits(base, [&key, &key], rate, now, &Proxies::default(), limits).unwrap()
}

fn prompt() -> Prompt {
    Prompt::parse("rain on glass").unwrap()
}

fn job() -> WhisulJob {
    WhisulJob { id: WhisulJobId::parse("81fa5ff7").unwrap(), poll_url: None }
}

async fn submit(whisul: &Whisul) -> Result<WhisulJob, SubmitError> {
    whisul.permit().await.submit(&prompt()).await
}

async fn poll(whisul: &Whisul) -> Result<Report, PollError> {
    whisul.permit().await.poll(&job()).await
}

#[tokio::test]
async fn requests_are_what_the_documentation_says() {
    let body = json!({"message": "Taken.", "job_id": "81fa5ff7", "status": "running"}).to_string();
    let server = Server::answering("202 Accepted", "", &body).await;
    let whisul = server.client();
    assert_eq!(submit(&whisul).await, Ok(job()));
    assert_eq!(poll(&whisul).await, Ok(Report::Running));
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /api/generate HTTP/1.1\r\n"));
    assert!(requests[0].contains("\r\ncontent-type: application/json\r\n"));
    assert!(requests[0].ends_with("\r\n\r\n{\"prompt\":\"rain on glass\"}"));
    assert!(requests[1].starts_with("GET /api/jobs/81fa5ff7 HTTP/1.1\r\n"));
    for request in requests {
        assert!(request.contains(&format!("\r\nauthorization: Bearer {KEY}\r\n")));
        assert!(request.contains(concat!("whisul-bot/", env!("CARGO_PKG_VERSION"))));
    }
}

#[tokio::test]
async fn submissions_never_share_a_connection_and_polls_do() {
    let body = json!({"job_id": "81fa5ff7", "status": "running"}).to_string();
    let server = Server::answering("200 OK", "", &body).await;
    let whisul = server.client();
    for _ in 0..3 {
        submit(&whisul).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
    for _ in 0..20 {
        poll(&whisul).await.unwrap();
    }
    // Not exactly one: a connection may be too busy closing a response to take the next poll.
    assert!(server.connections() < 3 + 20);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let whisul = client(Url::parse(&base).unwrap(), PATIENCE);
    let Err(SubmitError::NotTaken { retry_after: None, source }) = submit(&whisul).await else {
        panic!("a refused connection is not taken");
    };
    assert!(matches!(source, Trouble::NoConnection(_)), "{source}");
    assert!(matches!(poll(&whisul).await, Err(PollError::Transient { .. })));
}

#[tokio::test]
async fn a_failed_handshake_means_that_nothing_was_taken() {
    // A server that speaks plain HTTP answers a TLS greeting with what is no TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let whisul = client(Url::parse(&base).unwrap(), PATIENCE);
    let error = submit(&whisul).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotTaken { .. }), "{error}");
}

#[tokio::test]
async fn whatever_breaks_after_sending_is_ambiguous() {
    let cut = "HTTP/1.1 202 Accepted\r\ncontent-length: 500\r\n\r\n{\"job_id\": \"81fa5f";
    let behaviours = [
        Behaviour::Cut(Vec::new()),
        Behaviour::Cut(b"HTTP/1.1 202 Acc".to_vec()),
        Behaviour::Cut(cut.into()),
        Behaviour::Cut(b"\x16\x03\x01 not HTTP at all\r\n\r\n".to_vec()),
        Behaviour::Hang(Vec::new()),
        Behaviour::Hang(cut.into()),
        Behaviour::Respond(answer("202 Accepted", "", "<html>thanks</html>")),
        Behaviour::Respond(answer("202 Accepted", "", &"x".repeat(2 * 1024 * 1024))),
        Behaviour::Respond(answer("500 Internal Server Error", "", "{}")),
        Behaviour::Respond(answer("503 Service Unavailable", "", "{}")),
    ];
    for (number, behaviour) in behaviours.into_iter().enumerate() {
        let server = Server::start(behaviour).await;
        let error = submit(&server.client()).await.unwrap_err();
        assert!(matches!(error, SubmitError::UnknownOutcome { .. }), "behaviour {number}: {error}");
        assert!(server.requests().len() <= 1, "behaviour {number} was repeated");
    }
}

#[tokio::test]
async fn an_acceptance_that_is_cut_off_after_its_id_is_one() {
    let cut =
        b"HTTP/1.1 202 Accepted\r\ncontent-length: 500\r\n\r\n{\"job_id\": \"81fa5ff7\", \"po";
    for behaviour in [Behaviour::Cut(cut.to_vec()), Behaviour::Hang(cut.to_vec())] {
        let server = Server::start(behaviour).await;
        assert_eq!(submit(&server.client()).await, Ok(job()));
    }
}

#[tokio::test]
async fn a_status_counts_even_where_its_body_is_cut_off() {
    let cut =
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 500\r\n\r\n{\"error\": \"No\", \"m".to_vec();
    let server = Server::start(Behaviour::Cut(cut)).await;
    let error = submit(&server.client()).await.unwrap_err();
    assert!(matches!(error, SubmitError::Rejected { status: 400, .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::answering("202 Accepted", "", "{\"job_id\": \"1\"}").await;
    for status in [301, 307, 308] {
        let location = format!("location: {}/generate\r\n", elsewhere.base);
        let server = Server::answering(&format!("{status} Moved"), &location, "").await;
        let error = submit(&server.client()).await.unwrap_err();
        let foreign = Trouble::Foreign { status };
        assert_eq!(error, SubmitError::UnknownOutcome { source: foreign });
        assert!(matches!(poll(&server.client()).await, Err(PollError::Transient { .. })));
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_took_nothing() {
    let wait = Some(Duration::from_secs(12));
    let declined = "{\"error\": \"Overloaded\"}";
    let server = Server::answering("503 Unavailable", "retry-after: 12\r\n", declined).await;
    let error = submit(&server.client()).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotTaken { retry_after, .. } if retry_after == wait));
    let server = Server::answering("429 Too Many Requests", "retry-after: 12\r\n", declined).await;
    let whisul = server.client();
    assert_eq!(submit(&whisul).await, Err(SubmitError::RateLimited { retry_after: wait }));
    assert_eq!(poll(&whisul).await, Err(PollError::RateLimited { retry_after: wait }));
}

#[tokio::test]
async fn a_poll_that_breaks_is_asked_again_later() {
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let unended = b"HTTP/1.1 200 OK\r\n\r\n{\"status\": \"completed\"".to_vec();
    for (behaviour, expected) in [
        (Behaviour::Respond(answer("200 OK", "", &large)), Trouble::Oversize),
        (Behaviour::Respond(answer("200 OK", "", "{\"status\": ")), Trouble::Garbage),
        (Behaviour::Respond(answer("200 OK", "", "<html>")), Trouble::Foreign { status: 200 }),
        (Behaviour::Hang(unended), Trouble::TimedOut),
        (Behaviour::Hang(Vec::new()), Trouble::TimedOut),
    ] {
        let server = Server::start(behaviour).await;
        let transient = PollError::Transient { source: expected, retry_after: None };
        assert_eq!(poll(&server.client()).await, Err(transient));
    }
}

#[tokio::test]
async fn a_poll_is_read_in_part() {
    let large = format!("{{\"status\": \"running\", \"x\": \"{}\"}}", "x".repeat(2 << 20));
    let cut =
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"status\": \"running\", \"pro".to_vec();
    for behaviour in [
        Behaviour::Respond(answer("200 OK", "", &large)),
        Behaviour::Cut(cut.clone()),
        Behaviour::Hang(cut),
    ] {
        let server = Server::start(behaviour).await;
        assert_eq!(poll(&server.client()).await, Ok(Report::Running));
    }
}

#[tokio::test]
async fn a_poll_url_that_leads_nowhere_is_given_up_for_the_id() {
    for lost in ["404 Not Found", "200 OK", "302 Found"] {
        let lost = answer(lost, "", "<html>no such page</html>");
        let known = answer("200 OK", "", "{\"status\": \"running\"}");
        let server = Server::start(Behaviour::Route("/api/jobs/81fa5ff7", known, lost)).await;
        let whisul = server.client();
        let job = WhisulJob { poll_url: Some("/v2/status/1".to_owned()), ..job() };
        assert_eq!(whisul.permit().await.poll(&job).await, Ok(Report::Running));
        let asked: Vec<String> = server
            .requests()
            .iter()
            .map(|request| request.lines().next().unwrap().to_owned())
            .collect();
        assert_eq!(asked, ["GET /api/v2/status/1 HTTP/1.1", "GET /api/jobs/81fa5ff7 HTTP/1.1"]);
    }
}

#[tokio::test]
async fn a_poll_url_that_tells_of_the_job_is_the_only_address_asked() {
    for status in ["200 OK", "500 Internal Server Error"] {
        let known = answer(status, "", "{\"status\": \"running\"}");
        let server = Server::start(Behaviour::Respond(known)).await;
        let job = WhisulJob { poll_url: Some("/v2/status/1".to_owned()), ..job() };
        let _report = server.client().permit().await.poll(&job).await;
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn both_addresses_must_say_that_a_job_is_gone() {
    let gone = answer("404 Not Found", "", "{\"error\": \"Not found\"}");
    let job = WhisulJob { poll_url: Some("/v2/status/1".to_owned()), ..job() };
    let server = Server::start(Behaviour::Respond(gone.clone())).await;
    assert_eq!(server.client().permit().await.poll(&job).await, Ok(Report::Vanished));
    let lost = answer("404 Not Found", "", "<html>");
    let server = Server::start(Behaviour::Route("/api/v2/status/1", gone, lost)).await;
    let response = server.client().permit().await.poll(&job).await;
    assert!(matches!(response, Err(PollError::Transient { .. })), "{response:?}");
}

#[tokio::test]
async fn a_compressed_answer_is_understood_though_nobody_asked_for_one() {
    let body = "{\"job_id\": \"81fa5ff7\", \"status\": \"running\"}";
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    let gzip = encoder.finish().unwrap();
    for (header, body) in [
        ("content-encoding: gzip\r\n", gzip.as_slice()),
        ("", gzip.as_slice()),
        ("content-encoding: gzip\r\n", body.as_bytes()),
        ("content-encoding: br\r\n", body.as_bytes()),
    ] {
        let head = answer("200 OK", header, &"x".repeat(body.len()));
        let bytes = [&head[..head.len() - body.len()], body].concat();
        let server = Server::start(Behaviour::Respond(bytes)).await;
        let whisul = server.client();
        assert_eq!(submit(&whisul).await, Ok(job()), "{header}");
        assert_eq!(poll(&whisul).await, Ok(Report::Running), "{header}");
        for request in server.requests() {
            assert!(request.contains("\r\naccept-encoding: identity\r\n"), "{request}");
        }
    }
}

#[tokio::test]
async fn no_error_tells_the_key_the_prompt_or_the_address() {
    let echo = json!({"error": "Invalid input", "message": "what is 'rain on glass'?"}).to_string();
    for behaviour in [
        Behaviour::Respond(answer("400 Bad Request", "", &echo)),
        Behaviour::Respond(answer("500 Internal Server Error", "", &echo)),
        Behaviour::Cut(Vec::new()),
        Behaviour::Hang(Vec::new()),
    ] {
        let server = Server::start(behaviour).await;
        let whisul = server.client();
        let address = server.base.authority();
        let errors = (submit(&whisul).await.unwrap_err(), poll(&whisul).await.unwrap_err());
        let shown = format!("{whisul:?} {errors:?} {} {}", errors.0, errors.1);
        for secret in [KEY, "rain", address] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn nobody_is_told_a_reason_that_repeats_the_key() {
    let body = json!({"error": "Invalid input", "message": format!("no such key: {KEY}")});
    let server = Server::answering("422 Unprocessable Entity", "", &body.to_string()).await;
    let Err(SubmitError::Rejected { reason, .. }) = submit(&server.client()).await else {
        panic!("no rejection");
    };
    assert_eq!(reason.into_text().as_deref(), Some("Invalid input"));
}

#[test]
fn a_key_that_no_header_can_carry_is_refused() {
    let key = SecretString::new(format!("{KEY}\nX: y"));
    let base = Url::parse("https://whisul.com/api").unwrap();
    let rate = "5/1s".parse().unwrap();
    let error = Whisul::new(base, &key, &key, rate, SystemTime::now, &Proxies::default());
    let error = error.unwrap_err();
    assert_eq!(error, ClientError::Key);
}
