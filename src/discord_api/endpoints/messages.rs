//! Messages: looking them up, posting, editing and deleting them, by a channel or by the token of an
//! interaction.

use reqwest::Method;
use secrecy::SecretString;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::{
    discord_api::{
        Discord, DiscordError, Message, Posted, Priority, SeenMessage,
        auth::Auth,
        client::{webhook, with_bot, without_body},
        message::EPHEMERAL,
        request::{Request, body},
        response::{bodies::PostedMessage, read::Identified},
    },
    domain::{ApplicationId, ChannelId, MessageId, Place, UserId},
    media::File,
};

/// How many messages can be looked at with one request.
pub(crate) const PAGE: usize = 100;

#[expect(clippy::missing_errors_doc, reason = "each fails as `DiscordError` says")]
impl Discord {
    /// Edits one of the bot's messages through its channel, with the files that the edit names.
    pub(crate) async fn upload(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: &Value,
        files: &[&File],
    ) -> Result<(), DiscordError> {
        let path = format!("channels/{channel}/messages/{id}");
        self.patch_with(path, Auth::BotToken, edit, files).await
    }

    /// The same by the token of the interaction that the message answers.
    pub(crate) async fn upload_by_token(
        &self,
        application: ApplicationId,
        token: &SecretString,
        id: MessageId,
        edit: &Value,
        files: &[&File],
    ) -> Result<(), DiscordError> {
        let path = format!("{}/messages/{id}", webhook(application, token));
        self.patch_with(path, Auth::InteractionToken, edit, files).await
    }

    async fn patch_with(
        &self,
        path: String,
        auth: Auth,
        edit: &Value,
        files: &[&File],
    ) -> Result<(), DiscordError> {
        let (method, priority, body) = (Method::PATCH, Priority::High, Some(edit));
        let request = Request { method, path, query: "", auth, priority, body };
        self.sender.send_with::<PostedMessage>(&request, files).await.map(|_| ())
    }

    /// Edits the first response, or posts a further one that only its reader sees, with a file.
    pub(crate) async fn respond_with_file(
        &self,
        application: ApplicationId,
        token: &SecretString,
        is_first: bool,
        content: &str,
        file: &File,
    ) -> Result<(), DiscordError> {
        let attached = json!([{ "id": 0, "filename": file.name }]);
        let (method, path, body) = if is_first {
            let body = json!({ "content": content, "attachments": attached });
            (Method::PATCH, original(application, token), body)
        } else {
            let body = json!({ "content": content, "attachments": attached, "flags": EPHEMERAL });
            (Method::POST, webhook(application, token), body)
        };
        let (auth, priority, body) = (Auth::InteractionToken, Priority::High, Some(&body));
        let request = Request { method, path, query: "", auth, priority, body };
        self.sender.send_with::<Value>(&request, &[file]).await.map(|_| ())
    }

    /// Looks up the first response.
    pub(crate) async fn original_response(
        &self,
        application: ApplicationId,
        token: &SecretString,
    ) -> Result<SeenMessage, DiscordError> {
        let request = Request {
            method: Method::GET,
            path: original(application, token),
            query: "",
            auth: Auth::InteractionToken,
            priority: Priority::High,
            body: None,
        };
        self.sender.send(&request).await
    }

    /// Edits the first response, as long as its token lives.
    pub async fn edit_original_response(
        &self,
        place: &Place,
        token: &SecretString,
        message: &Message,
        priority: Priority,
    ) -> Result<Posted, DiscordError> {
        let path = original(place.application, token);
        self.patch(path, place.channel, Auth::InteractionToken, message, priority).await
    }

    /// Deletes the message that an interaction's token stands for: its first response, or the message
    /// whose button was clicked.
    pub async fn delete_original_response(
        &self,
        application: ApplicationId,
        token: &SecretString,
    ) -> Result<(), DiscordError> {
        let request = Request {
            method: Method::DELETE,
            path: original(application, token),
            query: "",
            auth: Auth::InteractionToken,
            priority: Priority::High,
            body: None,
        };
        self.sender.send::<IgnoredAny>(&request).await?;
        Ok(())
    }

    /// Deletes one of the bot's messages through its channel.
    pub async fn delete(&self, channel: ChannelId, id: MessageId) -> Result<(), DiscordError> {
        let request = Request {
            method: Method::DELETE,
            path: format!("channels/{channel}/messages/{id}"),
            query: "",
            auth: Auth::BotToken,
            priority: Priority::High,
            body: None,
        };
        self.sender.send::<IgnoredAny>(&request).await?;
        Ok(())
    }

    /// Edits one of the bot's messages through its channel.
    pub async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        message: &Message,
        priority: Priority,
    ) -> Result<Posted, DiscordError> {
        let path = format!("channels/{channel}/messages/{id}");
        self.patch(path, channel, Auth::BotToken, message, priority).await
    }

    async fn patch(
        &self,
        path: String,
        channel: ChannelId,
        auth: Auth,
        message: &Message,
        priority: Priority,
    ) -> Result<Posted, DiscordError> {
        let (content, method) = (body(message)?, Method::PATCH);
        let request = Request { method, path, query: "", auth, priority, body: Some(&content) };
        Ok(self.sender.send::<PostedMessage>(&request).await?.posted(channel))
    }

    /// Posts a new message, at most once for each nonce within a few minutes.
    pub async fn post(
        &self,
        channel: ChannelId,
        message: &Message,
        nonce: String,
    ) -> Result<Posted, DiscordError> {
        let content = body(&message.clone().once(nonce))?;
        let request = with_bot(Method::POST, format!("channels/{channel}/messages"), &content);
        Ok(self.sender.send::<PostedMessage>(&request).await?.posted(channel))
    }

    /// The latest messages of a channel, at most [`PAGE`], older than `before`: the latest first.
    /// Where the bot may not read the history, Discord shows none (Discord docs, Get Channel
    /// Messages).
    pub(crate) async fn messages(
        &self,
        channel: ChannelId,
        before: Option<MessageId>,
    ) -> Result<Vec<SeenMessage>, DiscordError> {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        let query = format!("?limit={PAGE}{before}");
        let path = format!("channels/{channel}/messages");
        self.sender.send(&without_body(path, &query)).await
    }

    /// One message of a channel.
    pub(crate) async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
    ) -> Result<SeenMessage, DiscordError> {
        let path = format!("channels/{channel}/messages/{id}");
        self.sender.send(&without_body(path, "")).await
    }

    /// Opens the direct message channel with a person.
    pub async fn direct_channel(&self, person: UserId) -> Result<ChannelId, DiscordError> {
        let content = json!({ "recipient_id": person.to_string() });
        let request = with_bot(Method::POST, "users/@me/channels".to_owned(), &content);
        let channel: Identified = self.sender.send(&request).await?;
        Ok(ChannelId(channel.id.0))
    }
}

fn original(application: ApplicationId, token: &SecretString) -> String {
    format!("{}/messages/@original", webhook(application, token))
}
