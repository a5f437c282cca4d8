//! `Retry-After`: how long a server asks to be left alone (RFC 9110, section 10.2.3).
//!
//! Whisul documents none, and in front of Discord it is Cloudflare's; it is honoured where it comes.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// The longest wait that is believed.
const MAX: Duration = Duration::from_hours(1);

/// How long to wait, from the headers of a response that arrived at `now`: at most an hour, and
/// nothing where the time has passed already. `None` without a header that can be read.
pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?;
    let wait = seconds(text).or_else(|| {
        let until = httpdate::parse_http_date(text).ok()?;
        // Server's date and server's clock: the wait is right even where the clock here is wrong.
        let server_now = self::text(headers, DATE).map(httpdate::parse_http_date);
        let now = server_now.and_then(Result::ok).unwrap_or(now);
        Some(until.duration_since(now).unwrap_or_default())
    })?;
    Some(wait.min(MAX))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Whole seconds, according to the RFC; some servers send fractions.
fn seconds(text: &str) -> Option<Duration> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let seconds: f64 = plain.then(|| text.parse().ok())??;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(MAX))
}

#[cfg(any(test, fuzzing))]
pub(crate) mod properties {
    use std::time::{Duration, SystemTime};

    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::{MAX, read};

    /// A wait has its bounds, no matter whose clock is wrong. The input is the header's value, and in a
    /// second line the server's date.
    #[expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]
    pub fn retry_after(bytes: &[u8]) {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let mut headers = HeaderMap::new();
        for name in [RETRY_AFTER, DATE] {
            let value = lines.next().and_then(|line| HeaderValue::from_bytes(line).ok());
            headers.extend(value.map(|value| (name, value)));
        }
        let told = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let seconds = told.and_then(|text| text.parse::<u32>().ok());
        for now in [0, 1_771_340_400, 253_402_300_799] {
            let wait = read(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(now));
            assert!(wait.is_none_or(|wait| wait <= MAX));
            if let Some(seconds) = seconds.filter(|_| !told.unwrap_or_default().starts_with('+')) {
                assert_eq!(wait, Some(Duration::from_secs(seconds.into()).min(MAX)));
            }
            assert!(wait.is_none() || told.is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const HOUR_START: u64 = 1_771_340_400;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(HOUR_START)
    }

    fn wait(pairs: &[(HeaderName, &str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        read(&headers, now())
    }

    #[test]
    fn seconds_may_be_whole_or_not() {
        for (text, millis) in
            [("0", 0), ("30", 30_000), (" 1.5 ", 1500), ("3601", 3_600_000), ("00002", 2000)]
        {
            let expected = Some(Duration::from_millis(millis));
            assert_eq!(wait(&[(RETRY_AFTER, text)]), expected, "{text}");
        }
        assert_eq!(wait(&[(RETRY_AFTER, &"9".repeat(400))]), Some(MAX));
        for text in ["", "-1", "soon", "inf", "NaN", "1e3", "1.2.3", ".", "+5", "0x10"] {
            assert_eq!(wait(&[(RETRY_AFTER, text)]), None, "{text}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_date_counts_from_the_servers_clock_where_that_is_told() {
        let date = |seconds: u64| {
            httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        };
        let until = date(HOUR_START + 90);
        assert_eq!(wait(&[(RETRY_AFTER, &until)]), Some(Duration::from_secs(90)));
        let minute_behind = date(HOUR_START + 60);
        let told = [(RETRY_AFTER, until.as_str()), (DATE, minute_behind.as_str())];
        assert_eq!(wait(&told), Some(Duration::from_secs(30)));
        let unreadable = [(RETRY_AFTER, until.as_str()), (DATE, "today")];
        assert_eq!(wait(&unreadable), Some(Duration::from_secs(90)));
        assert_eq!(wait(&[(RETRY_AFTER, &date(HOUR_START - 5))]), Some(Duration::ZERO));
        assert_eq!(wait(&[(RETRY_AFTER, &date(HOUR_START + 86_400))]), Some(MAX));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bounded_wait_or_none(
            value in prop::collection::vec(any::<u8>(), 0..60),
            date in "[ -~]{0,40}",
        ) {
            properties::retry_after(&[value.as_slice(), b"\n", date.as_bytes()].concat());
        }

        #[test]
        fn any_http_date_is_a_bounded_wait(seconds in 0..253_402_300_800_u64) {
            let until = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let wait = wait(&[(RETRY_AFTER, &httpdate::fmt_http_date(until))]).unwrap();
            prop_assert_eq!(wait, until.duration_since(now()).unwrap_or_default().min(MAX));
        }
    }
}
