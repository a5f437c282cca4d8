//! The fixture: a Discord with people in several kinds of channels, and a Whisul.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Plan, RateLimits, WhisulRules, WhisulSandbox,
};

/// How long a song takes.
const SONG: Duration = Duration::from_millis(150);

/// How long a slow song takes.
const SLOW_SONG: Duration = Duration::from_millis(1200);

/// See the module.
pub(crate) struct Fixture {
    pub(crate) discord: DiscordSandbox,
    pub(crate) whisul: WhisulSandbox,
    /// One client per person.
    pub(crate) clients: Vec<ChannelClient>,
    pub(crate) folder: PathBuf,
    /// Whether Discord knows no message by its nonce.
    pub(crate) forgets_nonces: bool,
}

impl Fixture {
    pub(crate) async fn start(name: &str, rules: DiscordRules) -> Self {
        let forgets_nonces = rules.nonce_memory.is_zero();
        let discord = DiscordSandbox::start(rules).await.unwrap();
        let rules = WhisulRules { song_takes: SONG, ..WhisulRules::default() };
        let whisul = WhisulSandbox::start(rules).await.unwrap();
        whisul.plan("that fails", Plan::fails(Some("no inspiration")));
        whisul.plan("that vanishes", Plan::vanishes());
        whisul.plan("that takes its time", Plan::song().takes(SLOW_SONG));
        let name = format!("crash-{}-{name}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { clients: clients(&discord), discord, whisul, folder, forgets_nonces }
    }

    /// Somebody in a server with the bot.
    pub(crate) fn member(&self) -> &ChannelClient {
        self.clients.first().unwrap()
    }

    /// Somebody in a server that only their own installation brings the bot to.
    pub(crate) fn visitor(&self) -> &ChannelClient {
        self.clients.last().unwrap()
    }

    /// The bot's settings: no quotas and short durations.
    pub(crate) fn settings(&self) -> BTreeMap<&'static str, String> {
        let plain = [
            ("USER_QUOTA", "unlimited"),
            ("USER_CONCURRENCY", "1000"),
            ("GLOBAL_QUOTA", "unlimited"),
            ("MAX_RUNNING", "4"),
            ("POLL_INTERVAL", "30ms"),
            ("EDIT_INTERVAL", "20ms"),
            ("WHISUL_RATE_LIMIT", "1000/1s"),
            ("HTTP_ADDR", "off"),
            ("LOG_FORMAT", "json"),
            // A tune takes longer to make than a cover, and is no other file to the bot.
            ("ATTACH_AUDIO", "false"),
        ];
        let mut settings: BTreeMap<_, _> =
            plain.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        settings.insert("DISCORD_TOKEN", self.discord.token());
        settings.insert("DISCORD_API_URL", self.discord.url());
        settings.insert("WHISUL_API_KEY", self.whisul.key());
        settings.insert("WHISUL_API_URL", self.whisul.url());
        settings.insert("DATABASE_URL", format!("sqlite://{}", self.database().display()));
        settings
    }

    /// The file of the bot's database.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("jobs.db")
    }

    /// Deletes the folder.
    pub(crate) fn clean_up(&self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The rules of a crash run. There are no rate limits, since the bot starts far more often than a real
/// one. Messages soon take no edits and tokens soon expire, so that outcomes are also posted.
/// With `forgets_nonces`, Discord doesn't recognise a post by its nonce.
pub(crate) fn crash_run_rules(forgets_nonces: bool) -> DiscordRules {
    let nonce_memory = if forgets_nonces { Duration::ZERO } else { Duration::from_mins(5) };
    DiscordRules {
        session_start_limit: usize::MAX,
        rate_limits: RateLimits::none(),
        token_lifetime: Duration::from_secs(3),
        old_message_after: Duration::from_secs(1),
        old_message_edits: 0,
        nonce_memory,
        ..DiscordRules::default()
    }
}

/// People in a server, in the bot's direct messages, and where only they installed the bot.
fn clients(discord: &DiscordSandbox) -> Vec<ChannelClient> {
    let server = discord.add_server("Music lovers");
    let channel = server.add_channel("songs");
    let elsewhere = discord.add_server_without_bot("Elsewhere");
    let far_channel = elsewhere.add_channel("talk");
    let in_server = ["Ann", "Bob", "Cleo"].map(|name| {
        let person = discord.add_person(name);
        server.join(&person);
        person.at(&channel)
    });
    let (dora, emil) = (discord.add_person("Dora"), discord.add_person("Emil"));
    server.join(&dora);
    elsewhere.join(&emil);
    emil.install_app();
    in_server.into_iter().chain([dora.dm(), emil.at(&far_channel)]).collect()
}
