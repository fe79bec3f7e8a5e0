//! Views that claim to follow a known history.

use crate::{input::Input, memory};
use codec::{DecodeAll, Encode};
use ribp_protocol::{Height, Standing, SystemId, View, ViewError};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::sync::LazyLock;

const SYSTEM: SystemId = SystemId(H256::repeat_byte(0xb2));
/// The known history's last height; another history leaves it anywhere before.
const LENGTH: Height = 160;
const MAX_WINDOW: usize = 48;

/// The hashes of both histories, before they are mixed.
static HASHES: LazyLock<[Vec<H256>; 2]> = LazyLock::new(|| {
	[0u8, 1].map(|branch| (0..=LENGTH).map(|n| blake2_256(&(branch, n).encode()).into()).collect())
});

/// Compares a view, and its missed hashes, with a believed one.
pub fn view(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let believed_at = input.number() % (LENGTH + 1);
	let believed = view_of(Height::MAX, believed_at, some_window(&mut input));
	let (bytes, missed) =
		if raw { (input.rest().to_vec(), Vec::new()) } else { program(&mut input, &believed) };
	memory::bounded(bytes.len() + 32 * missed.len(), || judge(&bytes, &missed, &believed));
}

fn some_window(input: &mut Input<'_>) -> u32 {
	1 + input.index(MAX_WINDOW) as u32
}

fn hash_at(fork: Height, number: Height) -> H256 {
	HASHES[usize::from(number >= fork)][number as usize]
}

/// The view at `number` of the history that leaves the known one with block `fork`.
fn view_of(fork: Height, number: Height, window: u32) -> View {
	let mut view = View::starting_at(SYSTEM, 0, hash_at(fork, 0));
	(1..=number).for_each(|n| view.extend(hash_at(fork, n), window));
	view
}

/// A view of either history and the hashes missed before it, both spoiled as the input wants.
fn program(input: &mut Input<'_>, believed: &View) -> (Vec<u8>, Vec<H256>) {
	let fork = match input.byte() {
		0..=0x7f => Height::MAX,
		_ => input.number() % (LENGTH + 1),
	};
	let number = input.number() % (LENGTH + 1);
	let mut view = view_of(fork, number, some_window(input));
	let mut missed: Vec<_> =
		(believed.number + 1..view.first()).map(|n| hash_at(fork, n)).collect();
	for _ in 0..input.index(4) {
		spoil(input, &mut view, &mut missed);
	}
	let mut bytes = view.encode();
	input.spoil(&mut bytes);
	(bytes, missed)
}

fn spoil(input: &mut Input<'_>, view: &mut View, missed: &mut Vec<H256>) {
	let other = hash_at(input.number() % 2, input.number() % (LENGTH + 1));
	match input.byte() % 7 {
		0 => view.number = input.number(),
		1 => view.number = view.number.wrapping_add(u32::from(input.byte())).wrapping_sub(8),
		2 => view.accumulator = Some(other).filter(|_| input.byte() > 0),
		3 => {
			let place = input.index(view.recent.len());
			view.recent[place] = other;
		},
		4 => view.recent.truncate(1 + input.index(view.recent.len())),
		5 if !missed.is_empty() => {
			let place = input.index(missed.len());
			missed[place] = other;
		},
		_ => missed.resize(input.index(400), other),
	}
}

fn judge(bytes: &[u8], missed: &[H256], believed: &View) {
	let Ok(proven) = View::decode_all(&mut &bytes[..]) else { return };
	assert_eq!(proven.encode(), bytes, "one view, one encoding");
	check_window(&proven);
	let verdict = believed.compare(&proven, missed);
	match verdict {
		Ok(standing) => {
			assert_eq!(proven.system, believed.system);
			assert_eq!(standing, standing_of(proven.number, believed.number));
			check_history(believed, &proven, missed);
		},
		Err(ViewError::Fork { at }) => {
			let both = (believed.hash_at(at), proven.hash_at(at));
			assert!(matches!(both, (Some(ours), Some(theirs)) if ours != theirs));
		},
		Err(_) => {},
	}
	if is_true(&proven, believed, missed) {
		assert_eq!(verdict, Ok(standing_of(proven.number, believed.number)));
	}
	// What is decoded can also be what is believed, and must not fail then either.
	let _ = proven.compare(believed, missed);
	let grown = proven.clone().with_head(H256::zero());
	assert_eq!(grown.head(), Some(H256::zero()));
	assert!(grown.recent.len() >= proven.recent.len());
}

fn standing_of(proven: Height, believed: Height) -> Standing {
	match proven.cmp(&believed) {
		std::cmp::Ordering::Greater => Standing::Newer,
		std::cmp::Ordering::Equal => Standing::Same,
		std::cmp::Ordering::Less => Standing::Older,
	}
}

/// A hash is found at the heights of the window, and nowhere else.
fn check_window(view: &View) {
	if !view.is_well_formed() {
		return;
	}
	let (first, number) = (view.first(), view.number);
	assert_eq!(view.recent.first().copied(), view.hash_at(first));
	assert_eq!(view.head(), view.hash_at(number));
	assert_eq!(number - first + 1, view.recent.len() as u32);
	assert_eq!(first.checked_sub(1).and_then(|below| view.hash_at(below)), None);
	assert_eq!(number.checked_add(1).and_then(|above| view.hash_at(above)), None);
}

/// What is accepted tells the believed history, which is known here from its beginning, and goes on
/// with the missed hashes: hash by hash in the windows, and by the accumulator below.
fn check_history(believed: &View, proven: &View, missed: &[H256]) {
	let known = (0..=believed.number).map(|n| hash_at(Height::MAX, n));
	let history: Vec<_> = match proven.first() > believed.number {
		true => known.chain(missed.iter().copied()).collect(),
		false => known.collect(),
	};
	for (at, hash) in history.iter().enumerate() {
		if let Some(found) = proven.hash_at(at as Height) {
			assert_eq!(found, *hash, "another history is accepted at {at}");
		}
	}
	let folded = fold(&history[..proven.first() as usize]);
	assert_eq!(proven.accumulator, folded, "another history is accepted below the window");
}

/// Line 5 of Algorithm 1 over the hashes.
fn fold(hashes: &[H256]) -> Option<H256> {
	hashes.iter().fold(None, |folded: Option<H256>, hash| {
		let before = folded.as_ref().map_or(&[][..], H256::as_bytes);
		Some(blake2_256(&[before, hash.as_bytes()].concat()).into())
	})
}

/// Whether the view is one of the known history, reaches the believed window, and comes with the
/// hashes that it needs.
fn is_true(proven: &View, believed: &View, missed: &[H256]) -> bool {
	proven.system == SYSTEM
		&& proven.is_well_formed()
		&& (believed.first()..=LENGTH).contains(&proven.number)
		&& missed
			.iter()
			.copied()
			.eq((believed.number + 1..proven.first()).map(|n| hash_at(Height::MAX, n)))
		&& (proven.first()..=proven.number)
			.all(|n| proven.hash_at(n) == Some(hash_at(Height::MAX, n)))
		&& proven.accumulator
			== fold(&(0..proven.first()).map(|n| hash_at(Height::MAX, n)).collect::<Vec<_>>())
}
