//! What the nodes of a chain ask of the other one, and make of it: evidence.

use super::{chain::Chain, schedule::Pace, transport::Letter};
use pallet_ribp::{
	ContractId, Ended, Evidence, Height, Outcome, Settlement, System, SystemId, Waiting,
};
use rand::{seq::SliceRandom, Rng};
use rand_chacha::ChaCha8Rng;
use ribp_kit::evidence::{Asked, Open};
use ribp_light_client::minimize;
use ribp_protocol::{Freshness, Stage};
use ribp_runtime::Runtime;
use std::collections::BTreeSet;

/// How old a block may be that a node reports on instead of the newest, in blocks.
const OLDEST: Height = 40;

/// Blocks that evidence is given to take effect before a node asks again.
const PATIENCE: Height = 2;

/// The contracts of a chain that evidence of `peer` may still move, in order.
fn open_contracts(chain: &mut Chain, peer: SystemId) -> Vec<Open> {
	let mut open: Vec<_> = chain.query(|| {
		let waiting = Waiting::<Runtime>::iter_prefix(peer).map(|(id, waiting)| Open {
			id,
			settlement: waiting.settlement,
			stage: Stage::Waiting(waiting.phase),
			contract: waiting.contract,
		});
		let ended = Ended::<Runtime>::iter_prefix(peer);
		let ended = ended.filter(|(_, ended)| ended.outcome != Outcome::Cancelled);
		let ended = ended.map(|(id, ended)| Open {
			id,
			settlement: Settlement::Early,
			stage: Stage::Ended(ended.outcome),
			contract: ended.contract,
		});
		waiting.chain(ended).collect()
	});
	open.sort_by_key(|open| open.id);
	open
}

/// The nodes of one chain that look after its contracts.
#[derive(Default)]
pub struct Worker {
	/// Own height at which evidence was last sent.
	sent_at: Option<Height>,
}

impl Worker {
	/// Forgets what was sent.
	pub fn restart(&mut self) {
		self.sent_at = None;
	}

	/// After a block of `reader`: evidence of `peer`, if there is anything to be gained by it.
	///
	/// A diligent node reports on the newest final block, and on the contracts that it moves. Others
	/// report on any block, and on any contracts.
	pub fn work(
		&mut self,
		reader: &mut Chain,
		peer: &Chain,
		pace: &Pace,
		rng: &mut ChaCha8Rng,
	) -> Option<Letter> {
		let now = reader.sealed();
		let waits = self.sent_at.is_some_and(|at| at <= now && now - at < PATIENCE);
		if waits || !rng.random_bool(pace.asking) {
			return None;
		}
		let record = reader.record_of(peer.system)?;
		if !is_followed(&record, peer) {
			// It is shown another history than its chain follows: it has nothing to add to that one.
			return None;
		}
		let is_diligent = rng.random_bool(pace.diligence);
		let newest = newest_provable(&record, peer);
		let age = if is_diligent { 0 } else { rng.random_range(0..=OLDEST) };
		let number = newest.saturating_sub(age).max(1);
		let (keys, contracts) = if is_diligent {
			select(reader, peer, number, &record, |is_moved| is_moved)
		} else {
			select(reader, peer, number, &record, |is_moved| {
				rng.random_bool(if is_moved { 0.7 } else { 0.3 })
			})
		};
		let ends_set =
			number < peer.finalized() && peer.block(number + 1).voters.set_id > record.set.set_id;
		let is_idle = contracts.is_empty() && !ends_set;
		if is_idle && (is_diligent || rng.random_bool(0.8)) {
			return None;
		}
		let evidence = evidence(peer, number, &record, keys, rng);
		self.sent_at = Some(now);
		Some(Letter { to: reader.side, evidence, contracts, is_forged: false })
	}
}

impl Worker {
	/// After a block of `reader`: evidence of `peer` that only makes the view of it advance, as far as
	/// that is of use.
	pub fn step(
		&mut self,
		reader: &mut Chain,
		peer: &Chain,
		rng: &mut ChaCha8Rng,
	) -> Option<Letter> {
		let record = reader.record_of(peer.system).filter(|record| is_followed(record, peer))?;
		let number = newest_provable(&record, peer);
		let blocks = number.saturating_sub(record.known());
		// The next block is finalized by others.
		let hands_over = blocks > 0 && number < peer.finalized();
		let step = reader.query(<Runtime as pallet_ribp::Config>::ViewStep::get);
		if blocks < step && !hands_over {
			return None;
		}
		let evidence = evidence(peer, number, &record, BTreeSet::new(), rng);
		Some(Letter { to: reader.side, evidence, contracts: Vec::new(), is_forged: false })
	}
}

/// Whether the known head is a block of this history.
pub fn is_followed(record: &System, history: &Chain) -> bool {
	record.known() <= history.sealed() && history.hash_at(record.known()) == record.view.head()
}

/// The contracts of `reader` that are reported on, by whether the block moves them, and the keys of
/// the block that this takes.
fn select(
	reader: &mut Chain,
	peer: &Chain,
	number: Height,
	record: &System,
	mut is_wanted: impl FnMut(bool) -> bool,
) -> (BTreeSet<Vec<u8>>, Vec<ContractId>) {
	let (own, next, block) = (reader.system, reader.sealed() + 1, peer.block(number));
	let freshness = freshness_of(record, number);
	let (mut keys, mut contracts) = (BTreeSet::new(), Vec::new());
	for open in open_contracts(reader, peer.system) {
		let mut asked = Asked::new(own, number, freshness, |key: &[u8]| block.read(key));
		if is_wanted(asked.about(&open, next).is_ok()) {
			keys.append(&mut asked.keys);
			contracts.push(open.id);
		}
	}
	(keys, contracts)
}

/// The newest final block of `peer` for which an authority set vouches that is known of it.
fn newest_provable(record: &System, peer: &Chain) -> Height {
	let is_followed = |number: &Height| peer.block(*number).voters.set_id <= record.set.set_id;
	let newest = (1..=peer.finalized()).rev().find(is_followed);
	newest.expect("the set that is known finalizes what is known; qed")
}

fn freshness_of(record: &System, number: Height) -> Freshness {
	match number < record.known() {
		true => Freshness::Older,
		false => Freshness::Newest,
	}
}

/// Evidence of block `number` of `peer` that shows these keys, for a chain that knows `record` of
/// it.
pub fn evidence(
	peer: &Chain,
	number: Height,
	record: &System,
	keys: BTreeSet<Vec<u8>>,
	rng: &mut ChaCha8Rng,
) -> Evidence {
	peer.evidence(number, &record.view, keys, |block| {
		let mut justification = block.justify_by_all();
		justification.votes.shuffle(rng);
		minimize(justification, &block.voters.authority_set())
	})
}
