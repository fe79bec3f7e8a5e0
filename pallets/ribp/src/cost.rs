//! What evidence costs: the parts that are measured one by one, together; and whether the costliest
//! evidence fits into a block.

use crate::{
	value, ActionOf, Config, ContractId, Evidence, ForkProof, Kind, Pallet, Registration,
	WeightInfo,
};
use alloc::format;
use codec::Encode;
use core::cmp::Reverse;
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use ribp_light_client::{Lineage, Older, MAX_ANCESTRIES, MAX_AUTHORITIES, MAX_PROOF_NODES};

/// SCALE size of a vote.
const VOTE_SIZE: u32 = 132;
/// Least SCALE size of a header: three hashes, a number, an empty digest.
const HEADER_SIZE: u32 = 98;
/// Least SCALE size of a proof node: its length, its kind, half a byte of a key, an empty value.
const NODE_SIZE: u32 = 4;
/// SCALE size of a hash.
const HASH_SIZE: u32 = 32;
/// What a transaction takes besides evidence and contracts, at most.
const ENVELOPE_SIZE: u32 = 256;

/// How much there is in a piece of evidence of all that costs.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Parts {
	/// SCALE size of all parts but the contracts.
	pub bytes: u32,
	pub votes: u32,
	pub ancestries: u32,
	pub nodes: u32,
	pub missed: u32,
	pub contracts: u32,
	/// What it takes to move the contracts' value, see [`crate::Kind::work`].
	pub work: u32,
}

impl Parts {
	pub(crate) fn of(evidence: &Evidence, contracts: &[ContractId], work: u32) -> Self {
		let justification = evidence.justification.as_ref();
		Self {
			bytes: evidence.encoded_size() as u32,
			votes: justification.map_or(0, |justification| justification.votes.len()) as u32,
			ancestries: justification.map_or(0, |justification| justification.ancestries.len())
				as u32,
			nodes: evidence.proof.len() as u32,
			missed: evidence.missed.len() as u32,
			contracts: contracts.len() as u32,
			work,
		}
	}

	/// Of the proof of a fork. Headers are looked at as those between votes and their target are.
	pub(crate) fn of_fork(proof: &ForkProof, known: &Older) -> Self {
		let (headers, nodes, older) = match &proof.lineage {
			Lineage::Headers(headers) => (headers.len(), 0, 0),
			Lineage::State { proof, older } => (0, proof.len(), older.hashes.len()),
		};
		let justification = &proof.justification;
		Self {
			bytes: proof.encoded_size().saturating_add(known.encoded_size()) as u32,
			votes: justification.votes.len() as u32,
			ancestries: justification.ancestries.len().saturating_add(headers) as u32,
			nodes: nodes as u32,
			missed: older.saturating_add(known.hashes.len()) as u32,
			contracts: 1,
			work: 0,
		}
	}

	/// Of another chain's tally, which is read as a contract's position is.
	pub(crate) fn of_tally(evidence: &Evidence) -> Self {
		Self { contracts: 1, ..Self::of(evidence, &[], 0) }
	}

	/// The weight of a call with such evidence.
	///
	/// An upper bound. Every part is measured in the world that is worst for all of them, bytes are
	/// of the kind, and contracts take the step, that costs most.
	pub(crate) fn weight<T: Config>(self) -> Weight {
		type Of<T> = <T as Config>::WeightInfo;
		let contracts = above(Of::<T>::evidence_commit, self.contracts)
			.max(above(Of::<T>::evidence_unlock, self.contracts))
			.max(above(Of::<T>::evidence_reverse, self.contracts))
			.max(above(Of::<T>::evidence_forget, self.contracts));
		let more = more_items::<T>(self.work.saturating_sub(self.contracts));
		let bytes = above(Of::<T>::evidence_digest, self.bytes)
			.max(above(Of::<T>::evidence_bytes, self.bytes));
		Of::<T>::evidence_votes(self.votes)
			.saturating_add(above(Of::<T>::evidence_ancestries, self.ancestries))
			.saturating_add(above(Of::<T>::evidence_nodes, self.nodes))
			.saturating_add(above(Of::<T>::evidence_missed, self.missed))
			.saturating_add(above(Of::<T>::evidence_past_sets, T::MaxPastSets::get()))
			.saturating_add(bytes)
			.saturating_add(contracts)
			.saturating_add(more)
	}

	/// The costliest evidence that is accepted, or more.
	///
	/// Votes, headers, nodes and missed hashes share its bytes: what costs most by the byte goes
	/// first, as much of it as there may be, and what does not fit any more is cut. No other choice
	/// costs more, since every part costs the same by the piece.
	pub(crate) fn costliest<T: Config>() -> Self {
		let mut shares = [
			Share { size: VOTE_SIZE, most: MAX_AUTHORITIES, part: |parts| &mut parts.votes },
			Share { size: HEADER_SIZE, most: MAX_ANCESTRIES, part: |parts| &mut parts.ancestries },
			Share { size: NODE_SIZE, most: MAX_PROOF_NODES, part: |parts| &mut parts.nodes },
			Share { size: HASH_SIZE, most: T::MaxMissed::get(), part: |parts| &mut parts.missed },
		];
		shares.sort_by_key(|share| Reverse(share.time_per_byte::<T>()));
		let mut room = T::MaxEvidenceSize::get();
		let contracts = T::MaxContracts::get();
		// More work for fewer contracts costs less than contracts of their own.
		let mut parts = Self { bytes: room, contracts, work: contracts, ..Self::default() };
		for Share { size, most, part } in shares {
			let count = most.min(room.div_ceil(size));
			room = room.saturating_sub(count.saturating_mul(size));
			*part(&mut parts) = count;
		}
		parts
	}
}

/// A part that takes up some of evidence's bytes.
struct Share {
	/// Bytes of one, at least.
	size: u32,
	/// How many there may be.
	most: u32,
	part: fn(&mut Parts) -> &mut u32,
}

impl Share {
	fn time_per_byte<T: Config>(&self) -> u64 {
		let mut all = Parts::default();
		*(self.part)(&mut all) = self.most;
		let time = all.weight::<T>().saturating_sub(Parts::default().weight::<T>()).ref_time();
		time / (u64::from(self.size) * u64::from(self.most.max(1)))
	}
}

/// What `count` of something cost more than none.
fn above(weight: fn(u32) -> Weight, count: u32) -> Weight {
	weight(count).saturating_sub(weight(0))
}

/// Reads, and writes, of the two accounts between which an amount moves, and of what they have on hold.
const ACCESSES: u64 = 4;

/// What items take besides a contract's first amount of the native token. The amounts of one log share
/// their accounts, as the benchmark counts them; items of other kinds have storage of their own.
fn more_items<T: Config>(work: u32) -> Weight {
	let storage = T::DbWeight::get().reads_writes(ACCESSES, ACCESSES).saturating_mul(work.into());
	above(T::WeightInfo::evidence_items, work).saturating_add(storage)
}

/// Of what a log's items take besides an amount of the native token. `register` tries what it will
/// take, and does a part of it: that is no more than twice.
fn more_work<T: Config>(work: u32) -> Weight {
	more_items::<T>(work).saturating_mul(2)
}

/// The weight of `submit_missed`, which may forget all authority sets that were followed ahead of the
/// known view, as evidence may.
pub(crate) fn submit_missed<T: Config>(count: u32) -> Weight {
	let sets = above(T::WeightInfo::evidence_past_sets, T::MaxPastSets::get());
	T::WeightInfo::submit_missed(count).saturating_add(sets)
}

/// The weight of `register`.
pub(crate) fn register<T: Config>(action: &ActionOf<T>) -> Weight {
	let more = value::work::<T>(action).saturating_sub(1);
	T::WeightInfo::register().saturating_add(more_work::<T>(more))
}

/// The weight of `register_batch`.
pub(crate) fn register_batch<T: Config>(all: &[Registration<ActionOf<T>>]) -> Weight {
	let each = all.iter().map(|one| register::<T>(&one.log.action));
	each.fold(Weight::zero(), Weight::saturating_add)
}

/// What the items of one log take at most: `register` refuses more than `MaxContracts`.
fn most_work<T: Config>() -> u32 {
	T::MaxItems::get().saturating_mul(T::Value::WORK).min(T::MaxContracts::get())
}

/// The weight of `cancel`.
pub(crate) fn cancel<T: Config>() -> Weight {
	T::WeightInfo::cancel().saturating_add(more_work::<T>(most_work::<T>()))
}

/// The weight of `force_resolve`, whatever the resolution. To unlock a contract costs less than to
/// reverse it.
pub(crate) fn force_resolve<T: Config>() -> Weight {
	let (reverse, forget) = (T::WeightInfo::force_reverse(), T::WeightInfo::force_forget());
	let items = more_work::<T>(most_work::<T>());
	reverse.max(forget).saturating_add(items).max(cancel::<T>())
}

/// The weight of beginning a block in which so many contracts end or are looked for, and so much
/// work is done for them.
pub(crate) fn expiries<T: Config>(count: u32, work: u32) -> Weight {
	let more = more_work::<T>(work.saturating_sub(count));
	T::WeightInfo::on_initialize(count).saturating_add(more)
}

/// Panics, with advice, if a message that the pallet accepts does not fit into a block.
pub(crate) fn check_limits<T: Config>() {
	let evidence = Parts::costliest::<T>().weight::<T>();
	let missed = submit_missed::<T>(T::MaxMissed::get());
	let names = "MaxContracts, MaxEvidenceSize or MaxMissed";
	check_message::<T>(
		"evidence",
		names,
		evidence,
		T::MaxEvidenceSize::get() + T::MaxContracts::get() * HASH_SIZE,
	);
	let size = T::MaxMissed::get() * HASH_SIZE;
	check_message::<T>("missed hashes", "MaxMissed", missed, size);

	// The last contract may be more work than is left.
	let most = T::MaxExpiriesPerBlock::get();
	let begun = expiries::<T>(most, most.saturating_add(most_work::<T>()))
		.saturating_add(Pallet::<T>::most_weight_of_tending());
	let full = begun.saturating_add(evidence);
	let room = T::BlockWeights::get().max_block;
	assert!(
		full.all_lte(room),
		"no room for evidence in a block in which contracts expire: {full:?} of {room:?}; \
		lower MaxExpiriesPerBlock, {names}",
	);
}

fn check_message<T: Config>(what: &str, names: &str, weight: Weight, size: u32) {
	let size = size.saturating_add(ENVELOPE_SIZE);
	let class = DispatchClass::Normal;
	let weights = T::BlockWeights::get();
	let room = weights.get(class).max_extrinsic.unwrap_or(weights.max_block);
	let advice = format!("lower {names}");
	assert!(weight.all_lte(room), "the costliest {what} weighs {weight:?} of {room:?}: {advice}");
	let length = *T::BlockLength::get().max.get(class);
	assert!(size <= length, "the largest {what} takes {size} of {length} bytes: {advice}");
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::{Test, MAX_CONTRACTS, MAX_EVIDENCE_SIZE, MAX_MISSED};

	fn time(parts: Parts) -> u64 {
		parts.weight::<Test>().ref_time()
	}

	#[test]
	fn the_costliest_evidence_has_as_much_as_fits() {
		let costliest = Parts::costliest::<Test>();
		assert_eq!(costliest.bytes, MAX_EVIDENCE_SIZE);
		assert_eq!(costliest.contracts, MAX_CONTRACTS);
		let (votes, ancestries) = (costliest.votes, costliest.ancestries);
		assert!((votes, ancestries) < (MAX_AUTHORITIES, MAX_ANCESTRIES), "{costliest:?}");
	}

	/// Against every mixture in steps: what is left of the bytes goes to the last part.
	#[test]
	fn no_mixture_that_fits_costs_more_than_the_costliest() {
		let most = time(Parts::costliest::<Test>());
		for votes in (0..=MAX_AUTHORITIES).step_by(16) {
			for ancestries in (0..=MAX_ANCESTRIES).step_by(16) {
				for missed in 0..=MAX_MISSED {
					let taken = votes * VOTE_SIZE + ancestries * HEADER_SIZE + missed * HASH_SIZE;
					let Some(room) = MAX_EVIDENCE_SIZE.checked_sub(taken) else {
						continue;
					};
					let nodes = MAX_PROOF_NODES.min(room / NODE_SIZE);
					let (bytes, contracts) = (MAX_EVIDENCE_SIZE, MAX_CONTRACTS);
					let parts = Parts {
						bytes,
						votes,
						ancestries,
						nodes,
						missed,
						contracts,
						work: contracts,
					};
					assert!(time(parts) <= most, "{parts:?}");
				}
			}
		}
	}

	#[test]
	fn more_of_anything_never_costs_less() {
		let few = Parts { bytes: 1_000, votes: 1, nodes: 8, contracts: 1, ..Parts::default() };
		let parts: [fn(&mut Parts) -> &mut u32; 7] = [
			|parts| &mut parts.bytes,
			|parts| &mut parts.votes,
			|parts| &mut parts.ancestries,
			|parts| &mut parts.nodes,
			|parts| &mut parts.missed,
			|parts| &mut parts.contracts,
			|parts| &mut parts.work,
		];
		for part in parts {
			let mut more = few;
			*part(&mut more) += 100;
			assert!(time(few) < time(more), "{more:?}");
		}
	}

	/// The weights are generated from the benchmarks: neither changes without the other.
	#[test]
	fn every_benchmark_has_its_weight_and_every_weight_its_benchmark() {
		let after = |source: &'static str, mark: &'static str| -> Vec<&'static str> {
			let names = source.split(mark).skip(1).map(|rest| rest.split(['(', '<']).next());
			let mut names: Vec<_> = names.flatten().collect();
			names.sort_unstable();
			names
		};
		let benchmarks = after(include_str!("benchmarking.rs"), "#[benchmark]\n\tfn ");
		let weights = include_str!("weights.rs").split("pub trait WeightInfo").nth(1);
		let weights = weights.and_then(|rest| rest.split("\n}\n").next()).expect("the trait");
		assert_eq!(after(weights, "\tfn "), benchmarks);
	}
}
