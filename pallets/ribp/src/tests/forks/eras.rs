//! Who has a say: those in charge, those who were, and what they signed beyond their time.

use super::*;
use crate::{
	mock::{DefaultPolicy, BLOCK_TIME, LAX},
	BranchEnds, PastSets, Policy,
};

const NEXT: [Ed25519Keyring; 1] = [Ed25519Keyring::Alice];

fn old_voters() -> Voters {
	Voters::new(5, &BETA_VOTERS)
}

/// The one history hands over in block `end`, which alpha has followed, and some more.
fn handed_over(at: Height, end: Height) -> Forked {
	let mut world = Forked::new(at);
	world.one.advance_to(end);
	world.one.hand_over(&NEXT);
	show(&mut world.alpha, &world.one);
	let mut world = world.advance_to(end + 7);
	show(&mut world.alpha, &world.one);
	world
}

fn era_end(history: &Chain, number: Height) -> ForkReport {
	let report = report_of(history, number, vec![Difference::EraEnd], None);
	by_past(ForkReport { peaks: None, ..report }, &history.block(number).voters)
}

#[test]
fn past_authorities_prove_a_fork_of_their_time() {
	let mut world = handed_over(9, 12);
	for number in [10, 12] {
		let report = exposing(&mut world.alpha, &world.other, number);
		let nameless = ForkReport {
			signers: Signers { authorities: None, ..report.signers.clone() },
			..report.clone()
		};
		refuse_report(&mut world.alpha, nameless, Error::UnknownAuthorities);
		world.alpha.run(|| {
			assert!(crate::chains::forks::judge_report::<Test>(BETA, &report).is_ok());
		});
	}
	expose(&mut world.alpha, &world.other);
	assert_eq!(open_branches(&mut world.alpha)[0].set_id, 5);
}

/// It takes no path and no root: whoever lies about the past is caught all the same.
#[test]
fn authorities_that_sign_above_their_handover_have_forked() {
	let mut world = handed_over(9, 12);
	let report = era_end(&world.other, 17);
	submit_report(&mut world.alpha, report).expect("they had handed over in block 12");
	let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
	assert_eq!((branch.tip.number, branch.common, branch.set_id), (17, None, 5));
	let refused = choose(&mut world.alpha, Some(branch.tip.hash)).expect_err("it leads nowhere");
	assert_eq!(refused.error, Error::<Test>::BranchNotFollowable.into());
}

/// The one hands over in block 12, and root has refused a branch of those who came after that. It takes no
/// root to tell from it what the old authorities sign later on.
#[test]
fn authorities_that_sign_above_their_handover_are_on_no_branch_that_has_it() {
	let mut world = handed_over(9, 12);
	let mut later = plain_history(12);
	later.hand_over(&NEXT);
	later.advance_to(15);
	later.announce(DigestItem::Other(b"of the next authorities".to_vec()));
	later.advance_to(19);
	expose(&mut world.alpha, &later);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let refused = known(&mut world.alpha).refused[0];
	assert_eq!((refused.common, refused.set_id), (Some(14), 6));
	let both = |report| ForkReport { differences: vec![Difference::EraEnd; 2], ..report };
	// A header of the refused branch shows nothing: those who sign it are in charge there.
	let own = both(report_of(&later, 17, vec![], None));
	refuse_report(&mut world.alpha, ForkReport { peaks: None, ..own }, Error::NotAFork);
	let report = both(era_end(&world.other, 17));
	submit_report(&mut world.alpha, report).expect("they had handed over in block 12");
	assert_eq!(open_branches(&mut world.alpha)[0].tip.hash, world.other.hash_at(17));
	// Once it is refused, nor do their other headers differ from that by the end of their era.
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let again = era_end(&world.other, 16);
	let again = ForkReport { differences: vec![Difference::EraEnd; 3], ..again };
	refuse_report(&mut world.alpha, again, Error::BranchKnown);
}

#[test]
fn authorities_that_hand_over_twice_have_forked() {
	let mut world = Forked::new(9);
	world.one.advance_to(12);
	world.one.hand_over(&NEXT);
	world.other.advance_to(10);
	world.other.hand_over(&[Ed25519Keyring::One]);
	let mut world = world.advance_to(18);
	let announced = world.one.evidence(12, &mut world.alpha, &[]);
	world.alpha.submit(BETA, announced, &[]).expect("it hands over");
	let report = era_end(&world.other, 10);
	submit_report(&mut world.alpha, report).expect("they had not handed over in block 10");
	assert_eq!(open_branches(&mut world.alpha)[0].tip.number, 10);
}

/// The handover that the followed branch does not have, by those who are in charge of it still.
#[test]
fn a_handover_where_the_known_branch_has_none_is_a_fork() {
	let mut world = Forked::new(9);
	world.other.hand_over(&NEXT);
	let mut world = world.advance_to(13);
	show(&mut world.alpha, &world.one);
	let report = report_of(&world.other, 9, vec![Difference::EraEnd], None);
	submit_report(&mut world.alpha, report).expect("there is no handover in block 9");
	assert_eq!(open_branches(&mut world.alpha)[0].common, None);
}

#[test]
fn what_authorities_sign_in_their_era_is_no_fork_by_itself() {
	let mut world = handed_over(9, 12);
	let in_charge = report_of(&world.one, 18, vec![Difference::EraEnd], None);
	refuse_report(&mut world.alpha, in_charge, Error::NotAFork);
	for number in [9, 11] {
		refuse_report(&mut world.alpha, era_end(&world.other, number), Error::NotAFork);
	}
	// Their one and only handover.
	refuse_report(&mut world.alpha, era_end(&world.one, 12), Error::NotAFork);
}

/// A handover above all that is known is one that is not followed yet.
#[test]
fn a_handover_above_the_known_head_is_no_fork_by_itself() {
	let mut world = Forked::new(9).advance_to(13).seen();
	world.one.hand_over(&NEXT);
	let report = report_of(&world.one, 13, vec![Difference::EraEnd], None);
	refuse_report(&mut world.alpha, report, Error::NotAFork);
}

#[test]
fn the_end_of_an_era_says_nothing_of_what_is_common() {
	let mut world = handed_over(9, 12);
	let path = world.other.path(8, 17);
	let common = Some(Common { height: 8, path });
	let report = ForkReport { common, ..era_end(&world.other, 17) };
	refuse_report(&mut world.alpha, report, Error::NotInCommon);
}

#[test]
fn authorities_have_no_say_before_they_are_in_charge() {
	let mut world = handed_over(9, 12);
	world.other.voters = Voters::new(6, &NEXT);
	let block = world.other.block(11);
	let justification = world.other.voters.justify(&block.header);
	let signers = Signers { set_id: 6, authorities: None };
	let report = report_of(&world.other, 11, vec![Difference::Height], None);
	let report = ForkReport { justification, signers, ..report };
	refuse_report(&mut world.alpha, report, Error::NotInCharge);
}

/// It is for those who came after them to say which blocks there are: that they have signed one is a
/// contradiction, and leads nowhere.
#[test]
fn a_branch_that_parts_above_the_handover_of_those_who_sign_it_is_not_followed() {
	let [one, other] = [(), ()].map(|()| history_with_handover(15));
	let mut world = Forked { one, other, ..Forked::new(15) };
	world.other.announce(DigestItem::Other(b"another history".to_vec()));
	let mut world = world.advance_to(20);
	let announced = world.one.evidence(12, &mut world.alpha, &[]);
	world.alpha.submit(BETA, announced, &[]).expect("it hands over");
	show(&mut world.alpha, &world.one);
	let report = exposing(&mut world.alpha, &world.other, 19);
	let justification = old_voters().justify(&report.header);
	let old = ForkReport { justification, ..by_past(report.clone(), &old_voters()) };
	submit_report(&mut world.alpha, old).expect("they had handed over in block 12");
	let tip = world.other.hash_at(19);
	let refused = choose(&mut world.alpha, Some(tip)).expect_err("they had handed over");
	assert_eq!(refused.error, Error::<Test>::BranchNotFollowable.into());
	submit_report(&mut world.alpha, report).expect("it is theirs who are in charge");
	choose(&mut world.alpha, Some(tip)).expect("now it is known who leads there");
}

/// A history of beta that hands over in block 12, up to `height`.
fn history_with_handover(height: Height) -> Chain {
	let mut beta = plain_history(12);
	beta.hand_over(&NEXT);
	beta.advance_to(height);
	beta
}

#[test]
fn authorities_that_nobody_remembers_prove_nothing() {
	let mut world = handed_over(9, 12);
	let report = exposing(&mut world.alpha, &world.other, 12);
	for voters in [
		Voters::new(4, &BETA_VOTERS),
		Voters::new(6, &BETA_VOTERS),
		Voters::new(5, &BETA_VOTERS[1..]),
		Voters::new(5, &NEXT),
	] {
		let report = by_past(report.clone(), &voters);
		refuse_report(&mut world.alpha, report, Error::UnknownAuthorities);
	}
	let signers = Signers { set_id: 5, authorities: None };
	let report = ForkReport { signers, ..report };
	refuse_report(&mut world.alpha, report, Error::UnknownAuthorities);
}

#[test]
fn authorities_that_were_replaced_long_ago_prove_nothing() {
	let trust_period = 20 * BLOCK_TIME;
	let mut world = Forked::new(9);
	world.alpha.run(|| DefaultPolicy::set(&LAX));
	let policy = Policy { trust_period, ..LAX };
	let call = Call::set_policy { system: BETA, policy };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
	world.one.advance_to(12);
	world.one.hand_over(&NEXT);
	show(&mut world.alpha, &world.one);
	let mut world = world.advance_to(20);
	show(&mut world.alpha, &world.one);
	let report = exposing(&mut world.alpha, &world.other, 12);
	// Block 12 states the time of its parent; the clock shows the time of the parent, too.
	world.alpha.advance_to(12 + 20);
	world.alpha.run(|| {
		assert!(crate::chains::forks::judge_report::<Test>(BETA, &report).is_ok());
	});
	world.alpha.seal();
	refuse_report(&mut world.alpha, report, Error::AuthoritiesRetired);
}

#[test]
fn root_takes_from_past_authorities_what_they_have_to_say() {
	let mut world = handed_over(9, 12);
	let report = exposing(&mut world.alpha, &world.other, 12);
	let disown = |chain: &mut Chain, origin, system, set_id| {
		let call = Call::disown { system, set_id };
		chain.dispatch(origin, call).map(drop).map_err(|failed| failed.error)
	};
	let root = RuntimeOrigin::root;
	let alpha = &mut world.alpha;
	let carol = RuntimeOrigin::signed(CAROL);
	assert_eq!(disown(alpha, carol, BETA, 5), Err(sp_runtime::DispatchError::BadOrigin));
	assert_eq!(disown(alpha, root(), TWIN, 5), Err(Error::<Test>::UnknownSystem.into()));
	for set_id in [4, 6] {
		let refused = Err(Error::<Test>::UnknownAuthorities.into());
		assert_eq!(disown(alpha, root(), BETA, set_id), refused);
	}
	assert_eq!(disown(alpha, root(), BETA, 5), Ok(()));
	refuse_report(alpha, report, Error::UnknownAuthorities);
	refuse_report(alpha, era_end(&world.other, 17), Error::UnknownAuthorities);
	// Their last block stays a mark.
	assert_eq!(alpha.run(|| PastSets::<Test>::get(BETA, 5)).expect("it is there").end.number, 12);
}

/// They have been replaced: only a new anchor leads onto their branch.
#[test]
fn a_branch_of_past_authorities_is_not_adopted() {
	let mut world = handed_over(9, 12);
	expose(&mut world.alpha, &world.other);
	let tip = world.other.head();
	assert!(world.alpha.run(|| BranchEnds::<Test>::get(BETA, tip)).is_none());
	let refused = choose(&mut world.alpha, Some(tip)).expect_err("they have been replaced");
	assert_eq!(refused.error, Error::<Test>::BranchNotFollowable.into());
	let call = Call::renew_system { system: BETA, anchor: world.other.anchor() };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("root leads there");
	assert!(follows(&mut world.alpha, &world.other));
	assert_eq!(status(&mut world.alpha), Status::Active);
}

/// It is not known that those who sign are in charge of it.
#[test]
fn a_branch_that_parts_below_the_handover_of_those_who_sign_it_is_not_adopted() {
	let mut world = Forked::new(9);
	for history in [&mut world.one, &mut world.other] {
		history.advance_to(12);
		history.hand_over(&NEXT);
	}
	show(&mut world.alpha, &world.one);
	let mut world = world.advance_to(19);
	show(&mut world.alpha, &world.one);
	expose(&mut world.alpha, &world.other);
	let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
	assert_eq!((branch.common, branch.set_id), (Some(8), 6));
	let refused = choose(&mut world.alpha, Some(branch.tip.hash)).expect_err("they are not known");
	assert_eq!(refused.error, Error::<Test>::BranchNotFollowable.into());
}

/// A history of beta that hands over in block 12, leaves the other one in block `at`, and goes on
/// to `height`.
pub fn parted_after_handover(at: Height, height: Height) -> Chain {
	let mut beta = history_with_handover(at);
	beta.announce(DigestItem::Other(b"another history".to_vec()));
	beta.advance_to(height);
	beta
}

/// Keys that have handed over in block 12 have signed block 17 of the honest history, when alpha
/// did not know it; it has followed up to 22, and to 40.
pub fn signed_by_retired_keys(is_refused: bool) -> Forked {
	let one = history_with_handover(13);
	let mut world = Forked { one, ..Forked::new(9) };
	show(&mut world.alpha, &world.one);
	let mut world = world.advance_to(18);
	let honest = report_of(&world.one, 17, vec![Difference::EraEnd], None);
	let justification = old_voters().justify(&honest.header);
	let honest = ForkReport { justification, peaks: None, ..honest };
	submit_report(&mut world.alpha, by_past(honest, &old_voters())).expect("they had no right to");
	if is_refused {
		choose(&mut world.alpha, None).expect("the followed branch is chosen");
	}
	for height in [23, 41] {
		world.alpha.seal();
		world.one.advance_to(height);
		show(&mut world.alpha, &world.one);
	}
	world
}

/// Whoever has keys that retired signs a block of the honest chain which is not known here yet:
/// they have no right to, and that is a fork by itself. The block is followed later, and must not
/// keep those who have the present keys from being shown another history above it.
#[test]
fn a_block_of_the_followed_branch_that_retired_keys_have_signed_hides_no_later_fork() {
	for is_refused in [true, false] {
		let mut world = signed_by_retired_keys(is_refused);
		let other = parted_after_handover(25, 46);
		let of_followed = || below(&other, 25, 40);
		for of_signed in [Difference::Lower, below(&other, 17, 40), Difference::Height] {
			let report = report_of(&other, 40, vec![of_followed(), of_signed], Some(22));
			refuse_report(&mut world.alpha, report, Error::BranchKnown);
		}
		let followed = |under, path| {
			report_of(
				&other,
				40,
				vec![of_followed(), Difference::Followed { under, path }],
				Some(22),
			)
		};
		let path = || world.one.path(17, 40);
		for (under, path, error) in [
			(39, world.one.path(17, 39), Error::BranchKnown),
			(12, path(), Error::NotInHistory),
			(40, world.one.path(16, 40), Error::NotInHistory),
			(40, other.path(17, 40), Error::NotInHistory),
			(40, Vec::new(), Error::NotInHistory),
			(17, Vec::new(), Error::BranchKnown),
		] {
			refuse_report(&mut world.alpha, followed(under, path), error);
		}
		for (under, path) in [(40, path()), (22, world.one.path(17, 22))] {
			let report = followed(under, path);
			world.alpha.run(|| {
				let verdict = crate::chains::forks::judge_report::<Test>(BETA, &report);
				assert!(verdict.is_ok(), "{under}: {:?}", verdict.err());
			});
		}
		submit_report(&mut world.alpha, followed(40, path())).expect("it is another history");
		assert_eq!(open_branches(&mut world.alpha).last().expect("it is open").common, Some(22));
	}
}

/// A branch that is followed by nobody is told from others by its one block, unless it is shown
/// where it leaves the followed one: that is taken though nobody can follow it.
#[test]
fn where_a_branch_of_past_authorities_leaves_the_followed_one_can_be_shown_later() {
	let mut world = handed_over(9, 12);
	let era_end = era_end(&world.other, 17);
	submit_report(&mut world.alpha, era_end.clone()).expect("they had handed over in block 12");
	refuse_report(&mut world.alpha, era_end, Error::BranchKnown);
	let whole = report_of(&world.other, 17, vec![below(&world.other, 9, 17)], Some(8));
	let whole = by_past(whole, &old_voters());
	submit_report(&mut world.alpha, whole.clone()).expect("it says more");
	let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
	assert_eq!((branch.tip.number, branch.common), (17, Some(8)));
	assert_eq!(branch.parting.expect("it is shown where").height, 9);
	refuse_report(&mut world.alpha, whole, Error::BranchKnown);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	for number in [9, 10, 12] {
		let lower =
			report_of(&world.other, number, vec![Difference::Height, Difference::Lower], None);
		let lower = by_past(ForkReport { peaks: None, ..lower }, &old_voters());
		refuse_report(&mut world.alpha, lower, Error::BranchKnown);
	}
}
