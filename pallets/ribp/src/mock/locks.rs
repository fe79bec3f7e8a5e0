//! What else ties up the native token: vesting, votes and stakes, by the pallets that chains have for it.

use super::*;
use frame_election_provider_support::NoElection;
use frame_support::{
	storage_alias,
	traits::{
		Imbalance, OnUnbalanced, PollStatus, Polling, TotalIssuanceOf, UnixTime, WithdrawReasons,
	},
};
use pallet_conviction_voting::TallyOf;
use sp_runtime::{traits::ConvertInto, DispatchError};

parameter_types! {
	pub VestedPays: WithdrawReasons =
		WithdrawReasons::except(WithdrawReasons::TRANSFER | WithdrawReasons::RESERVE);
}

impl pallet_vesting::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type BlockNumberToBalance = ConvertInto;
	type MinVestedTransfer = ConstU64<1>;
	type WeightInfo = ();
	type UnvestedFundsAllowedWithdrawReasons = VestedPays;
	type BlockNumberProvider = System;
	const MAX_VESTING_SCHEDULES: u32 = 4;
}

impl pallet_conviction_voting::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type Currency = Balances;
	type Polls = Poll;
	type MaxTurnout = TotalIssuanceOf<Balances, AccountId>;
	type MaxVotes = ConstU32<4>;
	type VoteLockingPeriod = ConstU32<1_000>;
	type BlockNumberProvider = System;
	type VotingHooks = ();
}

type Tally = TallyOf<Test>;

#[storage_alias]
type Votes = StorageValue<Poll, Tally>;

/// One poll, number 0, that never ends.
pub struct Poll;

impl Poll {
	fn of(index: u8) -> Option<Tally> {
		let none = Tally::from_parts(0, 0, 0);
		(index == 0).then(|| Votes::get().unwrap_or(none))
	}
}

impl Polling<Tally> for Poll {
	type Index = u8;
	type Votes = Balance;
	type Class = u8;
	type Moment = u32;

	fn classes() -> Vec<u8> {
		vec![0]
	}

	fn as_ongoing(index: u8) -> Option<(Tally, u8)> {
		Self::of(index).map(|tally| (tally, 0))
	}

	fn access_poll<R>(index: u8, f: impl FnOnce(PollStatus<&mut Tally, u32, u8>) -> R) -> R {
		let Some(mut tally) = Self::of(index) else { return f(PollStatus::None) };
		let result = f(PollStatus::Ongoing(&mut tally, 0));
		Votes::put(tally);
		result
	}

	fn try_access_poll<R>(
		index: u8,
		f: impl FnOnce(PollStatus<&mut Tally, u32, u8>) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		Self::access_poll(index, f)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn create_ongoing(_: u8) -> Result<u8, ()> {
		Err(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn end_ongoing(_: u8, _: bool) -> Result<(), ()> {
		Err(())
	}
}

impl UnixTime for Clock {
	fn now() -> core::time::Duration {
		core::time::Duration::from_millis(<Self as Time>::now())
	}
}

/// Nobody is elected: stakes are bonded, unbonded and slashed.
type Elections = NoElection<(AccountId, u32, Staking, ConstU32<1>, ConstU32<1>)>;

#[derive_impl(pallet_staking::config_preludes::TestDefaultConfig)]
impl pallet_staking::Config for Test {
	type OldCurrency = Balances;
	type Currency = Balances;
	type CurrencyBalance = Balance;
	type UnixTime = Clock;
	type ElectionProvider = Elections;
	type GenesisElectionProvider = Elections;
	type Slash = ResolveTo<Treasury, Balances>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type EraPayout = ();
	type VoterList = pallet_staking::UseNominatorsAndValidatorsMap<Self>;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
}

/// Takes from what an account has at stake, for an offence of it or of whom it has nominated, as
/// pallet-staking does. Returns how much that is.
pub fn slash(stash: AccountId, amount: Balance) -> Balance {
	let mut slashed = Default::default();
	pallet_staking::slashing::do_slash::<Test>(&stash, amount, &mut 0, &mut slashed, 0);
	let amount = slashed.peek();
	<Test as pallet_staking::Config>::Slash::on_unbalanced(slashed);
	amount
}
