//! The same for people.

use serde_json::Value;
use sp_core::H256;
use std::fmt::Write;

use crate::{
	check::{Finding, Level, Report},
	status::{PeerStatus, Pending, Status},
};

/// How the own chain stands with all others.
pub fn status(status: &Status) -> String {
	let mut out = String::new();
	let Status { system, height, role, owed, peers, .. } = status;
	let mut line = |words: String| {
		let _ = writeln!(out, "{words}");
	};
	line(format!("chain {system:?} at #{height}, role {role}"));
	if let Some(result) = status.worker["last"][1].as_str() {
		line(format!("worker: {result}"));
	}
	if *owed > 0 {
		line(format!("{owed} item(s) are owed and not claimed"));
	}
	if peers.is_empty() {
		line("it knows no other chain".into());
	}
	for peer in peers {
		line(String::new());
		of_peer(peer).into_iter().for_each(&mut line);
	}
	out
}

fn of_peer(peer: &PeerStatus) -> Vec<String> {
	let closing = if peer.closing { ", closing" } else { "" };
	let mut lines = vec![
		format!("chain {:?}: {}{closing}", peer.system, peer.business),
		format!(
			"  known: #{}, {} old, learned {} block(s) ago; set {}",
			peer.known,
			time(peer.age),
			peer.advanced_ago,
			peer.set_id
		),
		match peer.trust_left {
			0 => "  trust: expired; root gives a new trust anchor".into(),
			left => format!("  trust: {} left", time(left)),
		},
	];
	if let Some(fork) = &peer.fork {
		let decided = match fork.decided_in {
			Some(blocks) => format!("decided in {blocks} block(s), unless root does before"),
			None => "root decides".into(),
		};
		let (branches, ago) = (fork.branches, fork.opened_ago);
		lines.push(format!(
			"  fork: {branches} other branch(es), the last {ago} block(s) ago; {decided}"
		));
	}
	if peer.quiet_left > 0 {
		lines.push(format!("  nothing moves for {} block(s) more", peer.quiet_left));
	}
	let nearest = match peer.nearest_expiry {
		Some(blocks) if blocks >= 0 => format!(", the nearest expires in {blocks} block(s)"),
		Some(blocks) => format!(", the nearest expired {} block(s) ago", -blocks),
		None => String::new(),
	};
	lines.push(format!("  contracts: {} open of {} stored{nearest}", peer.open, peer.entries));
	if let Some(counted) = peer.counted.as_ref().filter(|counted| !counted.stages.is_empty()) {
		let list = |counts: &std::collections::BTreeMap<String, u32>| {
			counts
				.iter()
				.map(|(name, count)| format!("{count} {name}"))
				.collect::<Vec<_>>()
				.join(", ")
		};
		lines.push(format!(
			"  of those: {}; waiting: {}",
			list(&counted.stages),
			list(&counted.waits)
		));
	}
	lines.extend(of_rounds(&peer.worker["rounds"]));
	if let Some(result) = peer.worker["telling"]["last"][1].as_str() {
		lines.push(format!("  told: {result}"));
	}
	lines
}

fn of_rounds(rounds: &Value) -> Vec<String> {
	let mut lines = Vec::new();
	for (what, round) in [("last round", &rounds["last"]), ("last asked", &rounds["asked"])] {
		if let Some(result) = round["result"].as_str() {
			let (block, took) = (&round["at"]["block"], &round["took"]);
			lines.push(format!("  {what}: {result}, after #{block}, in {took} ms"));
		}
	}
	for endpoint in rounds["endpoints"].as_array().into_iter().flatten() {
		let host = endpoint["host"].as_str().unwrap_or_default();
		let last = endpoint["last"].as_str().unwrap_or_default();
		let finalized = match endpoint["finalized"].as_u64() {
			Some(number) => format!(", final #{number}"),
			None => String::new(),
		};
		let fault = match endpoint["fault"][0].as_str() {
			Some(fault) => format!(", last fault {fault} after #{}", endpoint["fault"][2]["block"]),
			None => String::new(),
		};
		lines.push(format!("  {host}: {last}{finalized}, {} ms{fault}", endpoint["latency"]));
	}
	lines
}

/// Contracts that wait, and why.
pub fn pending(pending: &[Pending], status: &Status) -> String {
	let mut out = String::new();
	let all: u32 = status.peers.iter().map(|peer| peer.open).sum();
	if !pending.is_empty() {
		let _ = writeln!(out, "\n{} of {all} contract(s) that wait:", pending.len());
	}
	for contract in pending {
		let Pending { peer, id, stage, reason, expiry, .. } = contract;
		let left = i64::from(*expiry) - i64::from(status.height);
		let _ = writeln!(out, "{id} with {}: {stage}, expires in {left} block(s)", short(*peer));
		let _ = writeln!(out, "  {reason}");
	}
	out
}

/// What was found about other chains' nodes.
pub fn report(report: &Report) -> String {
	let mut out = String::new();
	for peer in &report.peers {
		let _ = writeln!(out, "chain {:?}", peer.system);
		write_findings(&mut out, "  ", &peer.findings);
		for endpoint in &peer.endpoints {
			let _ = writeln!(out, "  {}", endpoint.host);
			write_findings(&mut out, "    ", &endpoint.findings);
		}
	}
	out
}

fn write_findings(out: &mut String, indent: &str, findings: &[Finding]) {
	for Finding { about, level, words } in findings {
		let mark = match level {
			Level::Good => "good    ",
			Level::Doubtful => "DOUBTFUL",
			Level::Bad => "BAD     ",
		};
		let _ = writeln!(out, "{indent}{mark} {about}: {words}");
	}
}

fn short(system: H256) -> String {
	format!("{system}")
}

/// Milliseconds in the unit that people would use.
fn time(milliseconds: u64) -> String {
	let seconds = milliseconds / 1_000;
	match seconds {
		0..=119 => format!("{seconds} s"),
		120..=7_199 => format!("{} min", seconds / 60),
		7_200..=172_799 => format!("{} h", seconds / 3_600),
		_ => format!("{} days", seconds / 86_400),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn times_have_the_unit_that_people_would_use() {
		let times = [0, 119_000, 120_000, 7_200_000, 172_800_000].map(time);
		assert_eq!(times, ["0 s", "119 s", "2 min", "2 h", "2 days"]);
	}

	#[test]
	fn what_is_bad_stands_out() {
		let finding = |level| Finding { about: "genesis", level, words: "words".into() };
		let mut out = String::new();
		write_findings(&mut out, "", &[finding(Level::Good), finding(Level::Bad)]);
		assert_eq!(out, "good     genesis: words\nBAD      genesis: words\n");
	}
}
