//! A connection that is neither alive nor dead.
//!
//! Serenity notices a connection that has died, but waits without a limit for a new one to be made
//! (serenity 0.12.5, `gateway::ws`): where the other side says nothing at that moment, it would
//! wait for ever.

use std::{collections::BTreeMap, time::Duration};

use serenity::gateway::ShardManager;
use tokio::time::{Instant, sleep};

/// How long nothing may be heard of the gateway. It answers a heartbeat every 41 s or so (Discord
/// docs, Gateway > Heartbeat Interval).
const PATIENCE: Duration = Duration::from_mins(4);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(10);

/// Ends when nothing was heard of the gateway for too long.
pub(super) async fn lasting_silence(shards: &ShardManager) {
    silence(async || pulse(shards).await).await;
}

/// What is known of each shard's last heartbeat: how long its answer took. No two take equally long.
async fn pulse(shards: &ShardManager) -> BTreeMap<u32, Option<Duration>> {
    let runners = shards.runners.lock().await;
    runners.iter().map(|(shard, runner)| (shard.0, runner.latency)).collect()
}

/// Ends when a pulse has been the same for too long.
async fn silence<P: PartialEq>(mut pulse: impl AsyncFnMut() -> P) {
    let mut last = (pulse().await, Instant::now());
    while last.1.elapsed() <= PATIENCE {
        sleep(PAUSE).await;
        let now = pulse().await;
        if now != last.0 {
            last = (now, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pulse_that_stops_is_missed_and_one_that_is_slow_is_not() {
        let began = Instant::now();
        let alive = Duration::from_hours(1);
        // A heartbeat every three minutes, and none after an hour.
        silence(async || began.elapsed().min(alive).as_secs() / 180).await;
        let missed_after = began.elapsed().saturating_sub(alive);
        assert!(missed_after >= PATIENCE, "{missed_after:?}");
        assert!(missed_after <= PATIENCE + 2 * PAUSE, "{missed_after:?}");
    }
}
