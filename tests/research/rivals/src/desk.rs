//! The smallest application of message passing that exchanges value atomically: the bridge pallets
//! only carry messages.
//!
//! The seller's [`Call::offer`] holds the goods and tells the other chain. There the buyer's
//! [`Call::accept`] pays the price, and tells the first chain to hand out the goods. It knows no
//! expiry and no way back, so it does less than its rivals, and costs less.

use bp_messages::{
	target_chain::{DispatchMessage, MessageDispatch},
	HashedLaneId,
};
use bp_runtime::{messages::MessageDispatchResult, Size};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_core::H256;

pub use pallet::*;

/// What relayers declare for what one message does.
pub const DISPATCH_WEIGHT: Weight = Weight::from_parts(100_000_000, 10_000);

/// What the two chains tell each other.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Note<AccountId, Balance> {
	/// Goods are held on the other chain.
	Offered { id: H256, seller: AccountId, buyer: AccountId, price: Balance },
	/// Their price is paid.
	Paid { id: H256 },
}

impl<AccountId: Encode, Balance: Encode> Size for Note<AccountId, Balance> {
	fn size(&self) -> u32 {
		self.encoded_size() as u32
	}
}

#[frame_support::pallet]
pub mod pallet {
	use super::{Note, H256};
	use crate::twin::lane;
	use bp_messages::{source_chain::MessagesBridge, HashedLaneId};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Inspect, Mutate, MutateHold},
			tokens::{Fortitude, Precision, Preservation, Restriction},
		},
	};
	use frame_system::pallet_prelude::*;

	pub type BalanceOf<T> =
		<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
	pub type NoteOf<T> = Note<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		type Currency: Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;
		type RuntimeHoldReason: From<HoldReason>;
		type Bridge: MessagesBridge<NoteOf<Self>, HashedLaneId>;
	}

	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Until the price is paid.
		Offered,
	}

	#[pallet::error]
	pub enum Error<T> {
		NotSent,
		NoOffer,
		NotTheBuyer,
		NoGoods,
	}

	/// Goods that are held here: seller, buyer and amount.
	#[pallet::storage]
	pub type Goods<T: Config> =
		StorageMap<_, Identity, H256, (T::AccountId, T::AccountId, BalanceOf<T>)>;

	/// Offers whose goods are held on the other chain: seller, buyer and price.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageMap<_, Identity, H256, (T::AccountId, T::AccountId, BalanceOf<T>)>;

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Offers goods on this chain for a price on the other one.
		#[pallet::call_index(0)]
		#[pallet::weight(super::DISPATCH_WEIGHT)]
		pub fn offer(
			origin: OriginFor<T>,
			id: H256,
			buyer: T::AccountId,
			goods: BalanceOf<T>,
			price: BalanceOf<T>,
		) -> DispatchResult {
			let seller = ensure_signed(origin)?;
			T::Currency::hold(&HoldReason::Offered.into(), &seller, goods)?;
			Goods::<T>::insert(id, (&seller, &buyer, goods));
			Self::send(Note::Offered { id, seller, buyer, price })
		}

		/// Pays the price of what is offered on the other chain.
		#[pallet::call_index(1)]
		#[pallet::weight(super::DISPATCH_WEIGHT)]
		pub fn accept(origin: OriginFor<T>, id: H256) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let (seller, buyer, price) = Offers::<T>::take(id).ok_or(Error::<T>::NoOffer)?;
			ensure!(who == buyer, Error::<T>::NotTheBuyer);
			T::Currency::transfer(&buyer, &seller, price, Preservation::Preserve)?;
			Self::send(Note::Paid { id })
		}
	}

	impl<T: Config> Pallet<T> {
		fn send(note: NoteOf<T>) -> DispatchResult {
			let message = T::Bridge::validate_message(lane(), &note);
			T::Bridge::send_message(message.map_err(|_| Error::<T>::NotSent)?);
			Ok(())
		}

		/// What a message from the other chain does.
		pub(super) fn receive(note: NoteOf<T>) -> DispatchResult {
			match note {
				Note::Offered { id, seller, buyer, price } => {
					Offers::<T>::insert(id, (seller, buyer, price));
				},
				Note::Paid { id } => {
					let (seller, buyer, goods) = Goods::<T>::take(id).ok_or(Error::<T>::NoGoods)?;
					T::Currency::transfer_on_hold(
						&HoldReason::Offered.into(),
						&seller,
						&buyer,
						goods,
						Precision::Exact,
						Restriction::Free,
						Fortitude::Force,
					)?;
				},
			}
			Ok(())
		}
	}
}

impl<T: Config> MessageDispatch for Pallet<T> {
	type DispatchPayload = NoteOf<T>;
	type DispatchLevelResult = ();
	type LaneId = HashedLaneId;

	fn is_active(_: HashedLaneId) -> bool {
		true
	}

	fn dispatch_weight(_: &mut DispatchMessage<NoteOf<T>, HashedLaneId>) -> Weight {
		DISPATCH_WEIGHT
	}

	fn dispatch(message: DispatchMessage<NoteOf<T>, HashedLaneId>) -> MessageDispatchResult<()> {
		let note = message.data.payload.expect("the two chains speak the same language; qed");
		Self::receive(note).expect("an offer is paid once; qed");
		MessageDispatchResult { unspent_weight: Weight::zero(), dispatch_level_result: () }
	}
}
