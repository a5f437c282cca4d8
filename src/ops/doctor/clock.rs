//! The machine's clock against the `Date` that services send (RFC 9110, section 6.6.1).

use std::time::{Duration, SystemTime};

use super::Finding;
use crate::domain::format_duration;

const CHECK: &str = "clock";

/// A difference that a slow network or the header's whole seconds could explain.
const TOLERANCE: Duration = Duration::from_secs(10);

/// Compares the machine's clock, as it was between `sent` and `received`, with a service's.
pub(super) fn check(date: Option<SystemTime>, sent: SystemTime, received: SystemTime) -> Finding {
    let Some(date) = date else {
        let remedy = "Compare the machine's time with another clock.";
        return Finding::warning(CHECK, "Discord did not say what time it is", remedy);
    };
    let (behind, by) = match (date.duration_since(received), sent.duration_since(date)) {
        (Ok(by), _) => (true, by),
        (_, Ok(by)) => (false, by),
        _ => (false, Duration::ZERO),
    };
    if by <= TOLERANCE {
        return Finding::ok(CHECK, "agrees with Discord's");
    }
    let by = format_duration(Duration::from_secs(by.as_secs()));
    let direction = if behind { "behind" } else { "ahead of" };
    let remedy = "Let it be set over the network: timedatectl set-ntp true.";
    Finding::warning(CHECK, format!("{by} {direction} Discord's"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(date: u64) -> String {
        let at = |second| SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        check(Some(at(date)), at(1000), at(1002)).text
    }

    #[test]
    fn a_difference_is_told_with_its_direction() {
        for date in [990, 1000, 1001, 1012] {
            assert_eq!(found(date), "agrees with Discord's", "{date}");
        }
        assert_eq!(found(1182), "3m behind Discord's");
        assert_eq!(found(880), "2m ahead of Discord's");
        let at = SystemTime::UNIX_EPOCH;
        assert_eq!(check(None, at, at).level, super::super::Level::Warning);
    }
}
