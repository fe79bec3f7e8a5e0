//! The trust anchor, made after the checks.

use pallet_ribp::TrustAnchor;

use super::{agreement, finding::Finding, Level, Probed};

/// What root of the own chain passes to `register_system`, and who has said so.
pub struct Anchored {
	/// The anchor.
	pub anchor: TrustAnchor,
	/// Endpoints that have its block.
	pub agreed: usize,
}

/// The anchor of a chain whose endpoints have all been asked.
///
/// # Errors
/// What was found that is bad: nothing is trusted then.
pub fn anchor_of(probed: Probed) -> Result<Anchored, Vec<String>> {
	let Probed { probes, .. } = probed;
	let mut bad = Vec::new();
	for probe in &probes {
		let host = &probe.report.host;
		bad.extend(bad_of(&probe.report.findings).map(|words| format!("{host}: {words}")));
	}
	bad.extend(bad_of(&agreement::among(&probes)));
	if !bad.is_empty() {
		return Err(bad);
	}
	// The lowest: the others have it.
	let anchors = probes.iter().filter_map(|probe| probe.anchor.as_ref());
	let Some(anchor) = anchors.min_by_key(|anchor| anchor.header.number).cloned() else {
		return Err(vec!["no endpoint has proven who finalizes its chain".into()]);
	};
	let (number, hash) = (anchor.header.number, anchor.header.hash());
	let agreed = probes.iter().filter(|probe| probe.hash_at(number) == Ok(Some(hash))).count();
	match agreed == probes.len() {
		true => Ok(Anchored { anchor, agreed }),
		false => Err(vec![format!("not all endpoints have the final block #{number}, {hash:?}")]),
	}
}

fn bad_of(findings: &[Finding]) -> impl Iterator<Item = String> + '_ {
	let bad = findings.iter().filter(|finding| finding.level == Level::Bad);
	bad.map(|finding| format!("{}: {}", finding.about, finding.words))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::check::endpoint::Probe;
	use sp_core::H256;

	#[test]
	fn there_is_no_anchor_where_anything_is_bad() {
		let probes = vec![Probe::broken()];
		let found = anchor_of(Probed { system: H256::zero(), probes }).err().unwrap();
		assert!(found[0].contains("reachable: asking it has failed"), "{found:?}");
	}

	#[test]
	fn there_is_no_anchor_without_endpoints() {
		assert!(anchor_of(Probed { system: H256::zero(), probes: Vec::new() }).is_err());
	}
}
