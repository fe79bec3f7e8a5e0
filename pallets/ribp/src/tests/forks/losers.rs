//! Branches beside the followed one: none of their headers opens them again, decoys keep nobody from being
//! reported, and there is room for a few.

use super::*;
use crate::{chains::forks::MAX_REFUSED, statement_of, types::MAX_BRANCHES, RefusedBranches};
use ribp_protocol::Statement;

/// Two histories of beta up to 30 that part in block 9. Alpha has seen the one up to 20, and is told of the
/// other by its block 14.
fn told() -> Forked {
	let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
	let report = exposing(&mut world.alpha, &world.other, 14);
	submit_report(&mut world.alpha, report).expect("it is another history");
	world
}

/// All reports of the other history's headers that differ from the followed one, which is known up to
/// 20, whatever they say of the tip, block 14.
fn others_of_the_other(world: &Forked) -> Vec<ForkReport> {
	let Forked { one, other, .. } = world;
	let mut reports = Vec::new();
	for number in [9, 11, 13, 14, 15, 20, 30] {
		let from_followed = match number {
			..=20 => Difference::Height,
			number => below(other, 9, number),
		};
		let mut of_tip =
			vec![Difference::Height, Difference::EraEnd, Difference::Descent(number.min(10) - 1)];
		if number > 14 {
			of_tip.push(below(other, 14, number));
			of_tip.push(below(other, 9, number));
			of_tip.push(Difference::Descent(14));
		} else if number < 14 {
			of_tip.push(above(other, number, 14));
			of_tip.push(above(one, number, 20));
		}
		let report = |differences| ForkReport {
			peaks: None,
			ancestors: ancestors(other, number, 10),
			..report_of(other, number, differences, None)
		};
		reports.extend(of_tip.into_iter().map(|d| report(vec![from_followed.clone(), d])));
	}
	reports
}

#[test]
fn a_branch_that_is_open_is_not_opened_again_by_its_other_headers() {
	let mut world = told();
	for report in others_of_the_other(&world) {
		refuse_report(&mut world.alpha, report, Error::BranchKnown);
	}
}

#[test]
fn a_branch_that_is_refused_is_not_opened_again_by_its_other_headers() {
	let mut world = told();
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	for report in others_of_the_other(&world) {
		refuse_report(&mut world.alpha, report, Error::BranchKnown);
	}
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn a_path_that_makes_a_loser_another_branch_is_refused() {
	let mut world = told();
	let invented = H256::repeat_byte(1);
	let Difference::Below { path, .. } = below(&world.other, 14, 30) else { unreachable!() };
	let forged = Difference::Below { height: 14, hash: invented, path };
	let report = report_of(&world.other, 30, vec![below(&world.other, 9, 30), forged], None);
	refuse_report(&mut world.alpha, report, Error::NotInHistory);
	let Difference::Above { path, .. } = above(&world.other, 11, 14) else { unreachable!() };
	let forged = Difference::Above { under: 14, hash: invented, path };
	let report = report_of(&world.other, 11, vec![Difference::Height, forged], None);
	refuse_report(&mut world.alpha, report, Error::NotInHistory);
}

/// Nobody has said where the branch leaves the followed one. Whatever comes after its block has it
/// in its past.
#[test]
fn a_branch_that_is_known_by_one_header_is_not_opened_again_by_what_comes_after_it() {
	for by_ancestors in [false, true] {
		for is_refused in [false, true] {
			let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
			let lone = match by_ancestors {
				true => by_descent(&world.other, 14, 12),
				false => report_of(&world.other, 14, vec![Difference::Height], None),
			};
			let lone = ForkReport { peaks: None, ..lone };
			submit_report(&mut world.alpha, lone).expect("it is another history");
			if is_refused {
				choose(&mut world.alpha, None).expect("the followed branch is chosen");
			}
			let other = &world.other;
			for number in [15, 16, 20, 21, 30] {
				for of_followed in [below(other, 9, number), Difference::Descent(9)] {
					for of_lone in [
						Difference::Lower,
						Difference::Height,
						Difference::EraEnd,
						Difference::Descent(14),
						Difference::Descent(11),
						below(other, 14, number),
						below(other, 11, number),
					] {
						let differences = vec![of_followed.clone(), of_lone];
						let report = report_of(other, number, differences, None);
						let ancestors = ancestors(other, number, 10);
						let report = ForkReport { peaks: None, ancestors, ..report };
						refuse_report(&mut world.alpha, report, Error::BranchKnown);
					}
				}
			}
		}
	}
}

/// Alpha has adopted the other history: the one that it followed has lost.
#[test]
fn the_branch_that_was_followed_is_not_opened_by_its_headers_either() {
	let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
	expose(&mut world.alpha, &world.other);
	let tip = world.other.head();
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	assert!(follows(&mut world.alpha, &world.other));
	let Forked { mut alpha, one, other, .. } = world;
	// Alpha knows blocks 1 and 30 of the other, and 20 of the one, which it has given up.
	for number in [9, 15, 20, 25, 30] {
		let from_followed = match number {
			30 => Difference::Height,
			number => above(&other, number, 30),
		};
		let of_tip = match number {
			..20 => above(&one, number, 20),
			20 => Difference::Height,
			number => below(&one, 20, number),
		};
		let report = report_of(&one, number, vec![from_followed, of_tip], None);
		refuse_report(&mut alpha, report, Error::BranchKnown);
	}
}

/// A header of the loser's in which its authorities hand over.
#[test]
fn the_end_of_a_losers_era_does_not_open_it_again() {
	let mut world = Forked::new(9).advance_to(21).seen();
	world.other.hand_over(&[Ed25519Keyring::Alice]);
	world.other.advance_to(31);
	let report = exposing(&mut world.alpha, &world.other, 14);
	submit_report(&mut world.alpha, report).expect("it is another history");
	for is_refused in [false, true] {
		if is_refused {
			choose(&mut world.alpha, None).expect("the followed branch is chosen");
		}
		let other = &world.other;
		for of_tip in [Difference::EraEnd, below(other, 14, 21)] {
			let differences = vec![below(other, 9, 21), of_tip];
			let report = ForkReport { peaks: None, ..report_of(other, 21, differences, None) };
			refuse_report(&mut world.alpha, report, Error::BranchKnown);
		}
	}
	// The followed branch hands over elsewhere, and what the old authorities sign beyond that is no news.
	world.one.hand_over(&[Ed25519Keyring::One]);
	let announced = world.one.evidence(21, &mut world.alpha, &[]);
	world.alpha.submit(BETA, announced, &[]).expect("it hands over");
	world.other = history_until(9, "another history", 31);
	for of_tip in [Difference::EraEnd, below(&world.other, 14, 30)] {
		let differences = vec![Difference::EraEnd, of_tip];
		let report = ForkReport { peaks: None, ..report_of(&world.other, 30, differences, None) };
		let report = by_past(report, &world.other.voters);
		refuse_report(&mut world.alpha, report, Error::BranchKnown);
	}
}

#[test]
fn one_more_branch_is_told_from_all_that_are_known() {
	let mut world = told();
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let third = history_until(11, "a third history", 31);
	let fourth = history_until(13, "a fourth history", 31);
	expose(&mut world.alpha, &third);
	expose(&mut world.alpha, &fourth);
	let commons: Vec<_> =
		open_branches(&mut world.alpha).into_iter().map(|branch| branch.common).collect();
	assert_eq!(commons, [Some(10), Some(12)]);
	// A lower header of the fourth is told from the third's tip by what that one's history has there.
	let mut world = told();
	expose(&mut world.alpha, &third);
	let lower = report_of(
		&fourth,
		13,
		vec![Difference::Height, above(&world.other, 13, 14), above(&third, 13, 30)],
		Some(12),
	);
	submit_report(&mut world.alpha, lower).expect("it is on none of the three");
}

/// Whoever has the keys makes as many branches as they like: the more there are, the less moves.
#[test]
fn decoys_fill_the_places_and_nothing_moves() {
	let mut world = Forked::new(9);
	let swap = Exchange::between(ALPHA, 1, 90, 90);
	world.alpha.register(&swap.delivery).expect("the delivery can be registered");
	world.one.register(&swap.payment).expect("the payment can be registered");
	let mut world = world.advance_to(21).seen();
	for number in 0..MAX_BRANCHES {
		let decoy = history_until(10, &format!("decoy {number}"), 22 + number);
		expose(&mut world.alpha, &decoy);
	}
	let mut world = world.advance_to(31);
	let real = exposing(&mut world.alpha, &world.other, 30);
	refuse_report(&mut world.alpha, real, Error::TooManyBranches);
	let before = open_branches(&mut world.alpha);
	assert_eq!(before.len(), MAX_BRANCHES as usize);

	world.alpha.advance_to(80);
	let ids = [swap.delivery.id()];
	let evidence = world.one.evidence(20, &mut world.alpha, &ids);
	world.alpha.refuse(submission(BETA, evidence, &ids), Error::SystemForked);
	let other = Exchange::between(ALPHA, 2, 99, 99);
	let (call, origin) = (other.delivery.call(), RuntimeOrigin::signed(other.delivery.payer()));
	world.alpha.run(|| {
		assert_noop!(RuntimeCall::from(call).dispatch(origin), Error::<Test>::SystemForked);
	});
	assert_eq!(open_branches(&mut world.alpha), before, "time decides nothing");

	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	expose(&mut world.alpha, &world.other);
	assert_eq!(status(&mut world.alpha), Status::Forked, "now there is room for it");
}

#[test]
fn a_decoy_before_the_real_branch_does_not_keep_that_from_being_adopted() {
	let mut world = Forked::new(9).advance_to(21).seen().advance_to(31);
	let decoy = history_until(9, "decoy", 28);
	let report = ForkReport { common: None, peaks: None, ..exposing(&mut world.alpha, &decoy, 27) };
	submit_report(&mut world.alpha, report).expect("it is final");
	let (decoy, tip) = (decoy.head(), world.other.head());
	expose(&mut world.alpha, &world.other);
	let refused = choose(&mut world.alpha, Some(decoy)).expect_err("its history is not known");
	assert_eq!(refused.error, Error::<Test>::BranchNotFollowable.into());
	choose(&mut world.alpha, Some(tip)).expect("it is known how it goes on");
	assert!(follows(&mut world.alpha, &world.other));
	let refused = world.alpha.run(|| RefusedBranches::<Test>::get(BETA));
	let refused: Vec<_> = refused.into_iter().map(|branch| branch.tip.hash).collect();
	assert_eq!(refused, [decoy, world.one.hash_at(20)]);
}

#[test]
fn the_oldest_of_many_refused_branches_is_forgotten() {
	let mut world = Forked::new(9).advance_to(13).seen();
	let branch = |number: u32| history_until(10, &format!("decoy {number}"), 14);
	for number in 0..=MAX_REFUSED {
		expose(&mut world.alpha, &branch(number));
		choose(&mut world.alpha, None).expect("the followed branch is chosen");
	}
	let refused = world.alpha.run(|| RefusedBranches::<Test>::get(BETA));
	let refused: Vec<_> = refused.into_iter().map(|branch| branch.tip.hash).collect();
	let newest: Vec<_> = (1..=MAX_REFUSED).map(|number| branch(number).head()).collect();
	assert_eq!(refused, newest);
}

/// Two histories of beta that part in block 9, and a third one that parts in block `at`; alpha follows the
/// one up to block 60 and knows few of its older blocks.
fn with_decoy(at: Height) -> (Forked, Chain) {
	let mut world = Forked::new(9);
	for height in [13, 21, 29, 37, 45, 53, 61] {
		world = world.advance_to(height);
		show(&mut world.alpha, &world.one);
	}
	(world, history_until(at, "decoy", 401))
}

/// Whoever has the keys shows a branch of which they keep all but its highest block to themselves: with
/// it, nobody can prove that another block is not in its history.
#[test]
fn a_high_decoy_of_which_the_past_is_withheld_keeps_no_lower_branch_from_being_reported() {
	let (mut world, decoy) = with_decoy(44);
	let report = exposing(&mut world.alpha, &decoy, 399);
	submit_report(&mut world.alpha, report).expect("it is final");
	let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
	let parting = branch.parting.expect("it is shown where");
	assert_eq!((parting.height, branch.common), (44, Some(36)));
	for is_refused in [false, true] {
		if is_refused {
			choose(&mut world.alpha, None).expect("the followed branch is chosen");
		}
		let of_followed = below(&world.other, 12, 60);
		let lower =
			|of_decoy| report_of(&world.other, 60, vec![of_followed.clone(), of_decoy], Some(1));
		// By the block that is known of the decoy, or since it leaves the followed one later.
		for report in [lower(below(&world.other, 44, 60)), lower(Difference::Lower)] {
			world.alpha.run(|| {
				assert!(crate::chains::forks::judge_report::<Test>(BETA, &report).is_ok());
			});
		}
		let first =
			report_of(&world.other, 12, vec![Difference::Height, Difference::Lower], Some(1));
		world.alpha.run(|| {
			assert!(crate::chains::forks::judge_report::<Test>(BETA, &first).is_ok());
		});
	}
}

/// Nor does it help them to withhold, too, where it leaves the followed branch.
#[test]
fn a_high_decoy_that_is_reported_without_its_past_keeps_no_lower_branch_from_being_reported() {
	for parting in [44, 60] {
		let (mut world, decoy) = with_decoy(44);
		let differences = vec![below(&decoy, parting, 399)];
		let report = ForkReport { peaks: None, ..report_of(&decoy, 399, differences, None) };
		submit_report(&mut world.alpha, report).expect("it is final");
		choose(&mut world.alpha, None).expect("the followed branch is chosen");
		// What leaves the followed branch no earlier may be the decoy's.
		let late = vec![below(&world.other, parting, 61), Difference::Lower];
		world.other.advance_to(62);
		let late = report_of(&world.other, 61, late, None);
		refuse_report(&mut world.alpha, late, Error::BranchKnown);
		let of_decoy = match parting {
			60 => Difference::Height,
			_ => below(&world.other, parting, 60),
		};
		let differences = vec![below(&world.other, 12, 60), of_decoy];
		let report = report_of(&world.other, 60, differences, Some(1));
		submit_report(&mut world.alpha, report).expect("it is another history");
	}
}

/// The lower headers of a branch do not leave the followed one before the branch does.
#[test]
fn no_header_of_a_loser_leaves_the_followed_branch_before_the_loser_does() {
	let (mut world, decoy) = with_decoy(44);
	let report = exposing(&mut world.alpha, &decoy, 399);
	submit_report(&mut world.alpha, report).expect("it is final");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	for (number, of_followed) in [
		(44, Difference::Height),
		(50, below(&decoy, 44, 50)),
		(60, Difference::Height),
		(61, below(&decoy, 52, 61)),
		(399, below(&decoy, 60, 399)),
		(400, below(&decoy, 44, 400)),
	] {
		for of_decoy in [Difference::Lower, Difference::Height, Difference::EraEnd] {
			let report = report_of(&decoy, number, vec![of_followed.clone(), of_decoy], None);
			refuse_report(&mut world.alpha, report, Error::BranchKnown);
		}
	}
	// Of the followed one, there is nothing that is lower.
	let report = report_of(&world.other, 12, vec![Difference::Lower, Difference::Lower], None);
	refuse_report(&mut world.alpha, report, Error::NotAFork);
}

/// A branch that is shown by nothing but the end of an era has no height at which it parts.
#[test]
fn the_end_of_an_era_high_above_keeps_no_lower_branch_from_being_reported() {
	let mut world = Forked::new(9);
	world.one.advance_to(12);
	world.one.hand_over(&[Ed25519Keyring::Alice]);
	show(&mut world.alpha, &world.one);
	let mut world = world.advance_to(19);
	let decoy = history_until(10, "decoy", 401);
	let report = report_of(&decoy, 399, vec![Difference::EraEnd], None);
	let report = by_past(ForkReport { peaks: None, ..report }, &decoy.voters);
	submit_report(&mut world.alpha, report).expect("they had handed over in block 12");
	assert_eq!(open_branches(&mut world.alpha)[0].parting, None);
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let other = |number, differences| {
		by_past(report_of(&world.other, number, differences, Some(8)), &world.other.voters)
	};
	let real = other(12, vec![below(&world.other, 9, 12), Difference::Lower]);
	submit_report(&mut world.alpha, real).expect("it is another history");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	// What is above the decoy's tip, or is itself known by the end of an era only, is told from it.
	let decoys = |number, differences: Vec<_>| {
		let report = by_past(report_of(&decoy, number, differences, None), &decoy.voters);
		ForkReport { peaks: None, ..report }
	};
	let of_real = || below(&decoy, 12, 400);
	let higher = decoys(400, vec![Difference::EraEnd, Difference::Lower, of_real()]);
	refuse_report(&mut world.alpha, higher, Error::BranchKnown);
	let lower = decoys(100, vec![Difference::EraEnd, Difference::Lower, below(&decoy, 12, 100)]);
	refuse_report(&mut world.alpha, lower, Error::BranchKnown);
}

/// Whoever has given up a branch has another one that it is told from.
#[test]
fn what_is_known_of_refused_branches_outlives_the_choice_of_another() {
	let (mut world, decoy) = with_decoy(44);
	let report = exposing(&mut world.alpha, &decoy, 399);
	submit_report(&mut world.alpha, report).expect("it is final");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	let report =
		report_of(&world.other, 60, vec![below(&world.other, 12, 60), Difference::Lower], Some(1));
	submit_report(&mut world.alpha, report).expect("it is another history");
	let tip = world.other.hash_at(60);
	choose(&mut world.alpha, Some(tip)).expect("its history is known");
	let refused = known(&mut world.alpha).refused;
	let [of_decoy, of_one] = refused[..] else { panic!("both have lost") };
	// The decoy has left the other branch where nobody knows.
	assert_eq!((of_decoy.parting, of_decoy.common, of_one.common), (None, None, Some(1)));
	let parting = of_one.parting.expect("it is known where it leaves the other");
	assert_eq!((parting.height, parting.hash), (12, world.one.hash_at(12)));
	assert_eq!(parting.followed, world.other.hash_at(12));
	// Neither is opened again.
	world.one.advance_to(62);
	for (history, number) in [(&decoy, 400), (&decoy, 399), (&world.one, 60), (&world.one, 61)] {
		let of_followed = match number {
			60 => Difference::Height,
			number => below(history, 60, number),
		};
		let lower = [Difference::Lower, below(history, 12, number), Difference::Height];
		for of_decoy in &lower {
			for of_one in &lower {
				let of_others = vec![of_followed.clone(), of_decoy.clone(), of_one.clone()];
				let report = report_of(history, number, of_others, None);
				refuse_report(&mut world.alpha, report, Error::BranchKnown);
			}
		}
	}
}

/// The root that it states is not that of its ancestors: nothing can be shown of it but its height.
pub fn with_false_root(history: &Chain, number: Height, root: H256) -> ForkReport {
	let block = history.block(number);
	let mut header = block.header.clone();
	let statement = Statement { history_root: root, ..statement_of(&header).expect("it has one") };
	header.digest.logs = vec![statement.item()];
	ForkReport {
		justification: block.voters.justify(&header),
		header,
		common: None,
		peaks: None,
		..report_of(history, number, vec![Difference::Height], None)
	}
}

#[test]
fn a_decoy_of_which_nothing_can_be_shown_keeps_no_lower_branch_from_being_reported() {
	let (mut world, decoy) = with_decoy(44);
	let false_root = with_false_root(&decoy, 60, H256::repeat_byte(1));
	submit_report(&mut world.alpha, false_root).expect("it is final, and another block");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	for (number, difference) in [
		(12, Difference::Height),
		(30, below(&world.other, 28, 30)),
		(30, above(&world.one, 30, 60)),
		(59, below(&world.other, 12, 59)),
	] {
		let report = report_of(&world.other, number, vec![difference, Difference::Lower], None);
		world.alpha.run(|| {
			let report = ForkReport { peaks: None, ..report };
			let verdict = crate::chains::forks::judge_report::<Test>(BETA, &report);
			assert!(verdict.is_ok(), "{number}: {:?}", verdict.err());
		});
	}
}

/// Its root has true blocks and invented ones at heights of the signer's choice.
#[test]
fn a_header_that_is_refused_opens_no_fork_by_another_of_its_differences() {
	let (mut world, decoy) = with_decoy(44);
	let report = exposing(&mut world.alpha, &decoy, 399);
	submit_report(&mut world.alpha, report).expect("it is final");
	choose(&mut world.alpha, None).expect("the followed branch is chosen");
	for difference in [below(&decoy, 44, 399), below(&decoy, 52, 399), Difference::EraEnd] {
		for of_itself in [Difference::Lower, below(&decoy, 44, 399), Difference::Height] {
			let report = report_of(&decoy, 399, vec![difference.clone(), of_itself], None);
			refuse_report(&mut world.alpha, report, Error::BranchKnown);
		}
	}
}

/// A third branch that shares the block at which the chosen one parted is not told from what comes after on
/// the chosen one by that block.
#[test]
fn a_refused_branch_that_parted_with_the_chosen_one_hides_nothing_that_parts_later() {
	let (mut world, chosen) = with_decoy(44);
	let report = exposing(&mut world.alpha, &chosen, 100);
	submit_report(&mut world.alpha, report).expect("it is final");
	let mut third = history_until(44, "decoy", 80);
	third.announce(DigestItem::Other("a branch of it".into()));
	third.advance_to(401);
	let differences = vec![below(&third, 44, 399), below(&third, 100, 399)];
	let report = report_of(&third, 399, differences, Some(36));
	submit_report(&mut world.alpha, report).expect("it is another one");
	let tip = chosen.hash_at(100);
	choose(&mut world.alpha, Some(tip)).expect("it can be followed");
	let mut fourth = history_until(44, "decoy", 90);
	fourth.announce(DigestItem::Other("one more branch of it".into()));
	fourth.advance_to(131);
	let of_followed = below(&fourth, 100, 130);
	let differences = vec![of_followed, Difference::Lower, below(&fourth, 60, 130)];
	let report = ForkReport { peaks: None, ..report_of(&fourth, 130, differences, None) };
	submit_report(&mut world.alpha, report).expect("it is on none of the others");
	assert_eq!(status(&mut world.alpha), Status::Forked);
}
