//! What a chain says of its contracts with the other one, and what it has heard of those there: the
//! pallet's `contracts::corridor`, as far as so few legs need it.

use super::variants::Variant;
use ribp_protocol::{Corridor, Epoch, Height};

/// Own blocks for which a saying of the peer is known before anything is swept by it.
pub const RETENTION: Height = 2;

/// How many epochs are looked at in one block.
const MAX_EPOCHS: u32 = 32;

/// The pallet's `Heard`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Heard {
	pub through: Epoch,
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
	through: Epoch,
	swept: Epoch,
	/// The epoch that is looked at next; of those before, what has ended is gone.
	sweeping: Epoch,
	ripening: Option<Heard>,
	heard: Option<Heard>,
}

impl Lane {
	/// Between a chain at the height `now` and another that is known up to `known`.
	pub fn new(now: Height, known: Height) -> Self {
		let (through, swept, sweeping) = (Epoch::of(known), Epoch::default(), Epoch::of(now));
		Self { through, swept, sweeping, ripening: None, heard: None }
	}

	/// The pallet's `begin`: a chain at the height `now` without legs gets to know the other one again.
	pub fn meet_again(&mut self, variant: Variant, now: Height, known: Height) {
		self.through = self.through.max(Epoch::of(known));
		self.sweeping = self.sweeping.max(Epoch::of(now));
		(self.heard, self.ripening) = (None, None);
		if variant == Variant::SweptWhenMet {
			self.swept = self.swept.max(Epoch::of(now));
		}
	}

	/// What is said of all contracts.
	pub fn said(&self) -> Corridor {
		Corridor { through: self.through, swept: self.swept }
	}

	/// The epoch up to which the peer said long ago that all contracts have ended.
	fn matured(&self, now: Height) -> Epoch {
		let old = self.heard.iter().chain(&self.ripening).filter(|heard| heard.is_old(now));
		old.map(|heard| heard.through).max().unwrap_or_default()
	}

	/// Whether it is worth remembering that the peer says this, if there are legs.
	pub fn is_news(&self, through: Epoch, now: Height) -> bool {
		let ripens = self.ripening.is_some_and(|heard| !heard.is_old(now));
		!ripens && through > self.matured(now)
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
	pub fn rise(
		&mut self,
		variant: Variant,
		known: Height,
		open: impl Iterator<Item = Epoch> + Clone,
	) {
		let is_open = |epoch| open.clone().any(|open| open == epoch);
		let count = open.clone().count() as u32;
		self.through = self.said().rises(known, count, MAX_EPOCHS, is_open);
		if variant == Variant::ThroughAhead && !is_open(self.through) {
			self.through = self.through.max(Epoch::of(known).next());
		}
	}

	/// Some of this epoch is gone, whatever the peer says.
	pub fn give_up(&mut self, epoch: Epoch) {
		self.swept = self.swept.max(epoch.next());
	}

	/// Sweeps at the height `now`: what has ended and expires before the epoch that is looked at next
	/// is to go. `count` is how many legs there are.
	pub fn sweep(&mut self, variant: Variant, now: Height, count: usize) {
		let (matured, present) = (self.matured(now), Epoch::of(now));
		let limit = match variant {
			Variant::SweepUnheard => present,
			Variant::SweepBeforeEpochEnds => matured,
			_ => matured.min(present),
		};
		// What is looked at is said to be swept; and all that is past, if there is nothing to look at.
		if count == 0 || self.sweeping < limit {
			self.swept = self.swept.max(limit);
		}
		self.sweeping = self.sweeping.max(limit);
	}

	/// Whether what has ended in an epoch is gone.
	pub fn has_swept(&self, epoch: Epoch) -> bool {
		epoch < self.sweeping
	}

	/// The pallet's `goes`: whether a leg goes that ends now, after the others of its epoch.
	pub fn goes(&mut self, epoch: Epoch, now: Height) -> bool {
		if !self.has_swept(epoch) {
			return false;
		}
		let goes = epoch < self.matured(now);
		if !goes {
			self.sweeping = epoch;
		}
		goes
	}
}
