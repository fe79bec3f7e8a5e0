//! Explores a plan, and finds the shortest way to a broken promise.

use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};
use std::{
	collections::BTreeSet,
	hash::Hash,
	thread::{available_parallelism, sleep},
	time::{Duration, Instant},
};

/// A plan that can be explored.
pub trait Explorable {
	/// What is explored.
	type Model: Model<
			State: Clone + Hash + PartialEq + Send + Sync,
			Action: Clone + PartialEq + Send + Sync,
		> + Send
		+ Sync
		+ 'static;
	/// What must hold in every state.
	type Promise: Copy + 'static;
	/// Every promise.
	const PROMISES: &'static [Self::Promise];

	/// What looks at every promise, and at what must be reachable.
	fn model(&self) -> Self::Model;

	/// What looks at one promise only.
	fn watching(&self, promise: Self::Promise) -> Self::Model;

	/// What an exploration has to come by, and has not.
	fn missed(&self, _: &Self::Model) -> Vec<&'static str> {
		Vec::new()
	}

	fn name(&self) -> &'static str;

	/// The name of the rules.
	fn variant(&self) -> String;

	/// What is wrong with them.
	fn about(&self) -> String;

	/// Which promises that breaks.
	fn breaks(&self) -> &'static [Self::Promise];

	fn promise(promise: Self::Promise) -> &'static str;

	/// A way to a broken promise, for people to read.
	fn describe(&self, trace: &Trace<Self::Model>, promise: Self::Promise) -> String;
}

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
pub fn explore<P: Explorable>(
	plan: &P,
	threads: usize,
	mut progress: impl FnMut(Progress),
) -> Report {
	let started = Instant::now();
	let checker = plan
		.model()
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
	let mut unreached: Vec<_> = names(Expectation::Sometimes, false);
	unreached.extend(plan.missed(checker.model()));
	Report {
		states: checker.unique_state_count(),
		generated: checker.state_count(),
		depth: checker.max_depth(),
		time: started.elapsed(),
		kept: names(Expectation::Always, false),
		broken: names(Expectation::Always, true),
		unreached,
	}
}

/// A way from an initial state, by actions, to a state in which a promise is broken.
pub type Trace<M> = Vec<(<M as Model>::State, Option<<M as Model>::Action>)>;

/// A way to break a promise; where `below` is given, by way of fewer states than that.
pub fn find<P: Explorable>(
	plan: &P,
	promise: P::Promise,
	threads: usize,
	below: Option<usize>,
) -> Option<Trace<P::Model>> {
	let name = P::promise(promise);
	let checker = plan
		.watching(promise)
		.checker()
		.threads(threads)
		.finish_when(HasDiscoveries::AnyOf(BTreeSet::from([name])));
	let checker = match below {
		Some(states) => checker.target_max_depth(states),
		None => checker,
	};
	checker.spawn_bfs().join().discovery(name).map(Path::into_vec)
}

/// The shortest way to break a promise: the search goes on until there is no shorter one.
pub fn shortest<P: Explorable>(
	plan: &P,
	promise: P::Promise,
	threads: usize,
) -> Option<Trace<P::Model>> {
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
