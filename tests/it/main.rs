//! Behaviours, told as sentences: the whole bot against the sandbox, over real HTTP and WebSocket.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod admin;
mod answering;
mod architecture;
mod buttons;
mod cancelling;
mod charges;
mod clocks;
mod delivery;
mod estimates;
mod exporting;
mod failures;
mod fetching;
mod files;
mod foreign_discord;
mod foreign_whisul;
mod forged;
mod gateway_addresses;
mod gateway_faults;
mod helping;
mod hostile;
mod import_cycles;
mod isolation;
mod key;
mod last_moment;
mod matrix;
mod mishaps;
mod my_data;
mod nearly_json;
mod notices;
mod odd_interactions;
mod old_application;
mod outages;
mod own_songs;
mod pace;
mod places;
mod privacy;
mod program;
mod prompts;
mod proxies;
mod quota_command;
mod quotas;
mod read_only_key;
mod rejected_content;
mod restoring;
mod second_process;
mod settings;
mod songs;
mod starting;
mod startup_log;
mod stopping;
mod storage;
mod storage_trouble;
mod times;
mod turns;
mod unseen;
mod waits;
mod world;
