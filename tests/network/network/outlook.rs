//! What becomes of a chain's legs in its next block, by a block of the other one, or by time.

use super::chain::Chain;
use pallet_ribp::{
	Config, ContractId, Corridors, EntryOf, Heard, Height, Lane, Legs, Reliance, Status, System,
	SystemId,
};
use ribp_kit::{
	evidence::{leg_key, shown},
	ledger::Ledger,
};
use ribp_protocol::{by_evidence, by_time, Exposed, NotYet, Outcome, Own, Standing};
use ribp_runtime::Runtime;

/// A leg of a contract, as its chain has it.
#[derive(Clone)]
pub struct Leg {
	pub id: ContractId,
	pub entry: EntryOf<Runtime>,
}

/// Nobody asks about a contract any more that has ended.
pub fn is_open(leg: &Leg) -> bool {
	!leg.entry.stage.has_ended()
}

/// What a chain has of its contracts with another one.
pub struct Outlook {
	own: SystemId,
	/// The next block.
	next: Own,
	record: System,
	lane: Lane,
	exposure: Height,
	retention: Height,
	/// In the order of their contracts.
	pub legs: Vec<Leg>,
}

impl Outlook {
	/// After the newest block of `chain`, which knows this of the other one.
	pub fn of(chain: &mut Chain, record: &System, peer: SystemId) -> Self {
		let (own, next) = (chain.system, Own(chain.sealed() + 1));
		let record = record.clone();
		let mut outlook = chain.query(|| {
			let legs = Legs::<Runtime>::iter_prefix_values((peer,));
			let legs = legs.map(|entry| Leg { id: entry.contract.id(), entry }).collect();
			let lane = Corridors::<Runtime>::get(peer);
			let exposure = <Runtime as Config>::Exposure::get();
			let retention = <Runtime as Config>::Retention::get();
			Self { own, next, record, lane, exposure, retention, legs }
		});
		outlook.legs.sort_by_key(|leg| leg.id);
		outlook
	}

	/// What a block of the other chain makes of a leg.
	pub fn by_block(&self, leg: &Leg, peer: &Ledger, number: Height) -> Result<Standing, NotYet> {
		let terms = leg.entry.contract.terms(self.own).expect("it is the chain's own; qed");
		let block = peer.block(number);
		let complete_from = peer.statement(number).complete_from;
		let heights = (number, self.record.known());
		let shown = shown(&terms, leg.id, heights, complete_from, |key| block.read(key));
		by_evidence(&terms, self.standing(leg), self.next, self.record.notice(), &shown)
	}

	/// What time alone makes of a leg.
	pub fn by_time(&self, leg: &Leg) -> Option<Outcome> {
		let terms = leg.entry.contract.terms(self.own).expect("it is the chain's own; qed");
		let relied = leg.entry.relied.filter(|_| self.is_active());
		let until = relied.map(|relied| Own(relied.since + self.exposure));
		by_time(&terms, self.standing(leg), self.next, self.record.notice(), Exposed { until })
	}

	/// Whether what a block of the other chain says of all contracts is of use.
	pub fn hears(&self, peer: &Chain, number: Height) -> bool {
		let Lane { entries, ripening, heard, .. } = &self.lane;
		let is_said = |heard: &&Heard| self.is_followed(heard.relied);
		let waits = |heard: &Heard| self.next.0 < heard.relied.since + self.retention;
		let is_waiting = ripening.iter().filter(is_said).any(waits);
		let through = peer.said_of(self.own, number).through;
		let mut known = ripening.iter().chain(heard).filter(is_said);
		*entries > 0 && !is_waiting && known.all(|heard| !heard.through.includes(&through))
	}

	/// What is known of the other leg, unless the branch that is followed does not show it.
	fn standing(&self, leg: &Leg) -> Standing {
		let shows = leg.entry.relied.is_some_and(|relied| self.is_followed(relied));
		Standing { stage: leg.entry.stage, fact: leg.entry.fact.filter(|_| shows) }
	}

	/// Whether a block that was relied on is known to be on the branch that is followed.
	fn is_followed(&self, relied: Reliance) -> bool {
		let System { branch_since, branch_from, .. } = self.record;
		relied.since > branch_since || relied.height <= branch_from
	}

	fn is_active(&self) -> bool {
		self.record.status == Status::Active && self.next.0 >= self.record.quiet_until
	}
}

/// Whether the leg of a contract on `chain` is registered in a final block, as far as its peer's users
/// can see.
pub fn is_final(chain: &Chain, peer: SystemId, id: ContractId) -> bool {
	let key = leg_key(peer, id.epoch(chain.system, peer), id.hash);
	let number = chain.finalized();
	let stage = || {
		let bytes = chain.block(number).read(&key)?;
		codec::Decode::decode(&mut &bytes[..]).ok()
	};
	number > 0 && stage() == Some(pallet_ribp::Stage::Registered)
}
