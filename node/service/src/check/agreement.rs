//! Whether endpoints of one chain say the same, and what the own chain knows.

use sp_core::H256;

use super::{endpoint::Probe, finding::Finding};
use crate::status::PeerStatus;

/// Blocks by which one endpoint's newest final block may be behind another's.
const MAX_BEHIND: u32 = 20;

/// Whether the endpoints of one chain have the same history, and are equally far.
pub fn among(probes: &[Probe]) -> Vec<Finding> {
	let heads: Vec<_> =
		probes.iter().filter_map(|probe| Some((probe, probe.finalized?.0))).collect();
	let lowest = heads.iter().map(|(_, number)| *number).min();
	let Some(lowest) = lowest.filter(|_| heads.len() > 1) else { return Vec::new() };
	let hashes: Vec<_> = heads
		.iter()
		.filter_map(|(probe, _)| {
			let hash = probe.hash_at(lowest).ok().flatten()?;
			Some((probe.report.host.as_str(), hash))
		})
		.collect();
	let heights = heads.iter().map(|(probe, number)| (probe.report.host.as_str(), *number));
	[vec![same_history(lowest, &hashes)], equally_far(&heights.collect::<Vec<_>>())].concat()
}

fn same_history(number: u32, hashes: &[(&str, H256)]) -> Finding {
	if hashes.len() < 2 {
		return Finding::doubtful(
			"agreement",
			format!("of #{number}, fewer than two endpoints tell"),
		);
	}
	let others: Vec<_> = hashes.iter().filter(|(_, hash)| *hash != hashes[0].1).collect();
	match others.is_empty() {
		true => Finding::good(
			"agreement",
			format!("{} endpoints have the same #{number}", hashes.len()),
		),
		false => {
			let says = |(host, hash): &(&str, H256)| format!("{host} has {hash:?}");
			let said: Vec<_> = hashes.iter().map(says).collect();
			Finding::bad("agreement", format!("of the final #{number}, {}", said.join(", ")))
		},
	}
}

fn equally_far(heights: &[(&str, u32)]) -> Vec<Finding> {
	let highest = heights.iter().map(|(_, number)| *number).max().unwrap_or(0);
	let behind = heights.iter().filter(|(_, number)| highest - number > MAX_BEHIND);
	let named = |(host, number): &(&str, u32)| {
		Finding::doubtful(
			"agreement",
			format!("{host} is {} final blocks behind", highest - number),
		)
	};
	behind.map(named).collect()
}

/// Whether the endpoints have what the own chain knows, which is none if it does not know theirs.
pub fn with_own(known: Option<&PeerStatus>, probes: &mut [Probe]) -> Vec<Finding> {
	let Some(known) = known else {
		let words =
			"the own chain does not know it: root registers it with what `ribp anchor` prints";
		return vec![Finding::doubtful("registered", words)];
	};
	for probe in probes.iter_mut() {
		let Some((finalized, _)) = probe.finalized else { continue };
		let has = probe.hash_at(known.known);
		probe.add(of_known(known, finalized, has.map_err(|error| error.to_string())));
		if let Some(anchor) = &probe.anchor {
			let finding = of_set(known.set_id, anchor.set_id);
			probe.add(finding);
		}
	}
	vec![registered(known)]
}

fn registered(known: &PeerStatus) -> Finding {
	let words = format!(
		"the own chain knows it up to #{}, and the business is {}",
		known.known, known.business
	);
	match known.business.as_str() {
		_ if known.trust_left == 0 => {
			Finding::bad("registered", format!("{words}; what it knows is too old to be followed"))
		},
		"active" => Finding::good("registered", words),
		_ => Finding::bad("registered", words),
	}
}

fn of_known(known: &PeerStatus, finalized: u32, has: Result<Option<H256>, String>) -> Finding {
	let number = known.known;
	match has {
		Ok(Some(hash)) if hash == known.head => {
			Finding::good("history", format!("it has the block #{number} that the own chain knows"))
		},
		Ok(Some(hash)) => Finding::bad(
			"history",
			format!("its #{number} is {hash:?}, and the own chain knows {:?}", known.head),
		),
		Ok(None) => Finding::doubtful(
			"history",
			format!(
				"it lags behind: the own chain knows #{number}, and it has finalized #{finalized}"
			),
		),
		Err(error) => Finding::doubtful("history", error),
	}
}

fn of_set(known: u64, live: u64) -> Finding {
	match known <= live {
		true => Finding::good(
			"known set",
			format!("the own chain knows set {known}, and set {live} signs"),
		),
		false => Finding::bad(
			"known set",
			format!("the own chain knows set {known}, and only set {live} signs"),
		),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::check::Level;
	use serde_json::Value;

	const ONE: H256 = H256::repeat_byte(1);
	const TWO: H256 = H256::repeat_byte(2);

	fn known() -> PeerStatus {
		PeerStatus {
			system: H256::repeat_byte(0xb),
			business: "active".into(),
			closing: false,
			known: 50,
			head: ONE,
			age: 0,
			advanced_ago: 0,
			set_id: 4,
			trust_left: 1,
			quiet_left: 0,
			fork: None,
			entries: 0,
			open: 0,
			nearest_expiry: None,
			kept: 0,
			counted: None,
			worker: Value::Null,
		}
	}

	#[test]
	fn endpoints_with_different_histories_are_named_with_what_they_have() {
		assert_eq!(same_history(9, &[("a", ONE), ("b", ONE)]).level, Level::Good);
		assert_eq!(same_history(9, &[("a", ONE)]).level, Level::Doubtful);
		let found = same_history(9, &[("a", ONE), ("b", TWO)]);
		assert_eq!(found.level, Level::Bad);
		assert!(found.words.contains("a has 0x0101") && found.words.contains("b has 0x0202"));
	}

	#[test]
	fn an_endpoint_that_is_far_behind_another_is_named() {
		assert_eq!(equally_far(&[("a", 100), ("b", 100 - MAX_BEHIND)]), []);
		let found = equally_far(&[("a", 100), ("b", 99 - MAX_BEHIND)]);
		assert_eq!(found[0].words, format!("b is {} final blocks behind", MAX_BEHIND + 1));
	}

	#[test]
	fn what_the_own_chain_knows_has_to_be_there() {
		let level = |has| of_known(&known(), 60, has).level;
		assert_eq!(level(Ok(Some(ONE))), Level::Good);
		assert_eq!(level(Ok(Some(TWO))), Level::Bad);
		assert_eq!(level(Ok(None)), Level::Doubtful);
		assert_eq!(level(Err("no answer".into())), Level::Doubtful);
	}

	#[test]
	fn a_set_that_has_not_been_yet_cannot_be_known() {
		assert_eq!(of_set(4, 4).level, Level::Good);
		assert_eq!(of_set(3, 4).level, Level::Good);
		assert_eq!(of_set(5, 4).level, Level::Bad);
	}

	#[test]
	fn a_chain_without_business_is_bad_and_an_unknown_one_doubtful() {
		assert_eq!(registered(&known()).level, Level::Good);
		for business in ["paused", "forked", "coolingDown"] {
			let known = PeerStatus { business: business.into(), ..known() };
			assert_eq!(registered(&known).level, Level::Bad, "{business}");
		}
		assert_eq!(registered(&PeerStatus { trust_left: 0, ..known() }).level, Level::Bad);
		assert_eq!(with_own(None, &mut [])[0].level, Level::Doubtful);
	}
}
