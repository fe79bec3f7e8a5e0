//! Views that advance from header to header, by extensions of either of two histories.

use crate::{
	input::Input,
	memory,
	past::{some_extension, Past, LENGTH},
};
use blake2::{digest::consts::U32, Blake2b};
use codec::{DecodeAll, Encode};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ribp_protocol::{Extension, Height, Moment, Stated, View, MAX_RECENT, MAX_TAIL};
use sp_core::H256;

/// Certificate Transparency's log, as somebody else has written it.
type Log = MemoryBackedTree<Blake2b<U32>, [u8; 32]>;

/// The most headers that a view is shown one after the other.
const STEPS: usize = 5;

/// What is believed, and the chain that it is true of.
struct Believed {
	chain: Past,
	view: View,
}

/// Shows a view some headers, each with an extension.
pub fn extension(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let (chain, start) = (Past::KNOWN, input.number() % LENGTH);
	let view = View::of(chain.hash(start), time_of(start), chain.history(start));
	let mut believed = Believed { chain, view };
	for _ in 0..1 + input.index(STEPS) {
		let (chain, number) = (Past::some(&mut input), 1 + input.number() % LENGTH);
		let bytes = if raw { input.bytes(2_000).to_vec() } else { some_extension(&mut input) };
		memory::bounded(bytes.len(), || {
			if let Some(view) = show(&believed, (chain, number), &bytes) {
				believed = Believed { chain, view };
			}
		});
	}
}

fn time_of(number: Height) -> u64 {
	6_000 * u64::from(number)
}

/// The root that a header states, if its chain is of those that others have thought of.
fn root_of(chain: Past, next: Height) -> H256 {
	let mut log = Log::new();
	(0..next).for_each(|height| log.push(chain.hash(height).0));
	H256::from_slice(log.root().as_bytes().as_slice())
}

/// The view with the header as its head, if that is believed.
fn show(believed: &Believed, (chain, number): (Past, Height), bytes: &[u8]) -> Option<View> {
	let extension = Extension::decode_all(&mut &bytes[..]).ok()?;
	let Believed { chain: known, view } = believed;
	let (parent, root) = (chain.hash(number - 1), root_of(chain, number));
	let stated = Stated { number, parent, root };
	let verdict = view.extended((chain.hash(number), time_of(number)), stated, &extension);
	let goes_on = number > view.number() && chain.agrees(*known, view.number());
	if let Ok(extended) = &verdict {
		assert!(goes_on, "another history is believed");
		check(extended, chain, number);
		assert!(extended.lowest() < number, "the parent's hash is in the header");
	}
	if goes_on
		&& (is_exact(&extension, view, chain, number) || is_late(&extension, view, chain, number))
	{
		assert!(verdict.is_ok(), "a true extension is refused: {verdict:?}");
	}
	assert_eq!(extension.encode(), bytes, "one extension, one encoding");
	verdict.ok()
}

/// A view says of a chain what is true, and no more than it can.
fn check(view: &View, chain: Past, number: Height) {
	assert_eq!(*view.history(), chain.history(number), "the history is the header's");
	assert_eq!(view.history().root(), root_of(chain, number));
	assert_eq!(view.moment(), Moment { number, time: time_of(number) });
	let (lowest, count) = (view.lowest(), view.recent().len() as u32);
	assert!((1..=MAX_RECENT).contains(&count) && lowest + count == number + 1);
	for height in lowest..=number {
		assert_eq!(view.hash_at(height), Some(chain.hash(height)), "a hash is not the chain's");
	}
	assert_eq!(view.hash_at(number + 1), None);
	assert_eq!(lowest.checked_sub(1).and_then(|below| view.hash_at(below)), None);
}

/// Whether an extension is the one from the known head on.
fn is_exact(extension: &Extension, view: &View, chain: Past, number: Height) -> bool {
	chain.extension(view.number(), number).as_ref() == Some(extension)
}

/// Whether an extension was made for a lower head, and its tail still reaches the known one.
fn is_late(extension: &Extension, view: &View, chain: Past, number: Height) -> bool {
	let Some(start) = number.checked_sub(1 + MAX_TAIL) else { return false };
	let tail = (start..number - 1).map(|height| chain.hash(height));
	start <= view.number() + 1 && extension.tail.iter().copied().eq(tail)
}
