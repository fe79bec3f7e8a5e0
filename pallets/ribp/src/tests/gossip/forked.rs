//! Forks: everybody who follows one of the branches is shown the other.

use super::*;
use crate::{
	mock::{GossipRate, RuntimeOrigin, EXPOSURE},
	Height, Status,
};
use sp_runtime::Perquintill;

/// Alpha has seen the one history of beta, gamma the other, up to 12; they part in block 9. Neither
/// knows of it.
fn parted() -> Forked {
	let mut world = Forked::new(9).advance_to(13).seen();
	world.alpha.seal();
	world.gamma.seal();
	world
}

/// Alpha and gamma have seen the one history up to 12, and alpha has been told of the other up to `tip`.
fn same_branch(tip: Height) -> Forked {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	show(&mut world.gamma, &world.one);
	world.other.advance_to(tip + 1);
	expose(&mut world.alpha, &world.other);
	world.alpha.seal();
	world.gamma.seal();
	world
}

#[track_caller]
fn assert_forked(chain: &mut Chain, tip: &Chain, number: Height) {
	assert_eq!(status(chain), Status::Forked);
	let [branch] = open_branches(chain)[..] else { panic!("one is open") };
	assert_eq!((branch.tip.number, branch.tip.hash), (number, tip.hash_at(number)));
}

/// What alpha's worker tells gamma, which takes it in, while another address leads to a node of beta.
#[track_caller]
fn tell_with_beta(world: &mut Forked, beta: &Chain) -> Vec<Call<Test>> {
	let worker = Worker::new(&[(GAMMA, &[AT_GAMMA]), (BETA, &[AT_BETA])]);
	let done = worker.run(&world.alpha, &[(AT_GAMMA, &world.gamma), (AT_BETA, beta)]);
	let take = |(_, extrinsic): &(String, Vec<u8>)| {
		apply_general(&mut world.gamma, extrinsic).expect("a node tells nothing that is refused");
		call_of(extrinsic)
	};
	done.told.iter().map(take).collect()
}

#[test]
fn chains_that_follow_different_branches_tell_each_other() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, &world.one, 12);
	world.gamma.seal();
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	assert_forked(&mut world.alpha, &world.other, 12);
}

#[test]
fn when_all_have_heard_of_it_nothing_more_is_said() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	tell(&gammas(), &world.gamma, AT_ALPHA, &mut world.alpha);
	for _ in 0..4 {
		world.alpha.seal();
		world.gamma.seal();
		assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
		assert!(told_by(&gammas(), &world.gamma, AT_ALPHA, &world.alpha).is_empty());
	}
}

#[test]
fn who_follows_the_same_branch_is_shown_the_other() {
	let mut world = same_branch(12);
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, &world.other, 12);
}

#[test]
fn who_follows_the_other_branch_is_shown_the_one() {
	let mut world = Forked::new(9).advance_to(13).seen();
	expose(&mut world.alpha, &world.other);
	world.alpha.seal();
	world.gamma.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, &world.one, 12);
}

/// A node of the forked chain adds where the branches part, and with what the other can be followed.
#[test]
fn what_nodes_of_the_forked_chain_tell_makes_the_branch_one_that_can_be_followed() {
	let mut world = parted();
	let beta = plain_history(13);
	tell_with_beta(&mut world, &beta);
	assert_forked(&mut world.gamma, &world.one, 12);
	assert_eq!(open_branches(&mut world.gamma)[0].common, Some(8));
	let call = Call::choose_branch { system: BETA, branch: Some(world.one.hash_at(12)) };
	world.gamma.dispatch(RuntimeOrigin::root(), call).expect("its history was told");
}

/// Alpha's tip is higher than all that gamma knows: it takes a node of that branch to show where it parts.
#[test]
fn who_knows_less_than_the_tip_is_shown_by_a_node_of_that_branch() {
	let mut world = same_branch(30);
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty(), "nobody tells");
	let other = history_until(9, "another history", 31);
	tell_with_beta(&mut world, &other);
	assert_forked(&mut world.gamma, &world.other, 30);
	assert_eq!(open_branches(&mut world.gamma)[0].common, Some(8));
}

/// Gamma knows neither the tip's height nor one near it: it takes a node of the followed branch.
#[test]
fn who_knows_far_more_than_the_tip_is_shown_by_a_node_of_the_branch_that_it_follows() {
	let mut world = Forked::new(9).advance_to(13);
	show(&mut world.alpha, &world.one);
	let report = exposing(&mut world.alpha, &world.other, 12);
	submit_report(&mut world.alpha, report).expect("it is another history");
	world.one.advance_to(61);
	show(&mut world.gamma, &world.one);
	show(&mut world.alpha, &world.one);
	world.alpha.seal();
	world.gamma.seal();
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty(), "nobody tells");
	let one = plain_history(61);
	tell_with_beta(&mut world, &one);
	assert_forked(&mut world.gamma, &world.other, 12);
}

#[test]
fn who_was_out_of_reach_until_it_was_decided_is_told_afterwards() {
	let mut world = parted();
	expose(&mut world.alpha, &world.other);
	let call = Call::choose_branch { system: BETA, branch: None };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.alpha.advance_to(world.alpha.now() + EXPOSURE);
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	world.alpha.seal();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	assert_forked(&mut world.gamma, &world.one, 12);
}

/// What it kept is of the branch that it has given up.
#[test]
fn a_chain_that_has_adopted_the_other_branch_says_nothing_of_what_it_kept() {
	let mut world = parted();
	expose(&mut world.alpha, &world.other);
	let call = Call::choose_branch { system: BETA, branch: Some(world.other.head()) };
	world.alpha.dispatch(RuntimeOrigin::root(), call).expect("its history is known");
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	world.alpha.seal();
	assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
}

#[test]
fn a_chain_that_was_shown_another_branch_of_the_teller_is_shown_the_tellers_own() {
	let mut world = Forked::new(9).advance_to(13);
	// The other history of beta is what alpha knows; the teller is the one.
	show(&mut world.alpha, &world.other);
	world.alpha.seal();
	let worker = Worker::new(&[(ALPHA, &[AT_ALPHA]), (BETA, &[AT_BETA])]);
	world.one.run(|| GossipRate::set(&Perquintill::one()));
	world.one.seal();
	let told = worker.run(&world.one, &[(AT_ALPHA, &world.alpha), (AT_BETA, &world.one)]).told;
	assert_eq!(told.len(), 1);
	apply_general(&mut world.alpha, &told[0].1).expect("the one history is final as well");
	assert_forked(&mut world.alpha, &world.one, 13);
	assert_eq!(open_branches(&mut world.alpha)[0].common, Some(8));
}

/// Whoever has the keys makes decoys, and root refuses them: how many branches a chain has heard of says
/// nothing of which.
#[test]
fn who_has_heard_of_more_branches_is_shown_one_that_is_another() {
	let mut world = same_branch(12);
	for number in 0..3 {
		expose(&mut world.gamma, &history_until(10, &format!("decoy {number}"), 22 + number));
	}
	let call = Call::choose_branch { system: BETA, branch: None };
	world.gamma.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.gamma.seal();
	let other = history_until(9, "another history", 13);
	tell_with_beta(&mut world, &other);
	assert_forked(&mut world.gamma, &world.other, 12);
}

#[test]
fn a_forked_system_is_not_asked() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	world.gamma.seal();
	let worker = Worker::new(&[(BETA, &[AT_BETA])]);
	let done = worker.run(&world.gamma, &[(AT_BETA, &world.other)]);
	let checks = done.asked.iter().filter(|(_, method)| method == "grandpa_proveFinality");
	assert_eq!(checks.count(), 0);
}

/// The teller does not know which branches the other chain has refused until it asks: what it knows
/// already is not sent again.
#[test]
fn a_branch_that_the_peer_has_refused_is_not_sent_again() {
	let mut world = parted();
	tell(&alphas(), &world.alpha, AT_GAMMA, &mut world.gamma);
	let call = Call::choose_branch { system: BETA, branch: None };
	world.gamma.dispatch(RuntimeOrigin::root(), call).expect("the followed one is chosen");
	world.alpha.run(|| GossipRate::set(&Perquintill::one()));
	for _ in 0..8 {
		world.alpha.seal();
		world.gamma.seal();
		assert!(told_by(&alphas(), &world.alpha, AT_GAMMA, &world.gamma).is_empty());
	}
}

/// Whichever heights the two know, and whichever block was kept last: nodes of both branches tell
/// what it takes.
#[test]
fn who_knows_no_more_than_the_teller_is_shown_the_tellers_branch_at_any_height() {
	let heights = [12, 13, 20, 29, 30, 61, 90];
	for ours in heights {
		for theirs in heights.into_iter().filter(|theirs| *theirs <= ours) {
			let mut world = Forked::new(9);
			world.one.advance_to(ours + 1);
			world.other.advance_to(theirs + 1);
			show(&mut world.alpha, &world.one);
			show(&mut world.gamma, &world.other);
			world.alpha.run(|| GossipRate::set(&Perquintill::one()));
			world.alpha.seal();
			world.gamma.seal();
			let worker = Worker::new(&[(GAMMA, &[AT_GAMMA]), (BETA, &[AT_BETA, ALSO_BETA])]);
			world.one.advance_to(100);
			world.other.advance_to(100);
			let nodes =
				[(AT_GAMMA, &world.gamma), (AT_BETA, &world.one), (ALSO_BETA, &world.other)];
			let told = worker.run(&world.alpha, &nodes).told;
			let [(_, extrinsic)] = &told[..] else { panic!("{ours} and {theirs}: {}", told.len()) };
			apply_general(&mut world.gamma, extrinsic).expect("it is another history");
			assert_forked(&mut world.gamma, &world.one, ours);
			assert_eq!(open_branches(&mut world.gamma)[0].common, Some(1).max(common(theirs)));
		}
	}
}

/// The highest block that who has seen the other history up to this one knows to be on both.
fn common(seen: Height) -> Option<Height> {
	(seen.saturating_sub(15) <= 8).then_some(8)
}
