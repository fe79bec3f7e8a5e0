//! What is promised, in every state.

use super::{
	chain::{Fault, Leg, Place},
	exploration::{Clockwork, Exploration, Plan, Root, State},
};
use ribp_kit::side::Side;
use ribp_protocol::Outcome;
use stateright::Property;

/// What must hold in every state, however it came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promise {
	/// Never has one leg settled while the other is reversed or never committed. Nobody promises
	/// that any more once a chain is dead, and root of the other decides.
	BothOrNeither,
	/// No value is created or lost, or taken for nothing: what cannot move is owed until it is claimed.
	Value,
	/// Nothing commits after its expiry.
	InTime,
	/// Sweeping changes no verdict: it is the same as if everything were still there.
	Memory,
	/// No contract is registered twice.
	Once,
	/// What a chain says of all contracts is true, and remains so.
	Said,
	/// Where evidence arrives in time, nobody takes back what was answered in time.
	Answered,
	/// Root ends nothing that it has not announced, nor what it has announced before the peer has shown
	/// life, or business with it was resumed.
	Announced,
	/// If from here on both chains live and evidence keeps flowing, everything ends alike within
	/// few blocks, whether or not value can move, and nothing is left: neither legs nor, when that
	/// can move again, value.
	Ends,
}

impl Promise {
	pub const ALL: [Self; 9] = [
		Self::BothOrNeither,
		Self::Value,
		Self::InTime,
		Self::Memory,
		Self::Once,
		Self::Said,
		Self::Answered,
		Self::Announced,
		Self::Ends,
	];

	pub fn name(self) -> &'static str {
		match self {
			Self::BothOrNeither => "both legs or neither",
			Self::Value => "no value created or lost",
			Self::InTime => "nothing commits after its expiry",
			Self::Memory => "sweeping changes no verdict",
			Self::Once => "no contract is registered twice",
			Self::Said => "what is said of all contracts is true",
			Self::Answered => "what is answered in time is not taken back",
			Self::Announced => "root ends what it has announced",
			Self::Ends => "everything ends",
		}
	}

	pub fn property(self) -> Property<Exploration> {
		let holds = match self {
			Self::BothOrNeither => both_or_neither,
			Self::Value => value,
			Self::InTime => |_: &Exploration, state: &State| !state.faults.has(Fault::Late),
			Self::Memory => |_: &Exploration, state: &State| !state.faults.has(Fault::OtherVerdict),
			Self::Once => {
				|_: &Exploration, state: &State| !state.faults.has(Fault::RegisteredAgain)
			},
			Self::Said => said,
			Self::Answered => |_: &Exploration, state: &State| !state.faults.has(Fault::TakenBack),
			Self::Announced => |_: &Exploration, state: &State| !state.faults.has(Fault::Hasty),
			Self::Ends => ends,
		};
		Property::always(self.name(), holds)
	}
}

/// The promises of a plan, and what must be reachable so that they are not kept by idleness.
pub fn of(plan: &Plan) -> Vec<Property<Exploration>> {
	let mut properties = Vec::from(Promise::ALL.map(Promise::property));
	properties.push(Property::sometimes("both legs settle", both_settle));
	if plan.clockwork == Clockwork::Seldom && plan.root == Root::Idle {
		properties.push(Property::sometimes("settled, and swept by both", swept));
	}
	if plan.name == "gaps" {
		let early = "an epoch is through before an earlier one, and swept";
		properties.push(Property::sometimes(early, left_out));
	}
	if !plan.freezes.is_empty() {
		properties.push(Property::sometimes("owed, then swept, then claimed", outlives));
	}
	if !plan.announces.is_empty() {
		properties.push(Property::sometimes("root gives up a peer that lives", forced));
	}
	if plan.root == Root::Resolves {
		properties.push(Property::sometimes("a chain dies while the other waits", widowed));
	}
	properties
}

fn honest(model: &Exploration) -> impl Iterator<Item = Side> + '_ {
	Side::BOTH.into_iter().filter(|side| model.plan.variant.is_honest(*side))
}

fn both_or_neither(model: &Exploration, state: &State) -> bool {
	let is_given_up = !model.plan.announces.is_empty();
	if is_given_up || state.chains.both().iter().any(|chain| chain.dead) {
		return true;
	}
	honest(model).all(|side| {
		let (own, peer) = (state.chain(side), state.chain(side.other()));
		let mut legs = own.legs.iter().zip(&peer.legs);
		legs.all(|(own, peer)| own.settled() <= peer.delivered())
	})
}

fn value(_: &Exploration, state: &State) -> bool {
	let mut legs = state.chains.both().into_iter().flat_map(|chain| &chain.legs);
	!state.faults.has(Fault::Overdrawn) && legs.all(Leg::is_balanced)
}

fn said(model: &Exploration, state: &State) -> bool {
	let deals = model.deals(state);
	let is_true = |side: Side, index: usize| {
		let chain = state.chain(side);
		let (leg, said) = (&chain.legs[index], chain.lane.said());
		let is_through = said.through.contains(deals.epoch(side.other(), index));
		let is_swept = said.swept.contains(deals.epoch(side, index));
		!(is_through && leg.is_open()) && (is_swept || leg.is_there() || !leg.is_known)
	};
	// Root forgets what a dead peer does not ask about any more.
	let alive = |side: &Side| !state.chain(side.other()).dead;
	Side::BOTH.into_iter().filter(alive).all(|side| deals.indices().all(|i| is_true(side, i)))
}

fn ends(model: &Exploration, state: &State) -> bool {
	// What root has forgotten nobody can ask about: it has to end the other half, too.
	if model.plan.root == Root::Forgets || !model.plan.announces.is_empty() {
		return true;
	}
	let end = model.finish(state);
	let [a, b] = end.chains.both();
	let mut legs = a.legs.iter().zip(&b.legs);
	let comparable = !a.dead && !b.dead && honest(model).count() == 2;
	let is_paid = |side: Side| end.chain(side).legs.iter().all(|leg| leg.owed.is_none());
	end.faults == state.faults
		&& Side::BOTH.into_iter().all(is_paid)
		&& Side::BOTH.into_iter().all(|side| model.is_over(&end, side))
		&& (!comparable || legs.all(|(a, b)| a.purse == b.purse))
}

fn both_settle(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	a.legs.iter().zip(&b.legs).any(|(a, b)| a.purse.receiver > 0 && b.purse.receiver > 0)
}

fn swept(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	let gone = |leg: &Leg| leg.purse.receiver > 0 && !leg.is_there();
	a.legs.iter().zip(&b.legs).any(|(a, b)| gone(a) && gone(b))
}

/// Whether a chain leaves something out of what it says, and the other one has noticed.
fn left_out(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both().map(|chain| chain.lane.said());
	!a.through.set().gaps().is_empty() && !b.swept.set().gaps().is_empty()
}

/// Whether something may be claimed of a leg that is gone.
fn outlives(_: &Exploration, state: &State) -> bool {
	let mut chains = state.chains.both().into_iter().filter(|chain| !chain.frozen);
	chains.any(|chain| chain.legs.iter().any(|leg| leg.owed.is_some() && !leg.is_there()))
}

/// Whether a log was reversed although the peer's is committed in time.
fn forced(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	let is_reversed = |leg: &Leg| leg.place == Place::Ended(Outcome::Reversed);
	a.legs.iter().zip(&b.legs).any(|(a, b)| is_reversed(a) && b.settled() > 0)
}

fn widowed(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	b.dead && a.legs.iter().any(Leg::is_committed)
}
