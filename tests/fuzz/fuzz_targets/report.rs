#![no_main]
//! See [`ribp_fuzz::report`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::report(data));
