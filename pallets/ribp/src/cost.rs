//! What evidence costs: the parts that are measured one by one, together; and whether the costliest
//! evidence fits into a block.

use crate::{
	chains::{
		forks::{self, MAX_REFUSED},
		known::MAX_MARKS,
		witnesses,
	},
	contracts::{corridor::weight_of_tending, value, Admit, OnOutcome},
	evidence,
	types::MAX_BRANCHES,
	ActionOf, Config, ContractId, Evidence, ForkReport, Kind, Link, Registration, WeightInfo,
};
use alloc::format;
use codec::{Encode, MaxEncodedLen};
use core::cmp::Reverse;
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use ribp_light_client::{MAX_ANCESTRIES, MAX_AUTHORITIES, MAX_PROOF_NODES};
use ribp_protocol::MAX_GAPS;
use sp_core::H256;

/// SCALE size of a vote.
const VOTE_SIZE: u32 = 132;
/// Least SCALE size of a header: three hashes, a number, an empty digest.
const HEADER_SIZE: u32 = 98;
/// Least SCALE size of a proof node: its length, its kind, half a byte of a key, an empty value.
const NODE_SIZE: u32 = 4;
/// SCALE size of a hash.
const HASH_SIZE: u32 = 32;
/// SCALE size of the longest path, with its length.
const MAX_PATH_SIZE: u32 = 4 + witnesses::MAX_PATH * HASH_SIZE;
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
	/// Hashes that link headers with what is known.
	pub hashes: u32,
	/// Paths to headers: for the root that each is under, all that is remembered may be looked
	/// through.
	pub paths: u32,
	pub contracts: u32,
	/// What it takes to move the contracts' value, see [`crate::Kind::work`].
	pub work: u32,
}

impl Parts {
	pub(crate) fn of(evidence: &Evidence, contracts: &[ContractId], work: u32) -> Self {
		let justification = evidence.link.justification();
		Self {
			bytes: evidence.encoded_size() as u32,
			votes: justification.map_or(0, |justification| justification.votes.len()) as u32,
			ancestries: justification.map_or(0, |justification| justification.ancestries.len())
				as u32,
			nodes: evidence.proof.len() as u32,
			hashes: evidence.link.hashes() as u32,
			paths: matches!(evidence.link, Link::Below { .. }).into(),
			contracts: contracts.len() as u32,
			work,
		}
	}

	/// Of the report of a fork, in which headers are looked at as those between votes and their target
	/// are. What the report itself takes, and every branch, comes on top.
	fn of_report(report: &ForkReport) -> Self {
		let ForkReport { justification, .. } = report;
		Self {
			bytes: report.encoded_size() as u32,
			votes: justification.votes.len() as u32,
			ancestries: justification.ancestries.len().saturating_add(report.ancestors.len())
				as u32,
			hashes: report.hashes() as u32,
			..Self::default()
		}
	}

	/// Of another chain's tally, and what shows on which branch that is.
	fn of_tally(evidence: &Evidence, path: &[H256]) -> Self {
		let parts = Self::of(evidence, &[], 0);
		let hashes = parts.hashes.saturating_add(path.len() as u32);
		let bytes = parts.bytes.saturating_add(path.encoded_size() as u32);
		Self { hashes, bytes, ..parts }
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
			.saturating_add(T::OnOutcome::weight().saturating_mul(self.contracts.into()));
		// What is owed instead takes one entry, and no item is moved with as few.
		let more = more_items::<T>(self.work.saturating_sub(self.contracts));
		let remembered = above(Of::<T>::evidence_remembered, MAX_MARKS + T::MaxChanges::get());
		let bytes = above(Of::<T>::evidence_digest, self.bytes)
			.max(above(Of::<T>::evidence_bytes, self.bytes));
		Of::<T>::evidence_votes(self.votes)
			.saturating_add(above(Of::<T>::evidence_ancestries, self.ancestries))
			.saturating_add(above(Of::<T>::evidence_nodes, self.nodes))
			.saturating_add(above(Of::<T>::evidence_hashes, self.hashes))
			.saturating_add(remembered.saturating_mul(self.paths.into()))
			.saturating_add(above(Of::<T>::evidence_past_sets, T::MaxChanges::get()))
			.saturating_add(bytes)
			.saturating_add(contracts)
			.saturating_add(more)
			.saturating_add(vain_sums::<T>(self.work.max(self.contracts)))
			// The account that has what contracts have taken of the token; branches, open and refused.
			.saturating_add(T::DbWeight::get().reads_writes(3, 1))
	}

	/// The costliest evidence that is accepted, or more.
	///
	/// Votes, headers, nodes and hashes share its bytes: what costs most by the byte goes
	/// first, as much of it as there may be, and what does not fit any more is cut. No other choice
	/// costs more, since every part costs the same by the piece.
	pub(crate) fn costliest<T: Config>() -> Self {
		let mut shares = [
			Share { size: VOTE_SIZE, most: MAX_AUTHORITIES, part: |parts| &mut parts.votes },
			Share { size: HEADER_SIZE, most: MAX_ANCESTRIES, part: |parts| &mut parts.ancestries },
			Share { size: NODE_SIZE, most: MAX_PROOF_NODES, part: |parts| &mut parts.nodes },
			Share { size: HASH_SIZE, most: evidence::MAX_HASHES, part: |parts| &mut parts.hashes },
		];
		shares.sort_by_key(|share| Reverse(share.time_per_byte::<T>()));
		let mut room = T::MaxEvidenceSize::get();
		let contracts = T::MaxContracts::get();
		// More work for fewer contracts costs less than contracts of their own.
		let (bytes, paths, work) = (room, 1, contracts);
		let mut parts = Self { bytes, paths, contracts, work, ..Self::default() };
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

/// The weight of `report_fork`.
///
/// An upper bound: what any evidence takes is counted twice.
pub(crate) fn report_fork<T: Config>(report: &ForkReport) -> Weight {
	let others = report.differences.len().saturating_sub(1);
	Parts::of_report(report).weight::<T>().saturating_add(T::WeightInfo::report_fork(others as u32))
}

/// What the costliest report of a fork weighs, or more: as many hashes and headers as there may be, and
/// what evidence has besides, in the same room.
fn costliest_report<T: Config>() -> Weight {
	let (hashes, ancestries) = (forks::MAX_HASHES, 2 * MAX_ANCESTRIES);
	let evidence = Parts::costliest::<T>();
	let parts = Parts { hashes, ancestries, paths: 0, contracts: 0, work: 0, ..evidence };
	parts.weight::<T>().saturating_add(T::WeightInfo::report_fork(MAX_REFUSED + MAX_BRANCHES - 1))
}

/// The weight of `report_tally`.
///
/// An upper bound: what any evidence takes is counted twice.
pub(crate) fn report_tally<T: Config>(evidence: &Evidence, path: &[H256]) -> Weight {
	Parts::of_tally(evidence, path).weight::<T>().saturating_add(T::WeightInfo::report_tally())
}

/// What the costliest tally weighs, or more.
fn costliest_tally<T: Config>() -> Weight {
	let evidence = Parts::costliest::<T>();
	let hashes = evidence.hashes.saturating_add(witnesses::MAX_PATH);
	let bytes = evidence.bytes.saturating_add(MAX_PATH_SIZE);
	let parts = Parts { hashes, bytes, contracts: 0, work: 0, ..evidence };
	parts.weight::<T>().saturating_add(T::WeightInfo::report_tally())
}

/// Reads, and writes, of the two accounts between which an amount moves, and of what they have on hold.
const ACCESSES: u64 = 4;

/// What items take besides a contract's first amount of the native token. The amounts of one log share
/// their accounts, as the benchmark counts them; items of other kinds have storage of their own.
fn more_items<T: Config>(work: u32) -> Weight {
	let storage = T::DbWeight::get().reads_writes(ACCESSES, ACCESSES).saturating_mul(work.into());
	above(T::WeightInfo::evidence_items, work).saturating_add(storage)
}

/// What it takes to try in vain to move at once what goes between the same accounts, before each part is moved
/// alone. A sum has two parts at least, and is no more work than one of them. It leaves nothing to write.
fn vain_sums<T: Config>(work: u32) -> Weight {
	let most = work / 2;
	let reads = T::DbWeight::get().reads(ACCESSES).saturating_mul(most.into());
	above(T::WeightInfo::evidence_items, most).saturating_add(reads)
}

/// The weight of `register`.
pub(crate) fn register<T: Config>(action: &ActionOf<T>) -> Weight {
	let more = value::work::<T, _>(action).saturating_sub(1);
	let hook = T::Admit::weight();
	T::WeightInfo::register().saturating_add(more_items::<T>(more)).saturating_add(hook)
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

/// The weight of `claim`.
pub(crate) fn claim<T: Config>() -> Weight {
	T::WeightInfo::claim().saturating_add(more_items::<T>(T::Value::WORK.saturating_sub(1)))
}

/// The weight of `cancel`, by which a leg may end at once.
pub(crate) fn cancel<T: Config>() -> Weight {
	let work = most_work::<T>();
	let items = more_items::<T>(work.saturating_sub(1)).saturating_add(vain_sums::<T>(work));
	T::WeightInfo::cancel().saturating_add(items).saturating_add(T::OnOutcome::weight())
}

/// The weight of `conclude`: of what is paid, no more than evidence that reverses.
pub(crate) fn conclude<T: Config>(contracts: &[ContractId], work: u32) -> Weight {
	let count = contracts.len() as u32;
	let hooks = T::OnOutcome::weight().saturating_mul(count.into());
	let more = more_items::<T>(work.saturating_sub(count));
	let sums = vain_sums::<T>(work.max(count));
	let all = T::WeightInfo::conclude(count).saturating_add(more).saturating_add(hooks);
	all.saturating_add(sums)
}

/// The weight of `force_resolve`, whatever the resolution. To settle a contract costs less than to
/// reverse it.
pub(crate) fn force_resolve<T: Config>() -> Weight {
	let (reverse, forget) = (T::WeightInfo::force_reverse(), T::WeightInfo::force_forget());
	let work = most_work::<T>();
	let items = more_items::<T>(work).saturating_add(vain_sums::<T>(work));
	reverse.max(forget).saturating_add(items).saturating_add(T::OnOutcome::weight())
}

/// Panics, with advice, if a message that the pallet accepts does not fit into a block.
pub(crate) fn check_limits<T: Config>() {
	let evidence = Parts::costliest::<T>().weight::<T>();
	let names = "MaxContracts or MaxEvidenceSize";
	check_message::<T>(
		"evidence",
		names,
		evidence,
		T::MaxEvidenceSize::get() + T::MaxContracts::get() * ContractId::max_encoded_len() as u32,
	);
	let report = costliest_report::<T>();
	check_message::<T>("report of a fork", "MaxEvidenceSize", report, T::MaxEvidenceSize::get());

	let tally = costliest_tally::<T>();
	let size = T::MaxEvidenceSize::get() + MAX_PATH_SIZE;
	check_message::<T>("tally of a witness", "MaxEvidenceSize", tally, size);

	let begun = weight_of_tending::<T>(T::MaxSweptPerBlock::get(), MAX_GAPS)
		.saturating_add(witnesses::most_weight_of_tending::<T>());
	let full = begun.saturating_add(evidence.max(report).max(tally));
	let room = T::BlockWeights::get().max_block;
	assert!(
		full.all_lte(room),
		"no room for evidence in a block in which contracts are swept: {full:?} of {room:?}; \
		lower MaxSweptPerBlock, {names}",
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
	use crate::{
		mock::{Test, MAX_CHANGES, MAX_CONTRACTS, MAX_EVIDENCE_SIZE},
		Difference, Epoch, Height, Signers,
	};
	use frame_support::weights::constants::RocksDbWeight;
	use ribp_kit::voters::Voters;
	use ribp_light_client::testing::{header, Ed25519Keyring::Alice};
	use ribp_protocol::{MarkSlot, MARKS_PER_LEVEL};
	use sp_core::H256;

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
				for hashes in (0..=evidence::MAX_HASHES).step_by(16) {
					let taken = votes * VOTE_SIZE + ancestries * HEADER_SIZE + hashes * HASH_SIZE;
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
						hashes,
						paths: 1,
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
		let parts: [fn(&mut Parts) -> &mut u32; 8] = [
			|parts| &mut parts.bytes,
			|parts| &mut parts.votes,
			|parts| &mut parts.ancestries,
			|parts| &mut parts.nodes,
			|parts| &mut parts.hashes,
			|parts| &mut parts.paths,
			|parts| &mut parts.contracts,
			|parts| &mut parts.work,
		];
		for part in parts {
			let mut more = few;
			*part(&mut more) += 100;
			assert!(time(few) < time(more), "{more:?}");
		}
	}

	/// Own heights have 32 bits, and a view is marked once in an own block.
	#[test]
	fn no_head_is_marked_beyond_the_marks_that_are_counted() {
		for level in 0..Height::BITS {
			for nth in 0..2 * u64::from(MARKS_PER_LEVEL) {
				let advance = (2 * nth + 1) << level;
				if advance <= Height::MAX.into() {
					let MarkSlot { level, place } = MarkSlot::of(advance);
					let slots = u32::from(level) * MARKS_PER_LEVEL + u32::from(place);
					assert!(u32::from(place) < MARKS_PER_LEVEL && slots < MAX_MARKS);
				}
			}
		}
	}

	/// All marks, and the block in which each past set has handed over.
	fn all_that_is_remembered() -> Weight {
		RocksDbWeight::get().reads((MAX_MARKS + MAX_CHANGES).into())
	}

	#[test]
	fn evidence_of_an_older_block_pays_for_the_search_of_the_root_that_it_is_under() {
		let with_link = |link| {
			let header = header(7, H256::zero(), H256::zero(), Vec::new());
			let evidence = Evidence { header, link, proof: Vec::new() };
			Parts::of(&evidence, &[], 0).weight::<Test>()
		};
		let below = with_link(Link::Below { under: 9, path: Vec::new() });
		let search = below.saturating_sub(with_link(Link::Known));
		assert!(search.all_gte(all_that_is_remembered()), "{search:?}");
	}

	#[test]
	fn a_report_pays_for_all_that_is_remembered_and_for_every_branch() {
		let against = |branches| {
			let header = header(7, H256::zero(), H256::zero(), Vec::new());
			let signers = Signers { set_id: 1, authorities: None };
			let differences = vec![Difference::Height; branches];
			let justification = Voters::new(1, &[Alice]).justify(&header);
			let (common, peaks) = (None, None);
			report_fork::<Test>(&ForkReport {
				header,
				justification,
				signers,
				ancestors: Vec::new(),
				common,
				differences,
				peaks,
			})
		};
		assert!(against(1).all_gte(all_that_is_remembered()));
		assert!(against(1).ref_time() < against(2).ref_time());
	}

	/// What is tried with as many contracts and as much work, besides what each of them takes.
	#[test]
	fn sums_that_cannot_move_are_paid_for() {
		let attempt = above(<Test as Config>::WeightInfo::evidence_items, 1)
			.saturating_add(RocksDbWeight::get().reads(ACCESSES));
		let hash = |number| H256::repeat_byte(number);
		let id = |number| ContractId { epochs: [Epoch(0); 2], hash: hash(number) };
		let named = |count: u32| Vec::from_iter((0..count as u8).map(id));
		let evidence =
			|contracts, work| Parts { contracts, work, ..Parts::default() }.weight::<Test>();
		let concluded = |contracts, work| conclude::<Test>(&named(contracts), work);
		let weights: [&dyn Fn(u32, u32) -> Weight; 2] = [&evidence, &concluded];
		for weight in weights {
			for contracts in 1..=MAX_CONTRACTS {
				let alone = weight(contracts, contracts);
				for work in contracts..=MAX_CONTRACTS {
					let all = weight(contracts, work);
					let more = more_items::<Test>(work - contracts);
					let sums = attempt.saturating_mul((work / 2 - contracts / 2).into());
					assert!(all.all_gte(alone.saturating_add(more).saturating_add(sums)));
				}
			}
		}
		assert_eq!(vain_sums::<Test>(1), Weight::zero());
		assert!(vain_sums::<Test>(6).all_gte(attempt.saturating_mul(3)));
	}

	/// What is left out of what is said is asked about in each block.
	#[test]
	fn tending_pays_for_what_is_left_out() {
		let more =
			weight_of_tending::<Test>(2, MAX_GAPS).saturating_sub(weight_of_tending::<Test>(2, 0));
		assert_eq!(more, RocksDbWeight::get().reads(MAX_GAPS.into()));
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
