//! A bot as a program of its own, which can be killed.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::SystemTime,
};

use crate::{Changes, lock};

/// How many lines of its log are kept.
const KEPT: usize = 500;

/// A bot's program. Dropping this kills it.
#[derive(Debug)]
pub struct Program {
    command: Mutex<Command>,
    state: Arc<Mutex<State>>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct State {
    child: Option<Child>,
    /// Whether it was killed, and may be about to end.
    killed: bool,
    ended: Option<ExitStatus>,
    lines: VecDeque<(SystemTime, String)>,
}

impl Program {
    /// A program that does not run yet. Its standard error is its log; its standard input is closed
    /// when it shall stop, and when this process is gone. Signals from a terminal don't reach it.
    #[must_use]
    pub fn new(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.process_group(0);
        let (command, state) = (Mutex::new(command), Arc::default());
        Self { command, state, changes: Changes::new() }
    }

    /// Starts it, unless it runs.
    ///
    /// # Errors
    /// When the system does not start it.
    pub fn start(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        if state.child.is_none() {
            let mut child = lock(&self.command).spawn()?;
            if let Some(log) = child.stderr.take() {
                let (shared, changes) = (Arc::clone(&self.state), self.changes.clone());
                thread::spawn(move || follow(log, &shared, &changes));
            }
            state.child = Some(child);
            state.killed = false;
            state.ended = None;
        }
        drop(state);
        self.changes.bump();
        Ok(())
    }

    /// Starts it, unless it runs; one that was killed is waited for first.
    ///
    /// # Errors
    /// When the system does not start it.
    pub async fn start_again(&self) -> io::Result<()> {
        if lock(&self.state).killed {
            self.ended().await;
        }
        self.start()
    }

    /// Kills it at once (SIGKILL). Returns whether there was anything to kill.
    pub fn kill(&self) -> bool {
        let mut state = lock(&self.state);
        let killed = state.child.as_mut().is_some_and(|child| child.kill().is_ok());
        state.killed |= killed;
        killed
    }

    /// Asks it to stop, by closing its standard input.
    pub fn ask_to_stop(&self) {
        if let Some(child) = &mut lock(&self.state).child {
            drop(child.stdin.take());
        }
    }

    /// Whether it runs.
    #[must_use]
    pub fn runs(&self) -> bool {
        lock(&self.state).child.is_some()
    }

    /// Waits until it does not run. Returns how it ended, if it ever ran.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut changed = self.changes.watch();
        // The counter outlives this wait, so the wait ends only with a result.
        drop(changed.wait_for(|_| !self.runs()).await);
        lock(&self.state).ended
    }

    /// The latest lines of its log, and when they came.
    #[must_use]
    pub fn log(&self) -> Vec<(SystemTime, String)> {
        lock(&self.state).lines.iter().cloned().collect()
    }

    /// Changes when it starts, ends or logs something.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Reads the log until it ends, which it does with the program.
fn follow(log: ChildStderr, state: &Mutex<State>, changes: &Changes) {
    for line in BufReader::new(log).split(b'\n').map_while(Result::ok) {
        let line = (SystemTime::now(), String::from_utf8_lossy(&line).into_owned());
        let mut state = lock(state);
        state.lines.push_back(line);
        if state.lines.len() > KEPT {
            state.lines.pop_front();
        }
        drop(state);
        changes.bump();
    }
    let mut state = lock(state);
    state.ended = state.child.take().and_then(|mut child| child.wait().ok());
    drop(state);
    changes.bump();
}
