//! What a recorded program did to the files below a folder, and what it sent, in order.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// The variable by which the dynamic linker loads the recorder (`man 8 ld.so`).
const PRELOAD: &str = "LD_PRELOAD";

/// The recorder (`record.c`), the folder that it watches, and its log.
pub(crate) struct Recorder {
    library: PathBuf,
    /// Without links in its path.
    pub(crate) folder: PathBuf,
    log: PathBuf,
}

/// Something that a program did. Files and sockets are named by their inodes, and names are below the
/// recorder's folder.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A new, empty file.
    Create {
        file: u64,
        name: String,
    },
    CreateFolder {
        name: String,
    },
    /// A second name for a file.
    Link {
        file: u64,
        name: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Unlink {
        name: String,
    },
    Write {
        file: u64,
        name: String,
        offset: u64,
        data: Arc<[u8]>,
    },
    Truncate {
        file: u64,
        length: u64,
    },
    /// A sync begins.
    Sync {
        sync: u64,
    },
    /// It has succeeded: what the program did before it began is on disk.
    Synced {
        sync: u64,
        target: Target,
    },
    Send {
        socket: u64,
        data: Arc<[u8]>,
    },
}

/// What a sync brings to disk.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The bytes and the length of a file.
    File { file: u64, name: String },
    /// The names in a folder.
    Folder(String),
}

impl Recorder {
    /// Compiles the recorder. Its files are in a folder of the test's.
    pub(crate) fn new(base: &Path) -> Self {
        let base = base.canonicalize().unwrap();
        let (library, folder) = (base.join("record.so"), base.join("disk"));
        fs::create_dir(&folder).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power_loss/record.c");
        let compiled = Command::new("cc")
            .args(["-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .status();
        assert!(compiled.expect("cc is a C compiler").success(), "{} compiles", source.display());
        Self { library, folder, log: base.join("record") }
    }

    /// What a program needs in its environment to be recorded.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        [
            (PRELOAD, text(&self.library)),
            ("POWER_LOSS_FOLDER", text(&self.folder)),
            ("POWER_LOSS_LOG", text(&self.log)),
        ]
    }

    /// What all programs did that were recorded so far.
    pub(crate) fn events(&self) -> Vec<Event> {
        let bytes = fs::read(&self.log).unwrap();
        let (mut rest, mut events) = (bytes.as_slice(), Vec::new());
        while !rest.is_empty() {
            events.push(event(&mut rest));
        }
        events
    }
}

/// Reads a record off the beginning (`struct record` in `record.c`).
fn event(rest: &mut &[u8]) -> Event {
    let mut take = |length: u64| {
        let (taken, left) = rest.split_at(usize::try_from(length).unwrap());
        *rest = left;
        taken
    };
    let [kind, file, number, name, data] =
        [(); 5].map(|()| u64::from_ne_bytes(take(8).try_into().unwrap()));
    let name = String::from_utf8(take(name).to_vec()).unwrap();
    let data = take(data);
    let text = || String::from_utf8(data.to_vec()).unwrap();
    match kind {
        1 => Event::Create { file, name },
        2 => Event::CreateFolder { name },
        3 => Event::Link { file, name },
        4 => Event::Rename { from: name, to: text() },
        5 => Event::Unlink { name },
        6 => Event::Write { file, name, offset: number, data: data.into() },
        7 => Event::Truncate { file, length: number },
        8 => Event::Sync { sync: number },
        9 if data == b"folder" => Event::Synced { sync: number, target: Target::Folder(name) },
        9 => Event::Synced { sync: number, target: Target::File { file, name } },
        10 => Event::Send { socket: file, data: data.into() },
        _ => panic!("record.c writes no records of kind {kind}"),
    }
}
