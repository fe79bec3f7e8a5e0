//! Arguments of a running node.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use ribp_peer::Role;
use sc_service::config::OffchainWorkerConfig;

use crate::peers::Peer;

/// Arguments of a running node, to be flattened into its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Options {
	/// Address of a node of another chain, by the genesis hash of that chain.
	///
	/// May be given several times, also for one chain. The offchain worker fetches evidence there.
	#[arg(long = "ribp-peer", value_name = "0xGENESIS=URL")]
	pub ribp_peers: Vec<Peer>,

	/// What this node does for its chain about exchanges with others.
	///
	/// An author asks other chains after its own blocks, tells them what they lack, and asks when nothing
	/// moves. A relay, which needs no keys, does it when the authors do not. A node that is off does nothing.
	#[arg(
		long = "ribp",
		value_name = "ROLE",
		default_value_t,
		value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name))
			.try_map(|name| name.parse::<Role>()),
	)]
	pub ribp: Role,
}

impl Options {
	/// How a node with these arguments runs its offchain workers: a relay always, and every node keeps what
	/// its chain has proven of others, to tell of it.
	pub fn offchain_worker(&self, config: OffchainWorkerConfig) -> OffchainWorkerConfig {
		OffchainWorkerConfig {
			enabled: config.enabled || self.ribp == Role::Relay,
			indexing_enabled: true,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{error::ErrorKind, Parser};

	const GENESIS: &str = "0x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

	#[derive(Debug, Parser)]
	struct Node {
		#[clap(flatten)]
		ribp: Options,
	}

	fn parse(args: &[&str]) -> clap::error::Result<Options> {
		Node::try_parse_from(["node"].iter().chain(args)).map(|node| node.ribp)
	}

	#[test]
	fn peers_may_be_given_several_times() {
		let first = format!("{GENESIS}=http://127.0.0.1:9955");
		let second = format!("{GENESIS}=http://127.0.0.1:9966");
		let options = parse(&["--ribp-peer", &first, "--ribp-peer", &second]).unwrap();
		assert_eq!(options.ribp_peers.len(), 2);
	}

	#[test]
	fn a_malformed_peer_is_refused_with_its_reason() {
		let error = parse(&["--ribp-peer", "0x12=http://host"]).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ValueValidation);
		assert!(error.to_string().contains("32 bytes"), "{error}");
	}

	#[test]
	fn a_node_is_an_authors_unless_it_is_told_otherwise() {
		assert_eq!(parse(&[]).unwrap().ribp, Role::Author);
		for role in Role::ALL {
			assert_eq!(parse(&["--ribp", role.name()]).unwrap().ribp, role);
		}
		let error = parse(&["--ribp", "watcher"]).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::InvalidValue);
		assert!(error.to_string().contains("author, relay, off"), "{error}");
	}

	#[test]
	fn a_relay_runs_its_workers_and_every_node_keeps_what_was_proven() {
		let none = || OffchainWorkerConfig { enabled: false, indexing_enabled: false };
		for (role, enabled) in [(Role::Author, false), (Role::Relay, true), (Role::Off, false)] {
			let config = Options { ribp: role, ..Options::default() }.offchain_worker(none());
			assert_eq!((config.enabled, config.indexing_enabled), (enabled, true), "{role}");
		}
		let config = OffchainWorkerConfig { enabled: true, indexing_enabled: false };
		assert!(Options::default().offchain_worker(config).enabled);
	}
}
