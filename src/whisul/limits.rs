//! How many requests may go to Whisul.

use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use crate::domain::{format_duration, parse_count_per_window};

/// How many requests may go out in any stretch of time as long as the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: NonZeroU32,
    /// In how long a time; more than none.
    pub window: Duration,
}

/// Why a text is no rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected COUNT/WINDOW, such as 5/1s; a window is a number and s, m, h, d or w")]
pub struct RateLimitError;

/// `COUNT/WINDOW`: `5/1s`.
impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let (requests, window) = parse_count_per_window(text).ok_or(RateLimitError)?;
        let requests = requests.parse().map_err(|_| RateLimitError)?;
        Ok(Self { requests, window })
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.requests, format_duration(self.window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_and_show_as_people_write_them() {
        for text in ["5/1s", "1/1m", "600/1h"] {
            assert_eq!(text.parse::<RateLimit>().unwrap().to_string(), text);
        }
        for text in ["", "5", "5/", "/1s", "0/1s", "-1/1s", "5/0s", "5/1s/1s", "5/s", "unlimited"] {
            assert_eq!(text.parse::<RateLimit>(), Err(RateLimitError), "{text}");
        }
    }
}
