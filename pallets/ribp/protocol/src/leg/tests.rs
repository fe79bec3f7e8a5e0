use super::*;
use crate::{Leg, LogHash, SystemId};
use proptest::{prelude::*, sample::select};
use sp_core::H256;
use Settlement::{AtExpiry, Early};

const FACT: Standing = Standing { stage: Stage::Committed { at: 4 }, fact: Some(Fact::Committed) };
const COMMITTED: Stage = Stage::Committed { at: 4 };
const CANCELLING: Stage = Stage::Cancelling { since: 3 };
const SETTLED: Stage = Stage::Ended(Outcome::Settled);

/// Expiries 10 on this chain and 20 on the peer; notices of 2 here and 6 there.
fn terms(settlement: Settlement) -> Terms {
	let leg = |byte, expiry, notice| Leg {
		system: SystemId(H256::repeat_byte(byte)),
		log: LogHash(H256::repeat_byte(byte)),
		expiry,
		notice,
		settlement,
	};
	Terms { own: leg(1, 10, 2), peer: leg(2, 20, 6) }
}

fn shown(at: Height, leg: Seen) -> Shown {
	Shown { at: Peer(at), head: Peer(at), leg }
}

fn leg(at: Height, stage: Stage) -> Shown {
	shown(at, Seen::Leg(stage))
}

fn nothing(at: Height, is_complete: bool) -> Shown {
	shown(at, Seen::Nothing { is_complete })
}

/// What becomes of a leg in block `now`, when the clock of notices shows the same.
fn next(stage: impl Into<Standing>, now: Height, shown: Shown) -> Result<Standing, NotYet> {
	by_evidence(&terms(Early), stage.into(), Own(now), Notice(now), &shown)
}

fn ended(outcome: Outcome) -> Result<Standing, NotYet> {
	Ok(Stage::Ended(outcome).into())
}

fn commits(at: Height) -> Result<Standing, NotYet> {
	Ok(Stage::Committed { at }.into())
}

#[test]
fn a_leg_commits_on_the_peers_registration_up_to_and_including_its_expiry() {
	assert_eq!(next(Stage::Registered, 10, leg(5, Stage::Registered)), commits(10));
	assert_eq!(next(Stage::Registered, 11, leg(5, Stage::Registered)), Err(NotYet::Expired));
	for not in [nothing(5, true), nothing(5, false), leg(5, CANCELLING)] {
		assert_eq!(next(Stage::Registered, 5, not), Err(NotYet::PeerNotRegistered));
	}
}

#[test]
fn only_a_young_block_shows_that_the_peer_is_still_registered() {
	let seen = |at, head| {
		let shown = Shown { head: Peer(head), ..leg(at, Stage::Registered) };
		next(Stage::Registered, 5, shown)
	};
	assert_eq!(seen(5, 8), commits(5));
	assert_eq!(seen(5, 9), Err(NotYet::Stale), "half of the notice is over");
	assert_eq!(seen(18, 19), commits(5));
	assert_eq!(seen(18, 20), Err(NotYet::Stale), "it does not commit any more");
}

#[test]
fn a_leg_commits_and_settles_in_one_step() {
	for stage in [COMMITTED, SETTLED] {
		assert_eq!(next(Stage::Registered, 10, leg(5, stage)), ended(Outcome::Settled));
	}
	let at_expiry = by_evidence(
		&terms(AtExpiry),
		Stage::Registered.into(),
		Own(10),
		Notice(0),
		&leg(5, COMMITTED),
	);
	let expected = Standing { stage: Stage::Committed { at: 10 }, fact: Some(Fact::Committed) };
	assert_eq!(at_expiry, Ok(expected));
	assert_eq!(next(Stage::Registered, 11, leg(5, COMMITTED)), Err(NotYet::Expired));
}

#[test]
fn what_is_answered_within_the_notice_commits() {
	assert_eq!(next(CANCELLING, 5, leg(5, COMMITTED)), ended(Outcome::Settled));
	assert_eq!(next(CANCELLING, 5, leg(5, Stage::Registered)), commits(5));
	assert_eq!(next(CANCELLING, 6, leg(5, COMMITTED)), Err(NotYet::Expired));
	assert_eq!(next(CANCELLING, 6, leg(5, Stage::Registered)), Err(NotYet::Expired));
}

#[test]
fn a_committed_leg_is_decided_by_what_never_changes() {
	for stage in [COMMITTED, SETTLED, Stage::Committed { at: 20 }] {
		assert_eq!(next(COMMITTED, 5, leg(5, stage)), ended(Outcome::Settled));
		assert_eq!(next(COMMITTED, 50, leg(25, stage)), ended(Outcome::Settled));
	}
	for stage in [
		Stage::Registered,
		CANCELLING,
		Stage::Committed { at: 21 },
		Stage::Ended(Outcome::Reversed),
	] {
		assert_eq!(next(COMMITTED, 50, leg(19, stage)), Err(NotYet::PeerNotCommitted));
		assert_eq!(next(COMMITTED, 5, leg(20, stage)), ended(Outcome::Reversed));
	}
	for outcome in [Outcome::Cancelled, Outcome::Expired] {
		assert_eq!(next(COMMITTED, 5, leg(5, Stage::Ended(outcome))), ended(Outcome::Reversed));
	}
	assert_eq!(next(COMMITTED, 50, nothing(19, true)), Err(NotYet::PeerNotCommitted));
	assert_eq!(next(COMMITTED, 5, nothing(20, true)), ended(Outcome::Reversed));
}

#[test]
fn a_leg_that_is_not_committed_ends_when_the_peers_cannot_be() {
	assert_eq!(next(Stage::Registered, 5, nothing(20, true)), ended(Outcome::Expired));
	assert_eq!(next(CANCELLING, 5, nothing(20, true)), ended(Outcome::Cancelled));
	let cancelled = leg(5, Stage::Ended(Outcome::Cancelled));
	assert_eq!(next(Stage::Registered, 5, cancelled), ended(Outcome::Expired));
	assert_eq!(next(Stage::Registered, 50, cancelled), ended(Outcome::Expired));
	assert_eq!(next(Stage::Registered, 5, nothing(20, false)), Err(NotYet::NotComplete));
}

/// No block to come says more; an older one may.
#[test]
fn what_is_forgotten_decides_nothing_and_is_said_once() {
	let forgotten = Standing { stage: COMMITTED, fact: Some(Fact::Forgotten) };
	for settlement in [Early, AtExpiry] {
		let terms = terms(settlement);
		let next = |standing, shown: &_| by_evidence(&terms, standing, Own(50), Notice(50), shown);
		assert_eq!(next(COMMITTED.into(), &nothing(19, false)), Err(NotYet::PeerNotCommitted));
		assert_eq!(next(COMMITTED.into(), &nothing(20, false)), Ok(forgotten));
		assert_eq!(next(forgotten, &nothing(30, false)), Err(NotYet::NotComplete));
		assert_eq!(next(forgotten, &leg(19, Stage::Registered)), Err(NotYet::PeerNotCommitted));
		for now in [10, 11, 99] {
			let exposed = Exposed { until: Some(Own(0)) };
			assert_eq!(by_time(&terms, forgotten, Own(now), Notice(now), exposed), None);
		}
		for shown in [leg(15, COMMITTED), leg(15, SETTLED), leg(15, Stage::Ended(Outcome::Expired))]
		{
			assert_eq!(next(forgotten, &shown), next(COMMITTED.into(), &shown));
			assert!(next(forgotten, &shown).is_ok());
		}
	}
}

#[test]
fn at_expiry_both_verdicts_wait() {
	let learn =
		|shown| by_evidence(&terms(AtExpiry), COMMITTED.into(), Own(5), Notice(5), &shown).unwrap();
	for (shown, fact, outcome) in [
		(leg(5, COMMITTED), Fact::Committed, Outcome::Settled),
		(nothing(20, true), Fact::NotCommitted, Outcome::Reversed),
	] {
		let standing = learn(shown);
		assert_eq!(standing, Standing { stage: COMMITTED, fact: Some(fact) });
		let at = |now, until: Option<Height>| {
			let exposed = Exposed { until: until.map(Own) };
			by_time(&terms(AtExpiry), standing, Own(now), Notice(now), exposed)
		};
		assert_eq!(at(10, Some(8)), None, "not at the expiry");
		assert_eq!(at(11, Some(8)), Some(outcome));
		assert_eq!(at(11, Some(11)), None, "nor within the exposure");
		assert_eq!(at(12, Some(11)), Some(outcome));
		assert_eq!(at(99, None), None, "nor while a fork is open");
		let again = by_evidence(&terms(AtExpiry), standing, Own(30), Notice(30), &shown);
		assert_eq!(again, Err(NotYet::BeforeExpiry));
	}
}

#[test]
fn time_alone_ends_what_was_never_committed_and_nothing_else() {
	let at = |now, clock, stage: Stage| {
		let exposed = Exposed { until: Some(Own(0)) };
		by_time(&terms(Early), stage.into(), Own(now), Notice(clock), exposed)
	};
	assert_eq!(at(10, 99, Stage::Registered), None);
	assert_eq!(at(11, 0, Stage::Registered), Some(Outcome::Expired));
	assert_eq!(at(10, 5, CANCELLING), None);
	assert_eq!(at(10, 6, CANCELLING), Some(Outcome::Cancelled));
	assert_eq!(at(11, 5, CANCELLING), Some(Outcome::Cancelled), "the own expiry ends it, too");
	for stage in [COMMITTED, SETTLED, Stage::Ended(Outcome::Reversed)] {
		assert_eq!(at(Height::MAX, Height::MAX, stage), None);
	}
}

#[test]
fn a_payer_takes_back_what_is_registered_and_nothing_else() {
	let cancelled = |stage, now| cancel(&terms(Early), stage, Own(now), Notice(7));
	assert_eq!(cancelled(Stage::Registered, 10), Ok(Stage::Cancelling { since: 7 }));
	assert_eq!(cancelled(Stage::Registered, 11), Ok(Stage::Ended(Outcome::Expired)));
	assert_eq!(cancelled(CANCELLING, 5), Err(ControlError::Cancelling));
	assert_eq!(cancelled(COMMITTED, 5), Err(ControlError::Committed));
	assert_eq!(cancelled(SETTLED, 5), Err(ControlError::HasEnded));
}

#[test]
fn governance_ends_a_leg_once_and_forgets_it_only_after_its_expiry() {
	use Resolution::{Forget, Reverse, Settle};
	let ends = |stage, now, how| resolve(&terms(Early), stage, Own(now), how);
	for how in [Settle, Reverse] {
		assert_eq!(ends(Stage::Registered, 10, how), Ok(Some(Outcome::Cancelled)));
		assert_eq!(ends(CANCELLING, 11, how), Ok(Some(Outcome::Expired)));
		assert_eq!(ends(SETTLED, 5, how), Err(ControlError::HasEnded));
	}
	assert_eq!(ends(COMMITTED, 5, Settle), Ok(Some(Outcome::Settled)));
	assert_eq!(ends(COMMITTED, 5, Reverse), Ok(Some(Outcome::Reversed)));
	assert_eq!(ends(COMMITTED, 11, Forget), Err(ControlError::NotEnded));
	assert_eq!(ends(SETTLED, 10, Forget), Err(ControlError::NotExpired));
	assert_eq!(ends(SETTLED, 11, Forget), Ok(None));
}

#[test]
fn a_firm_leg_is_committed_with_its_registration() {
	assert_eq!(Standing::new(Commit::OnMatch, Own(3)), Stage::Registered.into());
	assert_eq!(Standing::new(Commit::Now, Own(3)), Stage::Committed { at: 3 }.into());
}

fn settlements() -> impl Strategy<Value = Settlement> {
	select(&[Early, AtExpiry][..])
}

proptest! {
	/// Each chain judges by what the other has come to, once both heights are over: no leg settles
	/// without the other, however late they were committed, and whether or not they are firm.
	#[test]
	fn both_chains_end_alike(
		h1 in 0u32..50, h2 in 0u32..50, at1 in proptest::option::of(0u32..60),
		at2 in proptest::option::of(0u32..60), modes in (settlements(), settlements()),
		later in 1u32..50,
	) {
		let mut here = terms(modes.0);
		(here.own.expiry, here.peer.expiry, here.peer.settlement) = (h1, h2, modes.1);
		let there = Terms { own: here.peer, peer: here.own };
		let committed = |at: Option<Height>, expiry| {
			at.filter(|at| *at <= expiry).map(|at| Stage::Committed { at })
		};
		let (one, other) = (committed(at1, h1), committed(at2, h2));
		let end = h1.max(h2) + later;
		let outcome = |terms: &Terms, stage: Stage, peer: Option<Stage>| {
			let seen = peer.map_or(nothing(end, true), |stage| leg(end, stage));
			let next = by_evidence(terms, stage.into(), Own(end), Notice(0), &seen).unwrap();
			match next.stage {
				Stage::Ended(outcome) => outcome,
				_ => {
					let exposed = Exposed { until: Some(Own(end)) };
					by_time(terms, next, Own(end + 1), Notice(0), exposed).unwrap()
				},
			}
		};
		match (one, other) {
			(Some(one), Some(other)) => {
				prop_assert_eq!(outcome(&here, one, Some(other)), Outcome::Settled);
				prop_assert_eq!(outcome(&there, other, Some(one)), Outcome::Settled);
			},
			(Some(one), None) => prop_assert_eq!(outcome(&here, one, None), Outcome::Reversed),
			(None, Some(other)) => prop_assert_eq!(outcome(&there, other, None), Outcome::Reversed),
			(None, None) => {},
		}
	}
}

#[test]
fn what_has_a_fact_has_no_other_stage() {
	assert_eq!(FACT.stage.flow(), None);
	assert_eq!(SETTLED.flow(), Some(Flow::Give));
	assert_eq!(Stage::Ended(Outcome::Reversed).flow(), Some(Flow::GiveBack));
}
