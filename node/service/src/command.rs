//! Commands for people and scripts: they ask a running node, and the nodes of other chains.

use codec::Encode;
use ribp_peer::{check_url, host_of, UrlError};
use sc_cli::Result;
use serde::de::DeserializeOwned;
use serde_json::{json, Value};
use sp_core::{bytes::to_hex, H256};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

use crate::{
	check::{anchor_of, check, probe, Anchored, Level, Own},
	host::Way,
	http::{Http, HttpError},
	peers::Peer,
	print,
	rpc::{PENDING, STATUS},
	status::{Pending, Status},
};

/// How long the own node may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where a node's RPC server listens if nothing is said.
const DEFAULT_URL: &str = "http://127.0.0.1:9944";

/// See, check and steer the exchange with other chains.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
	/// Print how the chain of a running node stands with others, and which contracts wait, and why.
	Status(StatusCommand),

	/// Check the nodes of other chains: whether they answer, serve what is needed, are fresh, prove what they
	/// say, and agree. Exits with 1 if anything is bad.
	Check(CheckCommand),

	/// Make the trust anchor with which root registers another chain, once its nodes have been checked.
	Anchor(AnchorCommand),
}

/// Which node is asked.
#[derive(Debug, Clone, clap::Args)]
pub struct Node {
	/// Address of the own node's RPC server.
	#[arg(long, value_name = "URL", default_value = DEFAULT_URL, value_parser = address)]
	pub url: String,
}

/// Arguments of `status`.
#[derive(Debug, Clone, clap::Args)]
pub struct StatusCommand {
	/// The own node.
	#[clap(flatten)]
	pub node: Node,

	/// Print JSON.
	#[arg(long)]
	pub json: bool,

	/// Most contracts that are printed.
	#[arg(long, value_name = "N", default_value_t = 20)]
	pub pending: u32,
}

/// Arguments of `check`.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckCommand {
	/// The own node, which tells what its chain knows.
	#[clap(flatten)]
	pub node: Node,

	/// Address of a node of another chain, as for a running node. May be given several times.
	#[arg(long = "ribp-peer", value_name = "0xGENESIS=URL", required = true)]
	pub ribp_peers: Vec<Peer>,

	/// Print JSON.
	#[arg(long)]
	pub json: bool,
}

/// Arguments of `anchor`.
#[derive(Debug, Clone, clap::Args)]
pub struct AnchorCommand {
	/// Address of a node of the other chain. Of several, all have to agree.
	#[arg(long = "ribp-peer", value_name = "0xGENESIS=URL", required = true)]
	pub ribp_peers: Vec<Peer>,

	/// Print JSON.
	#[arg(long)]
	pub json: bool,
}

fn address(url: &str) -> std::result::Result<String, UrlError> {
	check_url(url).map(|()| url.into())
}

impl Command {
	/// Does it, and prints what it comes to.
	pub fn run(&self) -> Result<()> {
		let executor = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
		match self {
			Self::Status(command) => command.run(&executor),
			Self::Check(command) => command.run(&executor),
			Self::Anchor(command) => command.run(&executor),
		}
	}
}

fn way(executor: &Runtime) -> Result<Way> {
	Ok(Way { http: Http::new()?, executor: executor.handle().clone() })
}

impl Node {
	/// What a method of the node answers.
	fn ask<R: DeserializeOwned>(
		&self,
		executor: &Runtime,
		method: &str,
		params: Value,
	) -> std::result::Result<R, String> {
		let host = host_of(&self.url);
		let http = Http::new().map_err(|error| error.to_string())?;
		let headers = [("content-type".into(), "application/json".into())];
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let asked = http.post(&self.url, &headers, request.to_string().into_bytes(), PATIENCE);
		let answer = executor.block_on(asked).map_err(|error| match error {
			HttpError::Broken => format!("no node answers at {host}"),
			HttpError::Late => format!("the node at {host} does not answer in time"),
		})?;
		if answer.status != 200 {
			return Err(format!("the server at {host} answers with HTTP status {}", answer.status));
		}
		let answer: Value = serde_json::from_slice(&answer.body)
			.map_err(|_| format!("what the server at {host} answers is no JSON"))?;
		if let Some(error) = answer.get("error") {
			return Err(format!(
				"the node at {host} does not answer {method}: {}",
				error["message"]
			));
		}
		serde_json::from_value(answer["result"].clone())
			.map_err(|error| format!("the node at {host} answers {method} otherwise: {error}"))
	}
}

impl StatusCommand {
	fn run(&self, executor: &Runtime) -> Result<()> {
		let status: Status = self.node.ask(executor, STATUS, json!([]))?;
		let pending: Vec<Pending> =
			self.node.ask(executor, PENDING, json!([null, self.pending]))?;
		match self.json {
			true => print_json(&json!({ "status": status, "pending": pending })),
			false => print!("{}{}", print::status(&status), print::pending(&pending, &status)),
		}
		Ok(())
	}
}

impl CheckCommand {
	fn run(&self, executor: &Runtime) -> Result<()> {
		let status = self.node.ask::<Status>(executor, STATUS, json!([]));
		let report = check(&way(executor)?, &self.ribp_peers, Own(status.as_ref().ok()));
		match self.json {
			true => print_json(&json!(report)),
			false => {
				if let Err(words) = &status {
					println!("{words}");
				}
				print!("{}", print::report(&report));
			},
		}
		match report.count(Level::Bad) {
			0 => Ok(()),
			bad => Err(format!("{bad} finding(s) are bad").into()),
		}
	}
}

impl AnchorCommand {
	fn run(&self, executor: &Runtime) -> Result<()> {
		let mut probed = probe(&way(executor)?, &self.ribp_peers);
		let (Some(chain), None) = (probed.pop(), probed.pop()) else {
			return Err(
				"an anchor is of one chain: all addresses have the same genesis hash".into()
			);
		};
		let system: H256 = chain.system;
		let Anchored { anchor, agreed } = anchor_of(chain).map_err(|bad| bad.join("\n"))?;
		let (number, hash) = (anchor.header.number, anchor.header.hash());
		let encoded = to_hex(&anchor.encode(), false);
		match self.json {
			true => print_json(&json!({
				"system": system,
				"number": number,
				"hash": hash,
				"setId": anchor.set_id,
				"authorities": anchor.authorities.len(),
				"endpoints": agreed,
				"anchor": encoded,
			})),
			false => {
				eprintln!(
					"block #{number} of {system:?}, {hash:?}: final by {} authorities of set {}, and on \
					 {agreed} endpoint(s)",
					anchor.authorities.len(),
					anchor.set_id,
				);
				println!("{encoded}");
			},
		}
		Ok(())
	}
}

fn print_json(value: &Value) {
	println!("{value:#}");
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{error::ErrorKind, Parser};

	#[derive(Debug, Parser)]
	struct Tool {
		#[command(subcommand)]
		command: Command,
	}

	fn parse(args: &[&str]) -> clap::error::Result<Command> {
		Tool::try_parse_from(["tool"].iter().chain(args)).map(|tool| tool.command)
	}

	#[test]
	fn a_node_is_asked_on_this_machine_unless_another_is_named() {
		let Ok(Command::Status(command)) = parse(&["status"]) else { panic!("it is a command") };
		assert_eq!(command.node.url, DEFAULT_URL);
		let error = parse(&["status", "--url", "ws://host"]).unwrap_err();
		assert_eq!(error.kind(), ErrorKind::ValueValidation);
	}

	#[test]
	fn checks_and_anchors_take_peers() {
		for command in ["check", "anchor"] {
			let error = parse(&[command]).unwrap_err();
			assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "{command}");
		}
	}

	#[test]
	fn nothing_is_told_of_an_address_but_its_host() {
		let executor = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
		let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
		let node = Node { url: format!("http://{nobody}/secret?key=1") };
		let words = node.ask::<Status>(&executor, STATUS, json!([])).unwrap_err();
		assert_eq!(words, format!("no node answers at {nobody}"));
	}
}
