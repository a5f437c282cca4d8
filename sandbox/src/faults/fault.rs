//! One fault.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A fault of requests of one kind.
///
/// Without further words it answers each of them with a bare status 500, until it is removed.
/// Of the methods that say what happens the last one called counts; [`Fault::delay`] goes with any.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body_part: String,
    pub(super) times: Option<usize>,
    pub(super) after: usize,
    pub(super) delay: Option<Duration>,
    pub(super) until: Option<Instant>,
    pub(super) effect: Option<Effect>,
}

/// The effect of a fault on a request.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// Answered in place of the real handler.
    Answer(Answer),
    /// The connection is closed without a response.
    Cut { handled: bool },
    /// Bytes that are no JSON.
    Garbage { handled: bool },
    /// A response of this many bytes.
    Oversize(usize),
    /// No response for as long as the client waits.
    Hang { handled: bool },
    /// The connection is closed without a response, and the request handled this much later.
    Late(Duration),
    /// The real response, which something on the way has changed.
    Rewritten(Rewrite),
}

/// What something on the way does to a response's JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rewrite {
    /// Reads it and writes it again in its own way.
    Anew,
    /// Leaves out the channel of a message.
    WithoutChannel,
    /// Leaves out all of it, and names the job in a header instead.
    AsLocation,
}

/// A response of choice.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the request is taken in all the same.
    pub(crate) handled: bool,
}

impl Default for Answer {
    fn default() -> Self {
        Self { status: 500, headers: Vec::new(), body: Vec::new(), handled: false }
    }
}

impl Answer {
    /// A page of HTML is no response of either service.
    fn kind(&self) -> &'static str {
        let is_page = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("content-type") && value.starts_with("text/html")
        };
        if self.headers.iter().any(is_page) { "page" } else { "status" }
    }
}

impl Fault {
    /// A fault for a method (`*` for any) and a path without its query. In the path, `*` matches
    /// any one segment and a trailing `**` for any rest: `/api/v10/webhooks/*/*/messages/**`.
    #[must_use]
    pub fn on(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            body_part: String::new(),
            times: None,
            after: 0,
            delay: None,
            until: None,
            effect: None,
        }
    }

    /// Happens only to requests whose body contains this text.
    #[must_use]
    pub fn containing(mut self, body_part: &str) -> Self {
        body_part.clone_into(&mut self.body_part);
        self
    }

    /// Happens to this many requests and is over then.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets this many requests pass first.
    #[must_use]
    pub fn after(mut self, passed: usize) -> Self {
        self.after = passed;
        self
    }

    /// Waits first, then goes on with what else was asked for, or with the real handler. The request
    /// of a client that hangs up meanwhile is not taken in; for that, see [`Fault::hang_after`].
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Answers with this status; the request is not taken in.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.answering(|answer| answer.status = status)
    }

    /// Adds a header to the response; the request is not taken in.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.answering(|answer| answer.headers.push((name.to_owned(), value.to_owned())))
    }

    /// Happens for this long, counted from this call.
    #[must_use]
    pub fn lasting(mut self, time: Duration) -> Self {
        self.until = Some(Instant::now() + time);
        self
    }

    /// Answers with this body; the request is not taken in.
    #[must_use]
    pub fn body(self, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref().to_vec();
        self.answering(|answer| answer.body = body)
    }

    /// Answers as a proxy, a firewall or a CDN in front of the service does: this status with an
    /// HTML page. The request is not taken in.
    #[must_use]
    pub fn html(self, status: u16) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\
             <body><h1>Request blocked</h1><p>Ray ID: 8f2a61c09d3b</p></body></html>"
        );
        self.status(status).header("content-type", "text/html; charset=UTF-8").body(page)
    }

    /// Answers with this status and JSON; the request is not taken in.
    #[must_use]
    pub fn json(self, status: u16, json: &str) -> Self {
        self.status(status).header("content-type", "application/json").body(json)
    }

    /// Takes the request in, and gives the response of choice all the same.
    #[must_use]
    pub fn handled(self) -> Self {
        self.answering(|answer| answer.handled = true)
    }

    /// Refuses as Discord's rate limits do, for so many seconds: with JSON, and with the header `Via`
    /// by which libraries know Discord's own responses. A 429 of [`Fault::json`] or [`Fault::html`]
    /// has no such header, like that of a CDN which has banned an address. The request is not taken
    /// in.
    #[must_use]
    pub fn rate_limited(self, retry_after: f64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let body = format!(
            r#"{{"message":"You are being rate limited.","code":0,"retry_after":{retry_after},"global":false}}"#
        );
        self.json(429, &body)
            .header("via", "1.1 google")
            .header("x-ratelimit-scope", "user")
            .header("x-ratelimit-bucket", "0123456789abcdef")
            .header("x-ratelimit-limit", "5")
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", &format!("{:.3}", now.as_secs_f64() + retry_after))
            .header("x-ratelimit-reset-after", &retry_after.to_string())
            .header("retry-after", &format!("{:.0}", retry_after.ceil()))
    }

    /// Cuts the connection before the request is taken in.
    #[must_use]
    pub fn cut_before(self) -> Self {
        self.with(Effect::Cut { handled: false })
    }

    /// Takes the request in, then cuts the connection without a response.
    #[must_use]
    pub fn cut_after(self) -> Self {
        self.with(Effect::Cut { handled: true })
    }

    /// Cuts the connection without a response, and takes the request in this much later: it was still
    /// on its way when the client gave it up.
    #[must_use]
    pub fn late(self, after: Duration) -> Self {
        self.with(Effect::Late(after))
    }

    /// Answers 200 with bytes that are no JSON; the request is not taken in.
    #[must_use]
    pub fn garbage(self) -> Self {
        self.with(Effect::Garbage { handled: false })
    }

    /// Takes the request in, then answers 200 with bytes that are no JSON.
    #[must_use]
    pub fn garbage_after(self) -> Self {
        self.with(Effect::Garbage { handled: true })
    }

    /// Answers 200 with this many bytes, their number not announced; the request is not taken in.
    #[must_use]
    pub fn oversize(self, bytes: usize) -> Self {
        self.with(Effect::Oversize(bytes))
    }

    /// Takes the request in. A proxy on the way reads the response's JSON and writes it again in its own
    /// way: ids as numbers, zeros and empty lists as null.
    #[must_use]
    pub fn rewritten(self) -> Self {
        self.with(Effect::Rewritten(Rewrite::Anew))
    }

    /// Handles the request. The response does not name the channel of the message.
    #[must_use]
    pub fn without_channel(self) -> Self {
        self.with(Effect::Rewritten(Rewrite::WithoutChannel))
    }

    /// Takes the prompt in. The response has no body, and names the job in the header `Location` alone,
    /// as HTTP provides for whatever is not done yet (RFC 9110, section 15.3.3).
    #[must_use]
    pub fn location_only(self) -> Self {
        self.with(Effect::Rewritten(Rewrite::AsLocation))
    }

    /// Never answers; the request is not taken in.
    #[must_use]
    pub fn hang(self) -> Self {
        self.with(Effect::Hang { handled: false })
    }

    /// Takes the request in, then never answers.
    #[must_use]
    pub fn hang_after(self) -> Self {
        self.with(Effect::Hang { handled: true })
    }

    /// The requests that it concerns: method and path, as given to [`Fault::on`].
    #[must_use]
    pub fn requests(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What happens to them in a word or two: `status 503`, `page 403`, `cut`, `garbage`, `delay`.
    #[must_use]
    pub fn effect(&self) -> String {
        match &self.effect {
            None if self.delay.is_some() => "delay".to_owned(),
            None => format!("status {}", Answer::default().status),
            Some(Effect::Answer(answer)) => format!("{} {}", answer.kind(), answer.status),
            Some(Effect::Cut { .. } | Effect::Late(_)) => "cut".to_owned(),
            Some(Effect::Garbage { .. }) => "garbage".to_owned(),
            Some(Effect::Oversize(_)) => "oversize".to_owned(),
            Some(Effect::Hang { .. }) => "hang".to_owned(),
            Some(Effect::Rewritten(_)) => "rewritten".to_owned(),
        }
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Gives a response of choice, changed in this way.
    fn answering(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        let mut answer = match self.effect.take() {
            Some(Effect::Answer(answer)) => answer,
            _ => Answer::default(),
        };
        change(&mut answer);
        self.with(Effect::Answer(answer))
    }
}
