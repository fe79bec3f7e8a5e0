//! What somebody tries, and how.

use super::*;
use crate::mock::locks;
use frame_support::traits::fungible::MutateFreeze;
use pallet_balances::Call as BalancesCall;
use pallet_nfts::{AttributeNamespace, Call as NftsCall, CollectionSetting};

/// Whom something is done to.
#[derive(Clone, Copy, Debug)]
pub enum Whom {
	Somebody(AccountId),
	/// The contract's account.
	Contract,
	/// The pallet's account.
	Pallet,
}

/// What can be tried.
macro_rules! whats {
	($($what:ident)+) => {
		#[derive(Clone, Copy, PartialEq, Eq, Debug)]
		pub enum What {
			$($what,)+
		}

		const ANYTHING: &[What] = &[$(What::$what),+];
	};
}

whats! {
	Send SendAll SendVesting Vote Stake Unstake Slash FreezeTokens
	SendGold SendAllGold Allow SpendAllowed Open Close Freeze Block Thaw FreezeGold ThawGold
	Burn TakeAway Mint Fill MakeRoom HandGoldOn RaiseLeast LowerLeast BeginToDestroy EndToDestroy
	SendThing BurnThing Offer Approve Buy Describe
	LockThing UnlockThing LockCollection UnlockCollection
	Seize Release
}

/// Something that somebody tries.
#[derive(Clone, Debug)]
pub struct Deed {
	pub who: AccountId,
	pub what: What,
	pub whom: Whom,
	pub amount: Balance,
}

pub fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
	// Carol, who rules over gold, the collection and the land, does as much as all others.
	let who = prop_oneof![select(&[ALICE, BOB, DAVE][..]), Just(CAROL)];
	let whom = prop_oneof![
		4 => select(&[ALICE, BOB, CAROL, DAVE][..]).prop_map(Whom::Somebody),
		2 => Just(Whom::Contract),
		1 => Just(Whom::Pallet),
	];
	let amount = select(&[1, 5, LEAST, AMOUNT, 300, Balance::MAX][..]);
	let deed = (who, select(ANYTHING), whom, amount);
	let deed = deed.prop_map(|(who, what, whom, amount)| Deed { who, what, whom, amount });
	prop::collection::vec(deed, 0..=most)
}

impl Run {
	pub fn account(&mut self, whom: Whom) -> AccountId {
		match whom {
			Whom::Somebody(who) => who,
			Whom::Contract => self.at,
			Whom::Pallet => self.world.alpha.run(Ribp::account),
		}
	}

	pub fn dispatch(&mut self, origin: RuntimeOrigin, call: impl Into<RuntimeCall>) -> bool {
		let call = call.into();
		self.world.alpha.run(|| call.dispatch(origin)).is_ok()
	}

	pub fn does(&mut self, Deed { who, what, whom, amount }: &Deed) -> bool {
		let (who, amount) = (*who, *amount);
		let whom = self.account(*whom);
		let (collection, item) = (0, 1);
		let call: RuntimeCall = match what {
			What::Send => BalancesCall::transfer_allow_death { dest: whom, value: amount }.into(),
			What::SendAll => BalancesCall::transfer_all { dest: whom, keep_alive: false }.into(),
			What::SendVesting => {
				let schedule = pallet_vesting::VestingInfo::new(amount, 1, 1_000);
				pallet_vesting::Call::vested_transfer { target: whom, schedule }.into()
			},
			What::Vote => {
				use pallet_conviction_voting::{AccountVote, Conviction, Vote};
				let balance = self.world.alpha.free(who).min(amount);
				let vote = Vote { aye: true, conviction: Conviction::Locked1x };
				let vote = AccountVote::Standard { vote, balance };
				pallet_conviction_voting::Call::vote { poll_index: 0, vote }.into()
			},
			What::Stake => {
				let payee = pallet_staking::RewardDestination::Stash;
				pallet_staking::Call::bond { value: amount, payee }.into()
			},
			What::Unstake => pallet_staking::Call::unbond { value: amount }.into(),
			What::Slash => return self.slashes(whom, amount),
			What::FreezeTokens => {
				return self.world.alpha.run(|| Balances::set_freeze(&1, &who, amount)).is_ok()
			},
			What::SendGold => AssetsCall::transfer { id: GOLD, target: whom, amount }.into(),
			What::SendAllGold => {
				AssetsCall::transfer_all { id: GOLD, dest: whom, keep_alive: false }.into()
			},
			What::Allow => AssetsCall::approve_transfer { id: GOLD, delegate: whom, amount }.into(),
			What::SpendAllowed => {
				let (owner, destination) = (whom, who);
				AssetsCall::transfer_approved { id: GOLD, owner, destination, amount }.into()
			},
			What::Open => AssetsCall::touch_other { id: GOLD, who: whom }.into(),
			What::Close => AssetsCall::refund_other { id: GOLD, who: whom }.into(),
			What::Freeze => AssetsCall::freeze { id: GOLD, who: whom }.into(),
			What::Block => AssetsCall::block { id: GOLD, who: whom }.into(),
			What::Thaw => AssetsCall::thaw { id: GOLD, who: whom }.into(),
			What::FreezeGold => AssetsCall::freeze_asset { id: GOLD }.into(),
			What::ThawGold => AssetsCall::thaw_asset { id: GOLD }.into(),
			What::Burn => AssetsCall::burn { id: GOLD, who: whom, amount }.into(),
			What::TakeAway => {
				AssetsCall::force_transfer { id: GOLD, source: whom, dest: who, amount }.into()
			},
			What::Mint => {
				let amount = amount.min(AMOUNT);
				AssetsCall::mint { id: GOLD, beneficiary: whom, amount }.into()
			},
			What::Fill => return JUNK.filter(|id| self.fills(whom, *id)).count() > 0,
			What::MakeRoom => return JUNK.filter(|id| self.empties(whom, *id)).count() > 0,
			What::HandGoldOn => {
				AssetsCall::set_team { id: GOLD, issuer: whom, admin: whom, freezer: whom }.into()
			},
			What::RaiseLeast => return self.governs_gold(100),
			What::LowerLeast => AssetsCall::set_min_balance { id: GOLD, min_balance: 1 }.into(),
			What::BeginToDestroy => AssetsCall::start_destroy { id: GOLD }.into(),
			What::EndToDestroy => return self.destroys(),
			What::SendThing => NftsCall::transfer { collection, item, dest: whom }.into(),
			What::BurnThing => NftsCall::burn { collection, item }.into(),
			What::Offer => {
				let (price, whitelisted_buyer) = (Some(1), None);
				NftsCall::set_price { collection, item, price, whitelisted_buyer }.into()
			},
			What::Approve => {
				let (delegate, maybe_deadline) = (whom, None);
				NftsCall::approve_transfer { collection, item, delegate, maybe_deadline }.into()
			},
			What::Buy => NftsCall::buy_item { collection, item, bid_price: amount }.into(),
			What::Describe => {
				let namespace = AttributeNamespace::CollectionOwner;
				let (key, value) = (Default::default(), Default::default());
				let maybe_item = Some(item);
				NftsCall::set_attribute { collection, maybe_item, namespace, key, value }.into()
			},
			What::LockThing => NftsCall::lock_item_transfer { collection, item }.into(),
			What::UnlockThing => NftsCall::unlock_item_transfer { collection, item }.into(),
			What::LockCollection => {
				let forbidden = CollectionSetting::TransferableItems.into();
				let lock_settings = CollectionSettings::from_disabled(forbidden);
				NftsCall::lock_collection { collection, lock_settings }.into()
			},
			What::UnlockCollection => return self.unlocks_collection(),
			What::Seize => {
				self.world.alpha.run(|| Seized::insert(4, ()));
				return true;
			},
			What::Release => {
				self.world.alpha.run(|| Seized::remove(4));
				return true;
			},
		};
		self.dispatch(signed(who), call)
	}

	fn slashes(&mut self, who: AccountId, amount: Balance) -> bool {
		self.world.alpha.run(|| {
			let staked = pallet_staking::asset::staked::<Test>(&who);
			staked > 0 && locks::slash(who, amount.min(staked)) > 0
		})
	}

	fn fills(&mut self, who: AccountId, id: u32) -> bool {
		self.dispatch(signed(DAVE), AssetsCall::mint { id, beneficiary: who, amount: 1 })
	}

	fn empties(&mut self, who: AccountId, id: u32) -> bool {
		self.dispatch(signed(DAVE), AssetsCall::burn { id, who, amount: 1 })
	}

	/// Root gives gold back to Carol, thaws it, and says of what least amount it is.
	pub fn governs_gold(&mut self, min_balance: Balance) -> bool {
		let status = AssetsCall::force_asset_status {
			id: GOLD,
			owner: CAROL,
			issuer: CAROL,
			admin: CAROL,
			freezer: CAROL,
			min_balance,
			is_sufficient: false,
			is_frozen: false,
		};
		self.dispatch(RuntimeOrigin::root(), status)
	}

	pub fn destroys(&mut self) -> bool {
		let call = |call: AssetsCall<Test>| RuntimeCall::from(call);
		for _ in 0..3 {
			self.dispatch(signed(DAVE), call(AssetsCall::destroy_accounts { id: GOLD }));
			self.dispatch(signed(DAVE), call(AssetsCall::destroy_approvals { id: GOLD }));
		}
		self.dispatch(signed(DAVE), call(AssetsCall::finish_destroy { id: GOLD }))
	}

	fn unlocks_collection(&mut self) -> bool {
		let config = collection_config();
		let call = NftsCall::force_collection_config { collection: 0, config };
		self.dispatch(RuntimeOrigin::root(), call)
	}
}
