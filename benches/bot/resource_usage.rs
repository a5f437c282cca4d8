//! A process's resource usage, read from `/proc` (`man 5 proc`).

use std::{fmt, fs, time::Duration};

/// The unit of CPU times in `/proc`: 100 a second wherever Linux runs (`man 7 time`, `USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// A process's resource usage at one moment; 0 where the system does not report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceUsage {
    /// Resident memory in kB.
    pub(crate) memory: u64,
    pub(crate) threads: u64,
    /// Open file descriptors, connections included.
    pub(crate) files: u64,
    /// CPU time since its start, of all threads, in the kernel too.
    pub(crate) cpu: Duration,
    /// Bytes that it caused to be written to disks since its start.
    pub(crate) written: u64,
}

impl ResourceUsage {
    pub(crate) fn of(process: u32) -> Self {
        let read = |file| fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
        let (status, io) = (read("status"), read("io"));
        let number = |text: &str, name| {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            let number = value.and_then(|value| value.split_whitespace().next());
            number.and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        let files = fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
        Self {
            memory: number(&status, "VmRSS:"),
            threads: number(&status, "Threads:"),
            files: files.try_into().unwrap_or_default(),
            cpu: cpu_time(&read("stat")),
            written: number(&io, "write_bytes:"),
        }
    }
}

/// The times of a line of `/proc/PID/stat`: the 14th and the 15th value. The second is the program's
/// name in parentheses, which may hold anything.
fn cpu_time(stat: &str) -> Duration {
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks =
        after_name.split(' ').skip(11).take(2).filter_map(|value| value.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}

impl fmt::Display for ResourceUsage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory, threads, files, .. } = self;
        write!(formatter, "{memory} kB resident, {threads} threads, {files} files open")
    }
}
