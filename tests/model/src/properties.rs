//! What is promised, in every state.

use super::{
	chain::Fault,
	exploration::{Exploration, Plan, Root, State},
	terms::Logs,
};
use ribp_kit::side::Side;
use stateright::Property;

/// What must hold in every state, however it came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promise {
	/// Never is one leg unlocked while the other is reversed or never committed. Nobody promises
	/// that any more once a chain is dead, and root of the other decides.
	BothOrNeither,
	/// No value is created or lost, or taken for nothing.
	Value,
	/// Nothing commits after its expiry.
	InTime,
	/// Deleting positions never changes a verdict: it is the same as if everything that a forgotten
	/// contract has committed were still there. A contract log that is taken back before log1 is
	/// committed is no deletion: the peer is not to commit on it.
	Deletion,
	/// No contract is registered twice.
	Once,
	/// A step leaves the positions of other contracts alone.
	OwnPositions,
	/// If from here on both chains live and evidence keeps flowing, everything ends alike and
	/// nothing is left: no lock, no contract, no position.
	Ends,
}

impl Promise {
	pub const ALL: [Self; 7] = [
		Self::BothOrNeither,
		Self::Value,
		Self::InTime,
		Self::Deletion,
		Self::Once,
		Self::OwnPositions,
		Self::Ends,
	];

	pub fn name(self) -> &'static str {
		match self {
			Self::BothOrNeither => "both legs or neither",
			Self::Value => "no value created or lost",
			Self::InTime => "nothing commits after its expiry",
			Self::Deletion => "deleting positions changes no verdict",
			Self::Once => "no contract is registered twice",
			Self::OwnPositions => "a step leaves other contracts alone",
			Self::Ends => "everything ends",
		}
	}

	pub fn property(self) -> Property<Exploration> {
		let holds = match self {
			Self::BothOrNeither => both_or_neither,
			Self::Value => value,
			Self::InTime => in_time,
			Self::Deletion => |_: &Exploration, state: &State| !state.has(Fault::OtherVerdict),
			Self::Once => |_: &Exploration, state: &State| !state.has(Fault::RegisteredAgain),
			Self::OwnPositions => |_: &Exploration, state: &State| !state.has(Fault::Disturbed),
			Self::Ends => ends,
		};
		Property::always(self.name(), holds)
	}
}

/// The promises of a plan, and what must be reachable so that they are not kept by idleness.
pub fn of(plan: &Plan) -> Vec<Property<Exploration>> {
	let mut properties = Vec::from(Promise::ALL.map(Promise::property));
	properties.extend([
		Property::sometimes("both legs settle", both_settle),
		Property::sometimes("a log commits alone, and is reversed", reversed_alone),
		Property::sometimes("a log commits though the peer cancels", committed_on_cancelled),
		Property::sometimes("settled, and forgotten by both", forgotten),
	]);
	if plan.logs != Logs::Separate {
		properties.push(Property::sometimes("a log settles for two contracts", used_again));
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
	if state.chains.both().iter().any(|chain| chain.dead) {
		return true;
	}
	honest(model).all(|side| {
		let (own, peer) = (state.chain(side), state.chain(side.other()));
		let mut legs = own.legs.iter().zip(&peer.legs);
		legs.all(|(own, peer)| own.purse.receiver <= peer.delivered())
	})
}

fn value(_: &Exploration, state: &State) -> bool {
	!state.has(Fault::Overdrawn)
		&& state.chains.both().iter().all(|chain| chain.legs.iter().all(|leg| leg.is_balanced()))
}

fn in_time(model: &Exploration, state: &State) -> bool {
	let terms = model.terms(state);
	honest(model).all(|side| {
		let legs = &state.chain(side).legs;
		let committed = |index: usize| u32::from(legs[index].past.committed);
		terms.indices().all(|index| committed(index) <= terms.contract(side, index).h1)
	})
}

fn ends(model: &Exploration, state: &State) -> bool {
	let end = model.finish(state);
	let [a, b] = end.chains.both();
	let is_over = |side: Side| {
		let chain = end.chain(side);
		chain.dead || chain.legs.iter().all(|leg| leg.stage().is_none()) && chain.facts().is_empty()
	};
	let alike = || a.legs.iter().zip(&b.legs).all(|(a, b)| a.purse == b.purse);
	let comparable = !a.dead && !b.dead && honest(model).count() == 2;
	end.is_as_faulty_as(state) && Side::BOTH.into_iter().all(is_over) && (!comparable || alike())
}

fn any_leg(state: &State, matches: fn(&State, Side, usize) -> bool) -> bool {
	let indices = 0..state.chains.alpha.legs.len();
	Side::BOTH.into_iter().any(|side| indices.clone().any(|index| matches(state, side, index)))
}

fn both_settle(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	a.legs.iter().zip(&b.legs).any(|(a, b)| a.purse.receiver > 0 && b.purse.receiver > 0)
}

fn reversed_alone(_: &Exploration, state: &State) -> bool {
	any_leg(state, |state, side, index| {
		let [own, peer] = [side, side.other()].map(|side| state.chain(side).legs[index].past);
		own.reversed > 0 && peer.committed == 0
	})
}

fn committed_on_cancelled(_: &Exploration, state: &State) -> bool {
	any_leg(state, |state, side, index| {
		let [own, peer] = [side, side.other()].map(|side| state.chain(side).legs[index]);
		own.past.committed > 0 && peer.has_ended() && peer.past.committed == 0
	})
}

fn forgotten(_: &Exploration, state: &State) -> bool {
	let [a, b] = state.chains.both();
	let gone = |leg: &super::chain::Leg| leg.purse.receiver > 0 && leg.stage().is_none();
	a.legs.iter().zip(&b.legs).any(|(a, b)| gone(a) && gone(b))
}

fn used_again(_: &Exploration, state: &State) -> bool {
	state.chain(Side::Alpha).legs.iter().all(|leg| leg.purse.receiver > 0)
}

fn widowed(_: &Exploration, state: &State) -> bool {
	let waits =
		state.chain(Side::Alpha).legs.iter().any(|leg| leg.delivered() > leg.purse.receiver);
	state.chain(Side::Beta).dead && waits
}
