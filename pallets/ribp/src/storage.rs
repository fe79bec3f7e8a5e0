//! What the pallet stores.

use frame_support::pallet_macros::pallet_section;

/// The pallet's storage; the `pallet` module takes it in.
#[pallet_section]
mod items {
	/// The hashes of this chain's blocks up to the parent of the current one. The header states its
	/// root.
	#[pallet::storage]
	pub type OwnHistory<T> = StorageValue<_, History>;

	/// The roots of its larger subtrees, by the height of the history's first block: those of the
	/// level [`STORED_LEVEL`] and above.
	#[pallet::storage]
	pub type HistoryNodes<T> =
		StorageDoubleMap<_, Twox64Concat, Height, Twox64Concat, Subtree, H256>;

	/// The height from which on every contract is in the state. The header states it, too.
	#[pallet::storage]
	pub type CompleteFrom<T> = StorageValue<_, Height, ValueQuery>;

	/// The known chains.
	#[pallet::storage]
	pub type Systems<T> = StorageMap<_, Identity, SystemId, System>;

	/// The authority sets before the present one, by system and set id, as long as they have a say.
	#[pallet::storage]
	pub type PastSets<T> = StorageDoubleMap<_, Identity, SystemId, Twox64Concat, u64, PastSet>;

	/// Heads of each system that are remembered: the older, the fewer.
	#[pallet::storage]
	pub type Marks<T> = StorageDoubleMap<_, Identity, SystemId, Twox64Concat, MarkSlot, Mark>;

	/// The legs of contracts, by peer, the epoch in which they expire here, and the contract's hash.
	///
	/// Other chains read them by storage proof.
	#[pallet::storage]
	pub type Legs<T: Config> = StorageNMap<
		_,
		(NMapKey<Identity, SystemId>, NMapKey<Identity, Epoch>, NMapKey<Identity, H256>),
		EntryOf<T>,
	>;

	/// What is said of all contracts with a chain, and kept for that. It stays when the chain is removed.
	///
	/// Other chains read it by storage proof.
	#[pallet::storage]
	pub type Corridors<T> = StorageMap<_, Identity, SystemId, Lane, ValueQuery>;

	/// How many legs have not ended, by peer and the epoch in which the other leg expires there.
	#[pallet::storage]
	pub type OpenLegs<T> =
		StorageDoubleMap<_, Identity, SystemId, Identity, Epoch, u32, ValueQuery>;

	/// How many legs have not ended, by peer and the epoch in which they expire here: where there are none, legs
	/// are swept unread.
	#[pallet::storage]
	pub type OpenHere<T> =
		StorageDoubleMap<_, Identity, SystemId, Identity, Epoch, u32, ValueQuery>;

	/// The system whose legs were swept last: the next one has its turn in the next block.
	#[pallet::storage]
	pub type LastSwept<T> = StorageValue<_, SystemId>;

	/// How root wants contracts to end whose peer has died, or has forgotten them.
	#[pallet::storage]
	pub type Resolutions<T> =
		StorageDoubleMap<_, Identity, SystemId, Identity, ContractId, Announcement>;

	/// The conditions under which exchanges with a chain are safe, and what follows from them.
	#[pallet::storage]
	pub type SafetyOf<T> = StorageMap<_, Identity, SystemId, Safety>;

	/// What could not move when its contract ended, by contract and place among the items of its log. It
	/// stays until it is claimed.
	#[pallet::storage]
	pub type Owed<T: Config> =
		StorageDoubleMap<_, Identity, ContractId, Twox64Concat, u32, DebtOf<T>>;

	/// By how much the pallet's account was endowed, to stay alive.
	#[pallet::storage]
	pub type Endowment<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

	/// Forks about which nothing is decided yet.
	#[pallet::storage]
	pub type Forks<T> = StorageMap<_, Identity, SystemId, OpenFork>;

	/// The encoded [`Proven`] of each open branch, by its tip: with it anybody can prove the branch to
	/// who follows another one.
	#[pallet::storage]
	pub type BranchProofs<T: Config> =
		StorageDoubleMap<_, Identity, SystemId, Identity, H256, BoundedVec<u8, T::MaxEvidenceSize>>;

	/// Of each open branch that can be followed, by its tip, what that takes.
	#[pallet::storage]
	pub type BranchEnds<T> = StorageDoubleMap<_, Identity, SystemId, Identity, H256, BranchEnd>;

	/// What this chain has counted of each open fork.
	///
	/// Other chains read it by storage proof.
	#[pallet::storage]
	pub type Tallies<T> = StorageMap<_, Identity, SystemId, Tally>;

	/// The open fork that was looked at last: the next one has its turn in the next block.
	#[pallet::storage]
	pub type LastTended<T> = StorageValue<_, SystemId>;

	/// What other chains have said of an open fork: by forked system and witness.
	#[pallet::storage]
	pub type Testimonies<T> =
		StorageDoubleMap<_, Identity, SystemId, Identity, SystemId, Testimony>;

	/// Each system's branches that have lost, oldest first.
	#[pallet::storage]
	pub type RefusedBranches<T> = StorageMap<
		_,
		Identity,
		SystemId,
		BoundedVec<Branch, ConstU32<{ chains::forks::MAX_REFUSED }>>,
		ValueQuery,
	>;

	/// How many pieces of what was proven of a system were handed to the nodes, which keep the last
	/// ones.
	#[pallet::storage]
	pub type KeptPieces<T> = StorageMap<_, Identity, SystemId, u32, ValueQuery>;
}
