//! Discord's gateway, interactions and places, and what can be wrong with them.

mod contexts;
mod gateway_addresses;
mod gateway_faults;
mod help_command;
mod old_application;
mod proxy_responses;
mod second_process;
mod unexpected_interactions;
