//! Waiting for a condition, woken by changes instead of asking again and again.

use std::{panic::Location, time::Duration};

use tokio::{sync::watch, time::timeout};

/// How long [`until`] waits before it gives up.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Waits until `look` finds something; it is asked at once and again after each change.
///
/// `what` completes the sentence "waited 40 s in vain for …".
///
/// # Panics
/// When nothing was found within [`PATIENCE`], naming `what` and the caller's line.
#[track_caller]
pub fn until<T, Look: FnMut() -> Option<T>>(
    what: &str,
    changed: &watch::Receiver<u64>,
    mut look: Look,
) -> impl Future<Output = T> + use<T, Look> {
    let caller = Location::caller();
    let (what, mut changed) = (what.to_owned(), changed.clone());
    async move {
        let found = timeout(PATIENCE, async {
            loop {
                // Marked as seen before looking, so that no change in between is missed.
                changed.mark_unchanged();
                if let Some(found) = look() {
                    return Some(found);
                }
                changed.changed().await.ok()?;
            }
        });
        match found.await {
            Ok(Some(found)) => found,
            Ok(None) => give_up(&format!("the sandbox stopped before {what} ({caller})")),
            Err(_) => {
                give_up(&format!("waited {} s in vain for {what} ({caller})", PATIENCE.as_secs()))
            }
        }
    }
}

#[expect(clippy::panic, reason = "a wait in vain is how a test on the sandbox fails")]
fn give_up(complaint: &str) -> ! {
    panic!("{complaint}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::until;
    use crate::Changes;

    #[tokio::test]
    async fn a_change_wakes_the_one_who_waits() {
        let (counter, ready) = (Changes::new(), AtomicBool::new(false));
        let changed = counter.watch();
        let waiting =
            until("it to be ready", &changed, || ready.load(Ordering::SeqCst).then_some("found"));
        let making = async {
            ready.store(true, Ordering::SeqCst);
            counter.bump();
        };
        assert_eq!(tokio::join!(waiting, making).0, "found");
    }

    #[tokio::test]
    #[should_panic(expected = "before something that never comes")]
    async fn a_sandbox_that_is_gone_ends_the_wait() {
        let changed = Changes::new().watch();
        until("something that never comes", &changed, || None::<()>).await;
    }
}
