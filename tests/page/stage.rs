//! A page with a bot behind it, and the browser in front.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sandbox::{
    Channel, DiscordRules, DiscordSandbox, Person, Program, WhisulRules, WhisulSandbox,
    page::{Cast, Page},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How many browsers run at once: more would only wait for each other.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// Names under which Chromium is known.
const BROWSER_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// `MANAGE_GUILD` and `MANAGE_MESSAGES`.
const MODERATION: u64 = 1 << 5 | 1 << 13;

/// Everything behind the page.
pub(crate) struct Stage {
    discord: DiscordSandbox,
    channel: Channel,
    ann: Person,
    page: Page,
    bot: Arc<Program>,
    _folder: Folder,
}

impl Stage {
    /// A stage with quick durations and no quotas, some settings set otherwise.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let discord = DiscordSandbox::start(DiscordRules::default()).await.unwrap();
        let whisul = WhisulSandbox::start(WhisulRules::default()).await.unwrap();
        let folder = Folder::new();
        let server = discord.add_server("Music lovers");
        let channels = ["songs", "lounge"].map(|name| (server.add_channel(name), name.to_owned()));
        let people = ["Ann", "Bob", "Pat", "Mo"].map(|name| discord.add_person(name));
        let [patrons, moderators] = ["Patrons", "Moderators"].map(|name| server.add_role(name));
        for person in &people {
            server.join(person);
        }
        let [ann, bob, pat, mo] = people;
        server.give_role(&pat, &patrons);
        server.give_role(&mo, &moderators);
        moderators.grant(MODERATION);
        discord.owner().rename("Olga");
        discord.bot().rename("whisul-bot");
        let bot = Arc::new(Program::new(command(&discord, &whisul, &folder, settings)));
        bot.start().unwrap();
        discord.until_ready().await;
        let [channel, _] = &channels;
        let channel = channel.0.clone();
        let what = |person: Person, what: &str| (person, what.to_owned());
        let cast = Cast {
            discord: discord.clone(),
            whisul,
            server: "Music lovers".to_owned(),
            channels: channels.into(),
            people: vec![
                what(ann.clone(), "a member: two songs a day"),
                what(bob, "a member: two songs a day"),
                what(pat, "a patron: any number of songs"),
                what(mo, "a moderator of this server"),
                what(discord.owner(), "the owner of bot and server"),
            ],
            roles: vec![
                (patrons.id(), "Patrons".to_owned()),
                (moderators.id(), "Moderators".to_owned()),
            ],
            bot: Arc::clone(&bot),
            song_takes: Duration::from_millis(800),
        };
        let page = Page::open_anywhere(cast).await.unwrap();
        Self { discord, channel, ann, page, bot, _folder: folder }
    }

    /// Ann writes many messages.
    pub(crate) fn chat(&self, messages: usize) {
        let seat = self.ann.at(&self.channel);
        for number in 1..=messages {
            let text = "A **message** with `code`, a [link](https://example.org)\n> and a quote\n";
            seat.say(&format!("{text}- message number {number}")).unwrap();
        }
    }

    /// Plays a scene in a browser.
    pub(crate) async fn play(self, scene: &str) {
        let Some(browser) = browser() else { return };
        let _turn = BROWSERS.acquire().await.unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page");
        let mut node = Command::new("node");
        node.current_dir(&folder).arg(format!("scenes/{scene}.mjs"));
        node.env("PAGE", self.page.url()).env("CHROMIUM", browser);
        let played = spawn_blocking(move || node.output()).await.unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let log: Vec<_> = self.bot.log().into_iter().map(|(_, line)| line).collect();
        let (out, err) = (text(&played.stdout), text(&played.stderr));
        print!("{out}");
        assert!(played.status.success(), "{scene}:\n{err}\nThe bot said:\n{}", log.join("\n"));
        let violations = self.discord.violations();
        assert!(violations.is_empty(), "{violations:?}");
    }
}

/// The bot's own binary, in a folder of its own.
fn command(
    discord: &DiscordSandbox,
    whisul: &WhisulSandbox,
    folder: &Folder,
    settings: &[(&str, &str)],
) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whisul-bot"));
    let database = format!("sqlite://{}", folder.0.join("jobs.db").display());
    command.current_dir(&folder.0).env_clear();
    command.envs([
        ("DISCORD_API_URL", discord.url()),
        ("DISCORD_TOKEN", discord.token()),
        ("WHISUL_API_URL", whisul.url()),
        ("WHISUL_API_KEY", whisul.key()),
        ("DATABASE_URL", database),
    ]);
    command.envs([
        ("USER_QUOTA", "unlimited"),
        ("GLOBAL_QUOTA", "unlimited"),
        ("USER_CONCURRENCY", "10"),
        ("POLL_INTERVAL", "100ms"),
        ("EDIT_INTERVAL", "200ms"),
        ("JOB_TIMEOUT", "40m"),
        ("WHISUL_RATE_LIMIT", "100/1s"),
    ]);
    command.envs(settings.iter().copied());
    command
}

/// The browser, if it and what drives it are here. In CI they must be.
fn browser() -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let in_path =
        |name: &str| env::split_paths(&folders).map(|it| it.join(name)).find(|it| it.is_file());
    let browser = BROWSER_NAMES.into_iter().find_map(in_path);
    let driver =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/node_modules/playwright-core");
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    let absent = match (&browser, driver.exists(), node.is_ok_and(|status| status.success())) {
        (Some(_), true, true) => return browser,
        (None, _, _) => "Chromium",
        (_, false, _) => "playwright-core (npm ci in tests/page)",
        (_, _, false) => "Node.js",
    };
    assert_ne!(env::var("CI").as_deref(), Ok("true"), "{absent} is absent");
    eprintln!("SKIPPED: the page in a browser: {absent} is absent");
    None
}

/// A folder that goes when its test does.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("page-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
