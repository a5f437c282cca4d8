//! How many of Discord's responses were 401, 403 or 429: 10,000 of them within 10 minutes ban the
//! bot's address (Discord docs, Rate Limits > Invalid Request Limit).

use std::{collections::VecDeque, time::Duration};

/// From this many on, the bot asks rarely. Half is left for first responses and what has to be sent.
const CAREFUL_FROM: u32 = 5000;
/// One more minute than Discord counts, since a minute is counted as a whole here.
const MINUTES: u64 = 11;

/// A sliding count of them. Times are since any fixed moment.
#[derive(Debug, Default)]
pub(in crate::discord_api) struct InvalidResponses {
    /// Minutes with their counts, the oldest first.
    minutes: VecDeque<(u64, u32)>,
    last_was_invalid: bool,
}

impl InvalidResponses {
    /// Takes note of a response.
    pub(in crate::discord_api) fn note(&mut self, status: u16, at: Duration) {
        self.last_was_invalid = matches!(status, 401 | 403 | 429);
        if !self.last_was_invalid {
            return;
        }
        let minute = at.as_secs() / 60;
        self.forget(minute);
        match self.minutes.back_mut() {
            Some((last, count)) if *last == minute => *count = count.saturating_add(1),
            _ => self.minutes.push_back((minute, 1)),
        }
    }

    /// Whether there were so many that requests should be few. Not once Discord has responded well.
    pub(in crate::discord_api) fn are_many(&mut self, at: Duration) -> bool {
        self.forget(at.as_secs() / 60);
        let count: u32 = self.minutes.iter().map(|(_, count)| count).sum();
        self.last_was_invalid && count >= CAREFUL_FROM
    }

    fn forget(&mut self, now: u64) {
        while self.minutes.front().is_some_and(|(minute, _)| minute + MINUTES <= now) {
            self.minutes.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_invalid_responses_count_for_ten_minutes_or_until_all_is_well() {
        let mut responses = InvalidResponses::default();
        let minute = Duration::from_mins;
        for _ in 0..CAREFUL_FROM - 1 {
            responses.note(403, minute(1));
        }
        responses.note(500, minute(1));
        assert!(!responses.are_many(minute(1)));
        responses.note(429, minute(1));
        assert!(responses.are_many(minute(1)));
        assert!(responses.are_many(minute(11)));
        assert!(!responses.are_many(minute(12)));
        for _ in 0..CAREFUL_FROM {
            responses.note(401, minute(13));
        }
        assert!(responses.are_many(minute(13)));
        responses.note(200, minute(13));
        assert!(!responses.are_many(minute(13)));
    }
}
