//! Two histories of one chain, and how somebody shows one of them to a chain that knows the other.

use super::chain::Chain;
use pallet_ribp::{Branch, Common, Difference, ForkReport, Height, Known, Mark, Signers};
use rand::{seq::IndexedRandom, Rng};
use rand_chacha::ChaCha8Rng;
use ribp_light_client::{minimize, AuthoritySet};
use ribp_runtime::{Grandpa, Hash};

/// The most headers that a report links with a known block.
const LONGEST_DESCENT: Height = 8;

/// What is known of a chain, and two histories of it.
pub struct Case<'a> {
	pub known: &'a Known,
	/// The history that is shown.
	pub shown: &'a Chain,
	/// The other one.
	pub other: &'a Chain,
}

/// A difference, and the height at which it shows.
struct Shown {
	height: Height,
	difference: Difference,
}

impl Case<'_> {
	/// A final block of the history that is shown, after the last one that both have, if those who sign
	/// it are known.
	pub fn any_block(&self, common: Height, rng: &mut ChaCha8Rng) -> Option<Height> {
		let blocks = common + 1..=self.shown.finalized();
		let signed: Vec<_> = blocks.filter(|number| self.signers(*number).is_some()).collect();
		signed.choose(rng).copied()
	}

	/// The report of a final block of the history that is shown. None if nobody could make one: the
	/// block is on a history that is known, or the difference is where nothing is known.
	pub fn report(&self, number: Height, rng: &mut ChaCha8Rng) -> Option<ForkReport> {
		let Shown { height, difference } = self.difference(number, rng)?;
		let mut differences = vec![difference];
		for branch in self.known.branches() {
			let is_lower = branch.common.is_some_and(|common| height <= common);
			differences.push(match is_lower && rng.random() {
				true => Difference::Lower,
				false => self.difference_to(&branch.tip, number)?,
			});
		}
		self.with_differences(number, height, differences, rng)
	}

	/// The report of a block that is on a refused history: as good as one can be that only tells how
	/// it differs from the history that is followed.
	pub fn repeated(&self, number: Height, rng: &mut ChaCha8Rng) -> Option<ForkReport> {
		let Shown { height, difference } = self.difference(number, rng)?;
		let mut differences = vec![difference];
		for Branch { tip, .. } in self.known.branches() {
			let difference = self.difference_to(tip, number);
			differences.push(difference.unwrap_or_else(|| self.pretext(tip, number)));
		}
		self.with_differences(number, height, differences, rng)
	}

	fn with_differences(
		&self,
		number: Height,
		height: Height,
		differences: Vec<Difference>,
		rng: &mut ChaCha8Rng,
	) -> Option<ForkReport> {
		let block = self.shown.block(number);
		let (set, signers) = self.signers(number)?;
		let below = self.heights().filter(|known| *known < height).max();
		let lowest = differences.iter().filter_map(|difference| match difference {
			Difference::Descent(height) => Some(height + 1),
			_ => None,
		});
		let descent = lowest.min().unwrap_or(number)..number;
		let ancestors = descent.rev().map(|number| self.shown.block(number).header.clone());
		let is_common = |known: &Height| self.known_at(*known) == Some(self.shown.hash_at(*known));
		let common = below
			.filter(is_common)
			.map(|height| Common { height, path: self.shown.path(height, number) });
		Some(ForkReport {
			header: block.header.clone(),
			justification: minimize(block.justify_by_all(), &set),
			signers,
			ancestors: ancestors.collect(),
			common,
			differences,
			peaks: rng.random_bool(0.8).then(|| self.shown.peaks(number)),
		})
	}

	/// Who signs, if they are known to have been in charge.
	fn signers(&self, number: Height) -> Option<(AuthoritySet, Signers)> {
		let set_id = self.shown.block(number).voters.set_id;
		let authorities = self.shown.query_at(number - 1, Grandpa::grandpa_authorities);
		let set = AuthoritySet::new(set_id, authorities.clone());
		let set = set.expect("the runtime's authorities are a set; qed");
		let Known { system, past_sets, .. } = self.known;
		if system.set == set {
			let signers = Signers { set_id, authorities: None };
			return (number > system.set_since).then_some((set, signers));
		}
		let (_, past) = past_sets.iter().find(|(id, _)| *id == set_id)?;
		let is_past = past.authorities == pallet_ribp::PastSet::hash_of(&authorities);
		let signers = Signers { set_id, authorities: Some(authorities) };
		(is_past && number > past.since).then_some((set, signers))
	}

	fn known_at(&self, height: Height) -> Option<Hash> {
		let marked = || self.known.marks.iter().find(|mark| mark.number == height);
		let recent = self.known.system.view.hash_at(height);
		recent.or_else(|| marked().map(|mark| mark.hash))
	}

	/// All heights of which a hash is known.
	fn heights(&self) -> impl Iterator<Item = Height> + '_ {
		let view = &self.known.system.view;
		let marked = self.known.marks.iter().map(|mark| mark.number);
		(view.lowest()..=view.number()).chain(marked)
	}

	/// Why a block is not on the history that is followed.
	fn difference(&self, number: Height, rng: &mut ChaCha8Rng) -> Option<Shown> {
		let differs = |height: &Height| self.known_at(*height) != Some(self.shown.hash_at(*height));
		let lowest = self.heights().filter(|height| *height <= number).filter(differs).min();
		let Some(height) = lowest else {
			let difference = self.above(number)?;
			return Some(Shown { height: number, difference });
		};
		let hash = self.shown.hash_at(height);
		let below = || Difference::Below { height, hash, path: self.shown.path(height, number) };
		let difference = match number - height {
			0 => Difference::Height,
			1..=LONGEST_DESCENT if rng.random() => Difference::Descent(height),
			_ => below(),
		};
		Some(Shown { height, difference })
	}

	/// That the other history, which is followed, has another block there.
	fn above(&self, number: Height) -> Option<Difference> {
		let marks = &self.known.marks;
		let mark = marks.iter().find(|mark| mark.number > number && is_on(mark, self.other))?;
		self.differs_under(mark, self.other, number)
	}

	/// Why a block is not on the history with this tip.
	fn difference_to(&self, tip: &Mark, number: Height) -> Option<Difference> {
		match tip.number.cmp(&number) {
			std::cmp::Ordering::Equal => {
				(tip.hash != self.shown.hash_at(number)).then_some(Difference::Height)
			},
			std::cmp::Ordering::Less => {
				let (height, hash) = (tip.number, self.shown.hash_at(tip.number));
				let path = self.shown.path(height, number);
				(hash != tip.hash).then_some(Difference::Below { height, hash, path })
			},
			std::cmp::Ordering::Greater => {
				let has_tip = |history: &&&Chain| is_on(tip, history);
				let history = [&self.shown, &self.other].into_iter().find(has_tip)?;
				self.differs_under(tip, history, number)
			},
		}
	}

	fn differs_under(&self, mark: &Mark, history: &Chain, number: Height) -> Option<Difference> {
		let (under, hash) = (mark.number, history.hash_at(number));
		let path = history.path(number, under);
		(hash != self.shown.hash_at(number)).then_some(Difference::Above { under, hash, path })
	}

	/// What somebody says who has nothing to say.
	fn pretext(&self, tip: &Mark, number: Height) -> Difference {
		if tip.number >= number {
			return Difference::Height;
		}
		let (height, hash) = (tip.number, self.shown.hash_at(tip.number));
		Difference::Below { height, hash, path: self.shown.path(height, number) }
	}
}

/// Whether a history has this block.
fn is_on(mark: &Mark, history: &Chain) -> bool {
	mark.number <= history.sealed() && history.hash_at(mark.number) == mark.hash
}
