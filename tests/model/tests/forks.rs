//! Every promise about a peer that forks is kept in every state, and every wrong rule is caught.

#[path = "../src/mod.rs"]
#[allow(dead_code, reason = "shared with the command, and with the tests of the other model")]
mod model;

use clap::ValueEnum;
use model::{
	forks::{
		exploration::Plan,
		plans,
		promises::Promise,
		tree::{At, Tree},
		variants::Variant,
	},
	run::{all_threads, explore, find, shortest, Explorable, Report},
};
use ribp_protocol::{leaf, path_of, Frontier, Height, History};
use std::io::{stderr, Write};

fn wrong() -> impl Iterator<Item = Variant> {
	Variant::value_variants().iter().copied().filter(|variant| *variant != Variant::Sound)
}

/// The test harness hides what a passing test prints with the macros.
fn print(what: &str, Report { states, depth, time, .. }: &Report) {
	let _ = writeln!(stderr(), "{what}: {states} states to closure, depth {depth}, {time:.1?}");
}

/// How the promises were broken, by the shortest ways.
fn stories(plan: &Plan, report: &Report) -> String {
	let is_broken = |promise: &Promise| report.broken.contains(&promise.name());
	let stories = Promise::ALL.into_iter().filter(is_broken).filter_map(|promise| {
		let trace = shortest(plan, promise, 1)?;
		Some(plan.describe(&trace, promise))
	});
	stories.collect()
}

#[test]
fn sound_rules_keep_every_promise_about_a_peer_that_forks() {
	for plan in plans::small() {
		let report = explore(&plan, all_threads(), |_| {});
		print(plan.name, &report);
		assert!(report.is_sound(), "{}: {report:?}\n{}", plan.name, stories(&plan, &report));
	}
}

#[test]
fn every_wrong_rule_about_forks_is_caught() {
	for variant in wrong() {
		for promise in variant.breaks() {
			let plan = plans::of(variant);
			let found = find(&plan, *promise, all_threads(), None);
			let trace = found.unwrap_or_else(|| {
				panic!("{} keeps: {}", variant.name(), promise.name());
			});
			assert!(plan.describe(&trace, *promise).contains("in the end"));
		}
	}
}

#[test]
fn every_promise_about_a_peer_that_forks_is_broken_by_a_wrong_rule() {
	for promise in Promise::ALL {
		assert!(wrong().any(|variant| variant.breaks().contains(&promise)), "{promise:?}");
	}
}

/// The path to a block of a height under the root that a header states.
fn path(tree: &Tree, upper: At, height: Height) -> Vec<sp_core::H256> {
	let next = tree.block(upper).number;
	let root_of = |subtree: ribp_protocol::Subtree| {
		let mut frontier = Frontier::default();
		for index in subtree.leaves() {
			let block = tree.stated(upper, index as Height)?;
			frontier.push(0, leaf(block.hash())).ok()?;
		}
		Some(frontier.root())
	};
	path_of(height, next, root_of).expect("the block is there")
}

#[test]
fn a_path_shows_what_a_header_states_and_nothing_else() {
	for plan in plans::small() {
		let tree = Tree::new(plan.blocks);
		for (upper, lower) in tree.all().flat_map(|upper| tree.all().map(move |at| (upper, at))) {
			let (next, height) = (tree.block(upper).number, tree.block(lower).number);
			if height >= next {
				continue;
			}
			let (root, path) = (tree.history(upper).root(), path(&tree, upper, height));
			let block = (height, tree.id(lower).hash());
			let is_stated = tree.stated(upper, height) == Some(tree.id(lower));
			assert_eq!(History::includes(0, next, root, block, &path), is_stated);
		}
	}
}

#[test]
fn a_view_follows_a_header_if_and_only_if_that_states_the_head_and_all_before_it() {
	for plan in plans::small() {
		let tree = Tree::new(plan.blocks);
		for (known, next) in tree.all().flat_map(|known| tree.all().map(move |at| (known, at))) {
			let number = tree.block(known).number;
			let mut below = 0..number;
			let is_prefix = tree.stated(next, number) == Some(tree.id(known))
				&& below.all(|height| tree.stated(next, height) == tree.stated(known, height));
			let is_followed = tree.advanced(tree.first_view(known), next).is_ok();
			assert_eq!(is_followed, is_prefix);
		}
	}
}
