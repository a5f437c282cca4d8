#![no_main]

use libfuzzer_sys::fuzz_target;
use whisul_bot::properties;

fuzz_target!(|bytes: &[u8]| properties::json(bytes));
