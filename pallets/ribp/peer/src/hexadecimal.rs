//! Bytes as a node's JSON writes them: `0x` and pairs of digits.

use alloc::{string::String, vec::Vec};
use sp_core::H256;

use crate::error::PeerError;

/// `bytes` with the prefix, in lower case.
pub fn to_hex(bytes: &[u8]) -> String {
	let mut text = String::from("0x");
	text.push_str(&hex::encode(bytes));
	text
}

/// The bytes of a prefixed text; an odd number of digits is an error.
pub fn from_hex(text: &str) -> Result<Vec<u8>, PeerError> {
	let digits = text.strip_prefix("0x").ok_or(PeerError::BadHex)?;
	hex::decode(digits).map_err(|_| PeerError::BadHex)
}

/// A hash in the same form; `what` names it in the error for another length.
pub fn hash_from_hex(text: &str, what: &'static str) -> Result<H256, PeerError> {
	let bytes: [u8; 32] = from_hex(text)?.try_into().map_err(|_| PeerError::Undecodable(what))?;
	Ok(H256(bytes))
}

/// A number as nodes write it in headers: prefixed, without leading zeros, so of any digit count.
pub fn number_from_hex(text: &str, what: &'static str) -> Result<u32, PeerError> {
	let digits = text.strip_prefix("0x").ok_or(PeerError::BadHex)?;
	if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
		return Err(PeerError::BadHex);
	}
	u32::from_str_radix(digits, 16).map_err(|_| PeerError::Undecodable(what))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_survive_the_way_to_text_and_back() {
		for bytes in [vec![], vec![0], vec![0x0f, 0xf0, 0xff]] {
			assert_eq!(from_hex(&to_hex(&bytes)), Ok(bytes));
		}
		assert_eq!(to_hex(&[0xab, 1]), "0xab01");
		assert_eq!(from_hex("0xAb01"), Ok(vec![0xab, 1]));
	}

	#[test]
	fn text_that_is_not_prefixed_pairs_of_digits_is_refused() {
		for text in ["", "0", "ab", "0x1", "0x0g", "0X00", "0x00 ", "0x0x00", "0xé"] {
			assert_eq!(from_hex(text), Err(PeerError::BadHex), "{text}");
		}
	}

	#[test]
	fn a_hash_has_32_bytes() {
		let hash = H256::repeat_byte(7);
		assert_eq!(hash_from_hex(&to_hex(&hash.0), "hash"), Ok(hash));
		for length in [0, 31, 33] {
			let text = to_hex(&vec![7; length]);
			assert_eq!(hash_from_hex(&text, "hash"), Err(PeerError::Undecodable("hash")));
		}
	}

	#[test]
	fn a_number_has_any_count_of_digits_and_32_bits() {
		assert_eq!(number_from_hex("0x0", "number"), Ok(0));
		assert_eq!(number_from_hex("0x1a2", "number"), Ok(0x1a2));
		assert_eq!(number_from_hex("0xffffffff", "number"), Ok(u32::MAX));
		assert_eq!(number_from_hex("0x100000000", "number"), Err(PeerError::Undecodable("number")));
		for text in ["0x", "12", "0x+1", "0x-1", "0x1 "] {
			assert_eq!(number_from_hex(text, "number"), Err(PeerError::BadHex), "{text}");
		}
	}
}
