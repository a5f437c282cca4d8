//! The program starts, meets faults of the machine, and stops.

mod doctor;
mod documented_commands;
mod fault_matrix;
mod health;
mod http_proxy;
mod panics;
mod settings;
mod start;
mod startup_log;
mod stop;
mod wrong_clock;
