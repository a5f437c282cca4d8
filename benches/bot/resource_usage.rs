//! A process's resource usage, read from `/proc` (`man 5 proc`).

use std::{fmt, fs};

/// A process's resource usage at one moment; 0 where the system does not report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceUsage {
    /// Resident memory in kB.
    pub(crate) memory: u64,
    pub(crate) threads: u64,
    /// Open file descriptors, connections included.
    pub(crate) files: u64,
}

impl ResourceUsage {
    pub(crate) fn of(process: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let number = |name| {
            let value = status.lines().find_map(|line| line.strip_prefix(name));
            let number = value.and_then(|value| value.split_whitespace().next());
            number.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        let files = fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
        Self {
            memory: number("VmRSS:"),
            threads: number("Threads:"),
            files: files.try_into().unwrap_or_default(),
        }
    }
}

impl fmt::Display for ResourceUsage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory, threads, files } = self;
        write!(formatter, "{memory} kB resident, {threads} threads, {files} files open")
    }
}
