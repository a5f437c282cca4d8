//! A column of the table: a bot's program and how it is started.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::bot::PROGRAM;

/// The argument with which this program is the bot that only answers, and that column's name.
pub(crate) const FLOOR: &str = "floor";
/// The peers' scripts.
const NODE: &str = "discord_js.js";
const PYTHON: &str = "discord_py.py";

/// A bot's program under its name in the table.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Ours(PathBuf),
    /// A peer in the folder with its libraries.
    Node(PathBuf),
    Python(PathBuf),
    /// A bot that answers and does nothing else.
    Floor,
}

impl Column {
    /// This build's program.
    pub(crate) fn ours(program: &Path) -> Self {
        Self { name: "ours".to_owned(), kind: Kind::Ours(program.to_owned()) }
    }

    /// An earlier build's program.
    pub(crate) fn before(program: &Path) -> Self {
        let program = fs::canonicalize(program).expect("the earlier program exists");
        Self { name: "before".to_owned(), kind: Kind::Ours(program) }
    }

    /// The column of this name; `peers` is the folder with the peers' libraries.
    ///
    /// # Errors
    /// A sentence about a name that means nothing, or a folder that is missing.
    pub(crate) fn named(name: &str, peers: Option<&Path>) -> Result<Self, String> {
        let installed = |script: &str| {
            let folder = peers.ok_or(format!("{name} needs --peers"))?;
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare/peers");
            // Node looks for libraries beside the script.
            let copied = fs::copy(source.join(script), folder.join(script));
            copied.map_err(|error| format!("{}: {error}", folder.display()))?;
            Ok::<_, String>(folder.to_owned())
        };
        let kind = match name {
            "ours" => Kind::Ours(PROGRAM.into()),
            "discord.js" => Kind::Node(installed(NODE)?),
            "discord.py" => Kind::Python(installed(PYTHON)?),
            FLOOR => Kind::Floor,
            _ => return Err(format!("there is no column {name}")),
        };
        Ok(Self { name: name.to_owned(), kind })
    }

    /// Whether it is a build of this repository, by the settings of which it can be measured further.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self.kind, Kind::Ours(_))
    }

    /// Whether it makes songs.
    pub(crate) fn makes_songs(&self) -> bool {
        !matches!(self.kind, Kind::Floor)
    }

    /// A file for the log of its latest start. A flood of commands is one of errors, too.
    pub(crate) fn log(&self) -> File {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        File::create(folder.join(format!("compare-{}.log", self.name))).expect("a file for the log")
    }

    /// The command that starts it.
    pub(crate) fn command(&self) -> Command {
        match &self.kind {
            Kind::Ours(program) => Command::new(program),
            Kind::Node(folder) => {
                let mut command = Command::new("node");
                command.arg(folder.join(NODE));
                command
            }
            Kind::Python(folder) => {
                let mut command = Command::new(folder.join(".venv/bin/python"));
                command.arg(folder.join(PYTHON));
                command
            }
            Kind::Floor => {
                let mut command = Command::new(env::current_exe().expect("this program's path"));
                command.arg(FLOOR);
                command
            }
        }
    }
}
