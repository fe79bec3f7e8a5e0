//! What one endpoint serves.

use codec::{Decode, Encode};
use pallet_ribp::{statement_of, TrustAnchor};
use ribp_light_client::{minimize, next_set, verify_finality, AuthoritySet, Justification};
use ribp_peer::{host_of, Client, Header, Limits, PeerError, NEEDED_METHODS};
use sp_core::{offchain::Duration as Span, H256};
use std::{
	cell::RefCell,
	thread::sleep,
	time::{Duration, Instant},
};

use super::finding::{EndpointReport, Finding};
use crate::host::{as_worker, now, Way};

/// How long an endpoint may take for all questions.
const PATIENCE: Span = Span::from_millis(60_000);
/// Most bytes of an answer.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// How old a block may be, in milliseconds, besides so many times the chain's own pace.
const FRESH: u64 = 60_000;
/// Blocks of the chain's own pace by which a block may be older than that.
const FRESH_BLOCKS: u64 = 20;
/// Blocks over which the pace is measured.
const PACE_BLOCKS: u32 = 10;
/// Blocks that may be there and not final.
const MAX_LAG: u32 = 60;
/// A round of the worker has three seconds, for several answers.
const SLOW: u64 = 500;
/// How deep states are looked for below the newest final block.
const DEPTHS: [u32; 5] = [8, 64, 256, 1_024, 8_192];
/// States below the newest final block that are enough for the worker.
const ENOUGH_STATES: u32 = 8;
/// Headers that hand over to another set are passed over so often.
const HANDOVERS: usize = 5;
/// By how much the set id in a chain's state may differ from the one that its voters sign.
const MAX_SET_DIFFERENCE: u64 = 64;

/// What one endpoint has said, and what was found about it.
pub struct Probe {
	/// For people.
	pub report: EndpointReport,
	/// Its newest final block.
	pub finalized: Option<(u32, H256)>,
	/// From where on its chain can be believed, if that is proven.
	pub anchor: Option<TrustAnchor>,
	way: Option<(Way, String)>,
}

/// A client, and how long its answers took.
struct Asking {
	client: Client,
	took: RefCell<Vec<u64>>,
}

impl Asking {
	fn ask<R>(&self, question: impl FnOnce(&Client) -> R) -> R {
		let start = Instant::now();
		let answer = question(&self.client);
		self.took.borrow_mut().push(u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX));
		answer
	}
}

impl Probe {
	/// Asks the endpoint all that the worker could. Blocks.
	pub fn of(way: Way, system: H256, url: &str) -> Self {
		let mut probe = Self::at(host_of(url));
		as_worker(way.clone(), || {
			let limits = Limits::within(PATIENCE, MAX_BODY);
			match Client::new(url, limits) {
				Ok(client) => {
					let asking = Asking { client, took: RefCell::default() };
					probe.examine(&asking, system);
					probe.time(asking.took.into_inner());
				},
				Err(error) => probe.bad("address", error.to_string()),
			}
		});
		probe.way = Some((way, url.into()));
		probe
	}

	/// Of an endpoint that could not be asked at all.
	pub fn broken() -> Self {
		let mut probe = Self::at("");
		probe.bad("reachable", "asking it has failed");
		probe
	}

	fn at(host: &str) -> Self {
		let host = host.into();
		let report = EndpointReport { host, latency: None, finalized: None, findings: Vec::new() };
		Self { report, finalized: None, anchor: None, way: None }
	}

	/// The hash that it has at a height.
	pub fn hash_at(&self, number: u32) -> Result<Option<H256>, PeerError> {
		let Some((way, url)) = &self.way else { return Err(PeerError::Unreachable) };
		as_worker(way.clone(), || {
			Client::new(url.as_str(), Limits::within(PATIENCE, MAX_BODY))?.block_hash(number)
		})
	}

	/// Adds a finding.
	pub fn add(&mut self, finding: Finding) {
		self.report.findings.push(finding);
	}

	fn good(&mut self, about: &'static str, words: impl Into<String>) {
		self.add(Finding::good(about, words));
	}

	fn doubtful(&mut self, about: &'static str, words: impl Into<String>) {
		self.add(Finding::doubtful(about, words));
	}

	fn bad(&mut self, about: &'static str, words: impl Into<String>) {
		self.add(Finding::bad(about, words));
	}

	fn examine(&mut self, asking: &Asking, system: H256) {
		match asking.ask(|client| client.block_hash(0)) {
			Err(error) => return self.bad("reachable", error.to_string()),
			Ok(Some(genesis)) if genesis == system => {
				self.good("reachable", "it answers");
				self.good("genesis", "it is a node of that chain");
			},
			Ok(Some(genesis)) => {
				return self.bad("genesis", format!("it is a node of another chain, {genesis:?}"));
			},
			Ok(None) => return self.bad("genesis", "it has no genesis block"),
		}
		self.methods(asking);
		if let Some(head) = self.heads(asking) {
			self.proof(asking);
			self.states(asking, &head);
		}
	}

	fn methods(&mut self, asking: &Asking) {
		match asking.ask(Client::methods) {
			Ok(served) => {
				let is_missing = |method: &&str| !served.iter().any(|one| one == method);
				let missing: Vec<_> = NEEDED_METHODS.into_iter().filter(is_missing).collect();
				match missing.is_empty() {
					true => self.good("methods", "it serves all that are needed"),
					false => {
						self.bad("methods", format!("it does not serve {}", missing.join(", ")))
					},
				}
			},
			Err(error) => {
				self.doubtful("methods", format!("it does not say what it serves: {error}"))
			},
		}
	}

	/// The newest final header, if there is one that is understood.
	fn heads(&mut self, asking: &Asking) -> Option<Header> {
		let found = asking.ask(Client::best_header).and_then(|best| {
			let hash = asking.ask(Client::finalized_head)?;
			Ok((best, hash, asking.ask(|client| client.header(hash))?))
		});
		let (best, hash, finalized) = match found {
			Ok((best, hash, Some(finalized))) => (best, hash, finalized),
			Ok((_, hash, None)) => {
				self.bad("finality", format!("it does not have its final block {hash:?}"));
				return None;
			},
			Err(error) => {
				self.bad("head", error.to_string());
				return None;
			},
		};
		self.finalized = Some((finalized.number, hash));
		self.report.finalized = Some(finalized.number);
		let Some(time) = statement_of(&finalized).map(|statement| statement.time) else {
			let words = "its headers say nothing of their chain: it does not have this pallet, or in another version";
			self.bad("statement", words);
			return Some(finalized);
		};
		let fresh = FRESH + FRESH_BLOCKS * pace(asking, &finalized, time).unwrap_or(0);
		let best_time = statement_of(&best).map_or(time, |statement| statement.time);
		self.freshness("head", best.number, best_time, fresh);
		self.freshness("finality", finalized.number, time, fresh);
		let lag = best.number.saturating_sub(finalized.number);
		if lag > MAX_LAG {
			self.doubtful("finality", format!("{lag} blocks are not final"));
		}
		Some(finalized)
	}

	fn freshness(&mut self, about: &'static str, number: u32, time: u64, fresh: u64) {
		let now = now();
		if time > now.saturating_add(FRESH) {
			let ahead = (time - now) / 1_000;
			return self
				.doubtful(about, format!("#{number} is {ahead} s ahead of this machine's clock"));
		}
		let age = now.saturating_sub(time);
		let words = format!("#{number} is {} s old", age / 1_000);
		match age <= fresh {
			true => self.good(about, words),
			false => self.bad(about, words),
		}
	}

	/// Whether it proves what it says is final, by those whom the chain names.
	fn proof(&mut self, asking: &Asking) {
		for last in (0..HANDOVERS).rev() {
			match proven(asking) {
				Ok(Proven::Anchor(anchor, stated)) => {
					match stated == anchor.set_id {
						true => self
							.good("set", format!("its voters sign for set {stated}, as it says")),
						false => self.doubtful(
							"set",
							format!(
								"its voters sign for set {}, and its state says {stated}: an anchor has the former",
								anchor.set_id
							),
						),
					}
					self.anchor = Some(anchor);
					return;
				},
				Ok(Proven::Handover) if last > 0 => sleep(Duration::from_secs(1)),
				Ok(Proven::Handover) => {
					return self
						.doubtful("set", "its sets change with every block that was asked for");
				},
				Err(words) => return self.bad("set", words),
			}
		}
	}

	fn states(&mut self, asking: &Asking, head: &Header) {
		let mut deepest = None;
		for depth in DEPTHS.into_iter().filter(|depth| *depth < head.number) {
			let number = head.number - depth;
			let has = asking.ask(|client| {
				let Some(hash) = client.block_hash(number)? else { return Ok(false) };
				// That there is nothing under this key is proven by little.
				client.read_proof(&[vec![0]], hash).map(|_| true)
			});
			match has {
				Ok(true) => deepest = Some(depth),
				Ok(false) | Err(PeerError::StateDiscarded { .. }) => break,
				Err(error) => return self.doubtful("states", error.to_string()),
			}
		}
		match deepest {
			Some(depth) => self.good("states", format!("it has those of {depth} final blocks at least")),
			None if head.number <= ENOUGH_STATES => self.good("states", "the chain has just begun"),
			None => self.doubtful(
				"states",
				format!("it has pruned those of {ENOUGH_STATES} blocks ago: slow messages come too late"),
			),
		}
	}

	fn time(&mut self, mut took: Vec<u64>) {
		took.sort();
		let Some(middle) = took.get(took.len() / 2).copied() else { return };
		self.report.latency = Some(middle);
		let words = format!("{middle} ms");
		match middle <= SLOW {
			true => self.good("latency", words),
			false => self.doubtful("latency", words),
		}
	}
}

/// Milliseconds from one block to the next, as the chain has had it lately.
fn pace(asking: &Asking, head: &Header, time: u64) -> Option<u64> {
	let number = head.number.checked_sub(PACE_BLOCKS)?;
	let hash = asking.ask(|client| client.block_hash(number)).ok()??;
	let earlier = asking.ask(|client| client.header(hash)).ok()??;
	let passed = time.checked_sub(statement_of(&earlier)?.time.max(1))?;
	Some(passed / u64::from(PACE_BLOCKS))
}

#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum Proven {
	/// An anchor with the set id that voters sign, and the one that the chain's state says.
	Anchor(TrustAnchor, u64),
	/// The newest block is the last one of its set.
	Handover,
}

/// What an endpoint proves of its newest final block.
fn proven(asking: &Asking) -> Result<Proven, String> {
	let words = |error: PeerError| error.to_string();
	let hash = asking.ask(Client::finalized_head).map_err(words)?;
	let head = asking.ask(|client| client.header(hash)).map_err(words)?;
	let head = head.ok_or("it does not have its newest final block")?;
	let proof =
		asking.ask(|client| client.prove_finality(head.number)).map_err(|error| {
			match error {
		PeerError::NoSetChange { .. } => {
			"it cannot prove finality: its chain's authorities have never changed, or it has not \
			 their past"
				.into()
		},
		other => words(other),
	}
		})?;
	let proof = proof.ok_or("it has no justification of its newest final block")?;
	let header = match proof.block == hash {
		true => head,
		false => asking
			.ask(|client| client.header(proof.block))
			.map_err(words)?
			.ok_or("it does not have the block that it proves to be final")?,
	};
	let stated = asking
		.ask(|client| client.call_at("RibpApi_trust_anchor", &header.encode(), proof.block))
		.map_err(words)?;
	let anchor = Option::<TrustAnchor>::decode(&mut &stated[..])
		.map_err(|_| "what its runtime says of its authorities cannot be decoded")?
		.ok_or("its runtime gives no anchor at its newest final block")?;
	if anchor.header != header {
		return Err("its runtime gives an anchor at another block than it is asked about".into());
	}
	let justification = Justification::from_bytes(&proof.justification)
		.map_err(|_| "its justification cannot be decoded")?;
	let stated = anchor.set_id;
	match signed_set(&header, &justification, &anchor)? {
		Some(set_id) => Ok(Proven::Anchor(TrustAnchor { set_id, ..anchor }, stated)),
		None => Ok(Proven::Handover),
	}
}

/// The id of the set for which a header's voters have signed; none if they hand over with it.
fn signed_set(
	header: &Header,
	justification: &Justification,
	anchor: &TrustAnchor,
) -> Result<Option<u64>, String> {
	let set = |id| {
		AuthoritySet::new(id, anchor.authorities.clone())
			.map_err(|error| format!("its authorities are none: {error:?}"))
	};
	let stated = set(anchor.set_id)?;
	if !matches!(next_set(header, &stated), Ok(None)) {
		return Ok(None);
	}
	let minimal = minimize(justification.clone(), &stated);
	let verified = verify_finality(header, &minimal, &stated);
	let Err(error) = verified else { return Ok(Some(anchor.set_id)) };
	let least = anchor.set_id.saturating_sub(MAX_SET_DIFFERENCE);
	let nearby = least..=anchor.set_id.saturating_add(MAX_SET_DIFFERENCE);
	for id in nearby {
		if verify_finality(header, &minimal, &set(id)?).is_ok() {
			return Ok(Some(id));
		}
	}
	Err(format!("its newest final block is not signed by those whom it names: {error:?}"))
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_ribp::History;
	use ribp_light_client::testing::{
		authority, header, justify, scheduled_change, Ed25519Keyring,
	};

	const VOTERS: [Ed25519Keyring; 4] =
		[Ed25519Keyring::Alice, Ed25519Keyring::Bob, Ed25519Keyring::Charlie, Ed25519Keyring::Dave];

	fn anchor(header: &Header, set_id: u64) -> TrustAnchor {
		let authorities = VOTERS.map(|voter| (authority(voter), 1)).to_vec();
		TrustAnchor {
			header: header.clone(),
			history: History::starting_at(0),
			set_id,
			authorities,
		}
	}

	fn block(logs: Vec<sp_runtime::DigestItem>) -> Header {
		header(9, H256::zero(), H256::zero(), logs)
	}

	#[test]
	fn an_anchor_has_the_set_that_voters_sign_whatever_the_state_says() {
		let head = block(Vec::new());
		let votes = justify(&head, 1, 7, &VOTERS);
		for stated in [7, 6, 9] {
			assert_eq!(signed_set(&head, &votes, &anchor(&head, stated)), Ok(Some(7)), "{stated}");
		}
	}

	#[test]
	fn votes_of_others_make_no_anchor() {
		let head = block(Vec::new());
		let votes = justify(&head, 1, 7, &[Ed25519Keyring::Eve, Ed25519Keyring::Ferdie]);
		let error = signed_set(&head, &votes, &anchor(&head, 7)).unwrap_err();
		assert!(error.contains("not signed by those whom it names"), "{error}");
		let votes = justify(&head, 1, 7 + MAX_SET_DIFFERENCE + 1, &VOTERS);
		assert!(signed_set(&head, &votes, &anchor(&head, 7)).is_err());
	}

	#[test]
	fn the_last_block_of_a_set_is_no_anchor() {
		let head = block(vec![scheduled_change(&[Ed25519Keyring::Eve], 0)]);
		let votes = justify(&head, 1, 7, &VOTERS);
		assert_eq!(signed_set(&head, &votes, &anchor(&head, 7)), Ok(None));
	}
}
