#![no_main]
//! See [`ribp_fuzz::header`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::header(data));
