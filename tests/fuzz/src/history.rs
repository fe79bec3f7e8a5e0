//! Proofs that relate a header's history with the one that is known, and what headers state.

use crate::{
	input::Input,
	memory,
	past::{some_extension, Past, LENGTH},
};
use codec::{DecodeAll, Encode};
use ribp_protocol::{is_included, leaf, path_of, Extension, Outline, Statement};
use sp_core::H256;
use sp_runtime::Digest;

/// Takes an extension, a path or a statement.
pub fn history(data: &[u8]) {
	let mut input = Input::new(data);
	match input.byte() % 5 {
		0 => extension(&mut input, true),
		1 => extension(&mut input, false),
		2 => path(&mut input, true),
		3 => path(&mut input, false),
		_ => statement(&mut input),
	}
}

/// An extension from a known head to a header of either chain: bytes, or one of either chain between
/// any heights, spoiled.
fn extension(input: &mut Input<'_>, raw: bool) {
	let known = input.number() % LENGTH;
	let (chain, number) = (Past::some(input), 1 + input.number() % LENGTH);
	let bytes = if raw { input.rest().to_vec() } else { some_extension(input) };
	let header = chain.header(number);
	let history = Past::KNOWN.history(known);
	memory::bounded(bytes.len(), || {
		let Ok(extension) = Extension::decode_all(&mut &bytes[..]) else { return };
		assert_eq!(extension.encode(), bytes, "one extension, one encoding");
		let verdict = history.extended(Past::KNOWN.hash(known), header, &extension);
		if let Ok(extended) = &verdict {
			assert!(number > known, "what is believed is news");
			assert!(chain.fork > known, "another history is believed");
			assert_eq!(*extended, chain.history(number), "the history is the header's");
		}
		let is_true = chain.extension(known, number).as_ref() == Some(&extension);
		if is_true && chain.fork > known {
			assert!(verdict.is_ok(), "a true extension is believed");
			assert!(Outline::of(0, known, number).is_some_and(|outline| extension.is_of(&outline)));
		}
	});
}

/// A path in a tree of either chain, for a leaf of either.
fn path(input: &mut Input<'_>, raw: bool) {
	let (chain, size) = (Past::some(input), input.number() % (LENGTH + 1));
	let index = input.number() % (LENGTH + 40);
	let block = Past::some(input).hash(input.number() % (LENGTH + 1));
	let bytes = if raw {
		input.rest().to_vec()
	} else {
		let at = input.number() % (LENGTH + 1);
		let made = path_of(at, size, |subtree| Some(chain.subtree(subtree)));
		let mut bytes = made.unwrap_or_default().encode();
		input.spoil(&mut bytes);
		bytes
	};
	let root = chain.history(size).root();
	memory::bounded(bytes.len(), || {
		let Ok(path) = Vec::<H256>::decode_all(&mut &bytes[..]) else { return };
		let is_there = index < size && chain.hash(index) == block;
		let is_true = path_of(index, size, |subtree| Some(chain.subtree(subtree)));
		let verdict = is_included(leaf(block), index, size, &path, root);
		assert_eq!(verdict, is_there && is_true == Some(path), "what is included is there");
	});
}

/// What a digest states is read as it is written, and of one digest only one thing is read.
fn statement(input: &mut Input<'_>) {
	let bytes = input.rest();
	memory::bounded(bytes.len(), || {
		let Ok(digest) = Digest::decode_all(&mut &bytes[..]) else { return };
		let Ok(statement) = Statement::of(&digest) else { return };
		let own = digest.logs.iter().filter(|item| **item == statement.item());
		assert_eq!(own.count(), 1, "one statement, one item");
	});
}
