//! What the calls cost, at the worst: measured by `scripts/weights.sh`, which writes `weights.rs`.
//!
//! Evidence is real. A benchmark varies one of its parts, in the world that is worst for all of
//! them: see [`peer`]. What the parts come to together is in [`crate::cost`].

mod contract;
mod peer;
mod proof;

use crate::{
	ActionOf, BenchmarkHelper, Call, CatchUps, Config, ContractId, Expiries, ExpiryCursor, Height,
	OwnView, Pallet, Resolution, SafetyOf, Settlement, Status, Systems, View,
};
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use contract::{agreed, begin, due, have_taken, register, Goods, PeerLogs, Shown, NOW, ONE};
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Mutate, EnsureOrigin, Get, Hooks};
use frame_system::RawOrigin;
use peer::{anchor, Recipe, KNOWN, PEER};
use proof::Shape;
use ribp_light_client::{
	AuthorityId, Evidence, MAX_ANCESTRIES, MAX_AUTHORITIES, MAX_PROOF_DEPTH, MAX_PROOF_NODES,
};
use ribp_protocol::{Conditions, Flow, Gossip, Pace, Step};
use sp_core::H256;
use sp_runtime::{PerThing, Perquintill};

/// What evidence takes at least in these benchmarks, in bytes: a view and a change of authorities.
const LEAST_SIZE: u32 = 20 * 1024;

/// How many pieces of this size fit into evidence, `most` at most.
fn fitting<T: Config>(most: u32, size: u32) -> u32 {
	most.min((T::MaxEvidenceSize::get() - LEAST_SIZE) / size)
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
	Pallet::<T>::flow(flow, action).expect("nothing holds them up; qed");
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
		_(origin as T::RuntimeOrigin, PEER, anchor(a, KNOWN));

		assert!(is_believed::<T>(KNOWN));
		Ok(())
	}

	/// `a`: authorities in the anchor; `p`: past sets that are forgotten.
	#[benchmark]
	fn renew_system(
		a: Linear<1, MAX_AUTHORITIES>,
		p: Linear<0, { T::MaxPastSets::get() }>,
	) -> Result<(), BenchmarkError> {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		Systems::<T>::mutate(PEER, |system| {
			system.as_mut().expect("it was just made known; qed").set.set_id = p.into();
		});
		let origin =
			T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, PEER, anchor(a, KNOWN + 1));

		assert!(is_believed::<T>(KNOWN + 1));
		Ok(())
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
		Pallet::<T>::do_pause(PEER)?;
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
	fn evidence_votes(v: Linear<1, { fitting::<T>(MAX_AUTHORITIES, 132) }>) {
		let recipe = Recipe { votes: v, ancestries: 1, ..Recipe::default() };
		let (evidence, ids) = bare::<T>(recipe);
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `a`: headers that link a vote to the block it finalizes.
	#[benchmark]
	fn evidence_ancestries(a: Linear<0, { fitting::<T>(MAX_ANCESTRIES, 100) }>) {
		let (evidence, ids) = bare::<T>(Recipe { ancestries: a, ..Recipe::default() });
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `m`: missed hashes.
	#[benchmark]
	fn evidence_missed(m: Linear<0, { fitting::<T>(T::MaxMissed::get(), 32) }>) {
		let (evidence, ids) = bare::<T>(Recipe { missed: m, ..Recipe::default() });
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `p`: authority sets between the header's and the present one.
	#[benchmark]
	fn evidence_past_sets(p: Linear<0, { T::MaxPastSets::get() }>) {
		let recipe = Recipe { past_sets: p, announced: 0, ..Recipe::default() };
		let (evidence, ids) = bare::<T>(recipe);
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
	}

	/// `b`: bytes in the header, which announces authorities a second time.
	#[benchmark]
	fn evidence_digest(b: Linear<0, { fitting::<T>(u32::MAX, 1) }>) {
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
		let (evidence, ids) = bare::<T>(Recipe { proof, ..Recipe::default() });
		let number = evidence.header.number;

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids, 0);

		assert!(is_believed::<T>(number));
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
		let (evidence, ids) = movable::<T>(1, Goods::amounts(i), Step::Commit);

		#[extrinsic_call]
		submit_evidence(RawOrigin::Authorized, PEER, evidence, ids.clone(), i);

		assert!(have_taken::<T>(&ids, Step::Commit));
	}

	/// `m`: missed hashes, the last ones.
	#[benchmark]
	fn submit_missed(m: Linear<1, { T::MaxMissed::get() }>) {
		begin::<T>(NOW);
		let recipe = Recipe { missed: m, ..Recipe::default() };
		recipe.prepare::<T>();
		let number = recipe.catch_up().target.number;
		let known = Systems::<T>::get(PEER).and_then(|system| system.view);
		let below = known.and_then(|view| view.folded()).expect("a view is known; qed");

		#[extrinsic_call]
		_(RawOrigin::Authorized, PEER, below, recipe.missed());

		assert!(is_believed::<T>(number));
		assert!(!CatchUps::<T>::contains_key(PEER));
	}

	/// `e`: contracts that expire, each at a height of its own.
	#[benchmark]
	fn on_initialize(e: Linear<0, { T::MaxExpiriesPerBlock::get() }>) {
		begin::<T>(NOW);
		Recipe::default().prepare::<T>();
		let first = NOW + T::MinExpiry::get();
		let h1 = |number: u32| (first + number).min(NOW + T::MaxExpiry::get());
		let ids: Vec<_> = (0..e)
			.map(|number| super::register::<T>(number, ONE, h1(number), PeerLogs::Apart).0)
			.collect();
		let mut view = View::starting_at(Pallet::<T>::own_system(), 0, H256::zero());
		(0..2 * T::Window::get()).for_each(|_| view.extend(H256::zero(), T::Window::get()));
		OwnView::<T>::put(view);
		ExpiryCursor::<T>::put(first);
		let now = first + e;
		begin::<T>(now);

		#[block]
		{
			Pallet::<T>::on_initialize(now.into());
		}

		assert!(have_taken::<T>(&ids, Step::Expire));
		assert_eq!(Expiries::<T>::iter().count(), 0);
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_reserve(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[]);

		#[block]
		{
			move_on::<T>(Flow::Reserve, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_release(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Reserve]);

		#[block]
		{
			move_on::<T>(Flow::Release, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_commit(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Reserve]);

		#[block]
		{
			move_on::<T>(Flow::Commit, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_unlock(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Reserve, Flow::Commit]);

		#[block]
		{
			move_on::<T>(Flow::Unlock, &action);
		}
	}

	/// `k`: the kind of the items, see [`kinds`].
	#[benchmark(extra)]
	fn kind_reverse(k: Linear<0, { kinds::<T>() }>) {
		let action = goods::<T>(k, &[Flow::Reserve, Flow::Commit]);

		#[block]
		{
			move_on::<T>(Flow::Reverse, &action);
		}
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::benchmarks::with_keystore(), crate::mock::Test);
}
