//! Explores a plan, and finds the shortest way to a broken promise.

use super::{
	exploration::{Action, Exploration, Plan, State},
	properties::Promise,
};
use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};
use std::{
	collections::BTreeSet,
	thread::{available_parallelism, sleep},
	time::{Duration, Instant},
};

/// How far an exploration has come.
pub struct Progress {
	pub states: usize,
	pub depth: usize,
	pub time: Duration,
}

/// What an exploration has found.
#[derive(Debug)]
pub struct Report {
	/// Different states.
	pub states: usize,
	/// States that were reached, each as often as there are ways to it from the state before.
	pub generated: usize,
	/// States on the longest of the shortest ways.
	pub depth: usize,
	pub time: Duration,
	/// The properties that hold in every state.
	pub kept: Vec<&'static str>,
	pub broken: Vec<&'static str>,
	/// What is never reached although it should be.
	pub unreached: Vec<&'static str>,
}

impl Report {
	/// Whether every state was explored and every promise is kept, and not by idleness.
	pub fn is_sound(&self) -> bool {
		self.broken.is_empty() && self.unreached.is_empty()
	}
}

/// Explores a plan until no state is new, or a promise is broken.
pub fn explore(plan: &Plan, threads: usize, mut progress: impl FnMut(Progress)) -> Report {
	let started = Instant::now();
	let checker = Exploration::new(plan.clone())
		.checker()
		.threads(threads)
		.finish_when(HasDiscoveries::AnyFailures)
		.spawn_bfs();
	let mut told = started;
	while !checker.is_done() {
		sleep(Duration::from_millis(20));
		if told.elapsed() > Duration::from_secs(2) {
			told = Instant::now();
			let (states, depth) = (checker.unique_state_count(), checker.max_depth());
			progress(Progress { states, depth, time: started.elapsed() });
		}
	}
	let checker = checker.join();
	let found = checker.discoveries();
	let names = |expectation: Expectation, is_found: bool| {
		let properties = checker.model().properties().into_iter();
		properties
			.filter(|property| property.expectation == expectation)
			.map(|property| property.name)
			.filter(|name| found.contains_key(name) == is_found)
			.collect()
	};
	Report {
		states: checker.unique_state_count(),
		generated: checker.state_count(),
		depth: checker.max_depth(),
		time: started.elapsed(),
		kept: names(Expectation::Always, false),
		broken: names(Expectation::Always, true),
		unreached: names(Expectation::Sometimes, false),
	}
}

/// A way from an initial state, by actions, to a state in which a promise is broken.
pub type Trace = Vec<(State, Option<Action>)>;

/// A way to break a promise; where `below` is given, by way of fewer states than that.
pub fn find(plan: &Plan, promise: Promise, threads: usize, below: Option<usize>) -> Option<Trace> {
	let checker = Exploration::watching(plan.clone(), promise)
		.checker()
		.threads(threads)
		.finish_when(HasDiscoveries::AnyOf(BTreeSet::from([promise.name()])));
	let checker = match below {
		Some(states) => checker.target_max_depth(states),
		None => checker,
	};
	checker.spawn_bfs().join().discovery(promise.name()).map(Path::into_vec)
}

/// The shortest way to break a promise: the search goes on until there is no shorter one.
pub fn shortest(plan: &Plan, promise: Promise, threads: usize) -> Option<Trace> {
	let mut shortest = find(plan, promise, threads, None)?;
	while let Some(shorter) = find(plan, promise, threads, Some(shortest.len())) {
		shortest = shorter;
	}
	Some(shortest)
}

/// As many as there are cores.
pub fn all_threads() -> usize {
	available_parallelism().map_or(1, usize::from)
}
