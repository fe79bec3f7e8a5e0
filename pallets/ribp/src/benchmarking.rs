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
	evidence::Asker,
	Action, ActionOf, BenchmarkHelper, BranchEnds, Call, Config, ContractId, Debt, Expiries,
	ExpiryCursor, Forks, Height, History, Link, Marks, Owed, OwnHistory, Pallet, PastSets,
	Resolution, SafetyOf, Settlement, Status, Systems, Tallies, Testimonies,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use contract::{agreed, begin, due, have_taken, register, Goods, PeerLogs, Shown, NOW, ONE};
use fork::{Tree, MOST_OTHERS};
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Mutate, EnsureOrigin, Get, Hooks};
use frame_system::RawOrigin;
use peer::{anchor, hash_at, roots, Recipe, KNOWN, MOST_HASHES, PEER};
use proof::Shape;
use ribp_light_client::{
	AuthorityId, Evidence, MAX_ANCESTRIES, MAX_AUTHORITIES, MAX_PROOF_DEPTH, MAX_PROOF_NODES,
};
use ribp_protocol::{Conditions, Flow, Frontier, Gossip, Pace, Step};
use sp_core::H256;
use sp_runtime::{PerThing, Perquintill};

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

/// As many contracts can be shown with so few proof nodes: a branch and a leaf for each key.
fn least_nodes<T: Config>() -> u32 {
	4 * T::MaxContracts::get() + 4
}

/// Each of a contract's two keys has twenty nodes for itself, at least.
fn most_nodes<T: Config>() -> u32 {
	fitting::<T>(MAX_PROOF_NODES.min(40 * T::MaxContracts::get()), 75)
}

/// As many nodes lead to the keys as may, if so many fit, and are full branches.
fn deep<T: Config>() -> Recipe {
	// The keys part in the others.
	let full = fitting::<T>(MAX_PROOF_DEPTH - 7, 560);
	Recipe { proof: Shape { full, ..Shape::default() }, ..Recipe::default() }
}

/// Contracts about these, each, that can take a step, and the largest evidence for that.
fn movable<T>(count: u32, goods: Goods, step: Step) -> (Evidence, Vec<ContractId>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let recipe = deep::<T>();
	recipe.prepare::<T>();
	let (ids, shown): (_, Vec<Shown>) = due::<T>(count, goods, step, PeerLogs::Together);
	(recipe.largest_evidence::<T>(shown), ids)
}

/// Some contract.
const ONE_ID: ContractId = ContractId(H256::repeat_byte(0xc1));

/// As many items of a kind as a log may have, and where these steps have taken them.
fn goods<T>(kind: u32, before: &[Flow]) -> ActionOf<T>
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	begin::<T>(NOW);
	let goods = Goods { kind, count: T::MaxItems::get() };
	let (_, _, log) = agreed::<T>(0, goods, NOW, PeerLogs::Apart);
	before.iter().for_each(|flow| move_on::<T>(*flow, &log.action));
	log.action
}

fn move_on<T: Config>(flow: Flow, action: &ActionOf<T>) {
	Pallet::<T>::flow(ONE_ID, flow, action).expect("the payer has them; qed");
	assert_eq!(Owed::<T>::iter().count(), 0);
}

/// Evidence that moves no contract.
fn bare<T: Config>(recipe: Recipe) -> (Evidence, Vec<ContractId>) {
	begin::<T>(NOW);
	recipe.prepare::<T>();
	(recipe.evidence::<T>(Vec::new()), Vec::new())
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

	/// `c`: own contracts that rely on the branch that is followed.
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

	/// Many connected systems, each of which hardly ever tells: the longest way to a figure.
	#[benchmark]
	fn set_conditions() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let pace = Pace { block_ms: 1_000, inclusion_ms: 0, finality_ms: 0, evidence_ms: 0 };
		let gossip = Gossip { rate: Perquintill::from_parts(1), connected: u32::MAX };
		let hidden = Perquintill::from_parts(Perquintill::ACCURACY - 200_000_000_000);
		let conditions = Conditions { own: pace, peer: pace, gossip, round_ms: 0, hidden };
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, Some(conditions));

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

	/// One contract.
	#[benchmark]
	fn register() {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		let h1 = NOW + T::MinExpiry::get();
		let (who, contract, log) = agreed::<T>(0, ONE, h1, PeerLogs::Apart);
		let id = contract.id(Pallet::<T>::own_system());

		#[extrinsic_call]
		_(RawOrigin::Signed(who), contract, log, Settlement::Early);

		assert!(have_taken::<T>(&[id], Step::Register));
	}

	/// One contract.
	#[benchmark]
	fn cancel() {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		let h1 = NOW + T::MinExpiry::get();
		let (id, _) = super::register::<T>(0, ONE, h1, PeerLogs::Apart);
		let payer = account("payer", 0, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(payer), PEER, id);

		assert!(have_taken::<T>(&[id], Step::Cancel));
	}

	/// One contract, whose value goes back: what ends a contract otherwise costs no more.
	#[benchmark]
	fn force_reverse() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(1, ONE, Step::Reverse, PeerLogs::Apart);
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		force_resolve(origin as T::RuntimeOrigin, PEER, ids[0], Resolution::Reverse);

		assert!(have_taken::<T>(&ids, Step::Reverse));
		Ok(())
	}

	/// One contract.
	#[benchmark]
	fn force_forget() -> Result<(), BenchmarkError> {
		Recipe::default().prepare::<T>();
		let (ids, _) = due::<T>(1, ONE, Step::Forget, PeerLogs::Apart);
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		force_resolve(origin as T::RuntimeOrigin, PEER, ids[0], Resolution::Forget);

		assert!(have_taken::<T>(&ids, Step::Forget));
		Ok(())
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
		let (ids, shown): (_, Vec<Shown>) = due::<T>(1, ONE, Step::Commit, PeerLogs::Together);
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

		assert!(have_taken::<T>(&ids, Step::Commit));
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
		let (ids, shown): (_, Vec<Shown>) = due::<T>(1, ONE, Step::Commit, PeerLogs::Together);
		let evidence = recipe.evidence::<T>(shown);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), 1);

		assert!(have_taken::<T>(&ids, Step::Commit));
	}

	/// `n`: proof nodes.
	#[benchmark]
	fn evidence_nodes(n: Linear<{ least_nodes::<T>() }, { most_nodes::<T>() }>) {
		let step = Step::Reverse;
		let mut recipe = Recipe::default();
		recipe.prepare::<T>();
		let (ids, shown): (_, Vec<Shown>) =
			due::<T>(T::MaxContracts::get(), ONE, step, PeerLogs::Apart);
		let needed = recipe.evidence::<T>(shown.clone()).proof.len() as u32;
		recipe.proof.spare = n - needed;
		let evidence = recipe.evidence::<T>(shown);
		assert_eq!(evidence.proof.len() as u32, n);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(have_taken::<T>(&ids, step));
	}

	/// `c`: contracts.
	#[benchmark]
	fn evidence_commit(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Step::Commit);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(have_taken::<T>(&ids, Step::Commit));
	}

	/// `c`: contracts.
	#[benchmark]
	fn evidence_unlock(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Step::Unlock);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(have_taken::<T>(&ids, Step::Unlock));
	}

	/// `c`: contracts.
	#[benchmark]
	fn evidence_reverse(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Step::Reverse);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(have_taken::<T>(&ids, Step::Reverse));
	}

	/// `c`: contracts.
	#[benchmark]
	fn evidence_forget(c: Linear<1, { T::MaxContracts::get() }>) {
		let (evidence, ids) = movable::<T>(c, ONE, Step::Forget);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), T::MaxContracts::get());

		assert!(have_taken::<T>(&ids, Step::Forget));
	}

	/// `i`: items of one contract.
	#[benchmark]
	fn evidence_items(i: Linear<1, { T::MaxItems::get() }>) {
		let (evidence, ids) = movable::<T>(1, Goods::amounts(i), Step::Unlock);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), i);

		assert!(have_taken::<T>(&ids, Step::Unlock));
	}

	/// An amount is owed to somebody who has no account any more, and names another one.
	#[benchmark]
	fn claim() {
		let Action::Transfer { from, to, items } = goods::<T>(0, &[Flow::Take]);
		let item = items.into_iter().next().expect("there is room for one; qed");
		Owed::<T>::insert(ONE_ID, 0, Debt { item, to: from.clone(), is_payer: true });

		#[extrinsic_call]
		_(RawOrigin::Signed(from), ONE_ID, 0, Some(to));

		assert!(!Owed::<T>::contains_key(ONE_ID, 0));
	}

	/// `e`: contracts that expire, each at a height of its own. The own history has a subtree of nearly
	/// every size.
	#[benchmark]
	fn on_initialize(e: Linear<0, { T::MaxExpiriesPerBlock::get() }>) {
		let size = (1 << 31) - 2;
		let now = size + 1;
		let first = now - e;
		begin::<T>(first - T::MinExpiry::get());
		Recipe::default().prepare::<T>();
		let latest = first - T::MinExpiry::get() + T::MaxExpiry::get();
		let h1 = |number: u32| (first + number).min(latest);
		let ids: Vec<_> = (0..e)
			.map(|number| super::register::<T>(number, ONE, h1(number), PeerLogs::Apart).0)
			.collect();
		let frontier = Frontier::new(size, roots(size.count_ones()).collect());
		let frontier = frontier.expect("one subtree a bit; qed");
		OwnHistory::<T>::put(History { first: 0, frontier });
		ExpiryCursor::<T>::put(first);
		begin::<T>(now);

		#[block]
		{
			Pallet::<T>::on_initialize(now.into());
		}

		assert!(have_taken::<T>(&ids, Step::Expire));
		assert_eq!(Expiries::<T>::iter().count(), 0);
		assert!(OwnHistory::<T>::get().is_some_and(|history| history.next() == now));
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_take(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[]);

		#[block]
		{
			move_on::<T>(Flow::Take, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_give(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Take]);

		#[block]
		{
			move_on::<T>(Flow::Give, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_give_back(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Take]);

		#[block]
		{
			move_on::<T>(Flow::GiveBack, &action);
		}
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::benchmarks::with_keystore(), crate::mock::Test);
}
