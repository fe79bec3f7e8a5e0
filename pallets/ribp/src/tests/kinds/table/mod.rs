//! The table of `kinds/owed.md`, row by row: whoever does whatever, what is taken is paid or owed as it
//! says, and what is owed is paid when what it says has happened.

mod assets;
mod nfts;
mod own;
mod token;

use super::*;
use crate::{
	mock::{
		locks, titles::Seized, AllKinds, ExistentialDeposit, Ribp, System, Vesting,
		EXISTENTIAL_DEPOSIT,
	},
	Kind as _,
};
use frame_support::traits::fungible::Inspect as _;
use pallet_assets::Call as AssetsCall;
use pallet_balances::Call as BalancesCall;
use pallet_nfts::Call as NftsCall;
use sp_runtime::DispatchResult;

/// Neither party, nor anybody who rules over something.
const DAVE: AccountId = 4;

/// What the documentation says.
const TABLE: &str = include_str!("../../../kinds/owed.md");

/// The tests that read it.
const TESTS: [&str; 4] = [
	include_str!("token.rs"),
	include_str!("assets.rs"),
	include_str!("nfts.rs"),
	include_str!("own.rs"),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Payment {
	Paid,
	Owed,
	WrittenOff,
}

impl Payment {
	fn of(cell: &str) -> Self {
		match cell {
			"paid" => Self::Paid,
			"owed" => Self::Owed,
			"written off" => Self::WrittenOff,
			_ => panic!("{cell} is no payment"),
		}
	}
}

/// What the table says of a row.
struct Said {
	is_taken: bool,
	/// To the receiver, and back to the payer.
	payments: [Payment; 2],
	is_claimed_later: bool,
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
	let lines = TABLE.lines().filter(|line| line.starts_with("| "));
	let rows = lines.map(|line| line.trim_matches('|').split('|').map(str::trim).collect());
	rows.filter(|row: &Vec<_>| row[0] != "what happens")
}

impl Said {
	fn of(name: &str) -> Self {
		let row = rows().find(|row| row[0] == name).expect("the table has this row");
		let is_taken = match row[1] {
			"taken" => true,
			"refused" => false,
			other => panic!("{other} says nothing about a registration"),
		};
		let payments = [row[2], row[3]].map(Payment::of);
		Self { is_taken, payments, is_claimed_later: !row[4].is_empty() }
	}
}

/// Where somebody does something.
struct Scene<'a> {
	chain: &'a mut Chain,
	/// The account of the contract.
	at: AccountId,
	/// Whether the contract has taken the item.
	is_taken: bool,
}

type Act = fn(&mut Scene<'_>);

/// Nothing ends what does not hinder.
const NOTHING: Act = |_| {};

impl Scene<'_> {
	fn does(&mut self, origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> DispatchResult {
		let call = call.into();
		self.chain.run(|| call.dispatch(origin)).map(drop).map_err(|failed| failed.error)
	}

	#[track_caller]
	fn can(&mut self, who: AccountId, call: impl Into<RuntimeCall>) {
		done(self.does(signed(who), call));
	}

	#[track_caller]
	fn root(&mut self, call: impl Into<RuntimeCall>) {
		done(self.does(RuntimeOrigin::root(), call));
	}

	#[track_caller]
	fn cannot(&mut self, who: AccountId, call: impl Into<RuntimeCall>) {
		assert!(self.does(signed(who), call).is_err());
	}

	#[track_caller]
	fn sends(&mut self, from: AccountId, to: AccountId, value: Balance) {
		self.can(from, BalancesCall::transfer_allow_death { dest: to, value });
	}

	/// With all that keeps an account alive, which dies.
	fn leaves(&mut self, who: AccountId) {
		if self.chain.run(|| Assets::balance(GOLD, who)) > 0 {
			self.spends_gold(who);
		}
		self.can(who, BalancesCall::transfer_all { dest: CAROL, keep_alive: false });
		assert!(!self.chain.run(|| System::account_exists(&who)));
	}

	fn spends_gold(&mut self, who: AccountId) {
		self.can(who, AssetsCall::transfer_all { id: GOLD, dest: CAROL, keep_alive: false });
	}

	/// Fills an account with assets that keep none alive, until there is room for no other.
	fn fills(&mut self, who: AccountId) {
		for id in JUNK {
			let (owner, is_sufficient, min_balance) = (DAVE, false, 1);
			let created = AssetsCall::force_create { id, owner, is_sufficient, min_balance };
			let _it_was_before = self.does(RuntimeOrigin::root(), created);
			let _is_full =
				self.does(signed(DAVE), AssetsCall::mint { id, beneficiary: who, amount: 1 });
		}
	}

	/// Gives away what somebody else has filled the account with.
	fn makes_room(&mut self, who: AccountId) {
		for id in JUNK {
			let given = AssetsCall::transfer { id, target: DAVE, amount: 1 };
			let _was_full = self.does(signed(who), given);
		}
	}

	/// Has all that somebody has vest.
	fn vests(&mut self, who: AccountId) {
		let has = self.chain.free(who);
		self.can(who, BalancesCall::transfer_all { dest: CAROL, keep_alive: true });
		let kept = self.chain.free(who);
		self.sends_vesting(CAROL, who, has - kept);
	}

	fn sends_vesting(&mut self, from: AccountId, target: AccountId, amount: Balance) {
		let schedule = pallet_vesting::VestingInfo::new(amount, 1, 1_000);
		self.can(from, pallet_vesting::Call::vested_transfer { target, schedule });
		assert_eq!(self.chain.run(|| Vesting::vesting(target)).map(|all| all.len()), Some(1));
	}

	fn votes(&mut self, who: AccountId) {
		use pallet_conviction_voting::{AccountVote, Conviction, Vote};
		let balance = self.chain.run(|| Balances::total_balance(&who));
		let vote = Vote { aye: true, conviction: Conviction::Locked6x };
		let vote = AccountVote::Standard { vote, balance };
		self.can(who, pallet_conviction_voting::Call::vote { poll_index: 0, vote });
		let is_locked = self.chain.run(|| {
			let locks = pallet_balances::Locks::<Test>::get(who);
			locks.iter().any(|lock| lock.amount == balance)
		});
		assert!(is_locked);
		self.cannot(who, pallet_conviction_voting::Call::vote { poll_index: 1, vote });
	}

	fn stakes(&mut self, who: AccountId) {
		let payee = pallet_staking::RewardDestination::Stash;
		self.can(who, pallet_staking::Call::bond { value: Balance::MAX, payee });
	}

	fn is_slashed(&mut self, who: AccountId) {
		let held = self.chain.run(|| pallet_staking::asset::staked::<Test>(&who));
		assert!(held > 0);
		assert_eq!(self.chain.run(|| locks::slash(who, held)), held);
	}
}

/// As many as an account has room for, and more.
const JUNK: core::ops::Range<u32> = 100..120;

/// Dave has some of everything that can be sent.
fn with_dave(chain: &mut Chain) {
	chain.run(|| {
		done(Balances::transfer_allow_death(signed(CAROL), DAVE, 400));
		done(Assets::mint(signed(CAROL), GOLD, DAVE, 100));
	});
}

/// Asserts what the table says of what somebody does to an item, at every time at which it can be done.
#[track_caller]
fn row(name: &str, item: Item, act: Act, until: Act) {
	let said = Said::of(name);
	assert_eq!(said.is_claimed_later, said.payments.contains(&Payment::Owed));
	Case { item: &item, act, until, end: Outcome::Settled }.is_registered(said.is_taken);
	for (end, payment) in [Outcome::Settled, Outcome::Reversed].into_iter().zip(said.payments) {
		let case = Case { item: &item, act, until, end };
		case.is_paid_or_owed(payment);
		case.is_claimed(payment);
	}
}

/// One item, what somebody does to it, and what ends that; and how its contract ends.
struct Case<'a> {
	item: &'a Item,
	act: Act,
	until: Act,
	end: Outcome,
}

impl Case<'_> {
	fn is_registered(&self, is_taken: bool) {
		let swap = exchange(from_ref(self.item), &[Item::Token(40)], 20, 20);
		let mut world = stocked();
		with_dave(&mut world.alpha);
		scene(&mut world.alpha, &swap, false, self.act);
		let root =
			|chain: &mut Chain| chain.run(|| sp_io::storage::root(sp_runtime::StateVersion::V1));
		let before = root(&mut world.alpha);
		let registered = world.alpha.register(&swap.delivery);
		assert_eq!(registered.is_ok(), is_taken, "{registered:?}");
		assert_eq!(root(&mut world.alpha) != before, is_taken);
	}

	/// A world in which alpha's leg has committed, and evidence ends it.
	fn committed(&self) -> (World, Exchange) {
		let (mut world, swap) = match self.end {
			Outcome::Reversed => one_sided(from_ref(self.item)),
			_ => {
				let swap = exchange(from_ref(self.item), &[Item::Token(40)], 20, 20);
				(stocked().registered(&swap).committed(&swap), swap)
			},
		};
		with_dave(&mut world.alpha);
		(world, swap)
	}

	/// Whom the item is for.
	fn beneficiary(&self) -> AccountId {
		match self.end {
			Outcome::Reversed => ALICE,
			_ => BOB,
		}
	}

	/// Asserts that the outcome is known at once, whatever has been done, and what becomes of the item.
	fn is_paid_or_owed(&self, payment: Payment) {
		let (mut world, swap) = self.committed();
		scene(&mut world.alpha, &swap, true, self.act);
		let before = Free::of(&mut world.alpha, self.beneficiary());
		world.tell_alpha(&[swap.id()]).expect("the contract ends");
		assert_eq!(world.alpha.outcome(&swap.delivery), Some(self.end));
		self.becomes(&mut world.alpha, before, payment);
		if payment == Payment::Owed {
			self.is_claimed_in_the_end(&mut world.alpha, &swap);
		}
	}

	/// Asserts that what somebody does before an item is claimed that was owed for another reason does what it
	/// does before it is paid.
	fn is_claimed(&self, payment: Payment) {
		let (mut world, swap) = self.committed();
		jam(&mut world.alpha, self.item, true);
		world.tell_alpha(&[swap.id()]).expect("the contract ends");
		assert_eq!(world.alpha.owed(), [(swap.id(), 0)]);
		jam(&mut world.alpha, self.item, false);
		scene(&mut world.alpha, &swap, true, self.act);
		if payment == Payment::Owed {
			return self.is_claimed_in_the_end(&mut world.alpha, &swap);
		}
		let before = Free::of(&mut world.alpha, self.beneficiary());
		self.claims(&mut world.alpha, &swap);
		self.becomes(&mut world.alpha, before, payment);
	}

	fn claims(&self, chain: &mut Chain, swap: &Exchange) {
		chain.dispatch(signed(CAROL), claim((swap.id(), 0), None)).expect("it can move");
	}

	/// Asserts that what is owed cannot be claimed before something has happened, and then it can.
	fn is_claimed_in_the_end(&self, chain: &mut Chain, swap: &Exchange) {
		refuse_claim(chain, CAROL, claim((swap.id(), 0), None), Error::ValueCannotMove);
		scene(chain, swap, true, self.until);
		let before = Free::of(chain, self.beneficiary());
		let is_gone = chain.run(|| AllKinds::is_gone(self.item));
		self.claims(chain, swap);
		let payment = if is_gone { Payment::WrittenOff } else { Payment::Paid };
		self.becomes(chain, before, payment);
	}

	fn becomes(&self, chain: &mut Chain, before: Free, payment: Payment) {
		let after = Free::of(chain, self.beneficiary());
		let is_paid = payment == Payment::Paid;
		let expected = if is_paid { before.change(self.item, true) } else { before };
		assert_eq!(after, expected, "{:?}", self.end);
		let is_written_off = |event: &Event<Test>| matches!(event, Event::WrittenOff { .. });
		let written_off = chain.events().iter().any(is_written_off);
		assert_eq!(written_off, payment == Payment::WrittenOff);
		assert_eq!(chain.owed().len(), usize::from(payment == Payment::Owed), "{:?}", self.end);
	}
}

fn scene(chain: &mut Chain, swap: &Exchange, is_taken: bool, act: Act) {
	let at = chain.run(|| Ribp::account_of(swap.id()));
	act(&mut Scene { chain, at, is_taken });
}

/// Has an item of this kind owed, by whoever has the power to, or no longer.
fn jam(chain: &mut Chain, item: &Item, is_jammed: bool) {
	chain.run(|| match item {
		// As if it had risen in this block, and the upgrade had forgotten the pallet.
		Item::Token(_) if is_jammed => ExistentialDeposit::set(&100_000),
		Item::Token(_) => ExistentialDeposit::set(&EXISTENTIAL_DEPOSIT),
		Item::Asset(_) if is_jammed => done(Assets::freeze_asset(signed(CAROL), GOLD)),
		Item::Asset(_) => done(Assets::thaw_asset(signed(CAROL), GOLD)),
		Item::Nft(_) if is_jammed => done(Nfts::lock_item_transfer(signed(CAROL), 0, 1)),
		Item::Nft(_) => done(Nfts::unlock_item_transfer(signed(CAROL), 0, 1)),
		Item::Title(title) if is_jammed => Seized::insert(title, ()),
		Item::Title(title) => Seized::remove(title),
	});
}

#[test]
fn every_row_of_the_table_is_a_test_of_its_own() {
	let mut names = BTreeSet::new();
	for row in rows() {
		assert_eq!(row.len(), 5, "{row:?}");
		assert!(names.insert(row[0]), "{} is there twice", row[0]);
		let test = format!("fn {}() {{", row[0].replace(' ', "_"));
		let read = format!("\"{}\",", row[0]);
		let has = |what: &str| TESTS.iter().filter(|tests| tests.contains(what)).count();
		assert_eq!((has(&test), has(&read)), (1, 1), "{}", row[0]);
	}
	assert!(names.len() > 50);
}
