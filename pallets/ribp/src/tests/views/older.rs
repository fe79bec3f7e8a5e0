//! Headers that are not newer than the head: what they take to be believed.

use super::*;
use sp_runtime::DigestItem;

/// Beta's block, with a path under another block's root.
fn below(world: &World, number: Height, under: Height, evidence: &Evidence) -> Evidence {
	let header = world.beta.block(number).header.clone();
	let link = Link::Below { under, path: world.beta.path(number, under) };
	Evidence { header, link, ..evidence.clone() }
}

/// The same evidence with other hashes on the way up.
fn with_path(evidence: &Evidence, change: impl FnOnce(&mut Vec<H256>)) -> Evidence {
	let mut evidence = evidence.clone();
	let Link::Below { path, .. } = &mut evidence.link else { panic!("the header is old") };
	change(path);
	evidence
}

#[test]
fn a_known_header_needs_no_justification() {
	for number in [5, 19, 20] {
		let (mut world, ids) = registered_and_informed(20);
		let evidence = world.evidence_at(number, &ids);
		assert_eq!(evidence.link, Link::Known);
		world.submit(evidence, &ids).expect("a registration that was shown once stands");
		assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 21 });
		assert_eq!(world.alpha.view_of(BETA).number(), 20, "the view never goes back");
	}
}

#[test]
fn the_justification_of_a_known_header_only_takes_up_space() {
	let (mut world, ids) = registered_and_informed(20);
	for number in [19, 20] {
		let evidence = world.evidence_at(number, &ids);
		let block = world.beta.block(number);
		let justification = block.voters.justify(&block.header);
		for extension in [Default::default(), world.beta.extension(number - 2, number)] {
			let justification = justification.clone();
			let link = Link::Above { justification, extension };
			let padded = Evidence { link, ..evidence.clone() };
			world.refuse(&padded, &ids, Error::JustificationNotNeeded);
		}
	}
}

#[test]
fn a_path_to_a_known_header_only_takes_up_space() {
	let (mut world, ids) = registered_and_informed(20);
	let evidence = world.evidence_at(19, &ids);
	let padded = below(&world, 19, 20, &evidence);
	world.refuse(&padded, &ids, Error::PathNotNeeded);
	world.submit(evidence, &ids).expect("its hash is known");
}

#[test]
fn a_header_that_is_not_known_needs_more_than_its_hash() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(30);
	for number in [3, 4, 21, 29] {
		let bare = world.evidence_at(number, &ids).unlinked();
		world.refuse(&bare, &ids, Error::HeaderNotKnown);
	}
}

#[test]
fn an_older_header_is_believed_by_its_path_under_the_head() {
	for number in [2, 3, 4] {
		let (mut world, ids) = registered_and_informed(20);
		let evidence = world.evidence_at(number, &ids);
		assert!(matches!(evidence.link, Link::Below { under: 20, .. }));
		world.submit(evidence, &ids).expect("the head states it");
		assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 21 });
		assert_eq!(world.alpha.view_of(BETA).number(), 20, "the view never goes back");
	}
}

/// A world whose exchange is registered, and in which alpha has been told of beta by many steps.
fn long_informed() -> (World, [ContractId; 1]) {
	let (mut world, ids) = registered_and_informed(6);
	for _ in 0..12 {
		let height = world.alpha.now() + VIEW_STEP;
		world.advance_to(height);
		world.tell_alpha(&[]).expect("it is a step");
	}
	(world, ids)
}

#[test]
fn an_older_header_is_believed_by_its_path_under_any_mark() {
	let (mut world, _) = long_informed();
	let known = world.alpha.run(|| Ribp::known(BETA)).expect("beta is known");
	let marks: Vec<_> = known.marks.iter().map(|mark| mark.number).collect();
	assert_eq!((marks.first(), marks.last()), (Some(&1), Some(&66)));
	assert!(marks.len() > 12, "{marks:?}");
	for under in marks.into_iter().filter(|under| *under > 20) {
		let (mut world, ids) = long_informed();
		let evidence = world.evidence_at(20, &ids);
		let under_mark = below(&world, 20, under, &evidence);
		world.submit(under_mark, &ids).expect("what is believed states it");
		assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 67 });
	}
}

#[test]
fn a_path_under_a_root_that_is_not_remembered_leads_nowhere() {
	let (mut world, ids) = long_informed();
	let evidence = world.evidence_at(2, &ids);
	for under in [7, 40, 65] {
		let under_it = below(&world, 2, under, &evidence);
		world.refuse(&under_it, &ids, Error::NotInHistory);
	}
	world.advance_to(80);
	let under_news = below(&world, 2, 79, &evidence);
	world.refuse(&under_news, &ids, Error::NotInHistory);
}

#[test]
fn a_path_is_the_one_of_the_header_and_no_other() {
	let (mut world, ids) = registered_and_informed(20);
	let honest = world.evidence_at(3, &ids);
	let [before, after] = [2, 4].map(|number| world.beta.path(number, 20));
	let root = world.beta.statement(20).history_root;
	let altered = [
		// The root as path; nothing as path.
		with_path(&honest, |path| *path = vec![root]),
		with_path(&honest, |path| *path = vec![]),
		// The header as if it were an inner node, and as if it lay deeper.
		with_path(&honest, |path| *path = path.split_off(1)),
		with_path(&honest, |path| path.insert(0, H256::zero())),
		with_path(&honest, |path| path.push(root)),
		with_path(&honest, |path| path.truncate(path.len() - 1)),
		with_path(&honest, |path| path.swap(0, 1)),
		with_path(&honest, |path| path[2] = H256::zero()),
		// The places beside it.
		with_path(&honest, |path| *path = before),
		with_path(&honest, |path| *path = after),
	];
	for evidence in altered {
		world.refuse(&evidence, &ids, Error::NotInHistory);
	}
	world.submit(honest, &ids).expect("this is the path");
}

/// The forgery of April 2026 that drained Hyperbridge's gateway: with an index beyond the tree, a
/// verifier never looked at the leaf, and took the root from the proof.
#[test]
fn an_index_beyond_the_tree_proves_nothing() {
	let (mut world, ids) = registered_and_informed(20);
	world.advance_to(40);
	let evidence = world.evidence_at(39, &ids);
	for under in [1, 20] {
		let root = world.beta.statement(under).history_root;
		for number in [21, 32, 39] {
			let header = world.beta.block(number).header.clone();
			for path in [vec![], vec![root], vec![root; 2], world.beta.path(number, 40)] {
				let link = Link::Below { under, path };
				let beyond = Evidence { header: header.clone(), link, ..evidence.clone() };
				world.refuse(&beyond, &ids, Error::NotInHistory);
			}
		}
	}
	let root = world.beta.statement(1).history_root;
	for path in [vec![], vec![root]] {
		let link = Link::Below { under: 1, path };
		let alone =
			Evidence { link, header: world.beta.block(2).header.clone(), ..evidence.clone() };
		world.refuse(&alone, &ids, Error::NotInHistory);
	}
}

#[test]
fn a_block_of_another_branch_is_in_no_history() {
	let (mut world, ids) = registered_and_informed(20);
	let honest = world.evidence_at(3, &ids);
	let mut branch = beta_chain();
	branch.announce(DigestItem::Other(vec![1]));
	branch.advance_to(21);
	let header = branch.block(3).header.clone();
	let link = Link::Below { under: 20, path: branch.path(3, 20) };
	let with_its_own_path = Evidence { header: header.clone(), link, ..honest.clone() };
	world.refuse(&with_its_own_path, &ids, Error::NotInHistory);
	let with_the_path_of_ours = Evidence { header, ..honest };
	world.refuse(&with_the_path_of_ours, &ids, Error::NotInHistory);
}

#[test]
fn votes_do_not_relate_an_older_header_to_what_is_known() {
	let (mut world, ids) = registered_and_informed(20);
	for number in [2, 4] {
		let evidence = world.evidence_at(number, &ids);
		let block = world.beta.block(number);
		let justification = block.voters.justify(&block.header);
		let link = Link::Above { justification, extension: world.beta.extension(1, number) };
		let voted = Evidence { link, ..evidence };
		world.refuse(&voted, &ids, Error::HeaderNotRelated);
	}
}

/// What lies before the anchor is final because root says so of the anchor: no votes are asked for,
/// and none help.
#[test]
fn history_before_the_trust_anchor_is_what_the_anchor_states() {
	let swap = Exchange::patient(60, 60);
	let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
	alpha.seal();
	beta.seal();
	beta.knows(&alpha);
	beta.register(&swap.payment).expect("it is new");
	beta.advance_to(9);
	alpha.knows(&beta);
	alpha.register(&swap.delivery).expect("it is new");
	let mut world = World { alpha, beta };
	let ids = [swap.delivery.id()];
	let evidence = world.evidence_at(4, &ids);
	assert!(matches!(evidence.link, Link::Below { under: 8, .. }));
	let block = world.beta.block(4);
	let justification = block.voters.justify(&block.header);
	let link = Link::Above { justification, extension: Default::default() };
	let voted = Evidence { link, ..evidence.clone() };
	world.refuse(&voted, &ids, Error::HeaderNotRelated);
	world.submit(evidence, &ids).expect("the anchor states it");
	assert_eq!(stage(&mut world, &ids), Stage::Committed { at: 2 });
}

#[test]
fn a_path_under_a_head_stays_one_under_its_mark() {
	let (mut world, ids) = registered_and_informed(20);
	let message = world.evidence_at(2, &ids);
	for _ in 0..3 {
		let height = world.alpha.now() + VIEW_STEP;
		world.advance_to(height);
		world.tell_alpha(&[]).expect("it is a step");
	}
	include(&mut world, &message, &ids).expect("the head that was is remembered");
}

/// Who finalizes another block at a known height has forked the chain; who only says so has not. Of a
/// height whose hash is not at hand, nothing can be told.
#[test]
fn another_block_at_a_known_height_is_a_fork_if_it_is_final() {
	let (mut world, ids) = registered_and_informed(20);
	let mut branch = World::new().beta;
	branch.announce(DigestItem::Other(vec![1]));
	branch.advance_to(21);
	let of_branch = |number: Height, known: Height| {
		let block = branch.block(number);
		let (header, justification) = (block.header.clone(), block.voters.justify(&block.header));
		let link = Link::Above { justification, extension: branch.extension(known, number) };
		Evidence { header, link, proof: vec![] }
	};
	for number in [5, 13, 20] {
		let mut fork = of_branch(number, 4);
		world.refuse(&fork, &ids, Error::ForkedHistory);
		world.refuse(&fork.clone().unlinked(), &ids, Error::HeaderNotKnown);
		fork.justification().votes.pop();
		world.refuse(&fork, &ids, Error::TooFewVotes);
	}
	for number in [2, 4] {
		world.refuse(&of_branch(number, 1), &ids, Error::HeaderNotRelated);
	}
}
