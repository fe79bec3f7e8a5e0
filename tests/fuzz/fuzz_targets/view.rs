#![no_main]
//! See [`ribp_fuzz::view`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::view(data));
