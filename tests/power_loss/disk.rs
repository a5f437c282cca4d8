//! A disk as it may be after a power cut: all that was synced, and any part of the rest.
//!
//! Bytes are kept or lost by sector, in files as in the extension of a file; names by change. A folder
//! keeps its names by a sync of the folder alone, whatever was synced of the files in it, which is
//! less than Linux file systems promise.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    choice::Choice,
    file::{Change, File},
    recording::{Event, Target},
};

/// See the module.
#[derive(Clone)]
pub(crate) struct Disk {
    /// All files that ever existed.
    files: Vec<File>,
    /// Those that exist, by inode.
    inodes: BTreeMap<u64, usize>,
    /// What the folder holds to a program that runs.
    seen: Names,
    /// What of that is surely on disk,
    synced: Names,
    /// and what may be.
    unsynced: Vec<(usize, NameChange)>,
    /// The syncs under way: how many events had happened as they began.
    syncs: BTreeMap<u64, usize>,
    events: usize,
}

type Names = BTreeMap<String, Node>;

/// What can have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// The files that are found after a power cut, by name.
pub(crate) type Found = BTreeMap<String, Vec<u8>>;

/// One change in a folder; a renaming is both.
#[derive(Clone)]
struct NameChange {
    folder: String,
    remove: Option<String>,
    add: Option<(String, Node)>,
}

impl Disk {
    /// A disk on which all is synced that is below a folder now.
    pub(crate) fn load(folder: &Path) -> Self {
        let mut disk = Self {
            files: Vec::new(),
            inodes: BTreeMap::new(),
            seen: Names::new(),
            synced: Names::new(),
            unsynced: Vec::new(),
            syncs: BTreeMap::new(),
            events: 0,
        };
        for (name, path) in listed(folder) {
            let node = if path.is_dir() {
                Node::Folder
            } else {
                let bytes = fs::read(&path).unwrap();
                disk.files.push(File::of(bytes));
                disk.inodes.insert(fs::metadata(&path).unwrap().ino(), disk.files.len() - 1);
                Node::File(disk.files.len() - 1)
            };
            disk.seen.insert(name.clone(), node);
            disk.synced.insert(name, node);
        }
        disk
    }

    /// Goes on by an event.
    pub(crate) fn apply(&mut self, event: &Event) {
        self.events += 1;
        match event {
            Event::Create { file, name } => {
                self.files.push(File::default());
                self.inodes.insert(*file, self.files.len() - 1);
                self.rename(None, Some((name, Node::File(self.files.len() - 1))));
            }
            Event::CreateFolder { name } => self.rename(None, Some((name, Node::Folder))),
            Event::Link { file, name } => {
                self.rename(None, Some((name, Node::File(self.inodes[file]))));
            }
            Event::Rename { from, to } => self.rename(Some(from), Some((to, self.seen[from]))),
            Event::Unlink { name } => self.rename(Some(name), None),
            Event::Write { file, offset, data, .. } => {
                self.change(*file, Change::Write(*offset, Arc::clone(data)));
            }
            Event::Truncate { file, length } => self.change(*file, Change::Length(*length)),
            Event::Sync { sync } => _ = self.syncs.insert(*sync, self.events),
            Event::Synced { sync, target } => {
                let before = self.syncs.remove(sync).expect("a sync that has begun");
                match target {
                    Target::File { file, .. } => self.files[self.inodes[file]].sync(before),
                    Target::Folder(folder) => self.sync_folder(folder, before),
                }
            }
            Event::Send { .. } => {}
        }
    }

    fn rename(&mut self, remove: Option<&String>, add: Option<(&String, Node)>) {
        let name = add.map_or(remove, |(name, _)| Some(name)).unwrap();
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let add = add.map(|(name, node)| (name.clone(), node));
        let change = NameChange { folder, remove: remove.cloned(), add };
        change.apply(&mut self.seen);
        self.unsynced.push((self.events, change));
    }

    fn change(&mut self, inode: u64, change: Change) {
        self.files[self.inodes[&inode]].change(self.events, change);
    }

    fn sync_folder(&mut self, folder: &str, before: usize) {
        let Self { synced, unsynced, .. } = self;
        unsynced.retain(|(event, change)| {
            let is_synced = change.folder == folder && *event <= before;
            if is_synced {
                change.apply(synced);
            }
            !is_synced
        });
        // A file that no name leads to is gone.
        let named = self.unsynced.iter().filter_map(|(_, change)| change.add.as_ref());
        let named = named.map(|(_, node)| *node).chain(self.synced.values().copied());
        let named: BTreeSet<usize> = named.filter_map(Node::file).collect();
        for (number, file) in self.files.iter_mut().enumerate() {
            if !named.contains(&number) {
                file.forget();
            }
        }
    }

    /// The number of changes that may be kept or lost.
    pub(crate) fn unsynced(&self) -> usize {
        self.unsynced.len() + self.files.iter().map(File::unsynced).sum::<usize>()
    }

    /// What is found if the power is cut now and the disk has kept this choice of what was not synced.
    pub(crate) fn after_power_cut(&self, choice: Choice) -> Found {
        let mut names = self.synced.clone();
        for (number, (_, change)) in self.unsynced.iter().enumerate() {
            if choice.keeps(number, 0) {
                change.apply(&mut names);
            }
        }
        let mut number = self.unsynced.len();
        let mut contents = Vec::new();
        for file in &self.files {
            contents.push((file, number));
            number += file.unsynced();
        }
        let is_reached = |name: &str| {
            let mut folders = name.match_indices('/').map(|(at, _)| &name[..at]);
            folders.all(|folder| names.get(folder) == Some(&Node::Folder))
        };
        let files = names.iter().filter(|(name, _)| is_reached(name));
        let files = files.filter_map(|(name, node)| Some((name, contents[node.file()?])));
        files.map(|(name, (file, number))| (name.clone(), file.kept(number, choice))).collect()
    }

    /// What a program that runs finds.
    pub(crate) fn seen(&self) -> Found {
        let files = self.seen.iter().filter_map(|(name, node)| Some((name, node.file()?)));
        files.map(|(name, file)| (name.clone(), self.files[file].seen().to_vec())).collect()
    }
}

impl Node {
    fn file(self) -> Option<usize> {
        match self {
            Self::File(file) => Some(file),
            Self::Folder => None,
        }
    }
}

impl NameChange {
    fn apply(&self, names: &mut Names) {
        if let Some(name) = &self.remove {
            names.remove(name);
        }
        if let Some((name, node)) = &self.add {
            names.insert(name.clone(), *node);
        }
    }
}

/// All that is below a folder: the names, and where it is.
fn listed(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = listed(&path).into_iter();
            found.extend(below.map(|(below, path)| (format!("{name}/{below}"), path)));
        }
        if !name.ends_with("-shm") {
            found.push((name, path));
        }
    }
    found
}

/// The files below a folder.
pub(crate) fn found_in(folder: &Path) -> Found {
    let files = listed(folder).into_iter().filter(|(_, path)| path.is_file());
    files.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

/// Writes files below a folder.
pub(crate) fn put(found: &Found, folder: &Path) {
    for (name, bytes) in found {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
