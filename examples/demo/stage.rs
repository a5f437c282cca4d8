//! The stage: a Discord, a Whisul, people, and the bot between them.

use std::{collections::BTreeMap, env, fs, io, process, sync::Arc, time::Duration};

use sandbox::{
    Channel, DiscordRules, DiscordSandbox, Person, Program, Role, WhisulRules, WhisulSandbox,
    page::Environment,
};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::bot;

/// How long the bot may take to stop: a little more than its own `SHUTDOWN_GRACE`.
const STOP_LIMIT: Duration = Duration::from_secs(12);

/// The server's name.
const SERVER: &str = "Music lovers";
/// What moderators may do: manage the server (1 << 5) and messages (1 << 13)
/// (<https://docs.discord.com/developers/topics/permissions>).
const MODERATION: u64 = 1 << 5 | 1 << 13;

/// What went wrong with a demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("this machine: {0}")]
    Machine(#[from] io::Error),
    #[error("the bot was not ready in time")]
    NotReady,
    #[error("the bot ended by itself. It said last: {0}")]
    Left(String),
    #[error("the bot ended badly ({0})")]
    BadEnd(process::ExitStatus),
    #[error("the bot did not stop in time")]
    Stuck,
    #[error("Discord's client refused /song for {prompt:?}: {why}")]
    Command { prompt: String, why: String },
    #[error("/song for {prompt:?} got no answer: {why}")]
    NoAnswer { prompt: String, why: String },
    #[error("nothing had come of {prompt:?} after {limit:?}")]
    Endless { prompt: String, limit: Duration },
    #[error("{prompt:?} should have become {expected}, and did not")]
    Outcome { prompt: String, expected: &'static str },
    #[error("it was interrupted")]
    Interrupted,
}

/// Where it all happens. Everything goes with it.
pub(crate) struct Stage {
    pub(crate) discord: DiscordSandbox,
    pub(crate) whisul: WhisulSandbox,
    pub(crate) channel: Channel,
    lounge: Channel,
    pub(crate) ann: Person,
    pub(crate) bob: Person,
    /// Holds a role that may ask for any number of songs.
    pub(crate) pat: Person,
    mo: Person,
    patrons: Role,
    moderators: Role,
    pub(crate) bot: Arc<Program>,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn build() -> Result<Self, Wrong> {
        let discord = DiscordSandbox::start(DiscordRules::default()).await?;
        let whisul = WhisulSandbox::start(WhisulRules::default()).await?;
        let folder = folder()?;
        let server = discord.add_server(SERVER);
        let [channel, lounge] = ["songs", "lounge"].map(|name| server.add_channel(name));
        let people = ["Ann", "Bob", "Pat", "Mo"].map(|name| discord.add_person(name));
        for person in &people {
            server.join(person);
        }
        let [ann, bob, pat, mo] = people;
        let [patrons, moderators] = ["Patrons", "Moderators"].map(|name| server.add_role(name));
        server.give_role(&pat, &patrons);
        server.give_role(&mo, &moderators);
        moderators.grant(MODERATION);
        discord.owner().rename("Olga");
        discord.bot().rename("whisul-bot");
        let mut settings = addresses(&discord, &whisul, &folder, "demo.db");
        settings.extend(peculiarities([&patrons, &moderators]));
        let bot = Arc::new(Program::new(bot::command(settings)?));
        Ok(Self {
            discord,
            whisul,
            channel,
            lounge,
            ann,
            bob,
            pat,
            mo,
            patrons,
            moderators,
            bot,
            folder,
        })
    }

    /// The people, channels and roles of the page.
    pub(crate) fn environment(&self) -> Environment {
        let person = |person: &Person, what: &str| (person.clone(), what.to_owned());
        let channel = |channel: &Channel, name: &str| (channel.clone(), name.to_owned());
        let role = |role: &Role, name: &str| (role.id(), name.to_owned());
        Environment {
            discord: self.discord.clone(),
            whisul: self.whisul.clone(),
            server: SERVER.to_owned(),
            channels: vec![channel(&self.channel, "songs"), channel(&self.lounge, "lounge")],
            people: vec![
                // The first is who a visitor is, so it is somebody with any number of songs.
                person(&self.pat, "a patron: any number of songs"),
                person(&self.ann, "a member: two songs a day"),
                person(&self.bob, "a member: two songs a day"),
                person(&self.mo, "a moderator: any number of songs"),
                person(&self.discord.owner(), "the owner of bot and server"),
            ],
            roles: vec![role(&self.patrons, "Patrons"), role(&self.moderators, "Moderators")],
            bot: Arc::clone(&self.bot),
            song_takes: Duration::from_secs(6),
        }
    }

    /// How to bring any bot along.
    pub(crate) fn invitation(&self) -> String {
        let addresses = addresses(&self.discord, &self.whisul, &self.folder, "visitor.db");
        let variables: Vec<_> =
            addresses.iter().map(|(name, value)| format!("  {name}={value} \\\n")).collect();
        format!(
            "To see a bot that you changed there instead, kill the demo's own on the page and run, \
             from another terminal:\n\n{}  cargo run\n\nCtrl-C ends the demo and removes what it \
             wrote.\n",
            variables.concat()
        )
    }

    /// The error of a bot that has ended by itself.
    pub(crate) fn left(&self) -> Wrong {
        Wrong::Left(self.bot.log().pop().map(|(_, line)| line).unwrap_or_default())
    }

    /// Stops the bot, if it runs.
    pub(crate) async fn stop_bot(&self) -> Result<(), Wrong> {
        if !self.bot.runs() {
            return Ok(());
        }
        self.bot.ask_to_stop();
        let ended = timeout(STOP_LIMIT, self.bot.ended()).await.map_err(|_| Wrong::Stuck)?;
        ended.filter(|status| !status.success()).map_or(Ok(()), |bad| Err(Wrong::BadEnd(bad)))
    }
}

/// The settings that connect a whisul-bot to this sandbox.
fn addresses(
    discord: &DiscordSandbox,
    whisul: &WhisulSandbox,
    folder: &TempDir,
    database: &str,
) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("DISCORD_API_URL", discord.url()),
        ("DISCORD_TOKEN", discord.token()),
        ("WHISUL_API_URL", whisul.url()),
        ("WHISUL_API_KEY", whisul.key()),
        // Another bot on this machine may serve its health at the usual address.
        ("HTTP_ADDR", "off".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}", folder.path().join(database).display())),
    ])
}

/// What else differs from a bot that runs for real: how often it asks, and a quota and a line small
/// enough to be seen at work.
fn peculiarities(unlimited: [&Role; 2]) -> [(&'static str, String); 6] {
    let roles = unlimited.map(|role| format!("{}=unlimited", role.id()));
    [
        ("USER_QUOTA", "2/1d".to_owned()),
        ("ROLE_QUOTAS", roles.join(",")),
        ("MAX_RUNNING", "1".to_owned()),
        ("POLL_INTERVAL", "500ms".to_owned()),
        ("EDIT_INTERVAL", "1s".to_owned()),
        ("JOB_TIMEOUT", "40m".to_owned()),
    ]
}

/// A folder that goes when the demo does.
fn folder() -> io::Result<TempDir> {
    let name = format!("whisul-bot-demo-{}", process::id());
    // Left by a process of this number that was killed.
    _ = fs::remove_dir_all(env::temp_dir().join(&name));
    tempfile::Builder::new().prefix(&name).rand_bytes(0).tempdir()
}
