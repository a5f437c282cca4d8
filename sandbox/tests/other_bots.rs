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
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at a surprise"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};

use sandbox::{DiscordRules, DiscordSandbox, Invocation, PATIENCE, Seat};
use serde_json::json;

/// A bot in another language; killed when dropped.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

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

    fn start(&self, discord: &DiscordSandbox) -> Bot {
        let mut command = self.command();
        command.arg(self.script);
        command.env("DISCORD_API_URL", discord.url()).env("DISCORD_TOKEN", discord.token());
        Bot(command.spawn().unwrap())
    }
}

async fn ask(seat: &Seat) -> Invocation {
    seat.command("song", &[("prompt", json!("rain"))]).await.unwrap()
}

/// What Ann sees of a song: the answer thinking, edited, followed up, and an embed beside it.
async fn watch(seat: &Seat, song: &Invocation) {
    song.answer().await.unwrap();
    let message = song.until("the edit", |message| message.content == "Composing rain").await;
    assert!(message.revisions[0].json["flags"] == 128, "it was not deferred");
    let interaction = message.interaction.as_ref().unwrap();
    assert_eq!((interaction.name.as_str(), interaction.user), ("song", seat.person_id()));

    let done = seat.until_message("the follow-up", |message| message.content == "Done").await;
    assert!(done.ephemeral());
    assert_eq!(song.follow_ups().len(), 1);
    let file = reqwest::get(&done.attachments[0].url).await.unwrap();
    assert_eq!(file.text().await.unwrap(), "rain");

    let embed = seat.until_message("the embed", |message| !message.embeds.is_empty()).await;
    let embed = embed.embed().unwrap();
    assert_eq!((embed.title.as_deref(), embed.field("BPM")), (Some("rain"), Some("90")));
    assert!(embed.timestamp.is_some());

    let click = seat.click(message.id, "again").await.unwrap();
    let updated = click.answer().await.unwrap_or_else(|error| panic!("the click: {error}"));
    assert_eq!((updated.content.as_str(), updated.buttons().len()), ("Once more", 0));
}

/// The whole scene, and once more after the gateway's connection was cut.
async fn scene(language: Language) {
    if !language.is_here() {
        return;
    }
    // This is about what they say, not about how soon this machine lets them say it.
    let rules = DiscordRules { answer_within: PATIENCE, ..DiscordRules::default() };
    let discord = DiscordSandbox::start(rules).await.unwrap();
    let server = discord.add_server("Den");
    let (channel, ann) = (server.add_channel("music"), discord.add_person("Ann"));
    server.join(&ann);
    let _bot = language.start(&discord);
    discord.until_ready().await;
    watch(&ann.at(&channel), &ask(&ann.at(&channel)).await).await;

    discord.gateway().drop_connections();
    let other = server.add_channel("more-music");
    let missed = ask(&ann.at(&other)).await;
    watch(&ann.at(&other), &missed).await;
    assert_eq!((discord.sessions().identified, discord.sessions().resumed), (1, 1));
    assert_eq!(discord.violations(), Vec::<String>::new());
    assert_eq!(discord.slips(), Vec::<String>::new());
}

#[tokio::test]
async fn discord_js_runs_on_the_sandbox() {
    let probe = &["--input-type=module", "--eval", "import 'discord.js'"];
    scene(Language { program: "node", probe, script: "discord_js.js" }).await;
}

#[tokio::test]
async fn discord_py_runs_on_the_sandbox() {
    let probe = &["-c", "import discord"];
    scene(Language { program: ".venv/bin/python", probe, script: "discord_py.py" }).await;
}
