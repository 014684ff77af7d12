#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wideawake_fuzz::run("config", bytes));
