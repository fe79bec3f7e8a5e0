#![no_main]
//! Writes the corpus that the repository holds into the folder `$RIBP_CORPUS`. Fuzzes nothing.

libfuzzer_sys::fuzz_target!(init: ribp_fuzz::write_seeds(), |_data: &[u8]| {});
