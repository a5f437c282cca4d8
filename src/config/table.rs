//! The table of settings: what `--help`, `.env.example` and `docs/settings.md` show.

use std::fmt;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// What holds while it is unset or empty.
    pub fallback: Fallback,
    /// What it is for, in a sentence or two.
    pub meaning: &'static str,
    /// A value that is accepted.
    pub example: &'static str,
}

/// What holds while a setting is unset. Shown as the table's column of defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: it must be set.
    Required,
    /// This value.
    Value(&'static str),
    /// No value of its own: what that means.
    Unset(&'static str),
}

impl fmt::Display for Fallback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Required => "required",
            Self::Value(text) | Self::Unset(text) => text,
        })
    }
}

/// Defines each setting by its name, and the table of them all in the order in which people meet
/// them.
macro_rules! settings {
    ($($name:ident = $fallback:expr, $example:literal, $meaning:literal;)+) => {
        $(pub(super) const $name: Setting = Setting {
            name: stringify!($name),
            fallback: $fallback,
            meaning: $meaning,
            example: $example,
        };)+

        /// Every setting.
        pub const TABLE: &[Setting] = &[$($name),+];
    };
}

use Fallback::{Required, Unset, Value};

settings! {
    DISCORD_TOKEN = Required, "the-token-of-your-bot",
        "The bot's token, from Discord's developer portal.";
    WHISUL_API_KEY = Required, "your-whisul-api-key",
        "The Whisul key, with which songs are paid for.";
    DATABASE_URL = Value("sqlite://data/whisul-bot.db"), "sqlite://data/whisul-bot.db",
        "Where the jobs are kept. Created with its folder when missing.";
    USER_QUOTA = Value("5/1d"), "5/1d",
        "Songs per rolling window and user: COUNT/WINDOW (30m, 12h, 1d, 1w) or unlimited.";
    USER_CONCURRENCY = Value("1"), "1",
        "Songs at once per user, those in line included.";
    ROLE_QUOTAS = Unset("empty"), "123456789012345678=20/1d,234567890123456789=unlimited",
        "Quotas of roles: ROLE_ID=COUNT/WINDOW, comma-separated. A song is allowed if the user's \
         quota or that of any role held allows it; with USER_QUOTA=0/1d only these roles may.";
    GUILD_QUOTA = Value("unlimited"), "50/1d",
        "Songs per rolling window and server.";
    GLOBAL_QUOTA = Value("100/1d"), "100/1d",
        "Songs per rolling window over everybody. It protects your Whisul credit.";
    HISTORY_RETENTION = Value("90d"), "90d",
        "How long finished songs are remembered: at least as long as the window of every quota.";
    ALLOWED_GUILDS = Unset("empty: any"), "345678901234567890,456789012345678901",
        "Ids of the servers where commands are accepted, comma-separated; elsewhere they are \
         refused. This also applies to user installs. Where it is set, direct messages are refused \
         too unless ALLOW_DMS=true.";
    ALLOW_DMS = Unset("true when ALLOWED_GUILDS is empty"), "true",
        "Whether songs outside servers are accepted: true or false.";
    ATTACH_AUDIO = Value("true"), "true",
        "Whether a song's audio is attached to its message, so that it plays inside Discord: true or \
         false. The link is there in any case.";
    ATTACH_COVER = Value("true"), "true",
        "Whether its cover is, so that old messages keep their picture: true or false.";
    NOTIFY = Value("reply"), "off",
        "Whether a person who waited more than a minute is pinged in a reply when the song is ready: \
         reply or off. Everybody can turn it off for themselves with /notify off.";
    MAX_RUNNING = Value("10"), "10",
        "Songs at Whisul at once. The others wait in line.";
    POLL_INTERVAL = Value("10s"), "10s",
        "The longest time between two polls of a running song once it can be finished, judged by the \
         latest songs: 5s to 60s. Where its end is likely, polls come every 5s. Shorter only while \
         WHISUL_API_URL is on this machine (127.0.0.1, localhost).";
    JOB_TIMEOUT = Value("20m"), "20m",
        "When a submitted song is given up: at least 5m, since it stays charged to GLOBAL_QUOTA. \
         Shorter only while WHISUL_API_URL is on this machine (127.0.0.1, localhost).";
    EDIT_INTERVAL = Value("5s"), "5s",
        "Least time between two edits of a message: at least 5s. Shorter only while \
         DISCORD_API_URL is on this machine (127.0.0.1, localhost).";
    WHISUL_RATE_LIMIT = Value("5/1s"), "5/1s",
        "Requests to Whisul, all together: COUNT/WINDOW.";
    WHISUL_API_URL = Value("https://whisul.com/api"), "https://whisul.com/api",
        "Base URL of Whisul's API: https, or http on this machine (127.0.0.1, localhost).";
    DISCORD_API_URL = Unset("unset: Discord"), "http://127.0.0.1:8080",
        "Base URL of a server that speaks Discord's API (a proxy, the sandbox), to which \
         /api/v10/... is appended: https, or http on this machine (127.0.0.1, localhost).";
    HTTPS_PROXY = Unset("empty: none"), "http://proxy.example:3128",
        "HTTP proxy through which Discord and Whisul are reached, with user:password@ before its \
         host where it wants them. https_proxy, all_proxy and ALL_PROXY count too.";
    NO_PROXY = Unset("empty"), "whisul.com,10.0.0.0/8",
        "Hosts reached without the proxy, comma-separated: names, IP addresses, networks (10.0.0.0/8) \
         or * for all. This machine always is.";
    HTTP_ADDR = Value("127.0.0.1:9464"), "0.0.0.0:9464",
        "Where health, metrics and a status page are served to programs and people on this machine, \
         as ADDRESS:PORT. They tell no prompts and no names. Empty or off: nowhere.";
    ALERT_WEBHOOK_URL = Unset("empty: none"), "https://alerts.example/whisul-bot",
        "Where the bot sends JSON when something needs its owner, and when that is over: https, or \
         http on this machine (127.0.0.1, localhost). The address is treated as a secret.";
    ALERT_WEBHOOK_SECRET = Unset("empty: unsigned"),
        "whsec_your-own-random-bytes-in-base64",
        "Signs these alerts as Standard Webhooks does: 24 to 64 random bytes in base64 (openssl rand \
         -base64 32), with or without whsec_ before them.";
    SHUTDOWN_GRACE = Value("10s"), "10s",
        "How long a stop may take to answer running commands and save its state.";
    LOG_FORMAT = Value("text"), "json",
        "The form of log lines: text or json.";
    RUST_LOG = Value("info"), "info,whisul_bot=debug",
        "What is logged: LEVEL or TARGET=LEVEL, comma-separated. Other crates than whisul_bot are \
         never logged in more detail than warn.";
}

/// Other names under which a setting is looked for, after its own: how curl and others know a
/// proxy.
pub(super) fn aliases(setting: Setting) -> &'static [&'static str] {
    match setting.name {
        "HTTPS_PROXY" => &["https_proxy", "ALL_PROXY", "all_proxy"],
        "NO_PROXY" => &["no_proxy"],
        _ => &[],
    }
}

/// Whether a variable says something: one that is empty is as good as unset, but for this one.
pub(super) fn counts(name: &str, text: &str) -> bool {
    !text.trim().is_empty() || name == HTTP_ADDR.name
}

/// The settings whose values are secrets.
pub(super) const SECRETS: [Setting; 4] =
    [DISCORD_TOKEN, WHISUL_API_KEY, ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET];

/// Whether a setting's value is a secret.
pub(super) fn is_secret(setting: Setting) -> bool {
    SECRETS.contains(&setting)
}
