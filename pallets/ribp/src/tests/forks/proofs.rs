//! What proves a fork, and what does not.

use super::{super::altered::Altered, *};
use crate::{mock::MAX_EVIDENCE_SIZE, BranchEnds, BranchProofs, Event, Header, Proven};
use codec::DecodeAll;
use ribp_light_client::MAX_ANCESTRIES;

/// Alpha has seen the one history up to 12; they part in block 9.
fn parted() -> Forked {
	Forked::new(9).advance_to(13).seen()
}

/// The same, with both histories up to 60, of which alpha has seen all of the one. It knows few hashes
/// below the newest.
fn parted_long_ago() -> Forked {
	let mut world = parted().advance_to(61);
	show(&mut world.alpha, &world.one);
	assert!(world.alpha.view_of(BETA).lowest() > 40);
	world
}

#[test]
fn a_final_header_of_a_known_height_with_another_hash_is_a_fork() {
	for (number, common) in [(9, 8), (12, 11)] {
		let mut world = parted();
		let report = report_of(&world.other, number, vec![Difference::Height], Some(8));
		let report = match number {
			9 => report,
			_ => ForkReport { common: None, ..report },
		};
		submit_report(&mut world.alpha, report.clone()).expect("two headers are final");
		assert_eq!(status(&mut world.alpha), Status::Forked);
		let common = (number == 9).then_some(common);
		let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
		assert_eq!((branch.tip.number, branch.tip.hash), (number, world.other.hash_at(number)));
		assert_eq!((branch.common, branch.set_id), (common, 5));
		let forked = Event::Forked { system: BETA, number, branch: branch.tip.hash, common };
		assert!(world.alpha.events().contains(&forked));
	}
}

#[test]
fn what_proves_a_branch_is_kept_and_so_is_what_it_takes_to_follow_it() {
	let mut world = parted();
	let report = exposing(&mut world.alpha, &world.other, 12);
	submit_report(&mut world.alpha, report.clone()).expect("it is a fork");
	let tip = world.other.hash_at(12);
	let (proof, end) = world
		.alpha
		.run(|| (BranchProofs::<Test>::get(BETA, tip), BranchEnds::<Test>::get(BETA, tip)));
	let proven = Proven::decode_all(&mut &proof.expect("it is kept")[..]).expect("it is one");
	assert_eq!((proven.header, proven.justification), (report.header, report.justification));
	let end = end.expect("its history was brought");
	assert_eq!(*end.view.history(), world.other.history(12));
	assert_eq!((end.view.head(), end.set.set_id), (tip, 5));
}

#[test]
fn the_same_block_is_no_fork() {
	let mut world = parted();
	for number in [2, 8, 9, 12] {
		let report = report_of(&world.one, number, vec![Difference::Height], None);
		refuse_report(&mut world.alpha, report, Error::NotAFork);
	}
}

#[test]
fn a_header_above_the_known_head_has_no_other_at_its_height() {
	let mut world = parted().advance_to(15);
	for history in [&world.one, &world.other] {
		let report = report_of(history, 13, vec![Difference::Height], None);
		refuse_report(&mut world.alpha, report, Error::NotAFork);
	}
}

#[test]
fn another_block_in_the_history_of_a_final_header_is_a_fork() {
	for number in [10, 12, 13, 14, 30] {
		let mut world = parted().advance_to(31);
		let report = report_of(&world.other, number, vec![below(&world.other, 9, number)], Some(8));
		submit_report(&mut world.alpha, report).expect("block 9 is known to be another");
		let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
		assert_eq!((branch.tip.number, branch.common), (number, Some(8)));
	}
}

#[test]
fn a_block_in_the_history_that_is_known_or_not_known_at_all_is_no_fork() {
	let mut world = parted().advance_to(31);
	for (height, history) in [(2, &world.other), (8, &world.other), (9, &world.one)] {
		let report = report_of(history, 30, vec![below(history, height, 30)], None);
		refuse_report(&mut world.alpha, report, Error::NotAFork);
	}
	for height in [13, 29] {
		let report = report_of(&world.other, 30, vec![below(&world.other, height, 30)], None);
		refuse_report(&mut world.alpha, report, Error::NotAFork);
	}
}

#[test]
fn a_path_that_does_not_lead_to_the_stated_root_is_refused() {
	let mut world = parted().advance_to(31);
	let Difference::Below { hash, path, .. } = below(&world.other, 9, 30) else { unreachable!() };
	let mut all = Vec::new();
	let mut change = |change: &dyn Fn(&mut Vec<H256>)| {
		let mut path = path.clone();
		change(&mut path);
		all.push(Difference::Below { height: 9, hash, path });
	};
	change(&|path| path.truncate(path.len() - 1));
	change(&|path| path.push(H256::zero()));
	change(&|path| path.swap(0, 1));
	change(&Vec::clear);
	all.push(Difference::Below { height: 10, hash, path: path.clone() });
	all.push(Difference::Below { height: 30, hash, path: path.clone() });
	all.push(Difference::Below { height: 9, hash: H256::repeat_byte(1), path: path.clone() });
	// It is true of another header.
	all.push(below(&world.other, 9, 29));
	all.push(below(&world.one, 9, 30));
	for difference in all {
		let report = report_of(&world.other, 30, vec![difference], None);
		refuse_report(&mut world.alpha, report, Error::NotInHistory);
	}
}

#[test]
fn a_header_below_a_known_root_that_has_another_block_there_is_a_fork() {
	for under in [60, 12] {
		let mut world = parted_long_ago();
		let number = if under == 60 { 20 } else { 10 };
		let difference = above(&world.one, number, under);
		let report = report_of(&world.other, number, vec![difference], None);
		submit_report(&mut world.alpha, report).expect("the known root says so");
		let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
		assert_eq!((branch.tip.number, branch.common), (number, None));
	}
}

#[test]
fn the_common_block_of_a_header_below_a_known_root_is_proven_as_any() {
	let mut world = parted_long_ago();
	let report = report_of(&world.other, 12, vec![Difference::Height], Some(1));
	let unknown = report_of(&world.other, 12, vec![Difference::Height], Some(8));
	let difference = above(&world.one, 10, 12);
	let lower = report_of(&world.other, 10, vec![difference], Some(1));
	refuse_report(&mut world.alpha, unknown, Error::NotInCommon);
	world.alpha.run(|| assert!(crate::chains::forks::judge_report::<Test>(BETA, &report).is_ok()));
	submit_report(&mut world.alpha, lower).expect("they have block 1 in common");
	assert_eq!(open_branches(&mut world.alpha)[0].common, Some(1));
}

#[test]
fn a_header_below_a_root_that_is_not_known_or_that_has_it_is_no_fork() {
	let mut world = parted_long_ago();
	let unknown = report_of(&world.other, 20, vec![above(&world.one, 20, 50)], None);
	refuse_report(&mut world.alpha, unknown, Error::NotAFork);
	let honest = report_of(&world.one, 20, vec![above(&world.one, 20, 60)], None);
	refuse_report(&mut world.alpha, honest, Error::NotAFork);
	let common = report_of(&world.other, 5, vec![above(&world.one, 5, 60)], None);
	refuse_report(&mut world.alpha, common, Error::NotAFork);
}

#[test]
fn a_path_that_does_not_lead_to_the_known_root_is_refused() {
	let mut world = parted_long_ago();
	let Difference::Above { under, hash, path } = above(&world.one, 20, 60) else { unreachable!() };
	let mut shorter = path.clone();
	shorter.pop();
	let invented = H256::repeat_byte(1);
	for difference in [
		Difference::Above { under, hash: invented, path: path.clone() },
		Difference::Above { under, hash, path: shorter },
		Difference::Above { under: 12, hash, path },
		above(&world.other, 20, 60),
		above(&world.one, 21, 60),
	] {
		let report = report_of(&world.other, 20, vec![difference], None);
		refuse_report(&mut world.alpha, report, Error::NotInHistory);
	}
}

#[test]
fn ancestors_bring_a_final_header_down_to_a_known_height() {
	for lowest in [10, 11, 13] {
		let mut world = parted().advance_to(40);
		let known = lowest - 1;
		let common = (known == 9).then_some(8);
		let common = common.map(|height| Common { height, path: world.other.path(height, 39) });
		let report = ForkReport { common, ..by_descent(&world.other, 39, lowest) };
		submit_report(&mut world.alpha, report).expect("they lead to a block that is another");
		let [branch] = open_branches(&mut world.alpha)[..] else { panic!("one is open") };
		assert_eq!((branch.tip.number, branch.common), (39, (known == 9).then_some(8)));
	}
}

#[test]
fn a_header_without_ancestors_names_its_parent() {
	let mut world = parted().advance_to(14);
	let report = report_of(&world.other, 13, vec![Difference::Descent(12)], None);
	submit_report(&mut world.alpha, report).expect("its parent is not the known head");
}

#[test]
fn ancestors_that_lead_to_what_is_known_or_to_nothing_known_are_no_fork() {
	let mut world = parted().advance_to(40);
	for (history, lowest) in
		[(&world.other, 9), (&world.other, 5), (&world.one, 10), (&world.other, 14)]
	{
		refuse_report(&mut world.alpha, by_descent(history, 39, lowest), Error::NotAFork);
	}
}

#[test]
fn headers_that_do_not_name_each_other_are_refused() {
	let mut world = parted().advance_to(20);
	let headers = ancestors(&world.other, 19, 10);
	let mut broken = headers.clone();
	broken.remove(1);
	let mut swapped = headers.clone();
	swapped.swap(0, 1);
	let mut foreign = headers.clone();
	foreign[2] = world.one.block(16).header.clone();
	let mut renumbered = headers.clone();
	renumbered[8].number -= 1;
	let late = headers[1..].to_vec();
	let genuine = by_descent(&world.other, 19, 10);
	for ancestors in [broken, swapped, foreign, renumbered, late] {
		let report = ForkReport { ancestors, ..genuine.clone() };
		refuse_report(&mut world.alpha, report, Error::HeadersNotLinked);
	}
	// The last that is brought names no block below its parent, and none is above the header's.
	for height in [8, 19, 20] {
		let report =
			ForkReport { differences: vec![Difference::Descent(height)], ..genuine.clone() };
		refuse_report(&mut world.alpha, report, Error::HeadersNotLinked);
	}
}

#[test]
fn a_report_brings_no_more_ancestors_than_are_looked_at() {
	let mut world = parted();
	let mut short = world.other.block(11).header.clone();
	short.digest.logs.clear();
	let report = |count: u32| {
		let ancestors = vec![short.clone(); count as usize];
		ForkReport { ancestors, ..by_descent(&world.other, 12, 12) }
	};
	let (many, most) = (report(MAX_ANCESTRIES + 1), report(MAX_ANCESTRIES));
	refuse_report(&mut world.alpha, many, Error::EvidenceTooLarge);
	refuse_report(&mut world.alpha, most, Error::HeadersNotLinked);
}

/// Where the branches part is not for the reporter to choose.
#[test]
fn the_common_block_is_the_highest_that_is_known_below_the_difference() {
	let mut world = parted().advance_to(31);
	let difference = || vec![below(&world.other, 9, 30)];
	for common in [1, 7, 9, 13] {
		let report = report_of(&world.other, 30, difference(), Some(common));
		refuse_report(&mut world.alpha, report, Error::NotInCommon);
	}
	// Where the difference is shown further up, the block right below it is another one, too.
	for (height, common) in [(10, 8), (10, 9), (12, 8), (12, 11)] {
		let difference = vec![below(&world.other, height, 30)];
		let report = report_of(&world.other, 30, difference, Some(common));
		refuse_report(&mut world.alpha, report, Error::NotInCommon);
	}
	let genuine = report_of(&world.other, 30, difference(), Some(8));
	submit_report(&mut world.alpha, genuine).expect("block 8 is on both");
}

#[test]
fn the_common_block_is_proven() {
	let mut world = parted().advance_to(31);
	let genuine = report_of(&world.other, 30, vec![below(&world.other, 9, 30)], Some(8));
	let path = || genuine.common.clone().expect("it is there").path;
	let mut longer = path();
	longer.push(H256::zero());
	let mut shorter = path();
	shorter.pop();
	let of_one = world.one.path(8, 30);
	assert_ne!(of_one, path());
	for path in [longer, shorter, of_one, Vec::new()] {
		let common = Some(Common { height: 8, path });
		let report = ForkReport { common, ..genuine.clone() };
		refuse_report(&mut world.alpha, report, Error::NotInCommon);
	}
}

#[test]
fn the_history_that_is_brought_is_the_one_that_the_header_states() {
	let mut world = parted().advance_to(31);
	let genuine = exposing(&mut world.alpha, &world.other, 30);
	let mut few = genuine.peaks.clone().expect("they are there");
	few.pop();
	let mut many = genuine.peaks.clone().expect("they are there");
	many.push(H256::zero());
	for peaks in [few, many, Vec::new(), world.one.peaks(30), world.other.peaks(29)] {
		let report = ForkReport { peaks: Some(peaks), ..genuine.clone() };
		refuse_report(&mut world.alpha, report, Error::HistoryNotStated);
	}
}

#[test]
fn a_report_says_as_much_of_each_branch_and_no_more() {
	let mut world = parted();
	let report = |differences| report_of(&world.other, 12, differences, None);
	let none = report(vec![]);
	let two = report(vec![Difference::Height, Difference::Height]);
	refuse_report(&mut world.alpha, none, Error::NotAFork);
	refuse_report(&mut world.alpha, two, Error::DifferencesMiscounted);
	expose(&mut world.alpha, &world.other);
	let third = history_until(10, "a third history", 14);
	let one = report_of(&third, 13, vec![below(&third, 10, 13)], None);
	refuse_report(&mut world.alpha, one, Error::DifferencesMiscounted);
	expose(&mut world.alpha, &third);
}

#[test]
fn of_an_unknown_chain_nothing_is_a_fork() {
	let mut world = parted();
	let report = exposing(&mut world.alpha, &world.other, 12);
	let call = Call::report_fork { system: TWIN, report };
	world.alpha.refuse(call, Error::UnknownSystem);
}

#[test]
fn a_header_of_another_chain_with_the_same_keys_is_no_history() {
	let mut world = parted();
	let mut twin = Chain::new(TWIN, Voters::new(5, &BETA_VOTERS));
	twin.advance_to(13);
	let report = report_of(&twin, 12, vec![Difference::Height], None);
	refuse_report(&mut world.alpha, report, Error::HeaderOfOtherSystem);
}

/// Whoever would harm an honest chain has its headers, and not its validators' keys.
#[test]
fn a_forged_history_of_an_honest_chain_is_no_fork() {
	let mut world = parted();
	let genuine = exposing(&mut world.alpha, &world.other, 12);
	let mut other_block = genuine.clone();
	other_block.justification = world.other.voters.justify(&world.other.block(11).header);
	refuse_report(&mut world.alpha, other_block, Error::JustificationForOtherBlock);
	// The votes for the block that they did finalize.
	let mut honest = genuine.clone();
	honest.justification = world.one.voters.justify(&world.one.block(12).header);
	refuse_report(&mut world.alpha, honest, Error::JustificationForOtherBlock);
	let mut few = genuine.clone();
	few.justification.votes.pop();
	refuse_report(&mut world.alpha, few, Error::TooFewVotes);
	let mut forged = genuine.clone();
	forged.justification.round += 1;
	refuse_report(&mut world.alpha, forged, Error::BadSignature);
	let mut strangers = genuine;
	let eves = Voters::new(5, &[Ed25519Keyring::One, Ed25519Keyring::Two, Ed25519Keyring::Ferdie]);
	strangers.justification = eves.justify(&strangers.header);
	refuse_report(&mut world.alpha, strangers, Error::UnknownVoter);
	assert_eq!(status(&mut world.alpha), Status::Active);
}

#[test]
fn a_header_that_says_nothing_of_its_past_is_no_history() {
	let mut world = parted();
	let mut silent = exposing(&mut world.alpha, &world.other, 12);
	silent.header.digest.logs.clear();
	refuse_report(&mut world.alpha, silent, Error::StatementMissing);
	let mut twice = exposing(&mut world.alpha, &world.other, 12);
	let item = world.one.statement(12).item();
	twice.header.digest.push(item);
	refuse_report(&mut world.alpha, twice, Error::StatementRepeated);
}

#[test]
fn a_proof_of_too_much_is_refused_before_anything_else() {
	let mut world = parted();
	let genuine = exposing(&mut world.alpha, &world.other, 12);
	let hashes = |count: usize| Some(vec![BETA.0; count]);
	let most = crate::chains::forks::MAX_HASHES as usize;
	let many = ForkReport { peaks: hashes(most + 1), ..genuine.clone() };
	refuse_report(&mut world.alpha, many, Error::EvidenceTooLarge);
	let large = ForkReport { peaks: hashes(1_100), ..genuine.clone() };
	refuse_report(&mut world.alpha, large, Error::EvidenceTooLarge);
	let mut crowded = genuine;
	(0..65).for_each(|_| crowded.header.digest.push(DigestItem::RuntimeEnvironmentUpdated));
	refuse_report(&mut world.alpha, crowded, Error::DigestTooLong);
}

/// What one chain believes must fit into the report to another, whoever has made it large.
#[test]
fn a_header_and_votes_of_more_than_half_a_message_are_refused_as_evidence_and_as_a_report() {
	let half = MAX_EVIDENCE_SIZE as usize / 2;
	let mut world = parted().advance_to(31);
	let report = exposing(&mut world.alpha, &world.other, 30);
	let mut evidence = world.other.evidence(30, &mut world.gamma, &[]);
	let of = |header: &Header| header.encoded_size();
	let votes = report.justification.encoded_size();
	let room = half - votes - of(&report.header);
	for (padding, fits) in [(room + 10, false), (room - 10, true)] {
		let padding = DigestItem::Other(vec![0; padding]);
		let mut header = report.header.clone();
		header.digest.push(padding.clone());
		let justification = world.other.voters.justify(&header);
		let report = ForkReport { header: header.clone(), justification, ..report.clone() };
		evidence.header.clone_from(&report.header);
		evidence.justification().clone_from(&report.justification);
		let call = submission(BETA, evidence.clone(), &[]);
		match fits {
			true => {
				world.gamma.dispatch(RuntimeOrigin::signed(CAROL), call).expect("it fits");
				submit_report(&mut world.alpha, report).expect("so does the report of it");
			},
			false => {
				world.gamma.refuse(call, Error::EvidenceTooLarge);
				refuse_report(&mut world.alpha, report, Error::EvidenceTooLarge);
			},
		}
	}
}
