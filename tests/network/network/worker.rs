//! What the nodes of a chain ask of the other one, and make of it: evidence; and what they see end by
//! time.

use super::{
	chain::Chain,
	outlook::{is_open, Leg, Outlook},
	schedule::Pace,
	transport::Letter,
};
use pallet_ribp::{ContractId, Evidence, Height, System};
use rand::{seq::SliceRandom, Rng};
use rand_chacha::ChaCha8Rng;
use ribp_kit::evidence::{corridor_key, wanted};
use ribp_light_client::minimize;
use ribp_runtime::Runtime;
use std::collections::BTreeSet;

/// How old a block may be that a node reports on instead of the newest, in blocks.
const OLDEST: Height = 40;

/// Blocks that evidence is given to take effect before a node asks again.
const PATIENCE: Height = 2;

/// The nodes of one chain that look after its contracts.
#[derive(Default)]
pub struct Worker {
	/// Own height at which evidence was last sent.
	sent_at: Option<Height>,
}

/// What evidence is to be about.
struct Question {
	contracts: Vec<ContractId>,
	/// Whether what is said of all contracts is asked for, where it is about none.
	hears: bool,
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
		let outlook = Outlook::of(reader, &record, peer.system);
		let question = match is_diligent {
			true => diligent(&outlook, peer, number),
			false => careless(&outlook, peer, number, rng),
		};
		let is_idle = question.contracts.is_empty() && !question.hears;
		if is_idle
			&& !is_step(reader, &record, peer, number)
			&& (is_diligent || rng.random_bool(0.8))
		{
			return None;
		}
		let Question { contracts, hears } = question;
		let mut keys = wanted(reader.system, peer.system, &contracts);
		keys.extend(hears.then(|| corridor_key(reader.system)));
		let evidence = evidence(peer, number, &record, keys, rng);
		self.sent_at = Some(now);
		Some(Letter { to: reader.side, evidence, contracts, is_forged: false })
	}

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
		if !is_step(reader, &record, peer, number) {
			return None;
		}
		let evidence = evidence(peer, number, &record, BTreeSet::new(), rng);
		Some(Letter { to: reader.side, evidence, contracts: Vec::new(), is_forged: false })
	}

	/// After a block of `chain`: its contracts that time alone ends in the next one. Some nodes name
	/// others as well.
	pub fn conclude(
		chain: &mut Chain,
		peer: &Chain,
		pace: &Pace,
		rng: &mut ChaCha8Rng,
	) -> Vec<ContractId> {
		let Some(record) = chain.record_of(peer.system) else { return Vec::new() };
		let outlook = Outlook::of(chain, &record, peer.system);
		let is_diligent = rng.random_bool(pace.diligence);
		let is_named = |leg: &&Leg| match is_diligent {
			true => outlook.by_time(leg).is_some(),
			false => rng.random_bool(if outlook.by_time(leg).is_some() { 0.7 } else { 0.01 }),
		};
		outlook.legs.iter().filter(is_named).map(|leg| leg.id).collect()
	}
}

/// All that a block moves.
fn diligent(outlook: &Outlook, peer: &Chain, number: Height) -> Question {
	let is_moved = |leg: &&Leg| is_open(leg) && outlook.by_block(leg, peer, number).is_ok();
	let contracts = outlook.legs.iter().filter(is_moved).map(|leg| leg.id).collect();
	Question { contracts, hears: outlook.hears(peer, number) }
}

/// Some of it, and some that the block does not move.
fn careless(outlook: &Outlook, peer: &Chain, number: Height, rng: &mut ChaCha8Rng) -> Question {
	let mut is_named = |leg: &Leg| {
		let share = match outlook.by_block(leg, peer, number) {
			Ok(_) => 0.7,
			Err(_) if is_open(leg) => 0.2,
			Err(_) => 0.02,
		};
		rng.random_bool(share)
	};
	let named = outlook.legs.iter().filter(|leg| is_named(leg)).map(|leg| leg.id).collect();
	let is_news = outlook.hears(peer, number);
	Question { contracts: named, hears: rng.random_bool(if is_news { 0.9 } else { 0.02 }) }
}

/// Whether a block is worth a message that moves no contract: it is far ahead of what is known, or the
/// next one is finalized by others.
fn is_step(reader: &mut Chain, record: &System, peer: &Chain, number: Height) -> bool {
	let hands_over =
		number < peer.finalized() && peer.block(number + 1).voters.set_id > record.set.set_id;
	let step = reader.query(<Runtime as pallet_ribp::Config>::ViewStep::get);
	number.saturating_sub(record.known()) >= step || (hands_over && number > record.known())
}

/// Whether the known head is a block of this history.
pub fn is_followed(record: &System, history: &Chain) -> bool {
	record.known() <= history.sealed() && history.hash_at(record.known()) == record.view.head()
}

/// The newest final block of `peer` for which an authority set vouches that is known of it.
fn newest_provable(record: &System, peer: &Chain) -> Height {
	let is_followed = |number: &Height| peer.block(*number).voters.set_id <= record.set.set_id;
	let newest = (1..=peer.finalized()).rev().find(is_followed);
	newest.expect("the set that is known finalizes what is known; qed")
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
