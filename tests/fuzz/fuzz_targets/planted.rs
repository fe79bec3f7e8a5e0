#![no_main]
//! A fault that only coverage leads to: a fuzzer that does not find it at once is blind.

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
	let [b'R', b'I', b'B', b'P', rest @ ..] = data else { return };
	let Some((number, _)) = rest.split_first_chunk() else { return };
	assert_ne!(u32::from_le_bytes(*number), 0xdead_beef, "the planted fault");
});
