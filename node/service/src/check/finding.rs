//! What is found, and how bad it is.

use serde::Serialize;
use sp_core::H256;

use crate::LOG_TARGET;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
	/// As it should be.
	Good,
	/// Exchanges go on, and somebody should look.
	Doubtful,
	/// Nothing is exchanged by it.
	Bad,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
	/// What was looked at, in a word.
	pub about: &'static str,
	/// How bad it is.
	pub level: Level,
	/// What was found.
	pub words: String,
}

impl Finding {
	/// As it should be.
	pub fn good(about: &'static str, words: impl Into<String>) -> Self {
		Self { about, level: Level::Good, words: words.into() }
	}

	/// Somebody should look.
	pub fn doubtful(about: &'static str, words: impl Into<String>) -> Self {
		Self { about, level: Level::Doubtful, words: words.into() }
	}

	/// Nothing is exchanged by it.
	pub fn bad(about: &'static str, words: impl Into<String>) -> Self {
		Self { about, level: Level::Bad, words: words.into() }
	}
}

/// What was found about one endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EndpointReport {
	/// Host and port.
	pub host: String,
	/// How long an answer took in the middle, in milliseconds; none if there was none.
	pub latency: Option<u64>,
	/// The newest final block that it has.
	pub finalized: Option<u32>,
	/// What was found.
	pub findings: Vec<Finding>,
}

/// What was found about one chain and its endpoints.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PeerReport {
	/// The chain.
	pub system: H256,
	/// What was found about all of them.
	pub findings: Vec<Finding>,
	/// What was found about each.
	pub endpoints: Vec<EndpointReport>,
}

/// All that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
	/// By chain.
	pub peers: Vec<PeerReport>,
}

impl PeerReport {
	/// All findings, with the host that each is about, if it is about one.
	pub fn all(&self) -> impl Iterator<Item = (Option<&str>, &Finding)> {
		let own = self.findings.iter().map(|finding| (None, finding));
		own.chain(self.endpoints.iter().flat_map(|endpoint| {
			endpoint.findings.iter().map(|finding| (Some(endpoint.host.as_str()), finding))
		}))
	}
}

impl Report {
	/// How many findings are of this level.
	pub fn count(&self, level: Level) -> usize {
		self.peers.iter().flat_map(PeerReport::all).filter(|(_, one)| one.level == level).count()
	}

	/// Writes what is not as it should be into the log, and how much is.
	pub fn log(&self) {
		for peer in &self.peers {
			for (host, Finding { about, level, words }) in peer.all() {
				let at = host.map(|host| format!(" at {host}")).unwrap_or_default();
				match level {
					Level::Good => {
						log::debug!(target: LOG_TARGET, "check of {}{at}: {about}: {words}", peer.system)
					},
					Level::Doubtful => {
						log::warn!(target: LOG_TARGET, "check of {}{at}: {about}: {words}", peer.system)
					},
					Level::Bad => {
						log::error!(target: LOG_TARGET, "check of {}{at}: {about}: {words}", peer.system)
					},
				}
			}
		}
		let [good, doubtful, bad] =
			[Level::Good, Level::Doubtful, Level::Bad].map(|level| self.count(level));
		log::info!(
			target: LOG_TARGET,
			"check of {} chain(s): {good} findings good, {doubtful} doubtful, {bad} bad",
			self.peers.len(),
		);
	}
}
