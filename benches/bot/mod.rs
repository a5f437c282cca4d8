//! The released program as a process of its own, between the two sandboxes.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use sandbox::{DiscordSandbox, WhisulSandbox};

mod resource_usage;

use resource_usage::ResourceUsage;

/// The bot's program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_whisul-bot");

/// A running bot. Killed when dropped.
pub(crate) struct Bot {
    process: Child,
}

impl Bot {
    pub(crate) fn start(
        folder: &Folder,
        discord: &DiscordSandbox,
        whisul: &WhisulSandbox,
        settings: &[(&str, &str)],
    ) -> Self {
        let process = Command::new(PROGRAM)
            .current_dir(&folder.0)
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("WHISUL_API_KEY", whisul.key())
            .env("WHISUL_API_URL", whisul.url())
            .env("USER_QUOTA", "unlimited")
            // Files are measured by their size, and that is the sandbox's.
            .env("ATTACH_AUDIO", "false")
            .env("ATTACH_COVER", "false")
            .env("USER_CONCURRENCY", "1000000")
            .env("GLOBAL_QUOTA", "unlimited")
            .env("RUST_LOG", "error")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { process }
    }

    /// What it takes at present.
    pub(crate) fn resource_usage(&self) -> ResourceUsage {
        ResourceUsage::of(self.process.id())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // SIGKILL on Unix.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// A temporary folder for a bot's data.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("whisul-bot-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
