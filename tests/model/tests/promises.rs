//! Every promise is kept in every state, and every wrong rule is caught.

#[path = "../src/mod.rs"]
#[allow(dead_code, reason = "shared with the command, which prints more")]
mod model;

use clap::ValueEnum;
use model::{
	plans,
	properties::Promise,
	run::{all_threads, explore, find, Report},
	variants::Variant,
};
use std::io::{stderr, Write};

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
