//! After the scene: whoever sits at the terminal asks for songs, or brings a bot along.

use std::{io, pin::pin, thread};

use tokio::{signal::ctrl_c, sync::mpsc};

use crate::{
    scene,
    screen::{Screen, Terminal},
    stage::{Bot, Stage, Wrong},
};

/// Goes on until Ctrl-C.
pub(crate) async fn receive(
    stage: &Stage,
    screen: &mut Screen,
    bot: &mut Bot,
) -> Result<(), Wrong> {
    let terminal = screen.terminal();
    Terminal::print(&invitation(stage));
    let mut prompts = typed_lines();
    let known = stage.discord.sessions().identified;
    let mut bots_come = stage.discord.requests().changed();
    let mut another_came =
        pin!(bots_come.wait_for(|_| stage.discord.sessions().identified > known));
    loop {
        tokio::select! {
            _ = ctrl_c() => return Ok(()),
            never = screen.follow() => match never {},
            Some(prompt) = prompts.recv() => {
                if let Err(wrong) = scene::ask(stage, &stage.you, &prompt).await {
                    terminal.say(&wrong.to_string());
                }
            }
            _ = &mut another_came, if bot.runs() => {
                bot.stop().await?;
                terminal.say("Another bot has come. The demo's own leaves the stage to it.");
            }
            ended = bot.end(), if bot.runs() => return ended.and(Err(Wrong::Left)),
        }
    }
}

/// What can be done now.
fn invitation(stage: &Stage) -> String {
    let addresses = stage.addresses("visitor.db");
    let variables: Vec<_> =
        addresses.iter().map(|(name, value)| format!("  {name}={value} \\\n")).collect();
    format!(
        "\nThat was the scene. Type a prompt and press Enter to ask for a song of your own.\n\n\
         Or run the bot itself on this Discord and this Whisul, from another terminal:\n\n{}  \
         cargo run\n\nCtrl-C ends the demo and removes what it wrote.\n",
        variables.concat()
    )
}

/// The lines typed from now on, except empty ones. A terminal can only be read by waiting, so a
/// thread does it; it ends with the program.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(8);
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if !line.trim().is_empty() && sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
