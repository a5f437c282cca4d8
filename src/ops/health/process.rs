//! What the kernel says about this process (`proc(5)`). Elsewhere than on Linux, nothing.

use std::fs;

/// Clock ticks a second in `/proc/self/stat`, on every platform that Linux runs on today.
const TICKS: f64 = 100.0;

/// The figures of a process, by Prometheus' own names for them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Process {
    /// Memory in use, in bytes.
    pub(super) resident_bytes: Option<u64>,
    /// Processor time used so far, in seconds.
    pub(super) cpu_seconds: Option<f64>,
    /// Open files and connections.
    pub(super) open_descriptors: Option<u64>,
    /// How many may be open.
    pub(super) most_descriptors: Option<u64>,
}

impl Process {
    /// This process, now.
    pub(super) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let open = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
        Self {
            resident_bytes: resident(&status),
            cpu_seconds: cpu(&stat),
            // The look itself has one open.
            open_descriptors: open.and_then(|open| u64::try_from(open.saturating_sub(1)).ok()),
            most_descriptors: most_open(&limits),
        }
    }
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn cpu(stat: &str) -> Option<f64> {
    // The program's name, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((f64::from(user) + f64::from(system)) / TICKS)
}

fn most_open(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_understood() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 99";
        assert_eq!(cpu(stat), Some(2.0));
        assert_eq!(resident("VmPeak:\t 9 kB\nVmRSS:\t    12 kB\n"), Some(12 * 1024));
        let limits =
            "Max cpu time    unlimited  unlimited  seconds\nMax open files  1024  4096  files";
        assert_eq!(most_open(limits), Some(1024));
        assert!(cpu("").is_none() && resident("").is_none() && most_open("").is_none());
    }
}
