//! A bot's program as a process of its own, between the two sandboxes.

use std::process::{Child, Command, Stdio};

use sandbox::{DiscordSandbox, WhisulSandbox};
use tempfile::TempDir;

pub(crate) mod resource_usage;

use resource_usage::ResourceUsage;

/// This build's program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_whisul-bot");

/// A running bot. Killed when dropped.
pub(crate) struct Bot {
    process: Child,
}

impl Bot {
    /// Starts a program with the settings of the two sandboxes and without limits of its own.
    pub(crate) fn start(
        mut program: Command,
        folder: &TempDir,
        discord: &DiscordSandbox,
        whisul: &WhisulSandbox,
        settings: &[(&str, &str)],
    ) -> Self {
        let process = program
            .current_dir(folder.path())
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("WHISUL_API_KEY", whisul.key())
            .env("WHISUL_API_URL", whisul.url())
            .env("HTTP_ADDR", "off")
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
