//! What the calls cost, at the worst: measured by `scripts/weights.sh`, which writes `weights.rs`.
//!
//! Evidence is real. A benchmark varies one of its parts, in the world that is worst for all of
//! them: see [`peer`]. What the parts come to together is in [`crate::cost`].

mod contract;
mod fork;
mod peer;
mod proof;
mod witness;

use crate::{
	chains::{
		known::MAX_MARKS,
		systems,
		witnesses::{self, MAX_WITNESSES},
	},
	contracts::{corridor::MAX_EPOCHS, entry::stored, value::Payment},
	evidence::Asker,
	Action, ActionOf, BenchmarkHelper, BranchEnds, Call, Commit, Config, ContractId, Corridors,
	Debt, Epoch, Forks, Height, History, ItemOf, Kind, LastSwept, LeastExpiry, Legs, Link, Marks,
	OpenHere, Owed, OwnHistory, Pallet, PastSets, Resolution, Safety, SafetyOf, Status, Systems,
	Tallies, Testimonies,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use contract::{
	agreed, begin, bury, due, epoch, fill_lane, has_become, said, Due, Goods, NEIGHBOUR, NOW, ONE,
	PAST,
};
use fork::{Tree, MOST_OTHERS};
use frame_benchmarking::v2::*;
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get, Hooks,
	},
};
use frame_system::RawOrigin;
use peer::{anchor, hash_at, roots, Recipe, KNOWN, MOST_HASHES, PEER};
use proof::Shape;
use ribp_light_client::{
	AuthorityId, Evidence, MAX_ANCESTRIES, MAX_AUTHORITIES, MAX_PROOF_DEPTH, MAX_PROOF_NODES,
};
use ribp_protocol::{Conditions, Flow, Frontier, Gossip, Own, Pace};
use sp_core::H256;
use sp_runtime::{traits::Zero, DispatchResult, PerThing, Perquintill};

/// What evidence takes at most besides what is varied, in bytes: an extension, and a change of
/// authorities.
const LEAST_SIZE: u32 = 20 * 1024;

/// How many pieces of this size fit into evidence, `most` at most.
fn fitting<T: Config>(most: u32, size: u32) -> u32 {
	most.min((T::MaxEvidenceSize::get() - LEAST_SIZE) / size)
}

/// What the header takes of that, with a change of authorities.
const HEADER_SIZE: u32 = 12 * 1024;

/// How many pieces of this size fit into a header and its votes, `most` at most.
fn fitting_votes<T: Config>(most: u32, size: u32) -> u32 {
	most.min((T::MaxEvidenceSize::get() / 2 - HEADER_SIZE) / size)
}

/// As many contracts can be shown with so few proof nodes: a branch, a leaf and a value for each
/// key.
fn least_nodes<T: Config>() -> u32 {
	3 * (T::MaxContracts::get() + 1)
}

/// Each contract's key has twenty nodes for itself, at least.
fn most_nodes<T: Config>() -> u32 {
	fitting::<T>(MAX_PROOF_NODES.min(20 * T::MaxContracts::get()), 75)
}

/// As many nodes lead to the keys as may, if so many fit, and are full branches.
fn deep<T: Config>() -> Recipe {
	let full = fitting::<T>(MAX_PROOF_DEPTH, 560);
	Recipe { proof: Shape { full, ..Shape::default() }, ..Recipe::default() }
}

/// Contracts about these, each, of which this is due, and the largest evidence for that.
fn movable<T>(count: u32, goods: Goods, what: Due) -> (Evidence, Vec<ContractId>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let recipe = deep::<T>();
	recipe.prepare::<T>();
	let (ids, shown) = due::<T>(count, goods, what);
	(recipe.largest_evidence::<T>(shown), ids)
}

/// Some contract.
const ONE_ID: ContractId =
	ContractId { epochs: [Epoch(0), Epoch(0)], hash: H256::repeat_byte(0xc1) };

/// As many items of a kind as a log may have, which its payer has.
fn goods<T>(kind: u32) -> ActionOf<T>
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	begin::<T>(NOW);
	let (_, _, log) = agreed::<T>(0, Goods { kind, count: T::MaxItems::get() }, KNOWN);
	log.action
}

/// Moves every item of an action as the pallet does: the payer's, the contract's and the receiver's
/// account are told.
fn move_all<T: Config>(
	action: &ActionOf<T>,
	move_one: impl Fn(&ItemOf<T>, &T::AccountId, &T::AccountId, &T::AccountId) -> DispatchResult,
) {
	let Action::Transfer { from, to, items } = action;
	let at = Pallet::<T>::account_of(ONE_ID);
	for item in items {
		with_storage_layer(|| move_one(item, from, &at, to)).expect("nobody hinders it; qed");
	}
}

/// So many amounts of the native token that are to move, each for somebody else.
fn payable<T>(count: u32) -> Vec<Payment<T>>
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let due = |number| {
		let (_, contract, log) = agreed::<T>(number, ONE, KNOWN);
		take_all::<T>(&log.action);
		let action = stored::<T>(log.action);
		Payment::of(contract.id(), Flow::Give, &action).collect::<Vec<_>>()
	};
	(0..count).flat_map(due).collect()
}

/// Takes everything from the payer.
fn take_all<T: Config>(action: &ActionOf<T>) {
	move_all::<T>(action, |item, from, at, _| T::Value::take(item, from, at));
}

/// Evidence that moves no contract, and says something new of all.
fn bare<T: Config>(recipe: Recipe) -> (Evidence, Vec<ContractId>) {
	begin::<T>(NOW);
	recipe.prepare::<T>();
	fill_lane::<T>(PAST);
	(recipe.evidence::<T>(alloc::vec![said::<T>()]), Vec::new())
}

/// Many connected systems, each of which hardly ever tells: the longest way to a figure.
fn conditions() -> Conditions {
	let pace = Pace { block_ms: 1_000, inclusion_ms: 0, finality_ms: 0, evidence_ms: 0 };
	let gossip = Gossip { rate: Perquintill::from_parts(1), connected: u32::MAX };
	let hidden = Perquintill::from_parts(Perquintill::ACCURACY - 40_000_000_000);
	Conditions { own: pace, peer: pace, gossip, round_ms: 0, hidden }
}

/// Root has said long ago how a contract with the peer is to end, which has died.
fn doom<T: Config>(id: ContractId, resolution: Resolution) -> DispatchResult {
	systems::pause::<T>(PEER)?;
	Pallet::<T>::do_force_resolve(PEER, id, resolution)?;
	let Own(now) = Pallet::<T>::now();
	begin::<T>(now + T::PolicyDelay::get());
	Ok(())
}

/// The last kind of value.
///
/// What moves items of each kind is measured apart, by `scripts/weights.sh --kinds`, to be compared
/// with [`crate::Kind::work`]: of weights it is no part.
fn kinds<T: Config>() -> u32 {
	T::BenchmarkHelper::KINDS - 1
}

fn is_believed<T: Config>(number: Height) -> bool {
	Systems::<T>::get(PEER).is_some_and(|system| system.known() == number)
}

/// How many marks and past sets are remembered.
fn remembered<T: Config>() -> (usize, usize) {
	(Marks::<T>::iter_prefix(PEER).count(), PastSets::<T>::iter_prefix(PEER).count())
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benchmarks {
	use super::*;

	/// `a`: authorities in the anchor.
	#[benchmark]
	fn register_system(a: Linear<1, MAX_AUTHORITIES>) -> Result<(), BenchmarkError> {
		begin::<T>(NOW);
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, anchor::<T>(a, KNOWN));

		assert!(is_believed::<T>(KNOWN));
		Ok(())
	}

	/// `a`: authorities in the anchor; `p`: past sets that are forgotten. So are open branches, refused
	/// ones and marks, as many as there may be.
	#[benchmark]
	fn renew_system(
		a: Linear<1, MAX_AUTHORITIES>,
		p: Linear<0, { T::MaxChanges::get() }>,
	) -> Result<(), BenchmarkError> {
		begin::<T>(NOW);
		Recipe { past_sets: p, ..Recipe::default() }.prepare::<T>();
		fork::prepare_open::<T>();
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, anchor::<T>(a, KNOWN + 1));

		assert!(is_believed::<T>(KNOWN + 1));
		assert_eq!(remembered::<T>(), (1, 0));
		Ok(())
	}

	/// All that is remembered is forgotten.
	#[benchmark]
	fn remove_system() -> Result<(), BenchmarkError> {
		begin::<T>(NOW);
		Recipe { past_sets: T::MaxChanges::get(), ..Recipe::default() }.prepare::<T>();
		fork::prepare_open::<T>();
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER);

		assert!(!Systems::<T>::contains_key(PEER));
		assert_eq!(remembered::<T>(), (0, 0));
		Ok(())
	}

	/// Another branch than the one that was followed is chosen of as many as there may be, and it
	/// leaves that one as low as can be.
	#[benchmark]
	fn choose_branch() -> Result<(), BenchmarkError> {
		begin::<T>(NOW);
		Recipe { past_sets: T::MaxChanges::get() - 1, ..Recipe::default() }.prepare::<T>();
		let chosen = fork::prepare_open::<T>();
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, Some(chosen));

		assert!(Systems::<T>::get(PEER).is_some_and(|system| system.view.head() == chosen));
		assert!(!Forks::<T>::contains_key(PEER));
		Ok(())
	}

	/// `b`: branches besides the one that is followed and the one that is reported.
	#[benchmark]
	fn report_fork(b: Linear<0, MOST_OTHERS>) {
		begin::<T>(NOW);
		let recipe = Recipe { past_sets: T::MaxChanges::get(), announced: 0, ..Recipe::default() };
		recipe.prepare::<T>();
		fork::prepare::<T>(b);
		let report = fork::full::<T>(recipe);
		let tip = report.header.hash();

		#[extrinsic_call]
		_(RawOrigin::Authorized, PEER, report);

		assert!(BranchEnds::<T>::contains_key(PEER, tip));
	}

	/// A witness's tally: its evidence costs as any does, what comes on top is measured here.
	#[benchmark]
	fn report_tally() {
		begin::<T>(NOW);
		let recipe = deep::<T>();
		recipe.prepare::<T>();
		witness::fork::<T>();
		witness::trust::<T>();
		witness::hear::<T>(witness::FORKED, MAX_WITNESSES - 1, None);
		let (evidence, path) = (witness::evidence::<T>(recipe), witness::path());
		let said = witness::said(&path);

		#[block]
		{
			witnesses::report_tally::<T>(witness::RULE, PEER, &evidence, said, Asker::Account)
				.expect("nothing is wrong with it; qed");
		}

		assert!(Testimonies::<T>::contains_key(witness::FORKED, PEER));
	}

	#[benchmark]
	fn refute_tally() {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		witness::fork::<T>();
		witness::testify::<T>();

		#[extrinsic_call]
		_(RawOrigin::Authorized, PEER, witness::FORKED, Some(witness::TIP), witness::path());

		let testimony = Testimonies::<T>::get(witness::FORKED, PEER);
		assert!(testimony.is_some_and(|testimony| !testimony.counts));
	}

	/// `c`: legs that rely on the branch that is followed.
	#[benchmark]
	fn count_reliance(c: Linear<0, { T::MaxContracts::get() }>) {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		witness::fork::<T>();
		witness::rely::<T>(c);

		#[block]
		{
			witnesses::tend::<T>(witness::RULE, witness::FORKED);
		}

		let is_complete = c < T::MaxContracts::get();
		assert_eq!(Tallies::<T>::contains_key(witness::FORKED), is_complete);
	}

	/// A fork is decided, for another branch than the followed one: as many witnesses as are heard
	/// stand for it.
	#[benchmark]
	fn decide_fork() {
		begin::<T>(NOW);
		Recipe { past_sets: T::MaxChanges::get() - 1, ..Recipe::default() }.prepare::<T>();
		let chosen = fork::prepare_open::<T>();
		witness::count::<T>(PEER);
		witness::hear::<T>(PEER, MAX_WITNESSES, Some(chosen));
		witness::trust::<T>();
		witness::know_all::<T>();

		#[block]
		{
			witnesses::tend::<T>(witness::RULE, PEER);
		}

		assert!(Systems::<T>::get(PEER).is_some_and(|system| system.view.head() == chosen));
		assert!(!Forks::<T>::contains_key(PEER));
	}

	#[benchmark]
	fn pause() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER);

		assert!(Systems::<T>::get(PEER).is_some_and(|system| system.status == Status::Paused));
		Ok(())
	}

	#[benchmark]
	fn set_conditions() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, Some(conditions()));

		assert!(SafetyOf::<T>::contains_key(PEER));
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		systems::pause::<T>(PEER)?;
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER);

		assert!(Systems::<T>::get(PEER).is_some_and(|system| system.status == Status::Active));
		Ok(())
	}

	/// One contract, which is firm, with a chain about which something is said.
	#[benchmark]
	fn register() {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		fill_lane::<T>(PAST);
		let least = LeastExpiry { own: 0, peer: 0, notice: 0, firm: 0 };
		SafetyOf::<T>::insert(PEER, Safety { conditions: conditions(), least });
		let (who, contract, log) = agreed::<T>(0, ONE, KNOWN + T::MaxExpiry::get());
		let id = contract.id();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), contract, log, Commit::Now);

		assert!(has_become::<T>(Due::Committed, &[id]));
	}

	/// One contract, which has expired: it ends at once, and its value goes back.
	#[benchmark]
	fn cancel() {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(1, ONE, Due::Expired);
		let payer = account("payer", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(payer), PEER, ids[0]);

		assert!(has_become::<T>(Due::Expired, &ids));
	}

	/// One contract, whose value goes back: what ends a contract otherwise costs no more.
	#[benchmark]
	fn force_reverse() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(1, ONE, Due::Reversed);
		doom::<T>(ids[0], Resolution::Reverse)?;
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		force_resolve(origin as T::RuntimeOrigin, PEER, ids[0], Resolution::Reverse);

		assert!(has_become::<T>(Due::Reversed, &ids));
		Ok(())
	}

	/// One contract.
	#[benchmark]
	fn force_forget() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(1, ONE, Due::Removed);
		doom::<T>(ids[0], Resolution::Forget)?;
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		force_resolve(origin as T::RuntimeOrigin, PEER, ids[0], Resolution::Forget);

		assert!(has_become::<T>(Due::Removed, &ids));
		Ok(())
	}

	/// `c`: contracts whose verdicts fall, and whose value goes back.
	#[benchmark]
	fn conclude(c: Linear<1, { T::MaxContracts::get() }>) {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(c, ONE, Due::Verdict);

		#[extrinsic_call]
		_(RawOrigin::Authorized, PEER, ids.clone(), c);

		assert!(has_become::<T>(Due::Verdict, &ids));
	}

	/// `v`: votes.
	#[benchmark]
	fn evidence_votes(v: Linear<1, { fitting_votes::<T>(MAX_AUTHORITIES, 132) }>) {
		let recipe = Recipe { votes: v, ancestries: 1, ..Recipe::default() };
		let (evidence, ids) = bare::<T>(recipe);
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `a`: headers that link a vote to the block it finalizes.
	#[benchmark]
	fn evidence_ancestries(a: Linear<0, { fitting_votes::<T>(MAX_ANCESTRIES, 100) }>) {
		let (evidence, ids) = bare::<T>(Recipe { ancestries: a, ..Recipe::default() });
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `h`: hashes that lead from what is known to the header. A report of a fork has more, in paths,
	/// each of which takes less than one of these.
	#[benchmark]
	fn evidence_hashes(h: Linear<0, MOST_HASHES>) {
		let (evidence, ids) = bare::<T>(Recipe { known: 0, hashes: h, ..Recipe::default() });
		assert_eq!(evidence.link.hashes() as u32, h);
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `m`: remembered blocks, marks first. The header is below the one that is found last.
	#[benchmark]
	fn evidence_remembered(m: Linear<1, { MAX_MARKS + T::MaxChanges::get() }>) {
		let marks = m.min(MAX_MARKS);
		let recipe = Recipe { past_sets: m - marks, ..Recipe::default() };
		recipe.prepare::<T>();
		let (ids, shown) = due::<T>(1, ONE, Due::Settled);
		let (header, proof) = recipe.block(1, H256::zero(), shown);
		peer::remember::<T>(2..2 + marks, H256::zero());
		let ends = PastSets::<T>::iter_prefix_values(PEER).map(|past| past.end);
		let last = Marks::<T>::iter_prefix_values(PEER).chain(ends).last();
		let under = last.expect("there is one at least; qed").number;
		let tree = Tree::of(under, [hash_at(0), header.hash()]);
		peer::remember::<T>(2..2 + marks, tree.root);
		peer::remember_sets::<T>(m - marks, tree.root);
		let link = Link::Below { under, path: tree.path_of_second() };
		let evidence = Evidence { header, link, proof };

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), 1);

		assert!(has_become::<T>(Due::Settled, &ids));
	}

	/// `p`: past sets that have a say, when the authorities change.
	#[benchmark]
	fn evidence_past_sets(p: Linear<0, { T::MaxChanges::get() - 1 }>) {
		let (evidence, ids) = bare::<T>(Recipe { past_sets: p, ..Recipe::default() });
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `b`: bytes in the header, which announces authorities a second time.
	#[benchmark]
	fn evidence_digest(b: Linear<0, { fitting_votes::<T>(u32::MAX, 1) }>) {
		let size = AuthorityId::max_encoded_len() + u64::max_encoded_len();
		let recipe = Recipe { repeated: b / size as u32, ..Recipe::default() };
		let (evidence, ids) = bare::<T>(recipe);
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `b`: bytes in one proof node.
	#[benchmark]
	fn evidence_bytes(b: Linear<0, { fitting::<T>(u32::MAX, 1) }>) {
		let proof = Shape { full: 1, padding: b, ..Shape::default() };
		let recipe = Recipe { proof, ..Recipe::default() };
		recipe.prepare::<T>();
		let (ids, shown) = due::<T>(1, ONE, Due::Settled);
		let evidence = recipe.evidence::<T>(shown);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), 1);

		assert!(has_become::<T>(Due::Settled, &ids));
	}

	/// `n`: proof nodes.
	#[benchmark]
	fn evidence_nodes(n: Linear<{ least_nodes::<T>() }, { most_nodes::<T>() }>) {
		let mut recipe = Recipe::default();
		recipe.prepare::<T>();
		let (ids, shown) = due::<T>(T::MaxContracts::get(), ONE, Due::Reversed);
		let needed = recipe.evidence::<T>(shown.clone()).proof.len() as u32;
		recipe.proof.spare = n - needed;
		let evidence = recipe.evidence::<T>(shown);
		assert_eq!(evidence.proof.len() as u32, n);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(has_become::<T>(Due::Reversed, &ids));
	}

	/// `c`: contracts, which commit although they are being cancelled.
	#[benchmark]
	fn evidence_commit(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Due::Committed);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(has_become::<T>(Due::Committed, &ids));
	}

	/// `c`: contracts, which are committed, and settle. One that does both at once costs no more:
	/// its entry is shorter.
	#[benchmark]
	fn evidence_unlock(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Due::Settled);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(has_become::<T>(Due::Settled, &ids));
	}

	/// `c`: contracts.
	#[benchmark]
	fn evidence_reverse(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Due::Reversed);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(has_become::<T>(Due::Reversed, &ids));
	}

	/// `i`: items, each for somebody else: others could be moved at once.
	#[benchmark]
	fn evidence_items(i: Linear<1, { T::MaxItems::get() }>) {
		begin::<T>(NOW);
		let due = payable::<T>(i);
		let receivers: Vec<_> = due.iter().map(|due| due.receiver().clone()).collect();
		receivers.iter().for_each(bury::<T>);

		#[block]
		{
			Pallet::<T>::pay_all(due).expect("nobody hinders it; qed");
		}

		assert!(receivers.iter().all(|who| !T::Currency::total_balance(who).is_zero()));
		assert_eq!(Owed::<T>::iter().count(), 0);
	}

	/// An amount is owed to somebody who has no account any more, and names another one, which is
	/// new.
	#[benchmark]
	fn claim() {
		let action = goods::<T>(0);
		take_all::<T>(&action);
		let Action::Transfer { from, to, items } = action;
		let item = items.into_iter().next().expect("there is room for one; qed");
		Owed::<T>::insert(ONE_ID, 0, Debt { item, to: from.clone(), is_payer: true });
		bury::<T>(&from);
		bury::<T>(&to);

		#[extrinsic_call]
		_(RawOrigin::Signed(from), ONE_ID, 0, Some(to));

		assert!(!Owed::<T>::contains_key(ONE_ID, 0));
	}

	/// `e`: legs that are swept. It is the turn of the first system after the last one. Many of its
	/// epochs have passed since this chain last said what has ended, and the own history has a
	/// subtree of nearly every size.
	#[benchmark]
	fn on_initialize(e: Linear<0, { T::MaxSweptPerBlock::get() }>) {
		let size = (1 << 31) - 2;
		let now = size + 1;
		Recipe::default().prepare::<T>();
		due::<T>(e, Goods::amounts(T::MaxItems::get()), Due::Removed);
		// Where one is open, each is read.
		OpenHere::<T>::insert(PEER, epoch::<T>(), 1);
		LastSwept::<T>::put(NEIGHBOUR);
		let frontier = Frontier::new(size, roots(size.count_ones()).collect());
		let frontier = frontier.expect("one subtree a bit; qed");
		OwnHistory::<T>::put(History { first: 0, frontier });
		begin::<T>(now);
		let before = Corridors::<T>::get(PEER);

		#[block]
		{
			Pallet::<T>::on_initialize(now.into());
		}

		let after = Corridors::<T>::get(PEER);
		assert_eq!(after.entries, before.entries - e);
		let [before, after] = [before, after].map(|lane| lane.said.through.below().0);
		assert_eq!(after, before + MAX_EPOCHS);
		assert_eq!(Legs::<T>::iter().count(), 0);
		assert!(OwnHistory::<T>::get().is_some_and(|history| history.next() == now));
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_take(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k);

		#[block]
		{
			take_all::<T>(&action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_give(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k);
		take_all::<T>(&action);

		#[block]
		{
			move_all::<T>(&action, |item, _, at, to| {
				T::Value::is_gone(item);
				T::Value::give(item, at, to)
			});
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_give_back(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k);
		take_all::<T>(&action);

		#[block]
		{
			move_all::<T>(&action, |item, from, at, _| {
				T::Value::is_gone(item);
				T::Value::give_back(item, at, from)
			});
		}
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::benchmarks::with_keystore(), crate::mock::Test);
}
