#![no_main]
//! See [`ribp_fuzz::json`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::json(data));
