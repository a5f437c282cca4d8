//! A page with a bot behind it, and scenes that are played on it.

use std::{process::Command, sync::Arc};

use sandbox::{Program, page::Page};
use tempfile::TempDir;

use crate::{browser, showcase, town::Town};

/// Everything behind the page.
pub(crate) struct Stage {
    town: Town,
    page: Page,
    bot: Arc<Program>,
    _folder: TempDir,
}

impl Stage {
    /// The bot's own binary on a stage with quick durations and no quotas, some settings set
    /// otherwise.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::of(Town::new().await, settings).await
    }

    /// The same, with any number of songs for whoever has a role.
    pub(crate) async fn with_unlimited_roles(settings: &[(&str, &str)]) -> Self {
        let town = Town::new().await;
        let roles = town.unlimited_roles();
        let settings = [settings, &[("ROLE_QUOTAS", roles.as_str())]].concat();
        Self::of(town, &settings).await
    }

    async fn of(town: Town, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bot = Arc::new(Program::new(command(&town, &folder, settings)));
        bot.start().unwrap();
        town.discord.until_ready().await;
        let page = Page::open_anywhere(town.cast(&bot)).await.unwrap();
        Self { town, page, bot, _folder: folder }
    }

    /// A bot that has everything which the page can draw, and which ours may lack.
    pub(crate) async fn showcase() -> Self {
        let town = Town::new().await;
        let bot = Arc::new(Program::new(Command::new("cat")));
        showcase::start(&town.discord).await;
        town.discord.until_ready().await;
        let page = Page::open_anywhere(town.cast(&bot)).await.unwrap();
        Self {
            town,
            page,
            bot,
            _folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
        }
    }

    /// Ann writes many messages.
    pub(crate) fn chat(&self, messages: usize) {
        let ([ann, ..], [songs, _]) = (&self.town.people, &self.town.channels);
        let seat = ann.at(songs);
        for number in 1..=messages {
            let text = "A **message** with `code`, a [link](https://example.org)\n> and a quote\n";
            seat.say(&format!("{text}- message number {number}")).unwrap();
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
        let violations = self.town.discord.violations();
        assert!(violations.is_empty(), "{violations:?}");
    }
}

/// The bot's own binary, in a folder of its own.
fn command(town: &Town, folder: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whisul-bot"));
    let database = format!("sqlite://{}", folder.path().join("jobs.db").display());
    command.current_dir(folder.path()).env_clear();
    command.envs([
        ("DISCORD_API_URL", town.discord.url()),
        ("DISCORD_TOKEN", town.discord.token()),
        ("WHISUL_API_URL", town.whisul.url()),
        ("WHISUL_API_KEY", town.whisul.key()),
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
