//! The client of the API, and the endpoints for applications, servers and commands.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use serde_json::Value;
use serenity::builder::CreateCommand;
use url::Url;

use super::{
    Application, DiscordError, GatewayBody, Priority,
    attempts::Attempts,
    auth::Auth,
    endpoints::application::ApplicationBody,
    request::{Request, Sender, body},
    response::{
        bodies::{GuildBody, MemberBody},
        read::Identified,
    },
};
use crate::{
    domain::{ApplicationId, GuildId, RoleId, UserId},
    http_client::HttpClient,
    metrics::{Metrics, Service},
    proxy::{Proxies, Proxy},
};

/// Where Discord is.
const DISCORD: &str = "https://discord.com";

/// Where Discord's API is: at `base`, or at Discord itself.
fn address(base: Option<&Url>) -> Result<Url, DiscordError> {
    let discord = || DISCORD.parse().map_err(|_| DiscordError::NotSent { cause: String::new() });
    base.cloned().map_or_else(discord, Ok)
}

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

    /// Counts its requests.
    pub(crate) fn measure(&self, metrics: &Metrics) {
        self.sender.http.measure(Service::Discord, metrics);
    }

    /// The proxy through which it is reached.
    pub fn proxy(&self) -> Option<&Proxy> {
        self.sender.proxy.as_ref()
    }

    /// Whether Discord is about to ban this machine for too many invalid requests.
    pub fn has_many_invalid_requests(&self) -> bool {
        self.sender.has_many_invalid_requests()
    }

    /// The bot's own application, with its owners.
    pub async fn application(&self) -> Result<Application, DiscordError> {
        let request = without_body("applications/@me".to_owned(), "");
        Ok(self.sender.send::<ApplicationBody>(&request).await?.application())
    }

    /// The servers that the bot is in, with their names: at most `GUILDS_MOST`, the oldest first.
    pub async fn guilds(&self) -> Result<Vec<(GuildId, String)>, DiscordError> {
        let mut guilds: Vec<(GuildId, String)> = Vec::new();
        while guilds.len() < GUILDS_MOST {
            let after = guilds.last().map_or(0, |(id, _)| id.0);
            let query = format!("?limit={GUILD_PAGE}&after={after}");
            let request = without_body("users/@me/guilds".to_owned(), &query);
            let page: Vec<GuildBody> = self.sender.send(&request).await?;
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
        let member: MemberBody = self.sender.send(&request).await?;
        Ok(member.nick.or(member.user.global_name).unwrap_or(member.user.username))
    }

    /// The roles of a server.
    pub async fn roles(&self, guild: GuildId) -> Result<Vec<RoleId>, DiscordError> {
        let request = without_body(format!("guilds/{guild}/roles"), "");
        let roles: Vec<Identified> = self.sender.send(&request).await?;
        Ok(roles.iter().map(|role| RoleId(role.id.0)).collect())
    }

    /// Where the gateway is, and how many sessions may be started there.
    pub async fn gateway(&self) -> Result<GatewayBody, DiscordError> {
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

/// Where the responses to an interaction are made and edited.
pub(super) fn webhook(application: ApplicationId, token: &SecretString) -> String {
    format!("webhooks/{application}/{}", token.expose_secret())
}

pub(super) fn with_bot(method: Method, path: String, body: &Value) -> Request<'_> {
    let (auth, priority) = (Auth::BotToken, Priority::High);
    Request { method, path, query: "", auth, priority, body: Some(body) }
}

pub(super) fn without_body(path: String, query: &str) -> Request<'_> {
    let (auth, priority) = (Auth::BotToken, Priority::High);
    Request { method: Method::GET, path, query, auth, priority, body: None }
}
