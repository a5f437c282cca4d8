//! How an outcome reaches people ([`Deliverer`]): the routes, the search for a message of unknown fate,
//! and what follows a song.

mod deliverer;
mod export;
mod extras;
mod meaning;
mod recognise;
mod search;

pub use deliverer::Deliverer;
pub use export::{ExportAnswer, ExportFile, FinishedExport};
