//! Many networks on all cores, and somebody who watches.

use crate::{Config, ConfigError, Network, Tally};
use rayon::prelude::*;
use std::{fmt, ops::ControlFlow};

/// Somebody who is told how far the work is, and may stop it.
pub trait Watch: Sync {
	/// A study begins, in which systems make so many blocks at most.
	fn begin(&self, study: &str, system_blocks: u64);

	/// So many of them are made. Asked for often: to break off is to stop at once.
	fn advance(&self, system_blocks: u64) -> ControlFlow<()>;
}

/// Why there is no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
	/// Who watches has stopped it.
	Stopped,
	/// A network cannot be.
	Network(ConfigError),
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Stopped => f.write_str("stopped"),
			Self::Network(error) => error.fmt(f),
		}
	}
}

impl std::error::Error for Failure {}

impl From<ConfigError> for Failure {
	fn from(error: ConfigError) -> Self {
		Self::Network(error)
	}
}

/// Does something with each item, on all cores; results come in the order of the items.
pub fn each<T: Sync, R: Send>(
	items: &[T],
	work: impl Fn(&T) -> Result<R, Failure> + Sync + Send,
) -> Result<Vec<R>, Failure> {
	items.par_iter().with_max_len(1).map(work).collect()
}

/// What these networks have done, in this order.
pub fn run_all(study: &str, configs: &[Config], watch: &dyn Watch) -> Result<Vec<Tally>, Failure> {
	watch.begin(study, configs.iter().map(system_blocks).sum());
	each(configs, |config| run(config, watch))
}

/// What a network has done after all of its blocks.
pub fn run(config: &Config, watch: &dyn Watch) -> Result<Tally, Failure> {
	let mut network = Network::new(config.clone())?;
	for _ in 0..config.blocks {
		network.step();
		advance(watch, config.systems.into())?;
	}
	Ok(network.into_tally())
}

/// Tells who watches, and stops if that is the answer.
pub fn advance(watch: &dyn Watch, system_blocks: u64) -> Result<(), Failure> {
	match watch.advance(system_blocks) {
		ControlFlow::Continue(()) => Ok(()),
		ControlFlow::Break(()) => Err(Failure::Stopped),
	}
}

/// The blocks that all systems of a network make.
pub fn system_blocks(config: &Config) -> u64 {
	u64::from(config.systems) * u64::from(config.blocks)
}
