//! What an open fork stops, which branch remains, and what that means for contracts.

use super::*;
use crate::{
	mock::{Ribp, FORK_GRACE, MAX_CONTRACTS, MAX_MISSED, VIEW_STEP, WINDOW},
	CatchUps, Event, Evidence, Outcome, Phase, TrustAnchor,
};
use frame_support::assert_ok;
use ribp_protocol::Branch;

/// Exchanges between a chain and beta, none of which ends before block 60.
fn exchanges(chain: SystemId, count: u8) -> Vec<Exchange> {
	(0..count).map(|number| Exchange::between(chain, number, 60, 60)).collect()
}

/// Registers exchanges on both sides, in blocks above the fork, and commits those of `chain`.
pub(super) fn rely(chain: &mut Chain, beta: &mut Chain, count: u8) -> Vec<Exchange> {
	let exchanges = exchanges(chain.system, count);
	for exchange in &exchanges {
		chain.register(&exchange.delivery).expect("the delivery can be registered");
		beta.register(&exchange.payment).expect("the payment can be registered");
	}
	chain.seal();
	beta.seal();
	let mut ids: Vec<_> = exchanges.iter().map(|exchange| exchange.delivery.id()).collect();
	ids.sort();
	for some in ids.chunks(MAX_CONTRACTS as usize) {
		let evidence = beta.evidence(beta.sealed(), chain, some);
		chain.submit(BETA, evidence, some).expect("all of them can be committed");
	}
	exchanges
}

fn pass_grace(chain: &mut Chain) {
	let end = chain.now() + FORK_GRACE + 3;
	chain.advance_to(end);
}

/// The history that a chain follows.
fn followed(chain: &mut Chain, world: [&Chain; 2]) -> usize {
	let view = chain.view_of(BETA).expect("beta is known");
	let known = |history: &&Chain| Some(history.hash_at(view.number)) == view.head();
	world.iter().position(known).expect("one of them is followed")
}

#[test]
fn nothing_moves_while_a_fork_is_open_and_all_of_it_moves_on_afterwards() {
	let mut world = Forked::new(9).advance_to(10).seen();
	let exchanges = rely(&mut world.alpha, &mut world.one, 1);
	let swap = &exchanges[0];
	let ids = [swap.delivery.id()];
	let mut world = world.advance_to(13).exposed(9);
	assert_eq!(status(&mut world.alpha), Status::Forked);

	let other = Exchange::between(ALPHA, 9, 60, 60);
	let origin = RuntimeOrigin::signed(other.delivery.payer());
	let call = other.delivery.call();
	world.alpha.run(|| {
		assert_noop!(RuntimeCall::from(call).dispatch(origin), Error::<Test>::SystemForked);
	});
	world.one.advance_to(13 + VIEW_STEP);
	let evidence = world.one.evidence(12, &mut world.alpha, &ids);
	let call = submission(BETA, evidence, &ids);
	refuse(&mut world.alpha, call, Error::SystemForked);
	show(&mut world.alpha, &world.one);

	pass_grace(&mut world.alpha);
	assert_eq!(status(&mut world.alpha), Status::Active);
	assert_eq!(fork_height(&mut world.alpha), None);
	world.alpha.register(&other.delivery).expect("there is business again");
}

#[test]
fn a_log_that_is_not_committed_is_free_again_while_a_fork_is_open() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let [early, late] = [(1, 15), (2, 60)].map(|(number, h1)| {
		let swap = Exchange::between(ALPHA, number, h1, 60);
		world.alpha.register(&swap.delivery).expect("it can be registered");
		swap
	});
	let mut world = world.exposed(9);
	let call = Call::cancel { peer: BETA, id: late.delivery.id() };
	let payer = RuntimeOrigin::signed(late.delivery.payer());
	world.alpha.dispatch(payer, call).expect("it takes no evidence");
	world.alpha.advance_to(18);
	assert_eq!(world.alpha.outcome(&late.delivery), Some(Outcome::Cancelled));
	assert_eq!(world.alpha.outcome(&early.delivery), Some(Outcome::Expired));
	assert_eq!(status(&mut world.alpha), Status::Forked);
}

#[test]
fn the_branch_that_contracts_rely_on_survives_and_the_other_is_refused_for_good() {
	let mut world = Forked::new(9).advance_to(10).by_hash().seen();
	// The higher hash, which loses a tie.
	core::mem::swap(&mut world.one, &mut world.other);
	let mut world = Forked { alpha: alpha_with(&world.one), ..world };
	rely(&mut world.alpha, &mut world.one, 1);
	let mut world = world.advance_to(13);
	let proof = header_proof(&world.other, 12, 9);
	report(&mut world.alpha, proof.clone(), Older::default()).expect("it is a fork");
	pass_grace(&mut world.alpha);
	assert_eq!(followed(&mut world.alpha, [&world.one, &world.other]), 0);
	refuse(&mut world.alpha, fork_call(proof, Older::default()), Error::BranchRefused);
	world.other.advance_to(30);
	let evidence = world.other.evidence(15, &mut world.alpha, &[]);
	refuse(&mut world.alpha, submission(BETA, evidence, &[]), Error::ForkedHistory);
}

/// A change of authorities needs no state: nothing shows of which history it is.
#[test]
fn authorities_of_the_branch_that_lost_are_forgotten() {
	let mut world = Forked::new(9).advance_to(13).by_hash().seen();
	// A tie, and the lower hash is the other's.
	core::mem::swap(&mut world.one, &mut world.other);
	let mut world = Forked { alpha: alpha_with(&world.one), ..world };
	world.other.advance_to(17);
	rely(&mut world.alpha, &mut world.one, 1);
	world.other.hand_over(&[Ed25519Keyring::One]);
	let bare = world.other.evidence(world.other.sealed(), &mut world.alpha, &[]);
	let bare = Evidence { proof: vec![], missed: vec![], ..bare };
	world.alpha.submit(BETA, bare, &[]).expect("it is final");
	let proof = header_proof(&world.other, 12, 9);
	report(&mut world.alpha, proof, Older::default()).expect("it is a fork");
	pass_grace(&mut world.alpha);
	assert_eq!(followed(&mut world.alpha, [&world.one, &world.other]), 0);
	world.one.advance_to(40);
	let evidence = world.one.evidence(30, &mut world.alpha, &[]);
	world.alpha.submit(BETA, evidence, &[]).expect("its authorities are the old ones");
}

/// Its hashes would lead to a view that nobody whom this chain knows has finalized.
#[test]
fn what_is_to_be_caught_up_with_is_forgotten_with_the_authorities_in_between() {
	let mut world = Forked::new(9).advance_to(13).by_hash().seen();
	world.one.hand_over(&[Ed25519Keyring::One]);
	let bare = world.one.evidence(world.one.sealed(), &mut world.alpha, &[]);
	world.alpha.submit(BETA, Evidence { proof: vec![], ..bare }, &[]).expect("it is final");
	let far = world.one.now() + MAX_MISSED + WINDOW + 5;
	world.one.advance_to(far);
	let opening = world.one.evidence(far - 1, &mut world.alpha, &[]);
	world.alpha.submit(BETA, Evidence { missed: vec![], ..opening }, &[]).expect("it is proven");
	assert!(world.alpha.run(|| CatchUps::<Test>::contains_key(BETA)));
	let proof = header_proof(&world.other, 12, 9);
	report(&mut world.alpha, proof, Older::default()).expect("it is a fork");
	pass_grace(&mut world.alpha);
	assert_eq!(followed(&mut world.alpha, [&world.one, &world.other]), 0);
	assert!(!world.alpha.run(|| CatchUps::<Test>::contains_key(BETA)));
	let again = world.one.evidence(13, &mut world.alpha, &[]);
	world.alpha.submit(BETA, again, &[]).expect("the change is followed once more");
	let set = world.alpha.run(|| Systems::<Test>::get(BETA)).expect("it is known").set;
	assert_eq!(set.set_id, 6);
}

/// Alpha, which has seen this history of beta, in its block 10.
fn alpha_with(beta: &Chain) -> Chain {
	let mut alpha = Forked::new(9).advance_to(10).alpha;
	show(&mut alpha, beta);
	alpha
}

#[test]
fn of_two_branches_on_which_nobody_relies_the_lower_hash_survives_everywhere() {
	for follows_lower in [true, false] {
		let mut world = Forked::new(9).advance_to(13).by_hash();
		if !follows_lower {
			core::mem::swap(&mut world.one, &mut world.other);
		}
		let mut world = world.seen().exposed(9);
		let chosen = [&mut world.alpha, &mut world.gamma].map(|chain| {
			pass_grace(chain);
			followed(chain, [&world.one, &world.other])
		});
		assert_eq!(chosen, [usize::from(!follows_lower); 2]);
	}
}

#[test]
fn a_chain_whose_branch_has_lost_follows_the_other_and_judges_its_contracts_there() {
	let mut world = Forked::new(9).advance_to(10).by_hash();
	core::mem::swap(&mut world.one, &mut world.other);
	let mut world = world.seen();
	let exchanges = rely(&mut world.alpha, &mut world.one, 1);
	let swap = &exchanges[0];
	assert!(matches!(world.alpha.phase(&swap.delivery), Some(Phase::Committed { .. })));
	rely(&mut world.gamma, &mut world.other, 2);
	let mut world = world.advance_to(14).exposed(9);
	world.alpha.seal();
	world.gamma.seal();
	world.alpha.seal();
	world.gamma.seal();
	super::tallies::tell(&mut world.alpha, &world.gamma).expect("gamma has counted");
	pass_grace(&mut world.alpha);
	assert_eq!(followed(&mut world.alpha, [&world.one, &world.other]), 1);

	for height in [25, 40, 55, 62] {
		world = world.advance_to(height);
		show(&mut world.alpha, &world.other);
	}
	world.other.seal();
	let ids = [swap.delivery.id()];
	let evidence = world.other.evidence(world.other.sealed(), &mut world.alpha, &ids);
	world.alpha.submit(BETA, evidence, &ids).expect("the payment is not on this branch");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Reversed));
	assert_eq!(world.alpha.free(ALICE), ENDOWMENT);
}

#[test]
fn a_branch_that_was_adopted_has_the_authorities_that_it_announced() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let keys = [Ed25519Keyring::One];
	world.other.hand_over(&keys);
	show(&mut world.gamma, &world.other);
	let proof = header_proof(&world.other, 13, 9);
	report(&mut world.alpha, proof, Older::default()).expect("it is a fork");
	rely(&mut world.gamma, &mut world.other, 1);
	let proof = header_proof(&world.one, 12, 9);
	report(&mut world.gamma, proof, Older::default()).expect("it is a fork");
	world.alpha.seal();
	for _ in 0..3 {
		world.gamma.seal();
	}
	super::tallies::tell(&mut world.alpha, &world.gamma).expect("gamma has counted");
	pass_grace(&mut world.alpha);
	let mut world = world.advance_to(20);
	show(&mut world.alpha, &world.other);
	let record = world.alpha.run(|| Systems::<Test>::get(BETA)).unwrap();
	assert_eq!((record.set.set_id, record.set_since), (6, 13));
}

#[test]
fn a_settled_contract_counts_until_it_is_forgotten() {
	let mut world = Forked::new(9).advance_to(10).seen();
	let swap = rely(&mut world.alpha, &mut world.one, 1).remove(0);
	let id = swap.delivery.id();
	world.alpha.seal();
	let told = world.alpha.evidence(world.alpha.sealed(), &mut world.one, &[swap.payment.id()]);
	world.one.submit(ALPHA, told, &[swap.payment.id()]).expect("the payment can be committed");
	world.one.seal();
	let evidence = world.one.evidence(world.one.sealed(), &mut world.alpha, &[id]);
	world.alpha.submit(BETA, evidence, &[id]).expect("both legs stand");
	assert_eq!(world.alpha.outcome(&swap.delivery), Some(Outcome::Settled));
	let mut world = world.advance_to(16).exposed(9);
	world.alpha.seal();
	world.alpha.seal();
	let tally = world.alpha.run(|| crate::Tallies::<Test>::get(BETA)).expect("it was counted");
	assert_eq!(tally.claim.contracts, 1);
	assert_eq!(tally.claim.branch, Branch { hash: world.one.hash_at(9) });
}

#[test]
fn more_contracts_than_one_block_takes_are_counted_in_several() {
	let mut world = Forked::new(9).advance_to(10).seen();
	let count = MAX_CONTRACTS as u8 + 1;
	rely(&mut world.alpha, &mut world.one, count);
	let mut world = world.advance_to(13).exposed(9);
	let tally = |alpha: &mut Chain| alpha.run(|| crate::Tallies::<Test>::get(BETA));
	world.alpha.seal();
	assert_eq!(tally(&mut world.alpha), None);
	world.alpha.seal();
	let tally = tally(&mut world.alpha).expect("all are counted");
	assert_eq!(tally.claim.contracts, u64::from(count));
}

#[test]
fn contracts_below_the_fork_count_for_neither_branch() {
	let mut world = Forked::new(20);
	let swap = Exchange::between(ALPHA, 0, 60, 60);
	world.alpha.register(&swap.delivery).expect("it can be registered");
	let [mut one, mut other] = [(); 2].map(|()| {
		let mut beta = Forked::new(9).one;
		beta.register(&swap.payment).expect("it can be registered");
		beta.advance_to(20);
		beta
	});
	other.announce(DigestItem::Other(b"another history".to_vec()));
	let ids = [swap.delivery.id()];
	let evidence = one.evidence(15, &mut world.alpha, &ids);
	world.alpha.submit(BETA, evidence, &ids).expect("it can be committed");
	one.advance_to(24);
	other.advance_to(24);
	show(&mut world.alpha, &one);
	report(&mut world.alpha, header_proof(&other, 23, 20), Older::default()).expect("a fork");
	world.alpha.seal();
	world.alpha.seal();
	let tally = world.alpha.run(|| crate::Tallies::<Test>::get(BETA)).expect("it was counted");
	assert_eq!(tally.claim.contracts, 0);
}

#[test]
fn a_paused_system_is_paused_again_when_its_fork_is_decided() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let pause = || Call::pause { system: BETA };
	world.alpha.dispatch(RuntimeOrigin::root(), pause()).expect("it is active");
	let mut world = world.exposed(9);
	pass_grace(&mut world.alpha);
	assert_eq!(status(&mut world.alpha), Status::Paused);
}

/// A fork that is opened to have business resume by itself, with a contract that settles in the
/// deciding block: root stops that, whenever it likes.
#[test]
fn root_stops_a_forked_system_and_no_verdict_starts_it_again() {
	let mut world = Forked::new(9).advance_to(13).seen().exposed(9);
	let root = RuntimeOrigin::root;
	world.alpha.run(|| {
		assert_noop!(Ribp::resume(root(), BETA), Error::<Test>::SystemNotPaused);
		assert_ok!(Ribp::pause(root(), BETA));
		assert_noop!(Ribp::pause(root(), BETA), Error::<Test>::SystemPaused);
	});
	assert_eq!(status(&mut world.alpha), Status::Forked);
	pass_grace(&mut world.alpha);
	assert_eq!(status(&mut world.alpha), Status::Paused);
	assert_ok!(world.alpha.run(|| Ribp::resume(root(), BETA)));
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn root_lets_business_begin_again_after_the_verdict() {
	let mut world = Forked::new(9).advance_to(13).seen().exposed(9);
	let root = RuntimeOrigin::root;
	world.alpha.run(|| {
		assert_ok!(Ribp::pause(root(), BETA));
		assert_ok!(Ribp::resume(root(), BETA));
	});
	assert_eq!(status(&mut world.alpha), Status::Forked);
	pass_grace(&mut world.alpha);
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn a_new_trust_anchor_ends_a_fork() {
	let mut world = Forked::new(9).advance_to(13).seen().exposed(9);
	world.alpha.seal();
	let anchor = TrustAnchor { number: 30, ..world.other.anchor() };
	let call = Call::renew_system { system: BETA, anchor };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is newer");
	assert_eq!(status(&mut world.alpha), Status::Active);
	assert_eq!(fork_height(&mut world.alpha), None);
	assert_eq!(world.alpha.run(|| crate::Tallies::<Test>::get(BETA)), None);
}

#[test]
fn a_verdict_names_both_branches() {
	let mut world = Forked::new(9).advance_to(13).by_hash().seen().exposed(9);
	let [one, other] = [&world.one, &world.other].map(|chain| Branch { hash: chain.hash_at(9) });
	let opened = world.alpha.now();
	world.alpha.advance_to(opened + FORK_GRACE);
	let chosen = Event::BranchChosen { system: BETA, at: 9, surviving: one, refused: other };
	assert!(world.alpha.events().contains(&chosen));
}
