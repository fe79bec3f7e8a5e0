//! The paper's experiment (section 6), its claims beside what is measured, and what lies beyond it.

mod claims;
mod extent;
mod fit;
mod further;
mod output;
mod report;
mod run;
mod scale;
mod study;
mod sweep;
mod table;

pub use claims::{claims, Claim};
pub use extent::Extent;
pub use fit::{exponent, straightness};
pub use output::{Output, WriteError};
pub use report::{Finding, Report, Tasks, NOTES};
pub use run::{advance, each, run, run_all, system_blocks, Failure, Watch};
pub use scale::{Cost, Memory, Scale};
pub use study::Study;
pub use sweep::{Dimension, Setting, Stop, Sweep};
pub use table::{Cell, Table};

/// How often [`Watch::begin`] is called in the whole experiment.
pub const PARTS: usize = 12;

/// What the experiment has found.
#[derive(Clone, Debug)]
pub struct Results {
	/// The paper's claims.
	pub claims: Vec<Claim>,
	/// How many of the paper's networks there were.
	pub networks: usize,
	/// What became of tasks.
	pub tasks: Tasks,
	/// The largest run.
	pub scale: Scale,
	/// All studies, in order.
	pub studies: Vec<Study>,
}

/// Makes the whole experiment. `done` is told of each study as soon as it is there.
pub fn experiment<E: From<Failure>>(
	extent: &Extent,
	watch: &dyn Watch,
	mut done: impl FnMut(&Study) -> Result<(), E>,
) -> Result<Results, E> {
	let mut studies = Vec::new();
	let mut add = |study: Study| {
		done(&study)?;
		studies.push(study);
		Ok::<_, E>(())
	};
	let sweep = Sweep::run(extent, watch)?;
	add(sweep.figure_2())?;
	add(sweep.figure_3())?;
	let (scale, study) = scale::scale(extent, watch)?;
	add(study)?;
	for study in further::STUDIES {
		add(study(extent, watch)?)?;
	}
	let sum = |of: fn(&crate::Tasks) -> u64| sweep.all().map(|(_, tally)| of(&tally.tasks)).sum();
	let tasks = Tasks {
		settled: sum(|tasks| tasks.settled),
		failed: sum(|tasks| tasks.failed),
		broken: sum(|tasks| tasks.broken),
	};
	let networks = sweep.all().count();
	Ok(Results { claims: claims(&sweep), networks, tasks, scale, studies })
}
