//! What is measured, phase by phase.

mod flood;
mod load;
mod noticed;
mod quiet;
mod scale;

use crate::{column::Column, figures::RunFigures, sizes::Sizes};

/// A part of the measurements.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phase {
    /// Start, memory, latency and CPU time, beside a growing number of songs.
    Load,
    /// More commands than a bot of this kind ever meets, and the polls of all their songs.
    Flood,
    /// How soon and with how many polls the end of a song is noticed.
    Noticed,
    /// What past and unfinished jobs cost, and what is written without news.
    Scale,
}

impl Phase {
    pub(crate) const ALL: [Self; 4] = [Self::Load, Self::Flood, Self::Noticed, Self::Scale];

    /// The phase of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "load" => Self::Load,
            "flood" => Self::Flood,
            "noticed" => Self::Noticed,
            "scale" => Self::Scale,
            _ => return None,
        })
    }

    /// Whether each run measures it anew. The others take minutes, and are steady: one is a mean over
    /// hundreds of songs, the other shows how figures grow by powers of ten.
    pub(crate) fn is_repeated(self) -> bool {
        matches!(self, Self::Load | Self::Flood)
    }

    /// Measures each bot after the other, but for [`Phase::Noticed`], where all are at it at once: it
    /// takes minutes and little of the machine.
    pub(crate) async fn run(self, columns: &[Column], sizes: &Sizes, figures: &mut RunFigures<'_>) {
        if matches!(self, Self::Noticed) {
            return noticed::measure(columns, sizes, figures).await;
        }
        for column in columns {
            match self {
                Self::Load => load::measure(column, sizes, figures).await,
                Self::Flood if column.is_ours() => flood::measure(column, sizes, figures).await,
                Self::Scale if column.is_ours() => {
                    scale::measure(column, sizes, figures).await;
                    quiet::measure(column, sizes, figures).await;
                }
                _ => {}
            }
        }
    }
}
