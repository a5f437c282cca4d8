//! What `doctor` looks at besides what the bot itself asks of Discord.

use std::time::{Duration, SystemTime};

use reqwest::{
    StatusCode,
    header::{CONNECTION, DATE, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use url::Url;

use crate::{
    discord_api::{
        Discord, DiscordError,
        client::without_body,
        response::read::{Identified, Snowflake, or_default, readable},
    },
    domain::{ChannelId, GuildId, RoleId, UserId},
};

/// How long a connection to the gateway may take.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(5);

/// A key of the form that RFC 6455 wants. Nothing is said over the connection, so any will do.
const WEBSOCKET_KEY: &str = "d2hpc3VsLWJvdCBkb2N0b3I=";

/// A server that the bot is in.
#[derive(Clone, Debug)]
pub struct JoinedGuild {
    /// Its id.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// The bot's permissions in it, before any channel's overwrites; `None` if Discord did not tell.
    pub permissions: Option<u64>,
}

/// A channel of a server, as far as permissions go (Discord docs, Channel Object).
#[derive(Clone, Debug)]
pub struct GuildChannel {
    /// Its id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// Whether people write messages in it: categories and forums have none of their own.
    pub has_messages: bool,
    /// Who may do more or less there than in the server.
    pub overwrites: Vec<Overwrite>,
}

/// What a role or a member may do in a channel other than in its server (Discord docs, Overwrite
/// Object). The bits are those of Discord docs, Permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overwrite {
    /// A role or a member; the role of everyone has the server's id.
    pub id: u64,
    /// What is allowed.
    pub allow: u64,
    /// What is denied.
    pub deny: u64,
}

#[derive(Deserialize)]
struct JoinedGuildBody {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "bits")]
    permissions: Option<u64>,
}

#[derive(Deserialize)]
struct ChannelBody {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: u64,
    #[serde(default, deserialize_with = "readable")]
    permission_overwrites: Vec<OverwriteBody>,
}

#[derive(Deserialize)]
struct OverwriteBody {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default, deserialize_with = "bits")]
    allow: Option<u64>,
    #[serde(default, deserialize_with = "bits")]
    deny: Option<u64>,
}

#[derive(Deserialize)]
struct OwnMember {
    #[serde(default, deserialize_with = "readable")]
    roles: Vec<Snowflake>,
}

/// A set of permissions: Discord sends text, since they are too large for JavaScript.
fn bits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}

/// A name that other people chose, on one line: it must not make lines of its own in a terminal, nor
/// change its colours.
fn one_line(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

impl ChannelBody {
    fn channel(self) -> GuildChannel {
        // Text, voice, announcements and stages (Discord docs, Channel Types).
        let has_messages = matches!(self.kind, 0 | 2 | 5 | 13);
        let overwrites = self.permission_overwrites.iter().map(|response| Overwrite {
            id: response.identified.id.0,
            allow: response.allow.unwrap_or_default(),
            deny: response.deny.unwrap_or_default(),
        });
        let (id, overwrites) = (ChannelId(self.identified.id.0), overwrites.collect());
        GuildChannel { id, name: one_line(&self.name), has_messages, overwrites }
    }
}

#[expect(clippy::missing_errors_doc, reason = "each fails as `DiscordError` says")]
impl Discord {
    /// What time Discord says it is, by the header of a response that needs no token. `None` if the
    /// response has none.
    pub async fn date(&self) -> Result<Option<SystemTime>, DiscordError> {
        let address = format!("{}/gateway", self.sender.base);
        let response = self.sender.http.reqwest().get(address).send().await;
        let response = response.map_err(|error| self.failed(error))?;
        let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
        Ok(date.and_then(|date| httpdate::parse_http_date(date).ok()))
    }

    /// Whether a WebSocket to the gateway comes about. It is closed at once: no session begins.
    pub async fn reaches_gateway(&self, gateway: &Url) -> Result<bool, DiscordError> {
        let address = gateway.as_str().replacen("ws", "http", 1);
        let request = self.sender.http.reqwest().get(address).timeout(GATEWAY_TIMEOUT);
        let request = request.query(&[("v", "10"), ("encoding", "json")]);
        let request = request.header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        let request = request.header(SEC_WEBSOCKET_VERSION, "13");
        let response = request.header(SEC_WEBSOCKET_KEY, WEBSOCKET_KEY).send().await;
        let response = response.map_err(|error| self.failed(error))?;
        Ok(response.status() == StatusCode::SWITCHING_PROTOCOLS)
    }

    fn failed(&self, error: reqwest::Error) -> DiscordError {
        DiscordError::from_reqwest(error).through(self.sender.proxy.as_ref())
    }

    /// The bot's own user.
    pub async fn own_user(&self) -> Result<UserId, DiscordError> {
        let request = without_body("users/@me".to_owned(), "");
        let user: Identified = self.sender.send(&request).await?;
        Ok(UserId(user.id.0))
    }

    /// Servers that the bot is in, the oldest first: at most 200.
    pub async fn joined_guilds(&self) -> Result<Vec<JoinedGuild>, DiscordError> {
        let request = without_body("users/@me/guilds".to_owned(), "");
        let guilds: Vec<JoinedGuildBody> = self.sender.send(&request).await?;
        let joined = guilds.into_iter().map(|guild| JoinedGuild {
            id: GuildId(guild.identified.id.0),
            name: one_line(&guild.name),
            permissions: guild.permissions,
        });
        Ok(joined.collect())
    }

    /// The channels of a server, threads aside.
    pub async fn guild_channels(&self, guild: GuildId) -> Result<Vec<GuildChannel>, DiscordError> {
        let request = without_body(format!("guilds/{guild}/channels"), "");
        let channels: Vec<ChannelBody> = self.sender.send(&request).await?;
        Ok(channels.into_iter().map(ChannelBody::channel).collect())
    }

    /// The roles of a member of a server.
    pub async fn member_roles(
        &self,
        guild: GuildId,
        member: UserId,
    ) -> Result<Vec<RoleId>, DiscordError> {
        let request = without_body(format!("guilds/{guild}/members/{member}"), "");
        let member: OwnMember = self.sender.send(&request).await?;
        Ok(member.roles.iter().map(|role| RoleId(role.0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_channel_is_read_with_its_overwrites() {
        let channel = json!({
            "id": "5", "name": "gen\u{1B}[31m\neral", "type": 0,
            "permission_overwrites": [
                { "id": "1", "type": 0, "allow": "2048", "deny": "16384" },
                { "id": "2", "type": 1, "allow": 8, "deny": null },
                { "type": 1 },
            ],
        });
        let channel = serde_json::from_value::<ChannelBody>(channel).unwrap().channel();
        assert_eq!((channel.name.as_str(), channel.has_messages), ("gen[31meral", true));
        let [first, second] = channel.overwrites[..] else { panic!("{channel:?}") };
        assert_eq!(first, Overwrite { id: 1, allow: 2048, deny: 16384 });
        assert_eq!(second, Overwrite { id: 2, allow: 8, deny: 0 });
        let category = json!({ "id": "6", "type": 4, "permission_overwrites": "none" });
        let category = serde_json::from_value::<ChannelBody>(category).unwrap().channel();
        assert!(!category.has_messages && category.overwrites.is_empty());
    }
}
