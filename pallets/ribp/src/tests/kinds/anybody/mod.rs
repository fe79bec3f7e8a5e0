//! Whatever anybody does, at any time: every outcome is recorded at once, nobody but an asset's issuer takes away
//! what a contract has taken, only what the table of `kinds/owed.md` names is owed, and it is paid in the end.

mod deeds;

use super::*;
use crate::mock::{titles::Seized, Ribp, System};
use deeds::{deeds, Deed, What, Whom};
use pallet_assets::Call as AssetsCall;
use proptest::{
	prelude::*,
	sample::select,
	test_runner::{Config, RngSeed, TestRunner},
};
use std::{cell::RefCell, collections::BTreeMap};

const SEED: u64 = 20_090_103;
const CASES: u32 = 160;

/// Neither party, nor anybody who rules over something.
const DAVE: AccountId = 4;
/// Helps in the end.
const ERIN: AccountId = 5;
/// Assets that keep no account alive.
const JUNK: core::ops::Range<u32> = 100..116;

/// What the delivery is of: as much as can be in one contract.
const BUNDLE: [Item; 4] = KINDS;
const AMOUNT: Balance = 60;

/// What happens to one contract.
#[derive(Clone, Debug)]
struct Story {
	before: Vec<Deed>,
	registered: Vec<Deed>,
	committed: Vec<Deed>,
	ended: Vec<Deed>,
	is_settled: bool,
}

fn stories() -> impl Strategy<Value = Story> {
	let story = (deeds(3), deeds(8), deeds(12), deeds(12), any::<bool>());
	story.prop_map(|(before, registered, committed, ended, is_settled)| Story {
		before,
		registered,
		committed,
		ended,
		is_settled,
	})
}

/// What hinders, by what was done and not undone.
#[derive(Default, Debug)]
struct Hindrances {
	is_gold_frozen: bool,
	is_gold_ending: bool,
	/// Accounts of gold that cannot give any, and those that cannot get any either.
	frozen: BTreeMap<AccountId, What>,
	is_thing_locked: bool,
	is_collection_locked: bool,
	is_seized: bool,
	least: Balance,
}

struct Run {
	world: World,
	swap: Exchange,
	at: AccountId,
	/// Whom what is taken is for.
	to: AccountId,
	hindrances: Hindrances,
	is_taken: bool,
}

/// What the pallet has.
#[derive(Debug)]
struct Taken {
	tokens: Balance,
	gold: Balance,
	has_thing: bool,
	has_title: bool,
}

impl Run {
	fn new(is_settled: bool) -> Self {
		let expiry = if is_settled { 20 } else { 10 };
		let swap = exchange(&BUNDLE, &[Item::Token(40)], expiry, expiry);
		let mut world = stocked();
		let at = world.alpha.run(|| {
			done(Balances::transfer_allow_death(signed(CAROL), DAVE, 400));
			done(Balances::transfer_allow_death(signed(CAROL), ERIN, 200));
			done(Assets::mint(signed(CAROL), GOLD, DAVE, 100));
			for id in JUNK {
				done(Assets::force_create(RuntimeOrigin::root(), id, DAVE, false, 1));
			}
			Ribp::account_of(swap.id())
		});
		let to = if is_settled { BOB } else { ALICE };
		let hindrances = Hindrances { least: LEAST, ..Default::default() };
		Self { world, swap, at, to, hindrances, is_taken: false }
	}

	fn taken(&mut self) -> Taken {
		let at = self.at;
		self.world.alpha.run(|| Taken {
			tokens: Balances::free_balance(Ribp::account()),
			gold: Assets::balance(GOLD, at),
			has_thing: Nfts::owner(0, 1) == Some(at),
			has_title: Register::get(4) == Some(at),
		})
	}

	/// Asserts that a deed takes nothing from the pallet of what is taken or owed, unless an issuer does.
	fn tries(&mut self, deed: &Deed) {
		let before = self.taken();
		let is_done = self.does(deed);
		self.notes(deed, is_done);
		let after = self.taken();
		assert!(after.tokens >= before.tokens, "{deed:?}");
		let is_issuers = matches!(deed.what, What::Burn | What::TakeAway | What::EndToDestroy);
		assert!(after.gold >= before.gold || is_issuers, "{deed:?}");
		for (is_taken, had, has) in [
			(self.has(&NFT), before.has_thing, after.has_thing),
			(self.has(&TITLE), before.has_title, after.has_title),
		] {
			assert!(!is_taken || (had && has), "{deed:?}");
		}
	}

	/// Whether an item is taken, or owed.
	fn has(&mut self, item: &Item) -> bool {
		self.is_taken || self.owed().iter().any(|(_, owed)| owed == item)
	}

	/// Remembers what hinders.
	fn notes(&mut self, deed: &Deed, is_done: bool) {
		let whom = self.account(deed.whom);
		let now = &mut self.hindrances;
		if is_done {
			match deed.what {
				What::Freeze | What::Block => drop(now.frozen.insert(whom, deed.what)),
				What::Thaw => drop(now.frozen.remove(&whom)),
				What::FreezeGold => now.is_gold_frozen = true,
				What::ThawGold => now.is_gold_frozen = false,
				What::RaiseLeast => (now.is_gold_frozen, now.least) = (false, 100),
				What::LowerLeast => now.least = 1,
				What::BeginToDestroy => now.is_gold_ending = true,
				What::LockThing => now.is_thing_locked = true,
				What::UnlockThing => now.is_thing_locked = false,
				What::LockCollection => now.is_collection_locked = true,
				What::UnlockCollection => now.is_collection_locked = false,
				What::Seize => now.is_seized = true,
				What::Release => now.is_seized = false,
				_ => {},
			}
		}
		// Who opens an account again has one that is not frozen.
		self.world.alpha.run(|| {
			now.frozen.retain(|who, _| pallet_assets::Account::<Test>::contains_key(GOLD, who))
		});
	}

	/// Whether the table says that an item is owed.
	fn hinders(&mut self, item: &Item) -> bool {
		let (now, at, to) = (&self.hindrances, self.at, self.to);
		match item {
			Item::Token(_) => false,
			Item::Nft(_) => now.is_thing_locked || now.is_collection_locked,
			Item::Title(_) => now.is_seized,
			Item::Asset(_) => self.world.alpha.run(|| {
				let has = Assets::balance(GOLD, at);
				let is_there = pallet_assets::Account::<Test>::contains_key(GOLD, to);
				let has_room = System::providers(&to) > 0 && System::consumers(&to) + 2 <= 16;
				let cannot_get = match is_there {
					true => now.frozen.get(&to) == Some(&What::Block),
					false => !has_room || AMOUNT < now.least,
				};
				let is_stopped = now.is_gold_frozen || now.is_gold_ending;
				!is_gone()
					&& (is_stopped || has < AMOUNT || now.frozen.contains_key(&at) || cannot_get)
			}),
		}
	}

	/// Asserts that these items are paid, and nothing else is.
	fn pays(&mut self, items: &[(u32, Item)], pay: impl FnOnce(&mut Self)) {
		let to = self.to;
		let mut expected = Free::of(&mut self.world.alpha, to);
		for (_, item) in items {
			let (at, least) = (self.at, self.hindrances.least);
			let is_written_off = |item: &Item| matches!(item, Item::Asset(_)) && is_gone();
			let written_off = self.world.alpha.run(|| is_written_off(item));
			if !written_off {
				expected = expected.change(item, true);
			}
			if matches!(item, Item::Asset(_)) && !written_off {
				let rest = self.world.alpha.run(|| Assets::balance(GOLD, at)) - AMOUNT;
				expected.gold += if rest < least { rest } else { 0 };
			}
		}
		pay(self);
		let after = Free::of(&mut self.world.alpha, to);
		assert_eq!(after, expected);
	}

	fn owed(&mut self) -> Vec<(u32, Item)> {
		let mut owed: Vec<_> =
			self.world.alpha.owed().into_iter().map(|(_, index)| index).collect();
		owed.sort();
		owed.into_iter().map(|index| (index, BUNDLE[index as usize].clone())).collect()
	}

	/// The contract ends, and what nothing hinders is paid.
	fn ends(&mut self, outcome: Outcome) {
		let bundle = (0..).zip(BUNDLE);
		let (owed, paid): (Vec<_>, Vec<_>) = bundle.partition(|(_, item)| self.hinders(item));
		let swap = self.swap.clone();
		self.pays(&paid, |run| {
			run.world.tell_alpha(&[swap.id()]).expect("it ends, whatever was done");
		});
		assert_eq!(self.world.alpha.outcome(&swap.delivery), Some(outcome));
		assert_eq!(self.owed(), owed);
		self.is_taken = false;
	}

	/// Somebody claims all that is owed: it is paid if nothing hinders it, and only then.
	fn claims(&mut self) -> usize {
		let owed = self.owed();
		let mut paid = 0;
		for (index, item) in owed {
			let debt = (self.swap.id(), index);
			if self.hinders(&item) {
				let error = Error::ValueCannotMove;
				refuse_claim(&mut self.world.alpha, DAVE, claim(debt, None), error);
				continue;
			}
			self.pays(&[(index, item)], |run| {
				let call = claim(debt, None);
				run.world.alpha.dispatch(signed(DAVE), call).expect("nothing hinders it");
			});
			paid += 1;
		}
		paid
	}

	/// Whoever can ends all that hinders.
	fn helps(&mut self) {
		let (to, at) = (self.to, self.at);
		let deed = |what, whom| Deed { who: CAROL, what, whom, amount: AMOUNT };
		let (them, it) = (Whom::Somebody(to), Whom::Contract);
		if self.hindrances.is_gold_ending {
			self.destroys();
		} else {
			assert!(self.governs_gold(LEAST));
			(self.hindrances.is_gold_frozen, self.hindrances.least) = (false, LEAST);
		}
		self.dispatch(
			signed(ERIN),
			pallet_balances::Call::transfer_allow_death { dest: to, value: 100 },
		);
		for what in [
			deed(What::Thaw, them),
			deed(What::Thaw, it),
			deed(What::MakeRoom, them),
			deed(What::UnlockCollection, it),
			deed(What::UnlockThing, it),
			deed(What::Release, it),
		] {
			self.tries(&what);
		}
		let has = self.world.alpha.run(|| Assets::balance(GOLD, at));
		if has < AMOUNT {
			// Others may have filled its account.
			self.dispatch(signed(ERIN), AssetsCall::touch_other { id: GOLD, who: at });
			let amount = AMOUNT - has;
			self.dispatch(signed(CAROL), AssetsCall::mint { id: GOLD, beneficiary: at, amount });
		}
	}

	/// Asserts that no gold has come from nowhere, and none is lost.
	fn check_gold(&mut self) {
		self.world.alpha.run(|| {
			let all = pallet_assets::Account::<Test>::iter_key_prefix(GOLD);
			let sum: Balance = all.map(|who| Assets::balance(GOLD, who)).sum();
			assert!(is_gone() || sum == Assets::total_supply(GOLD));
		});
	}
}

/// Whether there is no gold any more.
fn is_gone() -> bool {
	!pallet_assets::Asset::<Test>::contains_key(GOLD)
}

/// How often what happened.
type Counts = BTreeMap<&'static str, usize>;

fn tell(story: Story, counts: &mut Counts) {
	let mut run = Run::new(story.is_settled);
	let id = run.swap.id();
	let mut count = |what, by: usize| *counts.entry(what).or_default() += by;
	story.before.iter().for_each(|deed| run.tries(deed));
	let (delivery, payment) = (run.swap.delivery.clone(), run.swap.payment.clone());
	if run.world.alpha.register(&delivery).is_err() {
		return count("refused", 1);
	}
	run.is_taken = true;
	run.world.beta.register(&payment).expect("nobody has done anything there");
	run.world.seal();
	story.registered.iter().for_each(|deed| run.tries(deed));
	run.world.tell_alpha(&[id]).expect("it commits, whatever was done");
	let outcome = match story.is_settled {
		true => {
			run.world.tell_beta(&[id]).expect("it commits");
			run.world.seal();
			Outcome::Settled
		},
		false => {
			run.world.advance_to(11);
			Outcome::Reversed
		},
	};
	story.committed.iter().for_each(|deed| run.tries(deed));
	run.ends(outcome);
	count(if story.is_settled { "settled" } else { "reversed" }, 1);
	count("owed", run.owed().len());
	for deed in &story.ended {
		// What is paid is theirs.
		if !run.owed().is_empty() {
			run.tries(deed);
			count("claimed", run.claims());
		}
	}
	run.helps();
	count("claimed in the end", run.claims());
	assert_eq!(run.owed(), []);
	run.check_gold();
	count("written off", usize::from(run.world.alpha.run(is_gone)));
}

#[test]
fn whatever_anybody_does_only_what_the_table_says_is_owed_and_paid_in_the_end() {
	let config = Config {
		cases: CASES,
		rng_seed: RngSeed::Fixed(SEED),
		failure_persistence: None,
		..Config::default()
	};
	let counts = RefCell::new(Counts::new());
	let result = TestRunner::new(config).run(&stories(), |story| {
		tell(story, &mut counts.borrow_mut());
		Ok(())
	});
	result.unwrap_or_else(|failure| panic!("seed {SEED}: {failure}"));
	let counts = counts.into_inner();
	for (what, least) in [
		("settled", 20),
		("reversed", 20),
		("refused", 5),
		("owed", 20),
		("claimed", 5),
		("claimed in the end", 10),
		("written off", 1),
	] {
		assert!(counts.get(what).is_some_and(|count| *count >= least), "{what}: {counts:?}");
	}
}
