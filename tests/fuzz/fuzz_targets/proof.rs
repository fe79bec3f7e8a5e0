#![no_main]
//! See [`ribp_fuzz::proof`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::proof(data));
