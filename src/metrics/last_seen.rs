//! When something was last heard of.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::domain::Obstacle;

/// Something of which it matters when it last happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Activity {
    /// The loop that watches the bot has gone round.
    HealthCheck,
    /// The database has let the bot write.
    Database,
    /// Somebody has used the bot.
    Interaction,
    /// Whisul has accepted the API key, in a probe.
    Key,
    /// Another process has answered an interaction.
    OtherProcess,
    /// Whisul has answered a poll.
    Poll,
    /// An outcome has reached Discord.
    Delivery,
}

/// The last acknowledged heartbeat of one connection to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heartbeat {
    /// How long ago it was.
    pub(crate) age: Duration,
    /// How often Discord wants a heartbeat.
    pub(crate) interval: Duration,
}

/// How Whisul was found by the latest health check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WhisulHealth {
    /// What keeps songs from Whisul.
    pub(crate) obstacle: Option<Obstacle>,
    /// Whether it can't be reached or asks to wait, so that no prompt may go at this moment.
    pub(crate) is_away: bool,
}

/// When each activity was last seen.
#[derive(Debug, Default)]
pub(crate) struct LastSeen {
    seen: Mutex<BTreeMap<Activity, Instant>>,
    /// By the number of the shard.
    heartbeats: Mutex<BTreeMap<u32, (Instant, Duration)>>,
    commands_registered: AtomicBool,
    whisul: Mutex<WhisulHealth>,
}

impl LastSeen {
    /// It has just been seen.
    pub(crate) fn record(&self, activity: Activity) {
        lock(&self.seen).insert(activity, Instant::now());
    }

    /// How long ago it was last seen; `None` if it never was.
    pub(crate) fn age(&self, activity: Activity) -> Option<Duration> {
        lock(&self.seen).get(&activity).map(Instant::elapsed)
    }

    /// A shard's heartbeat was acknowledged. `interval` is how often Discord wants one.
    pub(crate) fn heartbeat(&self, shard: u32, interval: Duration) {
        lock(&self.heartbeats).insert(shard, (Instant::now(), interval));
    }

    /// Discord wants this many shards from now on: those with higher numbers are no more.
    pub(crate) fn expect_shards(&self, count: u32) {
        lock(&self.heartbeats).retain(|shard, _| *shard < count);
    }

    /// The last acknowledgement of each shard that has ever connected.
    pub(crate) fn heartbeats(&self) -> Vec<Heartbeat> {
        let of = |(at, interval): &(Instant, Duration)| Heartbeat {
            age: at.elapsed(),
            interval: *interval,
        };
        lock(&self.heartbeats).values().map(of).collect()
    }

    /// Notes how Whisul was found.
    pub(crate) fn note_whisul(&self, health: WhisulHealth) {
        *lock(&self.whisul) = health;
    }

    /// How Whisul was found by the latest health check.
    pub(crate) fn whisul(&self) -> WhisulHealth {
        *lock(&self.whisul)
    }

    /// Discord has all commands.
    pub(crate) fn commands_are_registered(&self) {
        self.commands_registered.store(true, Ordering::Relaxed);
    }

    /// Whether it has.
    pub(crate) fn are_commands_registered(&self) -> bool {
        self.commands_registered.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
