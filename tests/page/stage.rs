//! A page with a bot behind it, and scenes that are played on it.

use std::{process::Command, sync::Arc};

use sandbox::{Program, page::Page};
use tempfile::TempDir;

use crate::{browser, fixture::Fixture, showcase};

/// Everything behind the page.
pub(crate) struct Stage {
    fixture: Fixture,
    page: Page,
    bot: Arc<Program>,
    _folder: TempDir,
}

impl Stage {
    /// The bot's own binary on a stage with quick durations and no quotas, some settings set
    /// otherwise.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::of(Fixture::new().await, settings).await
    }

    /// The same, with any number of songs for people with a role.
    pub(crate) async fn with_unlimited_roles(settings: &[(&str, &str)]) -> Self {
        let fixture = Fixture::new().await;
        let roles = fixture.unlimited_roles();
        let settings = [settings, &[("ROLE_QUOTAS", roles.as_str())]].concat();
        Self::of(fixture, &settings).await
    }

    async fn of(fixture: Fixture, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bot = Arc::new(Program::new(command(&fixture, &folder, settings)));
        bot.start().unwrap();
        fixture.discord.until_ready().await;
        let page = Page::open_anywhere(fixture.environment(&bot)).await.unwrap();
        Self { fixture, page, bot, _folder: folder }
    }

    /// A bot that has everything which the page can draw, and which ours may lack.
    pub(crate) async fn showcase() -> Self {
        let fixture = Fixture::new().await;
        let bot = Arc::new(Program::new(Command::new("cat")));
        showcase::start(&fixture.discord).await;
        fixture.discord.until_ready().await;
        let page = Page::open_anywhere(fixture.environment(&bot)).await.unwrap();
        Self {
            fixture,
            page,
            bot,
            _folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        }
    }

    /// Ann writes many messages.
    pub(crate) fn chat(&self, messages: usize) {
        let ([ann, ..], [songs, _]) = (&self.fixture.people, &self.fixture.channels);
        let client = ann.at(songs);
        for number in 1..=messages {
            let text = "A **message** with `code`, a [link](https://example.org)\n> and a quote\n";
            client.say(&format!("{text}- message number {number}")).unwrap();
        }
    }

    /// Plays a scene in a browser; where there is none, nothing happens.
    pub(crate) async fn play(self, scene: &str) {
        let Some(played) = browser::play(scene, &self.page.url()).await else { return };
        print!("{}", String::from_utf8_lossy(&played.stdout));
        let log: Vec<_> = self.bot.log().into_iter().map(|(_, line)| line).collect();
        let complaint = String::from_utf8_lossy(&played.stderr);
        let success = played.status.success();
        assert!(success, "{scene}:\n{complaint}\nThe bot said:\n{}", log.join("\n"));
        let violations = self.fixture.discord.violations();
        assert!(violations.is_empty(), "{violations:?}");
    }
}

/// The bot's own binary, in a folder of its own.
fn command(fixture: &Fixture, folder: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whisul-bot"));
    let database = format!("sqlite://{}", folder.path().join("jobs.db").display());
    command.current_dir(folder.path()).env_clear();
    command.envs([
        ("DISCORD_API_URL", fixture.discord.url()),
        ("DISCORD_TOKEN", fixture.discord.token()),
        ("WHISUL_API_URL", fixture.whisul.url()),
        ("WHISUL_API_KEY", fixture.whisul.key()),
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
        ("HTTP_ADDR", "off"),
    ]);
    command.envs(settings.iter().copied());
    command
}
