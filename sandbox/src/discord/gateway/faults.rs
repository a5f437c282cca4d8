//! What goes wrong with the gateway's connections, each time or so many times.

use super::control::GatewayControl;
use super::sessions::Gateway;

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayFault {
    /// It is cut as soon as it stands, before HELLO.
    CutAtOnce,
    /// It stands, and nothing is ever said.
    NoHello,
    /// After HELLO nothing is said any more, whatever the client sends.
    SilentAfterHello,
    /// An IDENTIFY cuts it.
    CutOnIdentify,
    /// An IDENTIFY closes it with this code.
    CloseOnIdentify(u16),
    /// An IDENTIFY is answered with opcode 9: the session can't be resumed.
    InvalidOnIdentify,
    /// A RESUME cuts it.
    CutOnResume,
    /// A RESUME closes it with this code.
    CloseOnResume(u16),
    /// A RESUME is answered with opcode 9.
    InvalidOnResume {
        /// What that says of the session.
        resumable: bool,
    },
    /// It is cut as soon as a session was resumed on it.
    CutAfterResume,
}

pub(super) use GatewayFault as Fault;

impl GatewayControl {
    /// From now on this goes wrong with every connection.
    pub fn inject(&self, fault: GatewayFault) {
        self.inject_times(fault, usize::MAX);
    }

    /// This goes wrong so many times.
    pub fn inject_times(&self, fault: GatewayFault, times: usize) {
        self.shared.change(|state| state.gateway.faults.push((fault, times)));
    }

    /// From now on nothing goes wrong with connections.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.gateway.faults.clear());
    }
}

impl Gateway {
    /// The first fault of these kinds, counted as having happened.
    pub(super) fn strike(&mut self, kinds: impl Fn(Fault) -> bool) -> Option<Fault> {
        let (fault, left) =
            self.faults.iter_mut().find(|(fault, left)| kinds(*fault) && *left > 0)?;
        *left = left.saturating_sub(usize::from(*left < usize::MAX));
        Some(*fault)
    }
}
