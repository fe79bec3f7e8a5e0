//! How far the experiment is, on standard error, and whether Ctrl-C has ended it.

use ribp_simulator::experiment::Watch;
use std::{
	io::{stderr, IsTerminal},
	ops::ControlFlow,
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc, Mutex, PoisonError,
	},
	thread,
	time::{Duration, Instant},
};

/// Time between two lines where nobody watches.
const PATIENCE: Duration = Duration::from_secs(15);

/// Time between two pictures of the bar.
const PICTURE: Duration = Duration::from_millis(200);

/// Letters of a bar.
const WIDTH: usize = 24;

/// What is being done.
#[derive(Default)]
struct State {
	/// Blocks of systems in all parts so far.
	made: AtomicU64,
	stopped: AtomicBool,
	part: Mutex<Option<Part>>,
}

/// One part of the experiment.
struct Part {
	number: usize,
	parts: usize,
	name: String,
	/// Blocks that it takes at most.
	work: u64,
	/// Blocks that were made before it.
	before: u64,
	start: Instant,
}

/// Shows a bar for each part, where somebody watches, and a line now and then elsewhere.
pub struct Progress {
	state: Arc<State>,
	parts: usize,
	is_watched: bool,
}

impl Progress {
	/// Begins to show how far so many parts are, and to listen for Ctrl-C.
	pub fn start(parts: usize) -> Result<Self, String> {
		let state = Arc::new(State::default());
		listen(state.clone())?;
		let is_watched = stderr().is_terminal();
		let shown = state.clone();
		thread::spawn(move || show(&shown, is_watched));
		Ok(Self { state, parts, is_watched })
	}

	/// Blocks of systems that were made.
	pub fn made(&self) -> u64 {
		self.state.made.load(Ordering::Relaxed)
	}

	/// Says how long the present part took, if there is one.
	pub fn end_part(&self) {
		let part = self.state.part.lock().unwrap_or_else(PoisonError::into_inner).take();
		if let Some(part) = part {
			self.clear();
			let seconds = part.start.elapsed().as_secs_f64();
			eprintln!("{} done in {}", part.title(), duration(seconds));
		}
	}

	/// Shows nothing any more.
	pub fn stop(&self) {
		self.state.part.lock().unwrap_or_else(PoisonError::into_inner).take();
		self.clear();
	}

	fn clear(&self) {
		if self.is_watched {
			eprint!("\r\x1b[K");
		}
	}
}

impl Watch for Progress {
	fn begin(&self, study: &str, system_blocks: u64) {
		let mut part = self.state.part.lock().unwrap_or_else(PoisonError::into_inner);
		let number = part.as_ref().map_or(1, |part| part.number + 1);
		if let Some(former) = part.as_ref() {
			self.clear();
			let seconds = former.start.elapsed().as_secs_f64();
			eprintln!("{} done in {}", former.title(), duration(seconds));
		}
		let (name, before, start) = (study.to_owned(), self.made(), Instant::now());
		*part = Some(Part {
			number,
			parts: self.parts,
			name,
			work: system_blocks.max(1),
			before,
			start,
		});
	}

	fn advance(&self, system_blocks: u64) -> ControlFlow<()> {
		self.state.made.fetch_add(system_blocks, Ordering::Relaxed);
		match self.state.stopped.load(Ordering::Relaxed) {
			true => ControlFlow::Break(()),
			false => ControlFlow::Continue(()),
		}
	}
}

impl Part {
	fn title(&self) -> String {
		format!("{:>2}/{} {:<26}", self.number, self.parts, self.name)
	}

	/// A bar, how fast it grows, and how long it still takes.
	fn line(&self, made: u64) -> String {
		let made = made - self.before;
		let done = (made as f64 / self.work as f64).min(1.0);
		let seconds = self.start.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
		let filled = (done * WIDTH as f64) as usize;
		let bar = format!("{}{}", "#".repeat(filled), "-".repeat(WIDTH - filled));
		let left = match made {
			0 => String::new(),
			_ => format!(", {} left", duration(seconds * (1.0 - done) / done)),
		};
		let speed = made as f64 / seconds / 1_000.0;
		format!(
			"{} [{bar}] {:>3.0} %, {speed:.0} k system-blocks/s{left}",
			self.title(),
			100.0 * done
		)
	}
}

fn show(state: &State, is_watched: bool) {
	let mut shown = Instant::now();
	loop {
		thread::sleep(PICTURE);
		let part = state.part.lock().unwrap_or_else(PoisonError::into_inner);
		let Some(part) = part.as_ref() else { continue };
		let line = part.line(state.made.load(Ordering::Relaxed));
		if is_watched {
			eprint!("\r\x1b[K{line}");
		} else if shown.elapsed() >= PATIENCE {
			shown = Instant::now();
			eprintln!("{line}");
		}
	}
}

/// Stops everything with Ctrl-C.
fn listen(state: Arc<State>) -> Result<(), String> {
	let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
	let runtime = runtime.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
	thread::spawn(move || {
		if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
			state.stopped.store(true, Ordering::Relaxed);
		}
	});
	Ok(())
}

/// A time in the unit that suits it.
pub fn duration(seconds: f64) -> String {
	match seconds {
		long if long >= 5_400.0 => format!("{:.1} h", long / 3_600.0),
		long if long >= 90.0 => format!("{:.0} min", long / 60.0),
		short => format!("{short:.0} s"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn part(work: u64) -> Part {
		let start = Instant::now() - Duration::from_secs(10);
		Part { number: 2, parts: 12, name: "latency".into(), work, before: 1_000, start }
	}

	#[test]
	fn a_line_tells_part_progress_speed_and_the_time_left() {
		let line = part(40_000).line(11_000);
		assert!(line.starts_with(" 2/12 latency "), "{line}");
		assert!(line.contains("[######------------------]  25 %"), "{line}");
		assert!(line.contains("1 k system-blocks/s, 30 s left"), "{line}");
	}

	#[test]
	fn a_part_that_has_not_begun_or_does_more_than_it_should_has_a_line_too() {
		let line = part(40_000).line(1_000);
		assert!(line.contains("0 %") && !line.contains("left"), "{line}");
		assert!(part(5_000).line(11_000).contains("100 %"));
	}

	#[test]
	fn times_are_told_in_the_unit_that_suits_them() {
		assert_eq!([3.2, 600.0, 7_200.0].map(duration), ["3 s", "10 min", "2.0 h"]);
	}
}
