//! Marks: what is remembered of older blocks is little, spread over all of the past, and nobody can flush
//! it.

use super::*;
use crate::{
	chains::known,
	mock::{System as Frame, VIEW_STEP},
	Marks, System, View,
};
use ribp_protocol::History;

/// The heights of the blocks of beta that a chain has marked, the lowest first.
pub(super) fn marked(chain: &mut Chain) -> Vec<Height> {
	let mut heights: Vec<_> =
		chain.run(|| Marks::<Test>::iter_prefix_values(BETA).map(|mark| mark.number).collect());
	heights.sort_unstable();
	heights
}

/// Has a chain believe so many more blocks of a beta of thin air, one in each of its own blocks.
fn advance(chain: &mut Chain, blocks: Height) {
	chain.corrupt(|| {
		let mut record: System = Systems::<Test>::get(BETA).expect("it is known");
		let mut history: History = record.view.history().clone();
		for _ in 0..blocks {
			Frame::set_block_number(Frame::block_number() + 1);
			history.push(record.view.head(), |_, _| {}).expect("there is room");
			let head = H256::from_low_u64_be(history.next().into());
			record.view = View::of(head, 0, history.clone());
			known::mark::<Test>(BETA, &mut record);
			record.advanced_at = Frame::block_number();
		}
		Systems::<Test>::insert(BETA, record);
	});
}

#[test]
fn an_advance_in_each_of_thousands_of_blocks_leaves_few_marks_at_even_distances() {
	let mut world = World::new();
	let mut counts = Vec::new();
	for _ in 0..30 {
		advance(&mut world.alpha, 100);
		let head = world.alpha.view_of(BETA).number();
		let heights = marked(&mut world.alpha);
		assert_eq!(heights.last(), Some(&head));
		for pair in heights.windows(2) {
			let (age, gap) = (head - pair[0], pair[1] - pair[0]);
			assert!(gap <= (age / 8).max(1), "{pair:?} at {head}");
		}
		counts.push(heights.len());
	}
	assert!(counts[29] < 8 * 12, "3,000 advances leave {} marks", counts[29]);
	assert!(counts[29] - counts[14] <= 8, "twice as many leave one level more: {counts:?}");
	let heights = marked(&mut world.alpha);
	assert_eq!(heights[0], 1, "the anchor stays");
	assert!(heights[1] <= 3_000 / 8, "the oldest are not forgotten");
}

#[test]
fn many_steps_in_one_block_are_one_mark() {
	let mut world = Forked::new(9).advance_to(61);
	for number in (15..=60).step_by(5) {
		let evidence = world.one.evidence(number, &mut world.alpha, &[]);
		world.alpha.submit(BETA, evidence, &[]).expect("it is a step");
		assert_eq!(marked(&mut world.alpha), [1, number]);
	}
}

/// What was marked long before the window began contradicts a branch that has left there.
#[test]
fn a_fork_far_below_the_newest_blocks_is_shown_at_a_mark() {
	let mut world = Forked::new(9).advance_to(11);
	for height in [31, 61, 101] {
		show(&mut world.alpha, &world.one);
		world = world.advance_to(height);
	}
	show(&mut world.alpha, &world.one);
	let report = exposing(&mut world.alpha, &world.other, 100);
	let at_a_mark = matches!(report.differences[..], [Difference::Below { height: 10, .. }]);
	assert!(at_a_mark, "{:?}", report.differences);
	submit_report(&mut world.alpha, report).expect("block 10 was marked");
	assert_eq!(open_branches(&mut world.alpha)[0].common, Some(1));
}

/// All heads of the first advances are forgotten, and the branches part below the lowest that is
/// not.
#[test]
fn a_branch_that_leaves_right_after_the_anchor_can_be_followed_however_long_ago_that_is() {
	let mut world = Forked::new(3);
	for step in 1..=20 {
		world = world.advance_to(2 + step * VIEW_STEP);
		show(&mut world.alpha, &world.one);
		world.alpha.seal();
	}
	let heights = marked(&mut world.alpha);
	assert_eq!(heights[0], 1);
	assert!(heights[1] > 1 + VIEW_STEP, "{heights:?}");
	expose(&mut world.alpha, &world.other);
	let tip = world.other.head();
	assert_eq!(open_branches(&mut world.alpha)[0].common, Some(1));
	choose(&mut world.alpha, Some(tip)).expect("it is known where they part");
	assert!(follows(&mut world.alpha, &world.other));
	assert_eq!(marked(&mut world.alpha)[0], 1, "it still is");
}
