//! Other people's libraries, unchanged, on the sandbox: discord.js 14 and discord.py 2.
//!
//! They are installed once, in `sandbox/clients`:
//!
//! ```sh
//! npm ci --ignore-scripts
//! python3 -m venv .venv && .venv/bin/pip install --requirement requirements.txt
//! ```
//!
//! Where one is absent its test says so and passes, except in CI (`CI=true`), where it fails.
//! `sandbox/clients/matrix.sh` installs these and eleven others and runs the same scene with each.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at a surprise"
)]

mod matrix;
mod scene;

use std::path::Path;
use std::process::{Command, Stdio};

/// Another language's interpreter and a library for it.
struct Language {
    program: &'static str,
    /// Arguments that make it load the library and end.
    probe: &'static [&'static str],
    script: &'static str,
}

impl Language {
    fn command(&self) -> Command {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        // An interpreter of the folder itself is started by its full path, others by name.
        let own = clients.join(self.program);
        let program = if own.exists() { own } else { self.program.into() };
        let mut command = Command::new(program);
        command.current_dir(clients);
        command
    }

    /// Whether interpreter and library are here. In CI they must be.
    fn is_here(&self) -> bool {
        let loaded = self.command().args(self.probe).stderr(Stdio::null()).status();
        let here = loaded.is_ok_and(|status| status.success());
        if !here {
            let absent = format!("{} or its library is absent", self.program);
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{absent}");
            eprintln!("SKIPPED: {}: {absent}", self.script);
        }
        here
    }

    async fn play(&self) {
        if self.is_here() {
            let mut command = self.command();
            command.arg(self.script);
            scene::play(command).await;
        }
    }
}

#[tokio::test]
async fn discord_js_runs_on_the_sandbox() {
    let probe = &["--input-type=module", "--eval", "import 'discord.js'"];
    Language { program: "node", probe, script: "discord_js.js" }.play().await;
}

#[tokio::test]
async fn discord_py_runs_on_the_sandbox() {
    let probe = &["-c", "import discord"];
    Language { program: ".venv/bin/python", probe, script: "discord_py.py" }.play().await;
}
