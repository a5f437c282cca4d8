//! Rules for this repository that a machine can check.

pub(crate) mod architecture;
mod import_cycles;
mod links;
mod literals;
mod log_lines;
mod monitoring;
mod releases;
mod texts;
mod troubles;
mod type_names;
