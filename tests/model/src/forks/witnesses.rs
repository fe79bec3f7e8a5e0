//! What other chains say of a fork, and the verdict without root: the pallet's `chains::witnesses`.

use super::{
	exploration::{Event, Exploration},
	judge::Maker,
	reader::{Branch, Fault, Open, Reader},
	tree::At,
	variants::Variant,
};
use ribp_protocol::{choose, Backing, ForkChoice, Height};
use std::collections::BTreeMap;

/// Another chain that has contracts with the forked one.
#[derive(Clone, Debug)]
pub struct Witness {
	pub name: &'static str,
	/// Since when it is known, in ticks.
	pub known_since: i8,
	/// The heads that it can show to have; who lies has any.
	pub heads: Vec<At>,
	/// How many contracts it says to have.
	pub contracts: u32,
}

/// The pallet's `Testimony`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Testimony {
	pub head: At,
	/// None if that is on the followed branch.
	pub backs: Option<At>,
	pub counts: bool,
	/// Heard in the open own block.
	pub is_new: bool,
}

/// What an open fork is decided by without root.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Hearing {
	/// Own blocks in which the first branch was reported, and the last one.
	pub opened: u8,
	pub joined: u8,
	/// Whether the own contracts are counted.
	pub is_counted: bool,
	pub is_disputed: bool,
	/// By witness.
	pub heard: BTreeMap<u8, Testimony>,
}

impl Exploration {
	fn grace(&self) -> Option<(u8, u32)> {
		match self.plan.choice {
			ForkChoice::ByGovernance => None,
			ForkChoice::MostReliedOn { grace, most } => Some((grace as u8, most)),
		}
	}

	/// One more branch is open, or one that was is completed.
	pub fn join(&self, open: &mut Open, now: u8, is_completed: bool) {
		if self.grace().is_none() {
			return;
		}
		let hearing = &mut open.hearing;
		hearing.is_counted = false;
		if open.branches.len() == 1 && !is_completed {
			hearing.opened = now;
		}
		if !is_completed {
			hearing.joined = now;
		}
	}

	pub fn witness_events(&self, reader: &Reader, found: &mut Vec<Event>) {
		for (place, backs) in self.witnessed(reader) {
			let witness = place as u8;
			let heads = self.plan.witnesses[place].heads.iter();
			found.extend(heads.map(|head| Event::Testify { witness, head: *head, backs }));
			found.push(Event::Refute { witness, backs });
		}
	}

	/// Every witness with every branch.
	fn witnessed(&self, reader: &Reader) -> Vec<(usize, Option<At>)> {
		let tips = self.tips(reader);
		let places = 0..self.plan.witnesses.len();
		places.flat_map(|place| tips.iter().map(move |(backs, _)| (place, *backs))).collect()
	}

	/// All branches of an open fork, by what is said to back them, the followed one first.
	fn tips(&self, reader: &Reader) -> Vec<(Option<At>, At)> {
		let followed = reader.open.iter().map(|_| (None, self.tree.head(reader.view)));
		followed
			.chain(reader.opened().iter().map(|Branch { tip, .. }| (Some(*tip), *tip)))
			.collect()
	}

	/// The reader after a witness's tally; none if that is refused.
	pub fn heard(
		&self,
		reader: &Reader,
		witness: u8,
		(head, backs): (At, Option<At>),
	) -> Option<Reader> {
		let mut reader = reader.clone();
		let tips = self.tips(&reader);
		let hearing = &mut reader.open.as_mut()?.hearing;
		let is_old =
			self.is_witness(witness, hearing) || self.plan.variant == Variant::NewWitnesses;
		let age = reader.now - hearing.joined;
		let is_heard = match self.plan.variant {
			Variant::HeardToTheEnd => self.grace().is_some_and(|(grace, _)| age < grace),
			_ => self.plan.choice.hears_at(age.into()),
		};
		let is_signed = self.tree.block(head).from <= reader.now;
		let (_, tip) = tips.into_iter().find(|(tip, _)| *tip == backs)?;
		let is_news = hearing.heard.get(&witness).is_none_or(|known| known.head != head);
		let is_taken = is_old && is_heard && is_signed && is_news && self.are_linked(head, tip);
		if !is_taken {
			return None;
		}
		let testimony = Testimony { head, backs, counts: true, is_new: true };
		hearing.heard.insert(witness, testimony);
		Some(reader)
	}

	/// Whether a chain was known for a trust period before the fork.
	fn is_witness(&self, witness: u8, hearing: &Hearing) -> bool {
		let Witness { known_since, .. } = self.plan.witnesses[usize::from(witness)];
		i16::from(hearing.opened) - i16::from(known_since) >= i16::from(self.plan.trust)
	}

	/// Whether one of two blocks is in the history that the other one states, or they are one.
	fn are_linked(&self, one: At, other: At) -> bool {
		let (low, high) = self.ordered(one, other);
		let number = self.tree.block(low).number;
		low == high || self.tree.stated(high, number) == Some(self.tree.id(low))
	}

	fn ordered(&self, one: At, other: At) -> (At, At) {
		let [of_one, of_other] = [one, other].map(|at| self.tree.block(at).number);
		if of_one <= of_other {
			(one, other)
		} else {
			(other, one)
		}
	}

	/// The reader that knows of a witness's head to be on one more branch.
	pub fn refuted(
		&self,
		reader: &Reader,
		witness: u8,
		backs: Option<At>,
		maker: Maker,
	) -> Option<Reader> {
		if self.plan.variant == Variant::LinkedCounts {
			return None;
		}
		let mut reader = reader.clone();
		let (_, tip) = self.tips(&reader).into_iter().find(|(tip, _)| *tip == backs)?;
		let open = reader.open.as_mut()?;
		let said = open.hearing.heard.get_mut(&witness)?;
		let (_, high) = self.ordered(said.head, tip);
		let has_path = maker == Maker::Peer || self.tree.is_told(high);
		if !said.counts || said.backs == backs || !has_path || !self.are_linked(said.head, tip) {
			return None;
		}
		said.counts = false;
		let are_two = [said.backs, backs];
		let parted = open.branches.iter().filter(|branch| are_two.contains(&Some(branch.tip)));
		let parted_at = parted.map(|branch| match branch.parting {
			Some(parting) => parting.height,
			None => branch.common.map_or(0, |common| common + 1),
		});
		let number = self.tree.block(said.head).number;
		let is_above = parted_at.min().is_some_and(|height: Height| number >= height);
		open.hearing.is_disputed |= is_above && self.plan.variant != Variant::DisputeIgnored;
		Some(reader)
	}

	/// What people make of what was heard before the open own block, before the next one opens.
	pub fn contradicted(&self, reader: &Reader) -> Reader {
		let mut reader = reader.clone();
		for (place, backs) in self.witnessed(&reader) {
			let witness = place as u8;
			let said = reader.open.as_ref().and_then(|open| open.hearing.heard.get(&witness));
			if said.is_some_and(|said| !said.is_new) {
				let refuted = self.refuted(&reader, witness, backs, Maker::Anybody);
				reader = refuted.unwrap_or(reader);
			}
		}
		let heard = reader.open.iter_mut().flat_map(|open| open.hearing.heard.values_mut());
		heard.for_each(|said| said.is_new = false);
		reader
	}

	/// The reader after the verdict, if one is due: the pallet's `tend`.
	pub fn judged(&self, mut reader: Reader) -> Reader {
		let Some((grace, most)) = self.grace() else { return reader };
		let Some(open) = &mut reader.open else { return reader };
		if !open.hearing.is_counted {
			open.hearing.is_counted = true;
			return reader;
		}
		let is_full = open.branches.len() == self.plan.most_branches
			&& self.plan.variant != Variant::FullDecides;
		let is_due = reader.now - open.hearing.joined >= grace;
		if !is_due || is_full || open.hearing.is_disputed {
			return reader;
		}
		let chosen = self.choice(&reader, most);
		let Some(mut after) = self.chosen(&reader, chosen) else { return reader };
		after.ghost.has_adopted |= chosen.is_some();
		after.ghost.has_kept |= chosen.is_none();
		if !self.deserves_verdict(&reader, chosen, most) {
			after.blame(Fault::Misjudged);
		}
		after
	}

	/// The branch that takes the place of the followed one: the pallet's `decide`.
	fn choice(&self, reader: &Reader, most: u32) -> Option<At> {
		let hearing = &reader.open.as_ref()?.hearing;
		let variant = self.plan.variant;
		let (own_most, most) = match variant {
			Variant::DustHolds => (u32::MAX, most),
			Variant::DustDecides => (most, u32::MAX),
			_ => (most, most),
		};
		let backing = |backs: Option<At>, start: Backing| {
			let heard = hearing.heard.iter().filter(|(_, said)| said.counts && said.backs == backs);
			heard.fold(start, |sum, (witness, _)| {
				sum.heard(self.plan.witnesses[usize::from(*witness)].contracts, most)
			})
		};
		let start = match variant {
			Variant::OneWitness => Backing { witnesses: 1, contracts: 0 },
			Variant::TieAdopts => Backing { witnesses: 2, contracts: 1 },
			_ => Backing::default(),
		};
		let tips = reader.opened().iter().map(|branch| Some(branch.tip));
		let others: Vec<_> = tips.clone().map(|tip| backing(tip, start)).collect();
		let own = Backing::own(self.own_contracts(reader), own_most);
		tips.clone().nth(choose(backing(None, own), &others)?).flatten()
	}

	/// Own contracts that rely on what not all branches have.
	fn own_contracts(&self, reader: &Reader) -> u32 {
		let common = reader.opened().iter().map(|branch| branch.common.unwrap_or(0)).min();
		let relies = reader.relied.is_some_and(|height| height > common.unwrap_or(0));
		if reader.standing.is_some() && relies {
			self.plan.alike
		} else {
			0
		}
	}

	/// Whether a branch is the one to be followed by where the heads of witnesses truly are: on one
	/// branch, by their ancestors. Of a head whose branch nobody has shown nothing is promised.
	fn deserves_verdict(&self, reader: &Reader, chosen: Option<At>, most: u32) -> bool {
		let Some(open) = &reader.open else { return true };
		let tips = self.tips(reader);
		let mut sums: BTreeMap<Option<At>, (u32, u32)> = BTreeMap::new();
		sums.insert(None, (2, self.own_contracts(reader).min(most)));
		for (witness, said) in &open.hearing.heard {
			let is_there = |(_, tip): &&(Option<At>, At)| self.is_line(said.head, *tip);
			let mut stands: Vec<_> = tips.iter().filter(is_there).map(|(tip, _)| *tip).collect();
			let Some(first) = stands.pop() else { return true };
			if stands.is_empty() && self.is_witness(*witness, &open.hearing) {
				let (witnesses, contracts) = sums.entry(first).or_default();
				*witnesses += 1;
				*contracts += self.plan.witnesses[usize::from(*witness)].contracts.min(most);
			}
		}
		let largest = sums.values().map(|(_, contracts)| *contracts).max();
		let mut best = sums.iter().filter(|(_, (_, contracts))| Some(*contracts) == largest);
		let deserving = match (best.next(), best.next()) {
			(Some((tip, (witnesses, _))), None) if *witnesses >= 2 => *tip,
			_ => None,
		};
		let followed = self.tree.head(reader.view);
		let is_theirs = chosen.is_none_or(|tip| {
			let since = self.tree.block(self.tree.meeting(followed, tip)).number;
			self.tree.block(tip).signer == reader.set && since >= reader.set_since
		});
		let has_room = open.branches.len() < self.plan.most_branches;
		chosen == deserving && is_theirs && has_room
	}
}
