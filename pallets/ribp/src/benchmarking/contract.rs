//! Contracts with the peer, each between two accounts of its own, and what evidence says of them.

use super::peer::{position, KNOWN, PEER, PREFIX};
use crate::{
	contracts::{Move, Record},
	evidence::waiting_key,
	Action, BenchmarkHelper, Config, Contract, ContractId, Height, Log, LogHash, Pallet,
	Settlement,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::account;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	Consideration, Get,
};
use frame_system::BlockHash;
use ribp_protocol::{Own, Stage, Step};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, Hash, Zero};

/// Height at which contracts are registered.
pub const NOW: Height = 10;

/// A key in a peer's state, and what is there.
pub type Shown = (Vec<u8>, Option<Vec<u8>>);

/// Where the logs of the peer lie.
#[derive(Clone, Copy)]
pub enum PeerLogs {
	/// Their keys part as late as they can, but for what shows that nothing is there.
	Together,
	/// Their keys part at once.
	Apart,
}

impl PeerLogs {
	fn hash(self, number: u32) -> LogHash {
		let mut hash = H256::zero();
		match self {
			Self::Together => hash.0[27..31].copy_from_slice(&(number + 1).to_be_bytes()),
			Self::Apart => hash = BlakeTwo256::hash(&number.encode()),
		}
		LogHash(hash)
	}
}

/// What a contract is about: so many items of a kind, see [`BenchmarkHelper`].
#[derive(Clone, Copy)]
pub struct Goods {
	pub kind: u32,
	pub count: u32,
}

impl Goods {
	/// Amounts of the native token.
	pub const fn amounts(count: u32) -> Self {
		Self { kind: 0, count }
	}
}

/// An amount of the native token.
pub const ONE: Goods = Goods::amounts(1);

/// Begins the block `height`.
pub fn begin<T: Config>(height: Height) {
	BlockHash::<T>::insert(frame_system::pallet_prelude::BlockNumberFor::<T>::zero(), GENESIS);
	frame_system::Pallet::<T>::set_block_number(height.into());
	Pallet::<T>::endow();
}

const GENESIS: H256 = H256::repeat_byte(0xa1);

/// A contract about these that can be registered until the block `h1 - MinExpiry`.
pub fn agreed<T>(
	number: u32,
	goods: Goods,
	h1: Height,
	peer_logs: PeerLogs,
) -> (T::AccountId, Contract, Log<crate::ActionOf<T>>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let (from, to) = (account("payer", number, 0), account("receiver", number, 0));
	let least = T::Currency::minimum_balance();
	T::Consideration::ensure_successful(&from, Pallet::<T>::footprint());
	for (who, balance) in [(&from, least + least + T::RegistrationFee::get()), (&to, least)] {
		T::Currency::mint_into(who, balance).expect("there is room for more; qed");
	}
	let first = number * T::MaxItems::get();
	let give = |item| T::BenchmarkHelper::give(goods.kind, first + item, &from, &to);
	let items = (0..goods.count).map(give).collect::<Vec<_>>();
	let items = items.try_into().expect("there are no more than MaxItems; qed");
	let log = Log {
		system: Pallet::<T>::own_system(),
		action: Action::Transfer { from: from.clone(), to, items },
		salt: BlakeTwo256::hash(&number.encode()),
	};
	let contract = Contract {
		log: log.hash(),
		peer_log: peer_logs.hash(2 * number),
		reversal: log.reversal_hash(),
		peer_reversal: peer_logs.hash(2 * number + 1),
		peer: PEER,
		h1,
		h2: KNOWN + 2,
	};
	(from, contract, log)
}

/// Registers a contract about these that can commit until `h1`.
pub fn register<T>(
	number: u32,
	goods: Goods,
	h1: Height,
	peer_logs: PeerLogs,
) -> (ContractId, Contract)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	let (who, contract, log) = agreed::<T>(number, goods, h1, peer_logs);
	let id = contract.id(Pallet::<T>::own_system());
	Pallet::<T>::do_register(who, contract.clone(), log, Settlement::Early)
		.expect("the contract is a good one; qed");
	(id, contract)
}

/// Takes a contract further, as evidence would.
pub fn take<T: Config>(id: ContractId, step: Step) {
	let record = Record::<T>::find(PEER, id).expect("it is registered; qed");
	Pallet::<T>::apply(Move { id, record, step }).expect("it is time for that; qed");
}

/// Contracts about these, each, that evidence takes a `step` further in this block, in order,
/// and what it has to show.
pub fn due<T>(
	count: u32,
	goods: Goods,
	step: Step,
	peer_logs: PeerLogs,
) -> (Vec<ContractId>, Vec<Shown>)
where
	T: Config,
	T::Currency: Mutate<T::AccountId>,
{
	begin::<T>(NOW);
	let h1 = NOW + T::MinExpiry::get();
	let mut ids = Vec::new();
	let mut shown = Vec::new();
	for number in 0..count {
		let (id, contract) = register::<T>(number, goods, h1, peer_logs);
		let before: &[Step] = match step {
			Step::Unlock | Step::Reverse => &[Step::Commit],
			// Of all contracts, one that was reversed has left the most positions.
			Step::Forget => &[Step::Commit, Step::Reverse],
			_ => &[],
		};
		before.iter().for_each(|step| take::<T>(id, *step));
		ids.push(id);
		shown.extend(shown_for::<T>(step, &contract));
	}
	if matches!(step, Step::Reverse | Step::Forget) {
		begin::<T>(h1 + 1);
	}
	ids.sort();
	(ids, shown)
}

fn shown_for<T: Config>(step: Step, contract: &Contract) -> Vec<Shown> {
	let own = Pallet::<T>::own_system();
	let mirror = contract.mirror_id(own);
	let committed = Some((KNOWN + 1).encode());
	match step {
		Step::Commit => vec![(position(mirror.into()), committed)],
		Step::Forget => vec![(waiting_key(&PREFIX, own, mirror), None)],
		_ => vec![
			(position(contract.peer_log), committed.filter(|_| step == Step::Unlock)),
			(position(contract.peer_reversal), None),
		],
	}
}

/// Whether every contract stands where a step takes it.
pub fn have_taken<T: Config>(ids: &[ContractId], step: Step) -> bool {
	let stands = |stage: Stage| match (stage, step.stage(Own(0))) {
		(Stage::Waiting(a), Some(Stage::Waiting(b))) => {
			core::mem::discriminant(&a) == core::mem::discriminant(&b)
		},
		(a, b) => Some(a) == b,
	};
	ids.iter().all(|id| match Record::<T>::find(PEER, *id) {
		Some(record) => stands(record.stage()),
		None => step.stage(Own(0)).is_none(),
	})
}
