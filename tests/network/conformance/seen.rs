//! What the model and a real chain are compared by.

use super::{
	model::{
		chain::{Leg, Place, Purse},
		deals::Deals,
		exploration::State,
	},
	network::{
		genesis::{GOLD, TREASURE},
		Side,
	},
};
use pallet_ribp::{
	ContractId, Corridors, EntryOf, Height, Lane, Legs, Owed, Reliance, Stage, Status, SystemId,
	Systems,
};
use ribp_protocol::{Corridor, Fact, Flow};
use ribp_runtime::{AccountId, Assets, Balance, Runtime};
use std::collections::BTreeMap;

/// How often what happened.
pub type Tally = BTreeMap<String, u32>;

/// What a contract's log moves, in gold.
pub fn amount(index: usize) -> Balance {
	[1_000, 30_000][index]
}

/// Notes what a step has come to.
pub fn count(tally: &mut Tally, before: &State, after: &State, side: Side) {
	let legs = before.chain(side).legs.iter().zip(&after.chain(side).legs);
	for (before, after) in legs.filter(|(before, after)| before != after) {
		let mut note = |what: String| *tally.entry(what).or_default() += 1;
		match after.place {
			Place::Ended(outcome) if before.is_open() => note(format!("{outcome:?}")),
			Place::Committed(_) if before.proven.is_none() && after.proven.is_some() => {
				note("pending".into());
			},
			Place::Committed(_) if before.proven.is_some() && after.proven.is_none() => {
				note("forgotten".into());
			},
			Place::Nowhere if before.has_ended() => note("swept".into()),
			Place::Nowhere if before.is_open() => note("swept as it ends".into()),
			Place::Nowhere if before.owed.is_some() && after.owed.is_none() => {
				note("claimed when swept".into());
			},
			_ => {},
		}
		if before.owed.is_none() && after.owed.is_some() {
			note("owed".into());
		}
	}
}

/// What is compared.
#[derive(PartialEq, Eq, Debug)]
pub struct Seen {
	known: Height,
	is_paused: bool,
	said: Corridor,
	legs: Vec<SeenLeg>,
	/// What the payer has less, and the receiver more, than at first.
	gold: [Balance; 2],
}

#[derive(PartialEq, Eq, Debug)]
struct SeenLeg {
	stage: Option<Stage>,
	fact: Option<Fact>,
	owed: Option<Flow>,
}

/// When somebody has cancelled is told by another clock.
fn without_clock(stage: Stage) -> Stage {
	match stage {
		Stage::Cancelling { .. } => Stage::Cancelling { since: 0 },
		other => other,
	}
}

impl Seen {
	pub fn of_model(state: &State, deals: &Deals, side: Side) -> Self {
		let chain = state.chain(side);
		let said = chain.lane.said().into();
		let leg = |leg: &Leg| SeenLeg {
			stage: leg.place.stage(deals, side).map(without_clock),
			fact: leg.proven.map(|proven| proven.fact),
			owed: leg.owed,
		};
		let legs = || deals.indices().map(|index| &chain.legs[index]);
		let sum = |units: fn(&Purse) -> u8| {
			let all = legs().zip(0..);
			all.map(|(leg, index)| amount(index) * Balance::from(units(&leg.purse))).sum()
		};
		Self {
			known: deals.height(side.other(), chain.known),
			is_paused: chain.paused,
			said,
			legs: legs().map(leg).collect(),
			gold: [sum(|purse| Purse::START.payer - purse.payer), sum(|purse| purse.receiver)],
		}
	}

	pub fn of_chain(peer: SystemId, ids: &[ContractId], parties: [AccountId; 2]) -> Self {
		let record = Systems::<Runtime>::get(peer).expect("it is known");
		let Lane { said, .. } = Corridors::<Runtime>::get(peer);
		let is_on = |relied: &Reliance| {
			relied.since > record.branch_since || relied.height <= record.branch_from
		};
		let leg = |id: &ContractId| {
			let mut entries = Legs::<Runtime>::iter_prefix_values((peer,));
			let entry: Option<EntryOf<Runtime>> = entries.find(|entry| entry.contract.id() == *id);
			let is_relied =
				entry.as_ref().and_then(|entry| entry.relied).is_some_and(|r| is_on(&r));
			let debt = Owed::<Runtime>::get(id, 0);
			SeenLeg {
				stage: entry.as_ref().map(|entry| without_clock(entry.stage)),
				fact: entry.and_then(|entry| entry.fact).filter(|_| is_relied),
				owed: debt.map(|debt| if debt.is_payer { Flow::GiveBack } else { Flow::Give }),
			}
		};
		let [payer, receiver] = parties.map(|who| Assets::balance(GOLD, &who));
		Self {
			known: record.known(),
			is_paused: record.status == Status::Paused,
			said,
			legs: ids.iter().map(leg).collect(),
			gold: [TREASURE - payer, receiver - TREASURE],
		}
	}
}
