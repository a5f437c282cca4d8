//! What the bot asks of Discord, one method an endpoint.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use serenity::builder::CreateCommand;
use url::Url;

use super::{
    Application, DiscordError, GatewayAnswer, Message, Posted, Priority, SeenMessage,
    attempts::Attempts,
    auth::Auth,
    endpoints::application::ApplicationAnswer,
    message::EPHEMERAL,
    request::{Request, Sender, body},
    response::{
        answers::{GuildAnswer, MemberAnswer, PostedMessage},
        read::Identified,
    },
};
use crate::{
    domain::{ApplicationId, ChannelId, GuildId, MessageId, Place, RoleId, UserId},
    http_client::HttpClient,
    media::File,
    proxy::{Proxies, Proxy},
};

/// Where Discord is.
const DISCORD: &str = "https://discord.com";

/// Where Discord's API is: at `base`, or at Discord itself.
fn address(base: Option<&Url>) -> Result<Url, DiscordError> {
    let discord = || DISCORD.parse().map_err(|_| DiscordError::NotSent { cause: String::new() });
    base.cloned().map_or_else(discord, Ok)
}

/// How many messages can be looked at with one request.
pub(crate) const PAGE: usize = 100;

/// How many servers one request lists (Discord docs, Get Current User Guilds),
const GUILD_PAGE: usize = 200;
/// and how many are listed at most: from 2500 on, one connection no longer carries a bot.
const GUILDS_MOST: usize = 2500;

/// Discord's REST API, as far as the bot uses it.
#[derive(Debug)]
pub struct Discord {
    pub(super) sender: Sender,
    pub(super) attempts: Attempts,
}

#[expect(clippy::missing_errors_doc, reason = "each fails as `DiscordError` says")]
impl Discord {
    /// The API behind `base` (Discord itself when `None`), for the bot with this token.
    pub fn new(
        base: Option<&Url>,
        token: SecretString,
        proxies: &Proxies,
    ) -> Result<Self, DiscordError> {
        let address = address(base)?;
        let api = format!("{}/api/v10", address.as_str().trim_end_matches('/'));
        Ok(Self {
            sender: Sender::new(&address, api, token, proxies)?,
            attempts: Attempts::default(),
        })
    }

    /// Discord's own API, to which `http` sends the requests.
    pub fn with_http_client(http: HttpClient, token: SecretString) -> Self {
        let sender = Sender::with_http_client(http, format!("{DISCORD}/api/v10"), token);
        Self { sender, attempts: Attempts::default() }
    }

    /// The proxy through which it is reached.
    pub fn proxy(&self) -> Option<&Proxy> {
        self.sender.proxy.as_ref()
    }

    /// Whether Discord is about to ban this machine for too many invalid requests.
    pub fn has_many_invalid_requests(&self) -> bool {
        self.sender.has_many_invalid_requests()
    }

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

    /// Edits the first answer, or posts a further one that only its reader sees, with a file.
    pub(crate) async fn answer_with_file(
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

    /// Looks up the first answer.
    pub(crate) async fn find_answer(
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

    /// Edits the first answer, as long as its token lives.
    pub async fn edit_answer(
        &self,
        place: &Place,
        token: &SecretString,
        message: &Message,
        priority: Priority,
    ) -> Result<Posted, DiscordError> {
        let path = original(place.application, token);
        self.patch(path, place.channel, Auth::InteractionToken, message, priority).await
    }

    /// Deletes the message that an interaction's token stands for: its first answer, or the message
    /// whose button was clicked.
    pub async fn delete_answer(
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

    /// The bot's own application, with its owners.
    pub async fn application(&self) -> Result<Application, DiscordError> {
        let request = without_body("applications/@me".to_owned(), "");
        Ok(self.sender.send::<ApplicationAnswer>(&request).await?.application())
    }

    /// The servers that the bot is in, with their names: at most `GUILDS_MOST`, the oldest first.
    pub async fn guilds(&self) -> Result<Vec<(GuildId, String)>, DiscordError> {
        let mut guilds: Vec<(GuildId, String)> = Vec::new();
        while guilds.len() < GUILDS_MOST {
            let after = guilds.last().map_or(0, |(id, _)| id.0);
            let query = format!("?limit={GUILD_PAGE}&after={after}");
            let request = without_body("users/@me/guilds".to_owned(), &query);
            let page: Vec<GuildAnswer> = self.sender.send(&request).await?;
            let full = page.len() >= GUILD_PAGE;
            for guild in page {
                guilds.push((GuildId(guild.identified.id.0), guild.name));
            }
            if !full {
                break;
            }
        }
        Ok(guilds)
    }

    /// What a member is called in a server.
    pub async fn member_name(
        &self,
        guild: GuildId,
        person: UserId,
    ) -> Result<String, DiscordError> {
        let request = without_body(format!("guilds/{guild}/members/{person}"), "");
        let member: MemberAnswer = self.sender.send(&request).await?;
        Ok(member.nick.or(member.user.global_name).unwrap_or(member.user.username))
    }

    /// The roles of a server.
    pub async fn roles(&self, guild: GuildId) -> Result<Vec<RoleId>, DiscordError> {
        let request = without_body(format!("guilds/{guild}/roles"), "");
        let roles: Vec<Identified> = self.sender.send(&request).await?;
        Ok(roles.iter().map(|role| RoleId(role.id.0)).collect())
    }

    /// Where the gateway is, and how many sessions may be started there.
    pub async fn gateway(&self) -> Result<GatewayAnswer, DiscordError> {
        self.sender.send(&without_body("gateway/bot".to_owned(), "")).await
    }

    /// The client that requests are made with, for what is no request to the API.
    pub fn http(&self) -> reqwest::Client {
        self.sender.http.reqwest()
    }

    /// The commands that Discord knows the application by, everywhere.
    pub async fn commands(&self, application: ApplicationId) -> Result<Vec<Value>, DiscordError> {
        let path = format!("applications/{application}/commands");
        self.sender.send(&without_body(path, "?with_localizations=true")).await
    }

    /// Replaces those commands.
    pub async fn set_commands(
        &self,
        application: ApplicationId,
        commands: &[CreateCommand],
    ) -> Result<(), DiscordError> {
        let content = body(&commands)?;
        let path = format!("applications/{application}/commands");
        self.sender.send::<Vec<IgnoredAny>>(&with_bot(Method::PUT, path, &content)).await?;
        Ok(())
    }
}

pub(super) fn original(application: ApplicationId, token: &SecretString) -> String {
    format!("{}/messages/@original", webhook(application, token))
}

/// Where the answers to an interaction are made and edited.
pub(super) fn webhook(application: ApplicationId, token: &SecretString) -> String {
    format!("webhooks/{application}/{}", token.expose_secret())
}

fn with_bot(method: Method, path: String, body: &Value) -> Request<'_> {
    let (auth, priority) = (Auth::BotToken, Priority::High);
    Request { method, path, query: "", auth, priority, body: Some(body) }
}

pub(super) fn without_body(path: String, query: &str) -> Request<'_> {
    let (auth, priority) = (Auth::BotToken, Priority::High);
    Request { method: Method::GET, path, query, auth, priority, body: None }
}
