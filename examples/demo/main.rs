//! The bot on a Discord and a Whisul of this machine's own: without an account, without a key,
//! without the network. Two people ask for songs, shown in the terminal; then a page in the browser
//! is open to everybody.
//!
//! `cargo run --example demo -- --help` says what else it can do.

mod bot;
mod markup;
mod picture;
mod scene;
mod screen;
mod signals;
mod stage;

use std::{env, process::ExitCode, time::Duration};

use sandbox::page::Page;
use tokio::{runtime::Runtime, time::timeout};

use screen::{Screen, Terminal};
use signals::Signals;
use stage::{Stage, Wrong};

const HELP: &str = "\
The bot on a Discord and a Whisul of this machine's own: no account, no key, no network.

Usage: cargo run --example demo [-- OPTION]

  (no option)        Plays a short scene and opens a page for your browser, on which you can try
                     everything. Ctrl-C ends it.
  --once             Plays the scene and ends.
  --once \"PROMPT\"    Makes one song of PROMPT and prints the final message.
  --help             Prints this.

Exit code: 0 when everything came out as it should, 1 when something didn't, 2 for other
arguments. Colours: on a terminal, unless NO_COLOR is set.";

/// The exit code for arguments that mean nothing.
const MISUSED: u8 = 2;
/// How long the bot may take to be ready.
const START_LIMIT: Duration = Duration::from_secs(15);

/// What the demo does.
enum Act {
    /// The scene, and then the page.
    SceneAndPage,
    /// The scene.
    Scene,
    /// One song of this prompt.
    Song(String),
}

fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let act = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Act::SceneAndPage,
        [bot::ARGUMENT] => return bot::run(),
        ["--once"] => Act::Scene,
        ["--once", prompt] => Act::Song((*prompt).to_owned()),
        ["--help" | "-h"] => {
            Terminal::print(HELP);
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(MISUSED);
        }
    };
    let played =
        Runtime::new().map_err(Wrong::from).and_then(|runtime| runtime.block_on(play(act)));
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("The demo went wrong: {wrong}");
            ExitCode::FAILURE
        }
    }
}

/// Starts the sandbox, plays the scene, and cleans up in any case.
async fn play(act: Act) -> Result<(), Wrong> {
    let mut signals = Signals::listen()?;
    let stage = Stage::build().await?;
    let mut screen = Screen::new(Terminal::new(), &stage);
    stage.bot.start()?;
    let played = tokio::select! {
        played = perform(&act, &stage, &mut screen) => played,
        _ = stage.bot.ended() => Err(stage.left()),
        () = signals.next() => Err(Wrong::Interrupted),
    };
    let played = match (played, act) {
        (Ok(()), Act::SceneAndPage) => receive(&stage, signals).await,
        (played, _) => played,
    };
    let stopped = stage.stop_bot().await;
    played.and(stopped)
}

/// Opens the page and leaves the stage to its visitors until a signal asks for the end.
async fn receive(stage: &Stage, mut signals: Signals) -> Result<(), Wrong> {
    let page = Page::open(stage.environment()).await?;
    Terminal::print(&format!(
        "\nThat was the scene. Go on in your browser:\n\n  {}\n\n{}",
        page.url(),
        stage.invitation()
    ));
    signals.next().await;
    Ok(())
}

async fn perform(act: &Act, stage: &Stage, screen: &mut Screen) -> Result<(), Wrong> {
    let ready = timeout(START_LIMIT, stage.discord.until_ready());
    ready.await.map_err(|_| Wrong::NotReady)?;
    if let Act::Song(prompt) = act {
        let answer = scene::ask(stage, &stage.pat, prompt).await?.settled().await?;
        screen.show(&answer.message);
        return answer.expect_song();
    }
    let terminal = screen.terminal();
    let played = tokio::select! {
        played = scene::play(stage, terminal) => played,
        never = screen.follow() => match never {},
    };
    screen.show_news();
    played
}
