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
	let named = probes.iter().map(|probe| (probe.report.host.as_str(), probe.anchor.as_ref()));
	unanimous(&anchor, named)?;
	let (number, hash) = (anchor.header.number, anchor.header.hash());
	let agreed = probes.iter().filter(|probe| probe.hash_at(number) == Ok(Some(hash))).count();
	match agreed == probes.len() {
		true => Ok(Anchored { anchor, agreed }),
		false => Err(vec![format!("not all endpoints have the final block #{number}, {hash:?}")]),
	}
}

/// Whether all endpoints, by their hosts, have proven that the same authorities finalize the chain. One that
/// lies names its own: the blocks that these sign are the chain's for as long as it wants.
fn unanimous<'a>(
	anchor: &TrustAnchor,
	named: impl Iterator<Item = (&'a str, Option<&'a TrustAnchor>)>,
) -> Result<(), Vec<String>> {
	let is_same = |other: &TrustAnchor| {
		(other.set_id, &other.authorities) == (anchor.set_id, &anchor.authorities)
	};
	let others = named.filter(|(_, other)| !other.is_some_and(is_same));
	let bad: Vec<_> = others
		.map(|(host, _)| {
			format!(
				"{host}: it does not prove that those finalize its chain whom another endpoint names: \
				 one of the two lies, or a change of authorities has just happened; try again"
			)
		})
		.collect();
	match bad.is_empty() {
		true => Ok(()),
		false => Err(bad),
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
	use pallet_ribp::History;
	use ribp_light_client::testing::{authority, header, Ed25519Keyring as Keyring};
	use sp_core::H256;

	#[test]
	fn there_is_no_anchor_where_anything_is_bad() {
		let probes = vec![Probe::broken()];
		let found = anchor_of(Probed { system: H256::zero(), probes }).err().unwrap();
		assert!(found[0].contains("reachable: asking it has failed"), "{found:?}");
	}

	#[test]
	fn all_endpoints_have_to_name_the_same_authorities() {
		let anchor = |voter, set_id| TrustAnchor {
			header: header(9, H256::zero(), H256::zero(), Vec::new()),
			history: History::starting_at(0),
			set_id,
			authorities: vec![(authority(voter), 1)],
		};
		let [honest, liar, later] = [(Keyring::Alice, 7), (Keyring::Eve, 7), (Keyring::Alice, 8)]
			.map(|(v, id)| anchor(v, id));
		let named = |other| [("honest", Some(&honest)), ("other", other)].into_iter();
		assert_eq!(unanimous(&honest, named(Some(&honest))), Ok(()));
		for other in [Some(&liar), Some(&later), None] {
			for chosen in other.into_iter().chain([&honest]) {
				assert!(unanimous(chosen, named(other)).is_err());
			}
		}
	}

	#[test]
	fn there_is_no_anchor_without_endpoints() {
		assert!(anchor_of(Probed { system: H256::zero(), probes: Vec::new() }).is_err());
	}
}
