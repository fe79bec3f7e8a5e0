//! What leads from the known head to a newer header, and from one that has moved meanwhile.

use super::*;

/// Evidence of beta's newest block, for an alpha that knows `known`, with one hash more or less.
fn miscounted(evidence: &Evidence) -> Vec<Evidence> {
	let mut all = Vec::new();
	for is_tail in [false, true] {
		let with = |change: &dyn Fn(&mut Vec<H256>)| {
			let mut evidence = evidence.clone();
			let extension = evidence.extension();
			change(if is_tail { &mut extension.tail } else { &mut extension.nodes });
			evidence
		};
		all.push(with(&|hashes| hashes.push(H256::zero())));
		all.push(with(&|hashes| hashes.insert(0, H256::zero())));
		all.push(with(&|hashes| hashes.truncate(hashes.len().saturating_sub(1))));
	}
	all.retain(|altered| altered != evidence);
	all
}

/// Sizes 2^j and beside, gaps that a tail bridges, that it just bridges, and that it does not.
#[test]
fn an_extension_has_exactly_the_hashes_that_lie_between() {
	for known in [6, 7, 8, 15, 16, 17] {
		for number in [1, 2, 3, 15, 16, 17, 18, 19, 20, 33].map(|gap| known + gap) {
			let (mut world, ids) = registered_and_informed(known);
			world.advance_to(number + 1);
			let evidence = world.evidence(&ids);
			for altered in miscounted(&evidence) {
				world.refuse(&altered, &ids, Error::ExtensionMiscounted);
			}
			world.submit(evidence, &ids).expect("nothing is missing");
			let view = world.alpha.view_of(BETA);
			assert_eq!((view.number(), view.head()), (number, world.beta.hash_at(number)));
			assert_eq!(*view.history(), world.beta.history(number));
			let lowest = if number - known > MAX_TAIL + 2 { number - 15 } else { view.lowest() };
			assert_eq!(view.lowest(), lowest);
			let mut hashes = (lowest..=number).map(|height| (view.hash_at(height), height));
			assert!(hashes.all(|(hash, height)| hash == Some(world.beta.hash_at(height))));
		}
	}
}

#[test]
fn the_next_block_needs_no_hashes_and_has_the_head_for_its_parent() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(22);
	let evidence = world.evidence(&ids);
	assert_eq!(evidence.clone().extension(), &Default::default());
	let mut header = evidence.header.clone();
	header.parent_hash = H256::repeat_byte(1);
	let justification = world.beta.voters.justify(&header);
	let mut fork = Evidence { header, ..evidence.clone() }.justified_by(justification);
	world.refuse(&fork, &ids, Error::ForkedHistory);
	// What nobody has signed is no fork.
	fork.justification().votes.truncate(1);
	world.refuse(&fork, &ids, Error::TooFewVotes);
	world.submit(evidence, &ids).expect("its parent is the head");
}

#[test]
fn hashes_of_an_extension_that_are_not_the_chains_are_refused() {
	for number in [22, 23, 30, 38, 60] {
		let (mut world, ids) = registered_and_informed(20);
		world.advance_to(number + 1);
		let evidence = world.evidence(&ids);
		let extension = evidence.clone().extension().clone();
		for at in 0..extension.nodes.len() {
			let mut other = evidence.clone();
			other.extension().nodes[at] = H256::zero();
			world.refuse(&other, &ids, Error::OtherHistory);
		}
		for at in 0..extension.tail.len() {
			let mut other = evidence.clone();
			other.extension().tail[at] = H256::zero();
			world.refuse(&other, &ids, Error::OtherHistory);
			let mut swapped = evidence.clone();
			swapped.extension().tail.rotate_right(at);
			if at > 0 {
				world.refuse(&swapped, &ids, Error::OtherHistory);
			}
		}
		world.submit(evidence, &ids).expect("these are the hashes");
	}
}

/// As many hashes as it takes, of the subtrees that lie elsewhere.
#[test]
fn an_extension_for_another_head_is_refused() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(61);
	let evidence = world.evidence(&ids);
	for known in [18, 19, 21, 22] {
		let mut other = evidence.clone();
		*other.extension() = world.beta.extension(known, 60);
		let is_aligned =
			other.clone().extension().nodes.len() == evidence.clone().extension().nodes.len();
		let error = if is_aligned { Error::OtherHistory } else { Error::ExtensionMiscounted };
		world.refuse(&other, &ids, error);
	}
}

/// Two histories welded into one log, below what is known, with the known head at its place: a path
/// to that head would pass.
#[test]
fn a_log_that_is_another_one_below_the_head_is_refused() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(31);
	let honest = world.evidence(&ids);
	for rewritten in [0, 3, 19] {
		let mut welded = Frontier::default();
		for height in 0..30 {
			let hash = world.beta.hash_at(height);
			let hash = if height == rewritten { H256::repeat_byte(9) } else { hash };
			welded.push(0, ribp_protocol::leaf(hash)).expect("there is room");
		}
		let forged = stating(&world, &honest, |statement| statement.history_root = welded.root());
		world.refuse(&forged, &ids, Error::OtherHistory);
	}
	world.submit(honest, &ids).expect("the log goes on from what is known");
}

/// The parent's hash is part of the log.
#[test]
fn a_header_with_another_parent_than_it_states_is_refused() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(31);
	let honest = world.evidence(&ids);
	let mut header = honest.header.clone();
	header.parent_hash = world.beta.hash_at(28);
	let justification = world.beta.voters.justify(&header);
	let forged = Evidence { header, ..honest.clone() }.justified_by(justification);
	world.refuse(&forged, &ids, Error::OtherHistory);
	world.submit(honest, &ids).expect("its parent is in the log");
}

#[test]
fn a_gap_of_any_length_is_crossed_at_once() {
	let mut world = informed(10);
	world.advance_to(400);
	let evidence = world.evidence(&[]);
	let hashes = evidence.link.hashes();
	assert!(hashes < 32, "{hashes} hashes");
	world.submit(evidence, &[]).expect("nothing is missing");
	assert_eq!(world.alpha.view_of(BETA).number(), 399);
}

#[test]
fn the_head_may_move_within_the_tail_before_a_message_is_included() {
	for moved in [21, 33, 43, 44, 57, 58, 59] {
		let (mut world, ids) = registered_and_informed(20);
		world.advance_to(61);
		let message = world.evidence(&ids);
		world.authorize(submission(BETA, message.clone(), &ids)).expect("the pool takes it");
		let mover = world.evidence_at(moved, &[]);
		let moved_by = include(&mut world, &mover, &[]);
		let result = include(&mut world, &message, &ids);
		if moved < 20 + VIEW_STEP {
			assert_eq!(moved_by, Err(Error::<Test>::NothingToGain.into()));
			assert_eq!(result, Ok(()), "nothing has moved");
		} else if moved < 60 - 1 - MAX_TAIL - 1 {
			assert_eq!(result, Err(Error::<Test>::ExtensionMiscounted.into()), "{moved}");
			assert_eq!(stage(&mut world, &ids), Stage::Registered);
		} else {
			assert_eq!(result, Ok(()), "{moved}");
			assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 61 });
			let view = world.alpha.view_of(BETA);
			assert_eq!((view.number(), view.history()), (60, &world.beta.history(60)));
			let mut hashes = (view.lowest()..=60).map(|height| (view.hash_at(height), height));
			assert!(hashes.all(|(hash, height)| hash == Some(world.beta.hash_at(height))));
		}
	}
}

/// Who signs for a message pays for what is refused, and is told how it should have been.
#[test]
fn what_an_account_sends_is_made_for_the_present_head() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(61);
	let evidence = world.evidence(&ids);
	let mover = world.evidence_at(50, &[]);
	world.submit(mover, &[]).expect("it is a step");
	world.refuse(&evidence, &ids, Error::ExtensionMiscounted);
}

#[test]
fn a_message_is_still_worth_its_contracts_when_the_head_has_moved_beyond_it() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(41);
	let message = world.evidence_at(33, &ids);
	world.authorize(submission(BETA, message.clone(), &ids)).expect("the pool takes it");
	let mover = world.evidence(&[]);
	world.submit(mover, &[]).expect("it is a step");
	include(&mut world, &message, &ids).expect("block 33 is one of the newest that are known");
	assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 41 });
	assert_eq!(world.alpha.view_of(BETA).number(), 40);
}

#[test]
fn a_message_is_lost_when_the_head_has_moved_far_beyond_it() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(61);
	let message = world.evidence_at(33, &ids);
	world.authorize(submission(BETA, message.clone(), &ids)).expect("the pool takes it");
	let mover = world.evidence(&[]);
	world.submit(mover, &[]).expect("it is a step");
	let lost = include(&mut world, &message, &ids);
	assert_eq!(lost, Err(Error::<Test>::HeaderNotRelated.into()));
	let path = world.evidence_at(33, &ids);
	world.submit(path, &ids).expect("a path leads there");
}
