//! Every promise is kept in every state, and every wrong rule is caught.

#[path = "../src/mod.rs"]
#[allow(dead_code, reason = "shared with the command, which prints more")]
mod model;

use clap::ValueEnum;
use model::{
	exploration::{Exploration, State},
	plans,
	properties::Promise,
	run::{all_threads, explore, find, Explorable, Report},
	variants::Variant,
};
use stateright::Model;
use std::{
	collections::HashSet,
	io::{stderr, Write},
};

/// Ways at random through each plan, and the events on each.
const WALKS: u64 = 200;
const STEPS: usize = 40;

fn variants() -> impl Iterator<Item = Variant> {
	Variant::value_variants().iter().copied()
}

/// The test harness hides what a passing test prints with the macros.
fn print(what: &str, Report { states, depth, time, .. }: &Report) {
	let _ = writeln!(stderr(), "{what}: {states} states to closure, depth {depth}, {time:.1?}");
}

#[test]
fn sound_rules_keep_every_promise_in_every_state() {
	for plan in plans::small() {
		let report = explore(&plan, all_threads(), |_| {});
		print(plan.name, &report);
		assert!(report.is_sound(), "{}: {report:?}", plan.name);
	}
}

#[test]
fn every_wrong_rule_is_caught() {
	for variant in variants() {
		for promise in variant.breaks() {
			let found = find(&plans::of(variant), *promise, all_threads(), None);
			assert!(found.is_some(), "{} keeps: {}", variant.name(), promise.name());
		}
	}
}

#[test]
fn harmless_variants_keep_every_promise() {
	let harmless = |variant: &Variant| variant.breaks().is_empty() && *variant != Variant::Sound;
	for variant in variants().filter(harmless) {
		let report = explore(&plans::of(variant), all_threads(), |_| {});
		print(&variant.name(), &report);
		assert!(report.is_sound(), "{}: {report:?}", variant.name());
	}
}

#[test]
fn every_promise_is_broken_by_a_wrong_rule() {
	for promise in Promise::ALL {
		assert!(variants().any(|variant| variant.breaks().contains(&promise)), "{promise:?}");
	}
}

/// What may become of a state, with all that has no influence left out.
fn successors(model: &Exploration, state: &State) -> HashSet<State> {
	let mut actions = Vec::new();
	model.actions(state, &mut actions);
	actions.into_iter().filter_map(|action| model.next_state(state, action)).collect()
}

fn promises_kept(model: &Exploration, state: &State) -> [bool; Promise::ALL.len()] {
	Promise::ALL.map(|promise| (promise.property().condition)(model, state))
}

/// Ways at random, in which nothing is left out.
#[test]
fn what_is_left_out_of_a_state_has_no_influence() {
	for plan in plans::small() {
		let (model, name) = (plan.model(), plan.name());
		for seed in 0..WALKS {
			let mut random = seed;
			let mut state = model.init_states().swap_remove(seed as usize % plan.deals.len());
			for _ in 0..STEPS {
				let mut short = state.clone();
				model.normalize(&mut short);
				let next = [&state, &short].map(|state| {
					let mut next = successors(&model, state);
					next.remove(&short);
					next
				});
				assert!(next[0] == next[1], "{name}, seed {seed}: {state:?}");
				let kept = [&state, &short].map(|state| promises_kept(&model, state));
				assert_eq!(kept[0], kept[1], "{name}, seed {seed}: {state:?}");
				let mut actions = Vec::new();
				model.actions(&state, &mut actions);
				let events = actions.into_iter();
				let mut after: Vec<_> =
					events.filter_map(|action| model.happens(&state, action)).collect();
				if after.is_empty() {
					break;
				}
				random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				state = after.swap_remove((random >> 33) as usize % after.len());
			}
		}
	}
}
