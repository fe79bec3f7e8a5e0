#![no_main]
//! See [`ribp_fuzz::history`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::history(data));
