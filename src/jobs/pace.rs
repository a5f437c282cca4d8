//! The pace at which the messages of those who wait are brought up to date.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// Between two of these edits, however many wait: half of the 50 requests a second that Discord
/// takes of a bot (Discord docs, Rate Limits > Global Rate Limit) are left to what matters more.
const GAP: Duration = Duration::from_millis(40);

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the next edit may be made. Tokio's lock goes to those who wait for it in their order.
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { next: Mutex::new(Instant::now()) }
    }

    /// Waits for the turn to make an edit. Whoever stops waiting takes nobody's turn.
    pub(super) async fn turn(&self) {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + GAP;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_keep_their_distance_and_none_is_lost() {
        let (pace, began) = (Pace::new(), Instant::now());
        for _ in 0..25 {
            pace.turn().await;
        }
        assert!(timeout(GAP / 2, pace.turn()).await.is_err());
        pace.turn().await;
        assert_eq!(began.elapsed().as_millis(), 1000, "the first had not to wait");
    }
}
