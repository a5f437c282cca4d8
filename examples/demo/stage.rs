//! The stage: a Discord, a Whisul, people, and the bot between them.

use std::{collections::BTreeMap, env, fs, io, path::PathBuf, process, thread, time::Duration};

use sandbox::{Channel, DiscordRules, DiscordSandbox, Person, WhisulRules, WhisulSandbox};
use tokio::{runtime::Runtime, sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;
use whisul_bot::{
    RunError,
    config::{Faults, Settings},
};

/// How long the bot may take to stop: a little more than its own `SHUTDOWN_GRACE`.
const STOP_LIMIT: Duration = Duration::from_secs(12);

/// What went wrong with a demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("this machine: {0}")]
    Machine(#[from] io::Error),
    #[error("{0}")]
    Settings(#[from] Faults),
    #[error("the bot was not ready in time")]
    NotReady,
    #[error("the bot ended: {0}")]
    Bot(#[from] RunError),
    #[error("the bot ended by itself")]
    Left,
    #[error("the bot crashed")]
    Crashed,
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
    pub(crate) ann: Person,
    pub(crate) bob: Person,
    /// Whoever sits at the terminal: with a role that may ask for any number of songs.
    pub(crate) you: Person,
    /// The id of that role.
    patrons: u64,
    folder: Folder,
}

impl Stage {
    pub(crate) async fn build() -> Result<Self, Wrong> {
        let discord = DiscordSandbox::start(DiscordRules::default()).await?;
        let whisul = WhisulSandbox::start(WhisulRules::default()).await?;
        let server = discord.add_server("Music lovers");
        let channel = server.add_channel("songs");
        let [ann, bob, you] = ["Ann", "Bob", "You"].map(|name| discord.add_person(name));
        server.join(&ann);
        server.join(&bob);
        let patrons = server.add_role("Patrons");
        server.give_role(&you, &patrons);
        let patrons = patrons.id();
        Ok(Self { discord, whisul, channel, ann, bob, you, patrons, folder: Folder::new()? })
    }

    /// The settings with which the bot differs from one that runs for real: whom it talks to, how
    /// often, and a quota and a line small enough to be seen at work.
    pub(crate) fn settings(&self) -> Result<Settings, Wrong> {
        let mut settings = self.addresses("demo.db");
        settings.extend([
            ("USER_QUOTA", "2/1d".to_owned()),
            ("ROLE_QUOTAS", format!("{}=unlimited", self.patrons)),
            ("MAX_RUNNING", "1".to_owned()),
            ("POLL_INTERVAL", "500ms".to_owned()),
            ("EDIT_INTERVAL", "1s".to_owned()),
        ]);
        Ok(Settings::read(|name| settings.get(name).cloned())?)
    }

    /// The settings with which any whisul-bot comes to this stage.
    pub(crate) fn addresses(&self, database: &str) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("DISCORD_API_URL", self.discord.url()),
            ("DISCORD_TOKEN", self.discord.token()),
            ("WHISUL_API_URL", self.whisul.url()),
            ("WHISUL_API_KEY", self.whisul.key()),
            ("DATABASE_URL", format!("sqlite://{}", self.folder.0.join(database).display())),
        ])
    }
}

/// The bot, on a thread and a runtime of its own, so that nothing of it outlives it.
pub(crate) struct Bot {
    shutdown: CancellationToken,
    /// Tells of its end, once.
    end: Option<oneshot::Receiver<Result<(), Wrong>>>,
}

impl Bot {
    /// Starts it as the program does.
    pub(crate) fn start(settings: Settings) -> Self {
        let (shutdown, (ended, end)) = (CancellationToken::new(), oneshot::channel());
        let asked_to_stop = shutdown.clone();
        thread::spawn(move || {
            let run = async { Ok(whisul_bot::run(settings, asked_to_stop.cancelled()).await?) };
            _ = ended.send(Runtime::new().map_err(Wrong::from).and_then(|rt| rt.block_on(run)));
        });
        Self { shutdown, end: Some(end) }
    }

    /// Whether its end was not seen yet.
    pub(crate) fn runs(&self) -> bool {
        self.end.is_some()
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> Result<(), Wrong> {
        let Some(end) = &mut self.end else { return Ok(()) };
        let ended = end.await.unwrap_or(Err(Wrong::Crashed));
        self.end = None;
        ended
    }

    /// Stops it as a signal does; one that has ended already stays as it is.
    pub(crate) async fn stop(&mut self) -> Result<(), Wrong> {
        self.shutdown.cancel();
        timeout(STOP_LIMIT, self.end()).await.unwrap_or(Err(Wrong::Stuck))
    }
}

/// A folder that goes when the demo does.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("whisul-bot-demo-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
