//! What a chain says of its contracts with the other one, and what it has heard of those there: the
//! pallet's `contracts::corridor`, as far as so few legs need it.

use super::variants::Variant;
use ribp_protocol::{Corridor, Epoch, EpochSet, Height};

/// Own blocks for which a saying of the peer is known before anything is swept by it.
pub const RETENTION: Height = 2;

/// How many epochs are looked at in one block.
const MAX_EPOCHS: u32 = 32;

/// An [`EpochSet`] of which there are many: nobody has contracts in a late epoch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Epochs {
	below: u8,
	/// A bit for each of the first epochs.
	gaps: u8,
}

impl Epochs {
	/// All before this one.
	pub fn before(epoch: Epoch) -> Self {
		(&EpochSet::before(epoch)).into()
	}

	pub fn set(self) -> EpochSet {
		let below = Epoch(self.below.into());
		let gaps = (0..8).map(Epoch).filter(|epoch| *epoch < below && !self.contains(*epoch));
		EpochSet::new(below, gaps.collect()).expect("it was one; qed")
	}

	pub fn contains(self, Epoch(epoch): Epoch) -> bool {
		epoch < u32::from(self.below) && (epoch > 7 || (self.gaps >> epoch) & 1 == 0)
	}

	fn change(&mut self, change: impl FnOnce(&mut EpochSet)) {
		let mut set = self.set();
		change(&mut set);
		*self = (&set).into();
	}

	fn unite(&mut self, other: &EpochSet) {
		self.change(|set| set.unite(other));
	}
}

impl From<&EpochSet> for Epochs {
	fn from(set: &EpochSet) -> Self {
		let below = set.below().0.try_into().expect("there are few blocks; qed");
		let gaps = set.gaps().iter().map(|gap| {
			assert!(gap.0 < 8, "no contract expires so late, and no other epoch is left out");
			1_u8 << gap.0
		});
		Self { below, gaps: gaps.sum() }
	}
}

/// The pallet's `Heard`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Heard {
	pub through: Epochs,
	/// Which of the peer's blocks says so: any number that rises with its height.
	pub at: Height,
	/// Own height at which it was shown.
	pub since: Height,
}

impl Heard {
	fn is_old(&self, now: Height) -> bool {
		now >= self.since + RETENTION
	}
}

/// The pallet's `Lane`. How many legs there are, and where, is seen from the legs themselves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lane {
	through: Epochs,
	swept: Epochs,
	/// What has ended in these epochs is gone.
	done: Epochs,
	ripening: Option<Heard>,
	heard: Option<Heard>,
}

impl Lane {
	/// Between a chain at the height `now` and another that is known up to `known`.
	pub fn new(now: Height, known: Height) -> Self {
		let [through, done] = [known, now].map(|height| Epochs::before(Epoch::of(height)));
		Self { through, swept: Epochs::default(), done, ripening: None, heard: None }
	}

	/// The pallet's `begin`: a chain at the height `now` without legs gets to know the other one again.
	pub fn meet_again(&mut self, variant: Variant, now: Height, known: Height) {
		let past = EpochSet::before(Epoch::of(now));
		self.through.unite(&EpochSet::before(Epoch::of(known)));
		self.done.unite(&past);
		(self.heard, self.ripening) = (None, None);
		if variant == Variant::SweptWhenMet {
			self.swept.unite(&past);
		}
	}

	/// What is said of all contracts.
	pub fn said(&self) -> Said {
		Said { through: self.through, swept: self.swept }
	}

	/// The epochs of which the peer said long ago that all contracts have ended.
	fn matured(&self, now: Height) -> EpochSet {
		let mut matured = EpochSet::default();
		let old = self.heard.iter().chain(&self.ripening).filter(|heard| heard.is_old(now));
		old.for_each(|heard| matured.unite(&heard.through.set()));
		matured
	}

	/// Whether it is worth remembering that the peer says this, if there are legs.
	pub fn is_news(&self, through: Epochs, now: Height) -> bool {
		let ripens = self.ripening.is_some_and(|heard| !heard.is_old(now));
		!ripens && !self.matured(now).includes(&through.set())
	}

	pub fn hear(&mut self, heard: Heard) {
		self.heard = self.ripening.replace(heard).or(self.heard);
	}

	/// Only what the peer's blocks up to this one have said counts from now on.
	pub fn believe_up_to(&mut self, block: Height) {
		for heard in [&mut self.ripening, &mut self.heard] {
			*heard = heard.filter(|heard| heard.at <= block);
		}
	}

	/// When something was heard does not matter once that is long enough ago.
	pub fn forget_times(&mut self, now: Height) {
		for heard in [&mut self.ripening, &mut self.heard].into_iter().flatten() {
			if heard.is_old(now) {
				heard.since = 0;
			}
		}
	}

	/// Brings what is said up to date: the peer's height `known` is believed, `open` are the epochs
	/// in which the legs there expire of contracts that have not ended here.
	pub fn grow(
		&mut self,
		variant: Variant,
		known: Height,
		open: impl Iterator<Item = Epoch> + Clone,
	) {
		let is_open = |epoch| open.clone().any(|open| open == epoch);
		let count = open.clone().count() as u32;
		let mut through = Corridor::from(self.said()).grows(known, count, MAX_EPOCHS, is_open);
		let present = Epoch::of(known);
		match variant {
			Variant::ThroughAhead if !is_open(present) => {
				through.insert(present);
			},
			Variant::ThroughPastOpen => through.unite(&EpochSet::before(through.below())),
			_ => {},
		}
		self.through = (&through).into();
	}

	/// Some of this epoch is gone, whatever the peer says.
	pub fn give_up(&mut self, epoch: Epoch) {
		self.swept.change(|swept| swept.cover(epoch));
	}

	/// Sweeps at the height `now`: what has ended in an epoch that is to be looked at next is to go. `count` is
	/// how many legs there are.
	pub fn sweep(&mut self, variant: Variant, now: Height, count: usize) {
		let (matured, present) = (self.matured(now), Epoch::of(now));
		let due = match variant {
			Variant::SweepUnheard => EpochSet::before(present),
			Variant::SweepBeforeEpochEnds => matured,
			Variant::SweepGaps => EpochSet::before(matured.below()).up_to(present),
			_ => matured.up_to(present),
		};
		// What is looked at is said to be swept; and all that is due, if there is nothing to look at.
		if count == 0 || due.first_beyond(&self.done.set()).is_some() {
			self.swept.unite(&due);
		}
		self.done.unite(&due);
	}

	/// Whether what has ended in an epoch is gone.
	pub fn has_swept(&self, epoch: Epoch) -> bool {
		self.done.contains(epoch)
	}

	/// The pallet's `goes`: whether a leg goes that ends now, after the others of its epoch.
	pub fn goes(&mut self, epoch: Epoch, now: Height) -> bool {
		if !self.has_swept(epoch) {
			return false;
		}
		let goes = self.matured(now).contains(epoch);
		if !goes {
			self.done.change(|done| done.remove(epoch));
		}
		goes
	}
}

/// [`Corridor`], as it is kept of each block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Said {
	pub through: Epochs,
	pub swept: Epochs,
}

impl From<Said> for Corridor {
	fn from(Said { through, swept }: Said) -> Self {
		Self { through: through.set(), swept: swept.set() }
	}
}
