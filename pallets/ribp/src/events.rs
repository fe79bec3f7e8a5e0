//! What the pallet tells its users.

use frame_support::pallet_macros::pallet_section;

/// The pallet's events; the `pallet` module takes them in.
#[pallet_section]
mod happenings {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Another chain is known from now on.
		SystemRegistered {
			/// Its genesis hash.
			system: SystemId,
		},
		/// More of another chain's finalized history is believed.
		ViewAdvanced {
			/// Whose.
			system: SystemId,
			/// Height up to which, on that chain.
			number: Height,
		},
		/// Another chain has handed finality over to other authorities.
		AuthoritiesChanged {
			/// Whose.
			system: SystemId,
			/// Id of the new authority set.
			set_id: u64,
			/// Height of the block that announced it, on that chain.
			number: Height,
		},
		/// Another chain's history is proven far ahead of what is known: it is believed when the
		/// missed hashes have come.
		CatchingUp {
			/// Whose.
			system: SystemId,
			/// Height up to which the history is known.
			from: Height,
			/// Height up to which it is proven.
			to: Height,
		},
		/// A piece of what was missed has come.
		MissedHashesTaken {
			/// Whose.
			system: SystemId,
			/// Height from which on nothing is missed.
			from: Height,
		},
		/// What was proven far ahead does not build upon the known history: it is dropped.
		ForkRefused {
			/// Whose.
			system: SystemId,
			/// Height up to which it was proven.
			number: Height,
		},
		/// A contract was registered, and its value reserved.
		Registered {
			/// The contract.
			id: ContractId,
			/// Who pays.
			who: T::AccountId,
			/// What was agreed.
			contract: Contract,
		},
		/// A log was committed: the value is with the receiver, and locked.
		Committed {
			/// The contract.
			id: ContractId,
			/// The log's position.
			at: Height,
		},
		/// A contract ended: the log stands, and the receiver may use the value.
		Settled {
			/// The contract.
			id: ContractId,
		},
		/// A contract ended: the log was undone, and the value is with the payer again.
		Reversed {
			/// The contract.
			id: ContractId,
		},
		/// A contract ended: the log was never committed, and the payer may use the value.
		Expired {
			/// The contract.
			id: ContractId,
		},
		/// A contract ended: the log was not committed, and its payer took the value back.
		Cancelled {
			/// The contract.
			id: ContractId,
		},
		/// A contract ends as it was told to, not by evidence.
		ForceResolved {
			/// The contract.
			id: ContractId,
			/// What becomes of its log, if that is committed.
			resolution: Resolution,
		},
		/// A contract that has ended is forgotten: its positions and its log are free, and so is the
		/// deposit.
		Forgotten {
			/// The contract.
			id: ContractId,
		},
		/// There is no business with another chain from now on.
		SystemPaused {
			/// Its genesis hash.
			system: SystemId,
		},
		/// There is business with another chain again.
		SystemResumed {
			/// Its genesis hash.
			system: SystemId,
		},
		/// Another chain is believed from a new trust anchor on.
		SystemRenewed {
			/// Its genesis hash.
			system: SystemId,
			/// The anchor's height, on that chain.
			number: Height,
		},
		/// Two histories of another chain are final: no contract with it moves until one is chosen.
		/// Once more if they are found to part lower, or the other one is shown further down.
		Forked {
			/// Whose.
			system: SystemId,
			/// The lowest height, on that chain, at which they are known to differ.
			at: Height,
			/// Their headers' hashes there, the lower one first.
			branches: [Branch; 2],
		},
		/// What another chain has counted of a fork is taken into account.
		TallyTaken {
			/// The chain that has forked.
			system: SystemId,
			/// The chain that has counted.
			witness: SystemId,
			/// The branch that it follows.
			branch: Branch,
			/// Its contracts that rely on that branch.
			contracts: u64,
		},
		/// A fork is decided: one branch is the system from now on, the other is refused.
		BranchChosen {
			/// Whose.
			system: SystemId,
			/// Height at which they part, on that chain.
			at: Height,
			/// The one.
			surviving: Branch,
			/// The other.
			refused: Branch,
		},
		/// This chain had followed the branch that is refused: it follows the surviving one.
		BranchAdopted {
			/// Whose.
			system: SystemId,
			/// Height up to which it is known, on that chain.
			number: Height,
		},
		/// From now on expiries of contracts with another chain must be no nearer than this.
		ConditionsSet {
			/// Which.
			system: SystemId,
			/// The nearest expiries.
			least: LeastExpiry,
		},
		/// Another chain is believed under this policy from a height on.
		PolicySet {
			/// Which.
			system: SystemId,
			/// The policy.
			policy: Policy,
			/// Own height from which on it is in force.
			since: Height,
		},
		/// Evidence moves a contract, and the value could not follow: it waits on, unchanged.
		NotMoved {
			/// The contract.
			id: ContractId,
			/// What the token's pallet says.
			error: DispatchError,
		},
	}
}
