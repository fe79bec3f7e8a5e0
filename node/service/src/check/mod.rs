//! Whether the nodes of other chains are what their operator thinks: the same questions as the worker's, by
//! the same client, and what they come to in words.

mod agreement;
mod anchor;
mod endpoint;
mod finding;

pub use anchor::{anchor_of, Anchored};
pub use finding::{Finding, Level, PeerReport, Report};

use sp_core::H256;
use std::{collections::BTreeMap, io, thread};
use tokio::runtime::Builder;

use crate::{
	host::Way,
	http::Http,
	monitor::Monitor,
	peers::{by_system, Peer},
	status::Status,
	LOG_TARGET,
};
use endpoint::Probe;

/// What the own chain knows, if that can be told.
pub struct Own<'a>(pub Option<&'a Status>);

/// A chain and what all its endpoints have said, in the order of the setting.
pub struct Probed {
	/// The chain.
	pub system: H256,
	/// Its endpoints.
	pub probes: Vec<Probe>,
}

/// Asks all endpoints, side by side.
pub fn probe(way: &Way, peers: &[Peer]) -> Vec<Probed> {
	let asked: Vec<_> = by_system(peers)
		.into_iter()
		.map(|(system, urls)| {
			let ask = |url: String| {
				let way = way.clone();
				// The executor's own threads may not wait for it.
				thread::spawn(move || Probe::of(way, system, &url))
			};
			(system, urls.into_iter().map(ask).collect::<Vec<_>>())
		})
		.collect();
	let probed = |(system, probes): (H256, Vec<thread::JoinHandle<Probe>>)| {
		let probes =
			probes.into_iter().map(|probe| probe.join().unwrap_or_else(|_| Probe::broken()));
		Probed { system, probes: probes.collect() }
	};
	asked.into_iter().map(probed).collect()
}

/// All that can be found about the peers.
pub fn check(way: &Way, peers: &[Peer], own: Own) -> Report {
	let known: BTreeMap<_, _> =
		own.0.iter().flat_map(|status| &status.peers).map(|peer| (peer.system, peer)).collect();
	let mut reports = Vec::new();
	for Probed { system, mut probes } in probe(way, peers) {
		let findings = match own.0 {
			Some(status) if status.system == system => {
				vec![Finding::good("registered", "it is the own chain")]
			},
			Some(_) => agreement::with_own(known.get(&system).copied(), &mut probes),
			None => vec![Finding::doubtful(
				"registered",
				"the own node does not tell whether the chain knows it",
			)],
		};
		let findings = findings.into_iter().chain(agreement::among(&probes)).collect();
		let endpoints = probes.into_iter().map(|probe| probe.report).collect();
		reports.push(PeerReport { system, findings, endpoints });
	}
	if let Some(status) = own.0 {
		for peer in &status.peers {
			if !reports.iter().any(|report| report.system == peer.system) {
				let findings = vec![Finding::doubtful(
					"endpoints",
					"the chain knows it, and no address of its nodes is set",
				)];
				reports.push(PeerReport { system: peer.system, findings, endpoints: Vec::new() });
			}
		}
	}
	Report { peers: reports }
}

/// Checks the peers once, and writes what is found into the log.
///
/// On a thread and an executor of its own, and with nothing of the node: when that ends, nobody waits for an
/// endpoint that does not answer.
pub fn at_start(peers: Vec<Peer>, monitor: &Monitor) {
	let status = monitor.status().ok();
	let look = move || -> io::Result<Report> {
		let executor = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
		let way = Way { http: Http::new()?, executor: executor.handle().clone() };
		Ok(check(&way, &peers, Own(status.as_ref())))
	};
	thread::spawn(move || match look() {
		Ok(report) => report.log(),
		Err(error) => log::warn!(target: LOG_TARGET, "the endpoints are not checked: {error}"),
	});
}
