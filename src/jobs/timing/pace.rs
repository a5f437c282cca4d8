//! A pace that many tasks keep together.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// Between two edits of those who wait, however many do: half of the 50 requests a second that
/// Discord takes of a bot (Discord docs, Rate Limits > Global Rate Limit) are left to what matters
/// more.
pub(in crate::jobs) const EDIT_GAP: Duration = Duration::from_millis(40);

/// Lets callers go one after another, a gap apart.
#[derive(Debug)]
pub(in crate::jobs) struct Pace {
    /// When the next turn may come. Tokio's lock goes to those who wait for it in their order.
    next: Mutex<Instant>,
}

impl Pace {
    pub(in crate::jobs) fn new() -> Self {
        Self { next: Mutex::new(Instant::now()) }
    }

    /// Waits for a turn, and keeps the next one off for as long as `gap` says by then. A task that
    /// stops waiting takes no turn.
    pub(in crate::jobs) async fn turn(&self, gap: impl Fn() -> Duration) {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        *next = Instant::now() + gap();
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
            pace.turn(|| EDIT_GAP).await;
        }
        assert!(timeout(EDIT_GAP / 2, pace.turn(|| EDIT_GAP)).await.is_err());
        pace.turn(|| EDIT_GAP).await;
        assert_eq!(began.elapsed().as_millis(), 1000, "the first had not to wait");
    }
}
