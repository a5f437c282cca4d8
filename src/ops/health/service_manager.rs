//! What systemd is told (`sd_notify(3)`). Where no service manager asks for it, nothing happens.

use sd_notify::NotifyState;
use tracing::debug;

/// The bot has started.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// The bot works: a unit with `WatchdogSec=` is restarted if this is not heard for so long.
pub(super) fn alive() {
    tell(NotifyState::Watchdog);
}

/// The bot stops.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        debug!(%error, "the service manager could not be told");
    }
}
