//! The smallest client that can ask everything, right and wrong.

use reqwest::{
    RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName},
};
use sandbox::{WhisulRules, WhisulSandbox};
use serde_json::{Value, json};

/// A sandbox and an HTTP client.
pub(crate) struct Scene {
    pub(crate) whisul: WhisulSandbox,
    pub(crate) http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Checks that this is a refusal as Whisul words them.
    pub(crate) fn assert_refused(&self, status: StatusCode) {
        assert_eq!(self.status, status);
        assert!(self.json()["error"].is_string() && self.json()["message"].is_string(), "{self:?}");
    }
}

impl Scene {
    pub(crate) async fn with(rules: WhisulRules) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { whisul: WhisulSandbox::start(rules).await.unwrap(), http }
    }

    pub(crate) async fn new() -> Self {
        Self::with(WhisulRules::default()).await
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.whisul.url())
    }

    /// `POST /generate` with the key.
    pub(crate) fn generate(&self) -> RequestBuilder {
        self.http.post(self.at("/generate")).bearer_auth(self.whisul.key())
    }

    pub(crate) async fn try_submit(&self, prompt: &str) -> reqwest::Result<Answer> {
        send(self.generate().json(&json!({ "prompt": prompt }))).await
    }

    /// Submits a prompt that is taken, and returns the job's id.
    pub(crate) async fn submit(&self, prompt: &str) -> String {
        let answer = self.try_submit(prompt).await.unwrap();
        assert_eq!(answer.status, StatusCode::ACCEPTED);
        answer.json()["job_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn try_poll(&self, id: &str) -> reqwest::Result<Answer> {
        let path = self.at(&format!("/jobs/{id}"));
        send(self.http.get(path).bearer_auth(self.whisul.key())).await
    }

    pub(crate) async fn poll(&self, id: &str) -> Answer {
        self.try_poll(id).await.unwrap()
    }

    /// Submits a prompt and polls it once it has ended.
    pub(crate) async fn outcome(&self, prompt: &str) -> Value {
        let id = self.submit(prompt).await;
        self.whisul.until_finished(prompt).await;
        let answer = self.poll(&id).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    /// Downloads a link of a result, without a key.
    pub(crate) async fn fetch(&self, link: &Value) -> Answer {
        send(self.http.get(link.as_str().unwrap())).await.unwrap()
    }
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
}
