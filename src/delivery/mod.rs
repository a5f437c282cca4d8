//! How an outcome reaches people ([`Deliverer`]): the routes, the search for a message of unknown
//! outcome, and what follows a song.

mod deliverer;
mod export;
mod follow_ups;
mod meaning;
mod recognise;
mod search;

pub use deliverer::Deliverer;
pub use export::{ExportFile, ExportResponse, FinishedExport};
