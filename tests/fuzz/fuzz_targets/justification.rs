#![no_main]
//! See [`ribp_fuzz::justification`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| ribp_fuzz::justification(data));
