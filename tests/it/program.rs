//! The real program in a world, as a process of its own.

use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tokio::task::block_in_place;

use crate::world::World;

/// The path of the program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_whisul-bot");

/// The program at work. However a test ends, it does not go on.
pub(crate) struct Program(Child);

impl Program {
    /// Starts a command that is the program or becomes it, and waits until the bot is ready.
    pub(crate) async fn start(world: &World, command: &mut Command) -> Self {
        let before = world.discord.sessions().identified;
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let program = Self(quiet.spawn().unwrap());
        world.until_ready_after(before).await;
        program
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) -> ExitStatus {
        self.0.kill().unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// The program with a world's settings, and nothing else in its environment, to be run in the
/// bot's folder. `before` are words that come before it on the command line.
pub(crate) fn program(world: &World, before: &[&str]) -> Command {
    let mut words = before.iter().chain([&PROGRAM]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).current_dir(world.folder()).env_clear().envs(world.settings());
    command
}

/// Waits for the end of a command that ends by itself.
pub(crate) fn output(command: &mut Command) -> Output {
    block_in_place(|| command.output().unwrap())
}

/// What a command told of its failure, which must have this exit code.
pub(crate) fn complaint(command: &mut Command, code: i32) -> String {
    let output = output(command);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}
