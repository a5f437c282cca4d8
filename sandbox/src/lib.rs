//! A Discord and a Whisul on this machine, over real HTTP and WebSocket on loopback.
//!
//! Tests, the demo and other people's bots run against these two instead of the real services. The
//! sandbox refuses what the services refuse, injects faults on demand ([`Faults`]), and records every
//! request ([`Requests`]). The bot's own binary contains nothing of this crate.

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
