//! What a network is like.

use crate::{view::MAX_WINDOW, Fork, Name, Topology};
use ribp_protocol::{Conditions, Gossip, Height, LeastExpiry, NoFigure, Pace, Settlement};
use serde::Serialize;
use sp_runtime::{PerThing, Perquintill};
use std::fmt;

/// Time from block to block, in milliseconds: the paper's 0.1 s.
pub const BLOCK_MS: u32 = 100;

/// Bytes of the proof that comes with a view: header, justification of 10 validators, storage proof
/// of one entry among 10,000. Measured by `scripts/bench.sh`.
pub const PROOF_BYTES: u32 = 2_878;

/// Bytes of a storage proof for each further entry, up to ten. Measured there too.
pub const ENTRY_BYTES: u32 = 1_025;

/// The probability of a hidden fork that is put up with where expiries are chosen.
const HIDDEN: Perquintill = Perquintill::from_parts(1_000_000_000_000_000);

/// Longest time that a registration may wait for its block, in blocks.
const PATIENCE: u32 = 10;

/// The longest latency, in milliseconds.
const MAX_LATENCY_MS: u32 = 60_000;

/// When a system whose views have changed tells others (section 4.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relay {
	/// The paper's words: "if the view list is updated, it will broadcast its newest view again".
	/// At once, to each peer with the probability q'.
	AtOnce,
	/// After its next block, when it tells each peer with the probability q' anyway: that is what a
	/// chain can do, which draws once for each block.
	NextBlock,
}

/// What is sent when a peer is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exchange {
	/// The paper's: the whole view list.
	Lists,
	/// The peer is asked for the digest of its list, and sent the views that are newer.
	Digests,
	/// The same, and the peer is asked for those that are newer there.
	BothWays,
}

/// How a system asks for what its contracts need to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checks {
	/// The paper's: one request for one contract. Who is told "no" waits until it is asked about it.
	Single,
	/// The same, but who is told "no" asks again after its next block: "whenever a new block is about
	/// to be created" (section 4.2).
	EachBlock,
	/// One request for all contracts with a peer that evidence could move, after each block.
	Batched,
}

/// Whose views a system keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Followed {
	/// Its peers': "all other systems that it can access to" (section 4.1).
	Peers,
	/// Everybody's, also of systems that it only hears of.
	All,
}

/// When systems make their blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phases {
	/// All in the same instant.
	Lockstep,
	/// Each at its own time, drawn by chance.
	Spread,
}

/// How long a message takes: drawn evenly from the least to the most, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Latency {
	/// The least.
	pub least_ms: u32,
	/// The most.
	pub most_ms: u32,
}

/// A network, and all that its course depends on.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
	/// n.
	pub systems: u32,
	/// Blocks that each system makes.
	pub blocks: Height,
	/// Contract logs in a block of a system, on average. Each task has two, one on either side.
	pub tasks: f64,
	/// q': the probability with which a peer is told after a block.
	pub rate: Perquintill,
	/// Who is connected with whom.
	pub topology: Topology,
	/// Whose views a system keeps.
	pub followed: Followed,
	/// k: header hashes in a view.
	pub window: u32,
	/// When what was heard is passed on.
	pub relay: Relay,
	/// What is sent.
	pub exchange: Exchange,
	/// How peers are asked.
	pub checks: Checks,
	/// When locks are released.
	pub settlement: Settlement,
	/// Contract logs that fit into one block.
	pub room: u32,
	/// Blocks from a registration to its expiry; none: as far away as is safe.
	pub expiry: Option<Height>,
	/// How long a message takes.
	pub latency: Latency,
	/// When blocks are made.
	pub phases: Phases,
	/// The probability that a message is lost.
	pub loss: f64,
	/// Blocks from a block to the one that makes it final.
	pub finality: Height,
	/// Bytes of the proof that comes with a view.
	pub proof_bytes: u32,
	/// First blocks that are left out of the figures on views.
	pub warm_up: Height,
	/// Where all chance comes from.
	pub seed: u64,
	/// The system that forks, if one does.
	pub fork: Option<Fork>,
}

/// Why there is no such network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigError {
	/// It has fewer than two systems.
	TooFewSystems,
	/// Tasks or losses are no number that makes sense.
	NotARate,
	/// A system has no window, or a greater one than a view may have.
	Window,
	/// The latency is above a minute, or the least one above the most.
	Latency,
	/// There is no block to take figures from.
	NoBlocks,
	/// A fork names a system that there is not, or its own victim.
	Fork,
	/// Tasks in a network with a fork: what becomes of them is decided elsewhere.
	ForkWithTasks,
	/// No expiry is safe, and none was chosen.
	NoExpiry(NoFigure),
}

impl fmt::Display for ConfigError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::TooFewSystems => f.write_str("a network has at least two systems"),
			Self::NotARate => f.write_str("tasks must be 0 or more, and losses between 0 and 1"),
			Self::Window => f.write_str("a view has between 1 and 256 hashes"),
			Self::Latency => {
				f.write_str("a message takes at most a minute, and at least the least")
			},
			Self::NoBlocks => f.write_str("there must be more blocks than are left out of figures"),
			Self::Fork => f.write_str("a fork needs a system and a victim that are not the same"),
			Self::ForkWithTasks => f.write_str("a network with a fork has no tasks"),
			Self::NoExpiry(why) => write!(f, "no expiry is safe ({why:?}): choose one"),
		}
	}
}

impl std::error::Error for ConfigError {}

impl Config {
	/// The paper's network of this name, in the paper's setting: 10,000 blocks, everybody connected,
	/// no latency, no loss, blocks that are final at once, views of 5 hashes.
	pub fn paper(name: Name) -> Self {
		Self {
			systems: name.systems,
			blocks: 10_000,
			tasks: name.tasks.deconstruct() as f64 / Perquintill::ACCURACY as f64,
			rate: name.silence.left_from_one(),
			topology: Topology::Mesh,
			followed: Followed::All,
			window: 5,
			relay: Relay::AtOnce,
			exchange: Exchange::Lists,
			checks: Checks::Single,
			settlement: Settlement::AtExpiry,
			room: 1,
			expiry: None,
			latency: Latency { least_ms: 0, most_ms: 0 },
			phases: Phases::Lockstep,
			loss: 0.0,
			finality: 0,
			proof_bytes: PROOF_BYTES,
			warm_up: 100,
			seed: 1,
			fork: None,
		}
	}

	/// Whether there can be such a network.
	pub fn check(&self) -> Result<(), ConfigError> {
		let is_part = |part: f64| (0.0..=1.0).contains(&part);
		let is_tasks = self.tasks.is_finite() && self.tasks >= 0.0;
		let is_latency =
			self.latency.least_ms <= self.latency.most_ms && self.latency.most_ms <= MAX_LATENCY_MS;
		let refusals = [
			(self.systems < 2, ConfigError::TooFewSystems),
			(!is_tasks || !is_part(self.loss), ConfigError::NotARate),
			(!(1..=MAX_WINDOW).contains(&self.window), ConfigError::Window),
			(!is_latency, ConfigError::Latency),
			(self.blocks <= self.warm_up, ConfigError::NoBlocks),
		];
		if let Some((_, error)) = refusals.into_iter().find(|(is_refused, _)| *is_refused) {
			return Err(error);
		}
		if let Some(fork) = self.fork {
			let is_known = fork.system.max(fork.victim) < self.systems;
			if fork.system == fork.victim || !is_known {
				return Err(ConfigError::Fork);
			}
			if self.tasks > 0.0 {
				return Err(ConfigError::ForkWithTasks);
			}
		}
		Ok(())
	}

	/// The distance of the expiry of a contract between systems, the less connected of which has
	/// `connected` peers.
	pub fn expiry(&self, connected: u32) -> Result<Height, ConfigError> {
		match self.expiry {
			Some(expiry) => Ok(expiry),
			None => self.least_expiry(connected, HIDDEN).map(|least| least.own),
		}
	}

	/// What `ribp-protocol` takes for safe in such a network, if a fork may stay hidden with the
	/// probability `hidden`.
	pub fn least_expiry(
		&self,
		connected: u32,
		hidden: Perquintill,
	) -> Result<LeastExpiry, ConfigError> {
		let block_ms = u64::from(BLOCK_MS);
		let latency = u64::from(self.latency.most_ms);
		let pace = Pace {
			block_ms,
			inclusion_ms: u64::from(PATIENCE) * block_ms,
			finality_ms: u64::from(self.finality) * block_ms,
			evidence_ms: 2 * latency + 2 * block_ms,
		};
		let gossip = Gossip { rate: self.rate, connected };
		let conditions = Conditions { own: pace, peer: pace, gossip, round_ms: block_ms, hidden };
		conditions.least_expiry().map_err(ConfigError::NoExpiry)
	}

	/// How many systems a system tells after a block, on average, if nothing has ended.
	pub fn told(&self) -> f64 {
		let rate = self.rate.deconstruct() as f64 / Perquintill::ACCURACY as f64;
		rate * f64::from(self.systems - 1)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Victim;

	fn config() -> Config {
		Config::paper(Name::of_tenths(5, 1, 7))
	}

	#[test]
	fn the_papers_network_tells_one_and_a_fifth_systems() {
		assert!((config().told() - 1.2).abs() < 1e-9);
		assert_eq!(config().tasks, 0.1);
		assert_eq!(config().check(), Ok(()));
	}

	#[test]
	fn a_network_that_cannot_be_is_refused() {
		let refused = |change: fn(&mut Config), error| {
			let mut config = config();
			change(&mut config);
			assert_eq!(config.check(), Err(error));
		};
		refused(|c| c.systems = 1, ConfigError::TooFewSystems);
		refused(|c| c.tasks = f64::NAN, ConfigError::NotARate);
		refused(|c| c.loss = 1.5, ConfigError::NotARate);
		refused(|c| c.window = 257, ConfigError::Window);
		refused(|c| c.latency.least_ms = 1, ConfigError::Latency);
		refused(|c| c.warm_up = c.blocks, ConfigError::NoBlocks);
		let fork = |system| Some(Fork { system, victim: 1, at: 1, victim_does: Victim::Tells });
		let mut forked = Config { tasks: 0.0, fork: fork(0), ..config() };
		assert_eq!(forked.check(), Ok(()));
		forked.tasks = 0.1;
		assert_eq!(forked.check(), Err(ConfigError::ForkWithTasks));
		forked.fork = fork(1);
		assert_eq!(forked.check(), Err(ConfigError::Fork));
		forked.fork = fork(5);
		assert_eq!(forked.check(), Err(ConfigError::Fork));
	}

	#[test]
	fn without_gossip_no_expiry_is_safe() {
		let silent = Config { rate: Perquintill::zero(), ..config() };
		assert_eq!(silent.expiry(4), Err(ConfigError::NoExpiry(NoFigure::NobodyTells)));
		assert_eq!(Config { expiry: Some(20), ..silent }.expiry(4), Ok(20));
	}

	#[test]
	fn the_expiry_adds_up_what_has_to_happen() {
		// 2 registrations of 10 blocks, evidence 3 times for 2 blocks, 0.7^(4*5) <= 0.001: 5 rounds.
		assert_eq!(config().expiry(4), Ok(2 * 10 + 3 * 2 + 5));
	}
}
