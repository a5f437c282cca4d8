//! The first response to an interaction, of whatever kind (Discord docs, Interaction Callback Type).

use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use serenity::builder::CreateModal;
use tokio::time::{Instant, sleep};

use crate::{
    discord_api::{
        Discord, DiscordError, Message, Posted, Priority,
        auth::Auth,
        client::webhook,
        message::EPHEMERAL,
        request::{Request, body},
        response::bodies::PostedMessage,
    },
    domain::{ApplicationId, ChannelId, InteractionId},
};

/// A response is void after 3 seconds (Discord docs, Receiving and Responding); a little is kept
/// back for the way.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(2500);

/// The oldest that an interaction may be when a try begins which can still be in time.
const LAST_TRY: Duration = Duration::from_millis(2500);
/// How long a response is tried at least: with a fast clock, every interaction looks expired.
const TRIES_FOR: Duration = Duration::from_secs(1);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(200);

/// For how long a response that did not get through is tried again.
#[derive(Clone, Copy, Debug)]
pub struct ResponseTime {
    until: Instant,
}

impl ResponseTime {
    /// What is left for an interaction that seems to be this old.
    pub fn after(age: Duration) -> Self {
        Self { until: Instant::now() + LAST_TRY.saturating_sub(age).max(TRIES_FOR) }
    }

    /// Tries to answer until that succeeds, can't succeed any more, or is too late. Tells of each
    /// failure.
    ///
    /// # Errors
    /// That of the last try.
    pub async fn retry<T, F>(
        self,
        attempt: impl Fn() -> F,
        mut failed: impl FnMut(&DiscordError),
    ) -> Result<T, DiscordError>
    where
        F: Future<Output = Result<T, DiscordError>>,
    {
        loop {
            let result = attempt().await;
            let Err(error) = &result else { return result };
            failed(error);
            if !(error.is_passing() && self.pause().await) {
                return result;
            }
        }
    }

    /// Waits before another try. `false` if that would be too late.
    pub async fn pause(self) -> bool {
        let is_in_time = Instant::now() + PAUSE < self.until;
        if is_in_time {
            sleep(PAUSE).await;
        }
        is_in_time
    }
}

/// What an interaction is answered with.
#[derive(Clone, Debug)]
pub enum InteractionResponse {
    /// A message of its own.
    Message(Message),
    /// The message whose button was clicked, as it is from now on.
    Update(Message),
    /// Nothing to be seen: the message whose button was clicked stays as it is for now.
    Acknowledge,
    /// That a message follows, seen only by the person who asked, which takes a little longer.
    Defer,
    /// A form to be filled in.
    Modal(CreateModal),
    /// Suggestions for what somebody is typing.
    Autocomplete(Vec<Suggestion>),
    /// That the bot is there.
    Pong,
}

/// Something that could be meant: at most 25 are shown (Discord docs, Interaction Callback).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Suggestion {
    /// What people see: 1 to 100 characters.
    pub name: String,
    /// What is sent: at most 100 characters.
    pub value: String,
}

impl InteractionResponse {
    fn content(&self) -> Result<Value, DiscordError> {
        Ok(match self {
            Self::Message(message) => json!({ "type": 4, "data": body(message)? }),
            Self::Update(message) => json!({ "type": 7, "data": body(message)? }),
            Self::Acknowledge => json!({ "type": 6 }),
            Self::Defer => json!({ "type": 5, "data": { "flags": EPHEMERAL } }),
            Self::Modal(modal) => json!({ "type": 9, "data": body(modal)? }),
            Self::Pong => json!({ "type": 1 }),
            Self::Autocomplete(choices) => json!({ "type": 8, "data": { "choices": choices } }),
        })
    }
}

impl Discord {
    /// Gives an interaction in this channel its first response, and returns the message that it became.
    ///
    /// # Errors
    /// As [`DiscordError`] says.
    pub async fn create_response_message(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Posted, DiscordError> {
        let content = InteractionResponse::Message(message.clone()).content()?;
        let request = callback(interaction, token, "?with_response=true", &content);
        let attempt = async {
            let sent = self.sender.send_at_once::<CallbackBody>(&request, RESPONSE_TIMEOUT);
            Ok(sent.await?.resource.message.posted(channel))
        };
        self.attempts.make(interaction, attempt).await
    }

    /// The same, where nobody needs to know what it became.
    ///
    /// # Errors
    /// As [`DiscordError`] says.
    pub async fn create_response(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        reply: &InteractionResponse,
    ) -> Result<(), DiscordError> {
        let content = reply.content()?;
        let request = callback(interaction, token, "", &content);
        let attempt = self.sender.send_at_once::<IgnoredAny>(&request, RESPONSE_TIMEOUT);
        self.attempts.make(interaction, attempt).await?;
        Ok(())
    }

    /// Answers an interaction once more, as long as its token lives.
    ///
    /// # Errors
    /// When that surely, or perhaps, did not get through.
    pub async fn create_followup(
        &self,
        application: ApplicationId,
        token: &SecretString,
        message: &Message,
    ) -> Result<(), DiscordError> {
        let (content, method) = (body(message)?, Method::POST);
        let path = webhook(application, token);
        let (auth, priority) = (Auth::InteractionToken, Priority::High);
        let body = Some(&content);
        let request = Request { method, path, query: "", auth, priority, body };
        self.sender.send::<PostedMessage>(&request).await.map(|_| ())
    }
}

fn callback<'a>(
    interaction: InteractionId,
    token: &SecretString,
    query: &'a str,
    content: &'a Value,
) -> Request<'a> {
    Request {
        method: Method::POST,
        path: format!("interactions/{interaction}/{}/callback", token.expose_secret()),
        query,
        auth: Auth::InteractionToken,
        priority: Priority::High,
        body: Some(content),
    }
}

#[derive(Deserialize)]
struct CallbackBody {
    resource: CallbackResource,
}

#[derive(Deserialize)]
struct CallbackResource {
    message: PostedMessage,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_tried_until_the_interaction_is_old() {
        let tries_within = async |age: u64, limit: u64| {
            let (began, time) = (Instant::now(), ResponseTime::after(Duration::from_millis(age)));
            while time.pause().await {}
            let took = began.elapsed();
            let limit = Duration::from_millis(limit);
            assert!(took <= limit && took + 2 * PAUSE > limit, "{age}: {took:?}");
        };
        tries_within(0, 2500).await;
        tries_within(700, 1800).await;
        tries_within(2000, 1000).await;
        tries_within(3_600_000, 1000).await;
    }
}
