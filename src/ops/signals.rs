//! How the host stops the bot.

use std::{io, process};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels the token at SIGINT or SIGTERM. A second signal ends the process at once, with exit
/// code 1. To be called inside a tokio runtime.
///
/// # Errors
/// When the signals can't be listened to.
pub fn stop_request() -> io::Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let requested = CancellationToken::new();
    let request = requested.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        next().await;
        tracing::info!("asked to stop; a second signal ends at once");
        request.cancel();
        next().await;
        process::exit(1);
    });
    Ok(requested)
}
