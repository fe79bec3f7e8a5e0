//! Many schedules, on all cores.

use super::{
	report::Tally,
	run::{run, Telling},
	violation::{watched, Violation},
};
use std::{
	num::NonZeroUsize,
	ops::ControlFlow,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		mpsc,
	},
	thread,
	time::Duration,
};

/// The seeds that are swept: `count` of them from `first` on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seeds {
	pub first: u64,
	pub count: u64,
}

/// A schedule that broke a promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
	pub seed: u64,
	pub violation: Violation,
}

/// What a sweep came to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Swept {
	/// Schedules that were run to their end.
	pub schedules: u64,
	pub tally: Tally,
	/// In the order of their seeds.
	pub failures: Vec<Failure>,
}

/// Runs the schedules of all seeds. Asks `watch` now and then, and at least with every schedule,
/// whether to go on.
pub fn sweep(
	seeds: Seeds,
	threads: NonZeroUsize,
	telling: Telling,
	mut watch: impl FnMut(&Swept) -> ControlFlow<()>,
) -> Swept {
	let (next, stops) = (AtomicU64::new(0), AtomicBool::new(false));
	let mut swept = Swept::default();
	thread::scope(|scope| {
		let (done, results) = mpsc::channel();
		for _ in 0..threads.get() {
			let done = done.clone();
			let (next, stops) = (&next, &stops);
			scope.spawn(move || {
				while !stops.load(Ordering::Relaxed) {
					let index = next.fetch_add(1, Ordering::Relaxed);
					if index >= seeds.count {
						break;
					}
					let seed = seeds.first.wrapping_add(index);
					if done.send((seed, play(seed, telling))).is_err() {
						break;
					}
				}
			});
		}
		drop(done);
		loop {
			match results.recv_timeout(Duration::from_millis(200)) {
				Ok((seed, (tally, verdict))) => swept.add(seed, tally, verdict),
				Err(mpsc::RecvTimeoutError::Timeout) => {},
				Err(mpsc::RecvTimeoutError::Disconnected) => break,
			}
			if watch(&swept).is_break() {
				stops.store(true, Ordering::Relaxed);
				break;
			}
		}
	});
	swept.failures.sort_by_key(|failure| failure.seed);
	swept
}

/// Runs one schedule; a panic is a violation, and leaves no numbers.
fn play(seed: u64, telling: Telling) -> (Tally, Result<(), Violation>) {
	let mut tally = Tally::default();
	let verdict = watched(|| {
		let (numbers, verdict) = run(seed, telling);
		tally = numbers;
		verdict
	});
	(tally, verdict)
}

impl Swept {
	fn add(&mut self, seed: u64, tally: Tally, verdict: Result<(), Violation>) {
		self.schedules += 1;
		self.tally += tally;
		if let Err(violation) = verdict {
			self.failures.push(Failure { seed, violation });
		}
	}
}

impl Failure {
	/// How to see it again, alone.
	pub fn replay(&self) -> String {
		format!("scripts/soak.sh --schedules 1 --seed {} --steps", self.seed)
	}
}
