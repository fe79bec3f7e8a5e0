//! Headers whose root lies: it states another history than they descend from.

use super::*;
use crate::mock::VIEW_STEP;
use ribp_protocol::{cover, leaf, path_of, Frontier, Subtree};

/// Two histories of beta that part in block 9. The other's root states, of the blocks up to 14, what the
/// one has there.
fn welded() -> Forked {
	let mut world = Forked::new(9).advance_to(15);
	let history = world.one.history(15);
	world.other.corrupt(|| crate::OwnHistory::<Test>::put(history));
	world
}

/// The subtrees of a history that states of its blocks up to 14 what the one has there.
fn in_weld(world: &Forked) -> impl Fn(Subtree) -> Option<H256> + '_ {
	let hash_at = |height| match height {
		..15 => world.one.hash_at(height),
		height => world.other.hash_at(height),
	};
	move |subtree: Subtree| {
		let mut tree = Frontier::default();
		for index in subtree.leaves() {
			tree.push(0, leaf(hash_at(index as Height))).expect("there is room");
		}
		Some(tree.root())
	}
}

fn path_in_weld(world: &Forked, height: Height, number: Height) -> Vec<H256> {
	path_of(height, number, in_weld(world)).expect("the block is there")
}

fn peaks_in_weld(world: &Forked, number: Height) -> Vec<H256> {
	cover(0, number).filter_map(in_weld(world)).collect()
}

/// Its root states another history than it descends from: each is unlike what is known of the other.
#[test]
fn a_header_whose_root_lies_is_told_from_no_branch_of_which_it_is_the_tip() {
	let mut world = welded().advance_to(21);
	show(&mut world.alpha, &world.one);
	let report =
		|differences| ForkReport { peaks: None, ..report_of(&world.other, 18, differences, None) };
	let by_descent = ForkReport { peaks: None, ..by_descent(&world.other, 18, 10) };
	let stated = Difference::Below {
		height: 9,
		hash: world.one.hash_at(9),
		path: path_in_weld(&world, 9, 18),
	};
	let again = report(vec![Difference::Height, stated]);
	submit_report(&mut world.alpha, by_descent).expect("it is final");
	let parting = open_branches(&mut world.alpha)[0].parting.expect("it is shown where");
	assert_eq!((parting.height, parting.hash), (9, world.other.hash_at(9)));
	// Nor does what it states make it part above the block at which its ancestors show it to differ.
	let path = path_in_weld(&world, 15, 18);
	let difference = Difference::Below { height: 15, hash: world.other.hash_at(15), path };
	let higher = ForkReport {
		common: Some(Common { height: 14, path: path_in_weld(&world, 14, 18) }),
		peaks: Some(peaks_in_weld(&world, 18)),
		..report(vec![difference])
	};
	refuse_report(&mut world.alpha, higher, Error::NotInCommon);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	refuse_report(&mut world.alpha, again, Error::BranchKnown);
}

/// Alpha has adopted a header whose root states what alpha followed before: that has lost all the
/// same.
#[test]
fn a_root_that_lies_opens_no_branch_that_was_given_up_for_it() {
	let mut world = welded().advance_to(17);
	let Forked { alpha, one, other, .. } = &mut world;
	let first = one.evidence(14, alpha, &[]);
	alpha.submit(BETA, first, &[]).expect("it is a step");
	let mut report = by_descent(other, 16, 10);
	let (common, peaks) = (path_in_weld(&world, 8, 16), peaks_in_weld(&world, 16));
	report.common = Some(Common { height: 8, path: common });
	report.peaks = Some(peaks);
	let tip = report.header.hash();
	submit_report(&mut world.alpha, report).expect("it is final");
	choose(&mut world.alpha, Some(tip)).expect("it states a history");
	world.one.advance_to(31);
	let given_up = known(&mut world.alpha).refused[0];
	assert_eq!((given_up.tip.number, given_up.common), (14, Some(8)));
	let of_followed = below(&world.one, 16, 30);
	let stated = Difference::Followed { under: 16, path: path_in_weld(&world, 14, 16) };
	for of_given_up in [stated, Difference::Lower, below(&world.one, 14, 30)] {
		let report = report_of(&world.one, 30, vec![of_followed.clone(), of_given_up], None);
		refuse_report(&mut world.alpha, ForkReport { peaks: None, ..report }, Error::BranchKnown);
	}
}

/// Alpha follows the one up to 14, which is what the other's headers state. Root has been shown, or has
/// refused, one of these.
#[test]
fn a_header_that_is_open_or_refused_is_not_followed_because_its_root_lies() {
	for is_refused in [false, true] {
		let mut world = welded().advance_to(36);
		let Forked { alpha, one, other, .. } = &mut world;
		let first = one.evidence(14, alpha, &[]);
		alpha.submit(BETA, first, &[]).expect("it is a step");
		let report = ForkReport { peaks: None, ..by_descent(other, 20, 10) };
		submit_report(alpha, report).expect("it is final");
		if is_refused {
			choose(alpha, None).expect("the followed branch is chosen");
		}
		// The header itself, what is built upon it, and what names it among the last blocks before.
		for number in [20, 21, 22, 30, 35] {
			let evidence = other.evidence(number, alpha, &[]);
			alpha.refuse(submission(BETA, evidence, &[]), Error::BranchKnown);
		}
		let lower = other.evidence(14 + VIEW_STEP, alpha, &[]);
		assert!(judged(alpha, &lower), "what lies below is not known to be of that branch");
		let honest = one.evidence(35, alpha, &[]);
		alpha.submit(BETA, honest, &[]).expect("it is a step");
		assert!(follows(alpha, one));
	}
}

/// Whether evidence that moves nothing would be believed.
fn judged(alpha: &mut Chain, evidence: &crate::Evidence) -> bool {
	alpha.run(|| {
		let record = Systems::<Test>::get(BETA).expect("it is known");
		let pair = crate::contracts::entry::Pair::with::<Test>(BETA);
		let asker = crate::evidence::Asker::Account;
		let claim = crate::chains::claim::Claim::<Test>::new(pair, &record, evidence, asker);
		claim.and_then(|claim| claim.believe()).is_ok()
	})
}
