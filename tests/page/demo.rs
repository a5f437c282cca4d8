//! The demo as people start it.

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

/// The demo while it runs. Dropping it kills it.
pub(crate) struct Demo {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Demo {
    /// Starts it as the README says. Cargo builds it first, if need be, and then becomes it.
    pub(crate) fn start() -> Self {
        let mut cargo = Command::new(env!("CARGO"));
        // What cargo tells its tests about themselves would make it build dependencies again.
        let told =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in env::vars().filter(|(name, _)| told(name)) {
            cargo.env_remove(name);
        }
        cargo.args(["run", "--quiet", "--example", "demo"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        let mut child = cargo.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Waits until its scene is over, and returns the page's address; none when it ends before.
    pub(crate) fn until_open(&mut self) -> Option<String> {
        let lines = self.output.by_ref().lines().map_while(Result::ok);
        let mut trimmed = lines.map(|line| line.trim().to_owned());
        // Covers and songs have links as well, but not alone in a line.
        trimmed.find(|line| line.starts_with("http://127.0.0.1:"))
    }

    /// The folder in which it keeps everything, by the number of its process.
    pub(crate) fn folder(&self) -> PathBuf {
        env::temp_dir().join(format!("whisul-bot-demo-{}", self.child.id()))
    }

    /// Waits until it has begun to write there.
    pub(crate) fn until_it_writes(&mut self) {
        let database = self.folder().join("demo.db");
        while !database.exists() {
            assert_eq!(self.child.try_wait().unwrap(), None, "the demo is over");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it by a signal, such as `INT`, which is Ctrl-C.
    pub(crate) fn stop(mut self, signal: &str) -> ExitStatus {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
