//! What is known of a chain's finalized history (Algorithm 1).

use codec::{Decode, Encode};
use ribp_protocol::{Height, SystemId};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, ConstU32, Hash},
	BoundedVec,
};

/// Greatest number of header hashes that a view holds (the paper's k is a chain's own choice below).
pub const MAX_WINDOW: u32 = 256;

/// A chain's newest header hashes and, folded into one hash, all the older ones.
///
/// The paper's measurements are of these. What the pallet knows of another chain is
/// [`ribp_protocol::View`], which has a Merkle tree in place of the chain of hashes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct View {
	/// Whose history this is.
	pub system: SystemId,
	/// Height of the newest hash.
	pub number: Height,
	/// Every hash older than `recent`, folded: `acc' = blake2_256(acc || hash)`. `None` is the empty
	/// string with which Algorithm 1 starts.
	pub accumulator: Option<H256>,
	/// The newest hashes, oldest first. Never empty in a well-formed view.
	pub recent: BoundedVec<H256, ConstU32<MAX_WINDOW>>,
}

/// Where proven history stands against the history that is already believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
	/// It extends what is believed.
	Newer,
	/// It ends where the believed one ends.
	Same,
	/// It ends inside the believed window.
	Older,
}

/// Why a proven view cannot follow the believed one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViewError {
	/// It is the view of another system.
	OtherSystem,
	/// It holds no hash, or more hashes than the chain has blocks.
	Malformed,
	/// It ends below the believed window: nothing can be compared.
	TooOld,
	/// Two different headers are proven for one height.
	Fork {
		/// The height at which the two histories differ.
		at: Height,
	},
	/// The number of missed hashes is not the number of blocks between the two views.
	MissedCount {
		/// Blocks between the two views.
		expected: u32,
		/// Hashes brought.
		brought: u32,
	},
	/// The missed hashes do not fold to the new accumulator. Says nothing about the peer.
	MissedDoNotFold,
	/// The hashes agree and the accumulators do not: the peer's view is not made by Algorithm 1.
	AccumulatorMismatch,
}

/// `Hash(accumulator || hash)`, line 5 of Algorithm 1; an accumulator of nothing is empty.
pub fn fold(accumulator: Option<H256>, hash: &H256) -> Option<H256> {
	let mut bytes = Vec::with_capacity(64);
	if let Some(accumulator) = accumulator {
		bytes.extend_from_slice(accumulator.as_bytes());
	}
	bytes.extend_from_slice(hash.as_bytes());
	Some(BlakeTwo256::hash(&bytes))
}

impl View {
	/// The view that begins with block `number`: block 0, or wherever a chain adopts the protocol.
	pub fn starting_at(system: SystemId, number: Height, hash: H256) -> Self {
		let recent = BoundedVec::truncate_from(vec![hash]);
		Self { system, number, accumulator: None, recent }
	}

	/// Appends the next block's hash and folds away what is older than the newest `window` hashes.
	///
	/// `window` is clamped to `1..=MAX_WINDOW`.
	pub fn extend(&mut self, hash: H256, window: u32) {
		let window = window.clamp(1, MAX_WINDOW) as usize;
		while self.recent.len() >= window {
			let oldest = self.recent.remove(0);
			self.accumulator = fold(self.accumulator, &oldest);
		}
		self.recent.force_push(hash);
		self.number = self.number.saturating_add(1);
	}

	/// Height of the oldest hash in the window.
	pub fn first(&self) -> Height {
		self.number.saturating_sub((self.recent.len() as u32).saturating_sub(1))
	}

	/// The accumulator after this view: all of its hashes, folded.
	pub fn folded(&self) -> Option<H256> {
		self.recent.iter().fold(self.accumulator, fold)
	}

	/// The newest hash.
	pub fn head(&self) -> Option<H256> {
		self.recent.last().copied()
	}

	/// The hash at `height`, when it is in the window.
	pub fn hash_at(&self, height: Height) -> Option<H256> {
		let index = height.checked_sub(self.first())?;
		self.recent.get(index as usize).copied()
	}

	/// Whether the window is one that a chain can have.
	pub fn is_well_formed(&self) -> bool {
		let length = self.recent.len() as u64;
		length > 0 && length <= u64::from(self.number) + 1
	}

	/// Where `proven` stands against this, the believed view; `missed` are the hashes between the
	/// two when `proven` no longer reaches back to this one's head (section 4.3), and else empty.
	pub fn compare(&self, proven: &View, missed: &[H256]) -> Result<Standing, ViewError> {
		if proven.system != self.system {
			return Err(ViewError::OtherSystem);
		}
		if !proven.is_well_formed() {
			return Err(ViewError::Malformed);
		}
		if proven.number < self.first() {
			return Err(ViewError::TooOld);
		}
		self.check_count(proven, missed)?;
		if proven.first() > self.number {
			return self.bridge_gap(proven, missed).map(|()| Standing::Newer);
		}
		self.find_fork(proven)?;
		self.check_accumulator(proven)?;
		Ok(match proven.number.cmp(&self.number) {
			core::cmp::Ordering::Greater => Standing::Newer,
			core::cmp::Ordering::Equal => Standing::Same,
			core::cmp::Ordering::Less => Standing::Older,
		})
	}

	/// Number of blocks between the end of this view and the beginning of `proven`: the missed
	/// hashes.
	pub fn gap(&self, proven: &View) -> u32 {
		proven.first().saturating_sub(self.number).saturating_sub(1)
	}

	fn check_count(&self, proven: &View, missed: &[H256]) -> Result<(), ViewError> {
		let expected = self.gap(proven);
		let brought = missed.len() as u32;
		if expected != brought {
			return Err(ViewError::MissedCount { expected, brought });
		}
		Ok(())
	}

	fn bridge_gap(&self, proven: &View, missed: &[H256]) -> Result<(), ViewError> {
		if missed.iter().fold(self.folded(), fold) == proven.accumulator {
			Ok(())
		} else {
			Err(ViewError::MissedDoNotFold)
		}
	}

	fn find_fork(&self, proven: &View) -> Result<(), ViewError> {
		let from = self.first().max(proven.first());
		let to = self.number.min(proven.number);
		match (from..=to).find(|at| self.hash_at(*at) != proven.hash_at(*at)) {
			Some(at) => Err(ViewError::Fork { at }),
			None => Ok(()),
		}
	}

	/// Where the window that begins later begins inside the other, the two accumulators must meet:
	/// the hashes that only one of them holds are folded in the other's.
	fn check_accumulator(&self, proven: &View) -> Result<(), ViewError> {
		let (longer, shorter) =
			if proven.first() < self.first() { (proven, self) } else { (self, proven) };
		let older = shorter.first().saturating_sub(longer.first());
		let folded = longer.recent.iter().take(older as usize).fold(longer.accumulator, fold);
		if folded == shorter.accumulator {
			Ok(())
		} else {
			Err(ViewError::AccumulatorMismatch)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use sp_core::hex2array;

	const SYSTEM: SystemId = SystemId(H256::repeat_byte(0xb2));

	fn hash_of(number: Height) -> H256 {
		BlakeTwo256::hash(&number.to_le_bytes())
	}

	/// The view of a chain at `number` with window `window`, whose hashes from `fork` on differ.
	fn forked_view(number: Height, window: u32, fork: Height) -> View {
		let at = |n| {
			if n >= fork {
				hash_of(n ^ 0x8000_0000)
			} else {
				hash_of(n)
			}
		};
		let mut view = View::starting_at(SYSTEM, 0, at(0));
		(1..=number).for_each(|n| view.extend(at(n), window));
		view
	}

	fn view(number: Height, window: u32) -> View {
		forked_view(number, window, Height::MAX)
	}

	fn missed(believed: &View, proven: &View) -> Vec<H256> {
		(believed.number + 1..proven.first()).map(hash_of).collect()
	}

	/// Algorithm 1, line by line, over the whole chain.
	fn algorithm_1(number: Height, k: u32) -> (Option<H256>, Vec<H256>) {
		let all: Vec<_> = (0..=number).map(hash_of).collect();
		let old = all.len().saturating_sub(k as usize);
		let mut result = Vec::<u8>::new();
		for header_hash in &all[..old] {
			result.extend_from_slice(header_hash.as_bytes());
			result = BlakeTwo256::hash(&result).as_bytes().to_vec();
		}
		((old > 0).then(|| H256::from_slice(&result)), all[old..].to_vec())
	}

	#[test]
	fn the_accumulator_is_the_same_for_every_implementation() {
		let mut view = View::starting_at(SYSTEM, 0, H256::repeat_byte(1));
		view.extend(H256::repeat_byte(2), 1);
		view.extend(H256::repeat_byte(3), 1);
		// Golden: python3, hashlib.blake2b(hashlib.blake2b(b'\1'*32, digest_size=32).digest()
		// + b'\2'*32, digest_size=32).hexdigest()
		let golden = hex2array!("06d08fb8e9a91370f5f47525328c6bdf0f0123aebf115a17a1ba0c5abdb691ba");
		assert_eq!(view.accumulator, Some(golden.into()));
	}

	#[test]
	fn a_gap_is_bridged_by_the_missed_hashes_and_by_no_others() {
		let (old, new) = (view(20, 8), view(60, 8));
		let hashes = missed(&old, &new);
		assert_eq!(old.compare(&new, &hashes), Ok(Standing::Newer));
		let count = |brought| Err(ViewError::MissedCount { expected: 32, brought });
		assert_eq!(old.compare(&new, &[]), count(0));
		assert_eq!(old.compare(&new, &hashes[1..]), count(31));
		let mut wrong = hashes.clone();
		wrong[3] = H256::zero();
		assert_eq!(old.compare(&new, &wrong), Err(ViewError::MissedDoNotFold));
		wrong.clone_from(&hashes);
		wrong.swap(0, 1);
		assert_eq!(old.compare(&new, &wrong), Err(ViewError::MissedDoNotFold));
	}

	#[test]
	fn hashes_that_nobody_missed_are_refused() {
		let brought = ViewError::MissedCount { expected: 0, brought: 1 };
		assert_eq!(view(20, 8).compare(&view(25, 8), &[H256::zero()]), Err(brought));
	}

	#[test]
	fn the_view_of_another_system_is_refused() {
		let other = View { system: SystemId(H256::zero()), ..view(25, 8) };
		assert_eq!(view(20, 8).compare(&other, &[]), Err(ViewError::OtherSystem));
	}

	#[test]
	fn a_view_without_hashes_or_with_too_many_is_malformed() {
		let empty = View { recent: Default::default(), ..view(25, 8) };
		assert_eq!(view(20, 8).compare(&empty, &[]), Err(ViewError::Malformed));
		let crowded = View { number: 6, ..view(25, 8) };
		assert_eq!(view(20, 8).compare(&crowded, &[]), Err(ViewError::Malformed));
	}

	#[test]
	fn a_view_that_ends_below_the_window_is_too_old() {
		assert_eq!(view(20, 8).compare(&view(12, 8), &[]), Err(ViewError::TooOld));
		assert_eq!(view(20, 8).compare(&view(13, 8), &[]), Ok(Standing::Older));
	}

	#[test]
	fn a_wrong_accumulator_is_refused_even_when_the_hashes_agree() {
		let wrong = View { accumulator: Some(H256::zero()), ..view(22, 8) };
		assert_eq!(view(20, 8).compare(&wrong, &[]), Err(ViewError::AccumulatorMismatch));
	}

	#[test]
	fn hashes_below_the_believed_window_must_be_those_that_were_folded() {
		let believed = view(20, 8);
		assert_eq!(believed.compare(&view(22, 16), &[]), Ok(Standing::Newer));
		let mut invented = view(22, 16);
		invented.recent[2] = H256::zero();
		assert_eq!(believed.compare(&invented, &[]), Err(ViewError::AccumulatorMismatch));
	}

	#[test]
	fn the_window_is_clamped_to_its_bounds() {
		assert_eq!(view(300, u32::MAX).recent.len(), MAX_WINDOW as usize);
		assert_eq!(view(3, 0).recent.len(), 1);
	}

	proptest! {
		#[test]
		fn views_are_those_of_algorithm_1(number in 0u32..600, k in 1u32..=MAX_WINDOW) {
			let (accumulator, recent) = algorithm_1(number, k);
			let view = view(number, k);
			prop_assert_eq!(view.accumulator, accumulator);
			prop_assert_eq!(view.recent.into_inner(), recent);
		}

		#[test]
		fn one_chains_views_always_agree(
			old in 0u32..400, new in 0u32..400, k1 in 1u32..40, k2 in 1u32..40,
		) {
			let (believed, proven) = (view(old, k1), view(new, k2));
			prop_assume!(new >= believed.first());
			let expected = match new.cmp(&old) {
				core::cmp::Ordering::Greater => Standing::Newer,
				core::cmp::Ordering::Equal => Standing::Same,
				core::cmp::Ordering::Less => Standing::Older,
			};
			prop_assert_eq!(believed.compare(&proven, &missed(&believed, &proven)), Ok(expected));
		}

		#[test]
		fn a_rewritten_history_is_never_accepted(
			old in 1u32..300, ahead in 0u32..300, back in 0u32..50, k in 1u32..40,
		) {
			let fork = old.saturating_sub(back);
			let (believed, proven) = (view(old, k), forked_view(old + ahead, k, fork));
			let hashes: Vec<_> = (old + 1..proven.first())
				.map(|n| hash_of(n ^ 0x8000_0000))
				.collect();
			let verdict = believed.compare(&proven, &hashes);
			if fork >= believed.first() && proven.first() <= old {
				prop_assert_eq!(verdict, Err(ViewError::Fork { at: fork.max(proven.first()) }));
			} else {
				prop_assert!(verdict.is_err());
			}
		}

		#[test]
		fn no_bytes_make_a_view_panic(bytes: Vec<u8>, number: Height, other: Height) {
			let any = View::decode(&mut &bytes[..]).unwrap_or(View { number, ..view(3, 2) });
			let _ = view(5, 3).compare(&any, &[]);
			let _ = any.compare(&view(5, 3), &[]);
			let _ = (any.first(), any.hash_at(other), any.folded());
		}
	}
}
