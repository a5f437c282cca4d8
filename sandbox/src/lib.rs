//! A Discord and a Whisul on this machine, over real HTTP and WebSocket on loopback.
//!
//! Tests, the demo and other people's bots run against these two instead of the real services. What
//! the services refuse is refused here as well, what goes wrong with them can be made to go wrong
//! on demand ([`Faults`]), and every request is on record ([`Requests`]). Nothing of this crate is
//! part of the bot's own binary.

mod changes;
pub mod discord;
mod faults;
pub mod page;
mod program;
mod record;
mod server;
mod wait;
mod whisul;

pub use changes::Changes;
pub use discord::{
    Button, Channel, ChannelClient, ClientRefusal, DiscordRules, DiscordSandbox, Embed, FieldKind,
    GatewayControl, GatewayFault, Invocation, Message, Modal, ModalChoice, ModalField, NoAnswer,
    Person, Ping, RateLimit, RateLimits, Role, Server,
};
pub use faults::{Fault, FaultId, Faults};
pub use program::Program;
pub use record::{RecordedRequest, Requests};
pub use wait::{PATIENCE, until};
pub use whisul::{Plan, Raw, RetryAfter, SandboxJob, WhisulRules, WhisulSandbox};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; a panic of another holder (a failed test) leaves the data as readable as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
