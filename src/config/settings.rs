//! The settings, once they are read.

use std::{collections::BTreeSet, net::SocketAddr, num::NonZeroUsize, time::Duration};

use secrecy::SecretString;
use tracing_subscriber::filter::Targets;
use url::Url;

use super::{alert_webhook::AlertWebhook, unknown::UnknownName};
use crate::{
    domain::{self, FollowUpSettings, GuildId, Limits},
    proxy::Proxies,
    whisul::RateLimit,
};

/// What the bot is told by its host.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token.
    pub discord_token: SecretString,
    /// The Whisul key.
    pub whisul_api_key: SecretString,
    /// Where the jobs are kept: `sqlite:` or `sqlite://`, and the path of a file.
    pub database_url: String,
    /// The quotas.
    pub limits: Limits,
    /// How long settled jobs are remembered: at least as long as every quota's window.
    pub history_retention: Duration,
    /// The servers where commands are accepted; `None` for any.
    pub allowed_guilds: Option<BTreeSet<GuildId>>,
    /// Whether songs outside servers are accepted.
    pub allow_dms: bool,
    /// What is given along with songs.
    pub follow_ups: FollowUpSettings,
    /// Songs at Whisul at once.
    pub max_running: NonZeroUsize,
    /// The longest time between two polls of a running song once it can be finished.
    pub poll_interval: Duration,
    /// When a submitted song is given up.
    pub job_timeout: Duration,
    /// Least time between two edits of a message.
    pub edit_interval: Duration,
    /// Requests to Whisul, all together.
    pub whisul_rate_limit: RateLimit,
    /// Base URL of Whisul's API, with or without a slash at its end.
    pub whisul_api_url: Url,
    /// Base URL of a server that speaks Discord's API; `None` for Discord itself.
    pub discord_api_url: Option<Url>,
    /// The proxy through which both are reached, if there is one.
    pub proxies: Proxies,
    /// Where health and metrics are served; `None` for nowhere.
    pub http_addr: Option<SocketAddr>,
    /// Where alerts are sent; `None` for nowhere.
    pub alert_webhook: Option<AlertWebhook>,
    /// How long a stop may take.
    pub shutdown_grace: Duration,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// Which log lines are wanted.
    pub log_filter: Targets,
    /// All of these as text, with where they come from: to be shown, and without the secrets.
    pub origins: Vec<domain::SettingInForce>,
    /// Names that no setting has, to be told of in the log.
    pub unknown: Vec<UnknownName>,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
