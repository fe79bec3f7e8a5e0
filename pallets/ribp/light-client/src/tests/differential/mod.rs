//! This verifier against the field's: GRANDPA's own commit rule (`finality-grandpa`), the strict
//! verifier of the Polkadot bridges (`bp-header-chain`) and the proof reader of every Substrate node
//! (`sp-state-machine`).
//!
//! Inputs are generated from fixed seeds: valid ones, and each of them with a single mutation. What
//! is believed here is believed there. The other way round each difference has a name in these
//! tests, and nothing else may differ.

/// Lists classes of mutations: the function that makes one, and the verdicts, ours and theirs, that
/// occur on what it makes.
macro_rules! classes {
	($($name:ident: [$($ours:literal)+], [$($theirs:literal)+];)+) => {
		&[$($crate::tests::differential::Class {
			name: stringify!($name),
			mutate: $name,
			ours: &[$($ours),+],
			theirs: &[$($theirs),+],
		}),+]
	};
}

mod changes;
mod commit;
mod generate;
mod mutations;
mod storage;
mod strict;

use std::collections::{BTreeMap, BTreeSet};

/// A reproducible sequence of choices (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
	pub fn new(seed: u64) -> Self {
		Self(seed)
	}

	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	/// A number below `limit`, which is not 0.
	pub fn below(&mut self, limit: usize) -> usize {
		(self.next() % limit as u64) as usize
	}

	pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
		&from[self.below(from.len())]
	}

	pub fn shuffle<T>(&mut self, items: &mut [T]) {
		for at in (1..items.len()).rev() {
			items.swap(at, self.below(at + 1));
		}
	}

	pub fn bytes(&mut self, length: usize) -> Vec<u8> {
		(0..length).map(|_| self.next() as u8).collect()
	}
}

/// A class of mutations of a valid case, and the verdicts that occur on it.
pub struct Class<Case> {
	pub name: &'static str,
	/// Changes a valid case; false if this one cannot be changed like that.
	pub mutate: fn(&mut Case, &mut Dice) -> bool,
	pub ours: &'static [&'static str],
	pub theirs: &'static [&'static str],
}

/// What two verifiers said of the inputs of one class, and how often.
#[derive(Default)]
pub struct Tally {
	cases: usize,
	ours: BTreeMap<String, usize>,
	theirs: BTreeMap<String, usize>,
}

impl Tally {
	pub fn note(&mut self, ours: &str, theirs: &str) {
		self.cases += 1;
		*self.ours.entry(ours.into()).or_default() += 1;
		*self.theirs.entry(theirs.into()).or_default() += 1;
	}

	/// The number of cases, if exactly these verdicts were seen on them: then the class is neither
	/// empty nor misdescribed. Prints a line, which `cargo test -- --nocapture` shows.
	pub fn check<Case>(&self, class: &Class<Case>) -> Result<usize, String> {
		let Self { cases, ours, theirs } = self;
		println!("{:<38} {cases:>4}  ours {ours:?}, theirs {theirs:?}", class.name);
		let listed = |seen: &BTreeMap<String, usize>, listed: &[&str]| {
			seen.keys().map(String::as_str).collect::<BTreeSet<_>>()
				== listed.iter().copied().collect()
		};
		if listed(ours, class.ours) && listed(theirs, class.theirs) {
			return Ok(*cases);
		}
		Err(format!("{}: ours {ours:?}, theirs {theirs:?}", class.name))
	}
}

/// How many cases there are in all classes; fails with all that are misdescribed.
pub fn total(classes: impl Iterator<Item = Result<usize, String>>) -> usize {
	let (cases, wrong): (Vec<_>, Vec<_>) = classes.partition(Result::is_ok);
	let wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
	assert!(wrong.is_empty(), "other verdicts than listed:\n{}", wrong.join("\n"));
	cases.into_iter().flatten().sum()
}

/// The name of an error, without what it carries.
pub fn name(error: &impl std::fmt::Debug) -> String {
	let text = format!("{error:?}");
	text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
