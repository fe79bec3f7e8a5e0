#![no_main]
//! See [`ribp_fuzz::extension`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::extension(data));
