#![no_main]
//! See [`ribp_fuzz::evidence`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::evidence(data));
