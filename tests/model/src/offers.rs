//! Everything that may happen next.

use super::{
	chain::{Leg, Place},
	evidence::Memory,
	exploration::{Action, Clockwork, Event, Exploration, Pace, Plan, Root, State},
	variants::Variant,
};
use ribp_kit::side::Side;
use ribp_protocol::{BlockTimes, Commit, Height, Own, Peer, Resolution, TermLimits};

impl Exploration {
	/// What may happen to a contract on one chain.
	pub fn contract_events(
		&self,
		state: &State,
		side: Side,
		index: usize,
		found: &mut Vec<Action>,
	) {
		let (chain, peer) = (state.chain(side), state.chain(side.other()));
		let mut add = |event| found.push(Action { side, event });
		if chain.legs[index].owed.is_some() && !chain.frozen {
			add(Event::Claim { index });
		}
		if !chain.legs[index].is_there() {
			for commit in [Commit::OnMatch, Commit::Now] {
				if self.may_register(state, side, index, commit) {
					add(Event::Register { index, commit });
				}
			}
			return;
		}
		if self.cancelled(state, side, index).is_some() {
			add(Event::Cancel { index });
		}
		if self.due(state, side, index).is_some() {
			add(Event::Conclude { index });
		}
		if !chain.paused {
			peer.sealed().for_each(|block| add(Event::Evidence { index, block }));
		}
		for resolution in self.resolutions(state, side, index) {
			add(Event::Resolve { index, resolution: *resolution });
		}
	}

	/// Whether a chain's next block is not too early.
	fn may_seal(&self, state: &State, side: Side) -> bool {
		let (chain, peer) = (state.chain(side), state.chain(side.other()));
		let has_room = chain.now < self.plan.calendar.last(side);
		has_room
			&& match self.plan.pace {
				Pace::Free => true,
				Pace::InStep => {
					let is_turn = match side {
						Side::Alpha => chain.now == peer.now,
						Side::Beta => chain.now < peer.now,
					};
					is_turn && !self.is_overdue(state, side)
				},
			}
	}

	/// Whether evidence has to arrive before a chain's open block ends.
	fn is_overdue(&self, state: &State, side: Side) -> bool {
		let chain = state.chain(side);
		let newest = chain.now - 1;
		let moves = |index| self.verdict(state, side, index, newest, Memory::State).is_some();
		newest > 0 && (chain.known < newest || self.deals(state).indices().any(moves))
	}

	/// What may happen to a chain.
	pub fn chain_events(&self, state: &State, side: Side, found: &mut Vec<Action>) {
		let (chain, peer) = (state.chain(side), state.chain(side.other()));
		let mut add = |event| found.push(Action { side, event });
		if self.may_seal(state, side) {
			add(Event::Seal { tends: true });
			if self.plan.clockwork == Clockwork::Seldom {
				add(Event::Seal { tends: false });
			}
		}
		let newer = peer.sealed().filter(|block| *block > chain.known);
		newer.for_each(|block| add(Event::Believe { block }));
		if !chain.paused {
			peer.sealed().for_each(|block| add(Event::Hear { block }));
		}
		if self.plan.freezes.contains(&side) {
			add(if chain.frozen { Event::Thaw } else { Event::Freeze });
		}
		match self.plan.root {
			Root::Pauses if !self.plan.announces.is_empty() && side == Side::Beta => {},
			Root::Pauses if chain.paused => add(Event::Resume),
			Root::Pauses => add(Event::Pause),
			Root::Resolves if side == Side::Beta => add(Event::Die),
			Root::Renews => {
				let blocks = || 1..=chain.known;
				blocks().filter(|block| *block < chain.known).for_each(|block| {
					add(Event::Renew { block });
				});
				let is_in_use = |leg: &Leg| match self.plan.variant {
					Variant::RemovedInUse => leg.is_open(),
					_ => leg.is_there(),
				};
				if !chain.legs.iter().any(is_in_use) {
					blocks().for_each(|block| add(Event::MeetAgain { block }));
				}
			},
			Root::Upgrades if chain.upgraded == 0 => add(Event::Upgrade),
			_ => {},
		}
	}

	/// Whether a user can register a contract now, and does.
	pub fn may_register(&self, state: &State, side: Side, index: usize, commit: Commit) -> bool {
		let (chain, deals) = (state.chain(side), self.deals(state));
		let (variant, terms) = (self.plan.variant, deals.terms(side, index));
		let Plan { least, notice, .. } = self.plan;
		let peer_min = if commit == Commit::Now { least } else { 0 };
		let limits = TermLimits {
			min: least,
			peer_min,
			max: Height::MAX,
			skew: Height::MAX,
			times: BlockTimes::ALIKE,
			notice,
		};
		let now = variant.registers_at(terms, commit, Own(deals.height(side, chain.now)));
		let known = Peer(deals.height(side.other(), chain.known));
		let closed = chain.lane.said().through;
		!chain.paused
			&& !chain.frozen
			&& !chain.legs[index].is_there()
			&& chain.legs[index].purse.payer > 0
			&& (variant.reopens() || !closed.contains(deals.epoch(side.other(), index)))
			&& terms.check(now, known, limits).is_ok()
			&& (commit == Commit::OnMatch || self.may_be_firm(state, side, index))
	}

	/// Whether whoever is firm does as the tools do: answers.
	fn may_be_firm(&self, state: &State, side: Side, index: usize) -> bool {
		let is_answer = || {
			let (known, peer) = (state.chain(side).known, state.chain(side.other()));
			known > 0 && peer.facts_at(known).place(index) == Place::Registered
		};
		self.plan.pace == Pace::Free || is_answer()
	}

	/// What root is ready to do: it resolves what a dead peer has left, and on a chain that commits
	/// late it undoes just that.
	fn resolutions(&self, state: &State, side: Side, index: usize) -> &'static [Resolution] {
		use Resolution::{Forget, Reverse, Settle};
		let deals = self.deals(state);
		let is_late = || match state.chain(side).legs[index].place {
			Place::Committed(at) => deals.height(side, at) > deals.terms(side, index).own.expiry,
			_ => false,
		};
		match self.plan.variant {
			Variant::ResolveAlive if side == Side::Alpha => &[Settle, Reverse],
			variant if !variant.is_honest(side) && is_late() => &[Reverse],
			_ if self.plan.announces.contains(&side) => &[Settle, Reverse, Forget],
			_ if state.chain(side.other()).dead => &[Settle, Reverse, Forget],
			_ if self.plan.root == Root::Forgets => &[Forget],
			_ => &[],
		}
	}
}
