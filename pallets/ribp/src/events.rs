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
		/// A contract was registered, and its value taken.
		Registered {
			/// The contract.
			id: ContractId,
			/// What was agreed.
			contract: Contract,
			/// Who pays whom, and what.
			action: StoredActionOf<T>,
		},
		/// A log was committed: from now on the peer decides.
		Committed {
			/// The contract.
			id: ContractId,
			/// Own height at which it was.
			at: Height,
			/// Height of the peer's block by which it was; none if it is firm.
			relied: Option<Height>,
		},
		/// A payer wants the value back: the contract ends when the notice is over, or the expiry has passed,
		/// unless it has been answered by then.
		Cancelling {
			/// The contract.
			id: ContractId,
		},
		/// It is proven what becomes of a committed contract, and it will be so when both expiries have
		/// passed.
		VerdictPending {
			/// The contract.
			id: ContractId,
			/// Height of the peer's block that proves it.
			relied: Option<Height>,
		},
		/// The peer has forgotten its leg of a committed contract, or has not kept what it was: only an older
		/// block of it, or root, says how this one ends.
		Forgotten {
			/// The contract.
			id: ContractId,
			/// Height of the peer's block that shows it.
			relied: Option<Height>,
		},
		/// A contract has ended. Its value is the receiver's if it is settled, and else the payer's again,
		/// or owed to them.
		Ended {
			/// The contract.
			id: ContractId,
			/// The parties' own reference.
			reference: H256,
			/// How.
			outcome: Outcome,
			/// Height of the last of the peer's blocks by which it was moved, if by one.
			relied: Option<Height>,
		},
		/// Root wants a contract whose peer has died, or forgotten it, to end like this.
		ResolutionAnnounced {
			/// The contract.
			id: ContractId,
			/// What is to become of its log, if that is committed.
			resolution: Resolution,
			/// Own height from which on it may at the earliest.
			since: Height,
		},
		/// A contract ends as it was told to, not by evidence.
		ForceResolved {
			/// The contract.
			id: ContractId,
			/// What becomes of its log, if that is committed.
			resolution: Resolution,
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
		/// No contract with another chain is registered from now on.
		SystemClosing {
			/// Its genesis hash.
			system: SystemId,
		},
		/// Contracts with another chain are registered again.
		SystemReopened {
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
		/// Another chain is not known any more.
		SystemRemoved {
			/// Its genesis hash.
			system: SystemId,
		},
		/// One more history of another chain is final: no contract with it moves until one is chosen.
		Forked {
			/// Whose.
			system: SystemId,
			/// Height of the other branch's block that is proven, on that chain.
			number: Height,
			/// Its hash, by which the branch goes.
			branch: H256,
			/// Height of the highest block that is known of both; none if that cannot be told.
			common: Option<Height>,
		},
		/// What another chain has counted of a fork is heard, or is shown to count for nothing.
		TallyTaken {
			/// The chain that has forked.
			system: SystemId,
			/// The chain that has counted.
			witness: SystemId,
			/// What it has said.
			testimony: Testimony,
		},
		/// A witness of a fork is shown to be on two branches above the block at which they part: nothing
		/// is decided without root.
		WitnessesDisputed {
			/// The chain that has forked.
			system: SystemId,
		},
		/// A fork is decided: a branch is the system from now on.
		BranchChosen {
			/// Whose.
			system: SystemId,
			/// The hash of the newest block that is known of it.
			branch: H256,
		},
		/// A branch is not the system.
		BranchRefused {
			/// Whose.
			system: SystemId,
			/// Height of its highest block that is known.
			number: Height,
			/// The hash of that block.
			branch: H256,
		},
		/// This chain had followed a branch that is refused: it follows another one.
		BranchAdopted {
			/// Whose.
			system: SystemId,
			/// Height up to which its history is known.
			number: Height,
		},
		/// Authorities that were once in charge of another chain have nothing to say any more.
		AuthoritiesDisowned {
			/// Whose.
			system: SystemId,
			/// Id of their set.
			set_id: u64,
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
		/// A contract has ended, and one of its items cannot move as things are on this chain. It is owed,
		/// until somebody claims it.
		Owed {
			/// The contract.
			id: ContractId,
			/// The item's place among those of the log, from 0 on.
			index: u32,
			/// Whom it is for.
			to: T::AccountId,
			/// What the item's pallet says.
			error: DispatchError,
		},
		/// Nothing of an item is left to be given: who issued it has destroyed it.
		WrittenOff {
			/// The contract.
			id: ContractId,
			/// The item's place among those of the log, from 0 on.
			index: u32,
		},
		/// What was owed of a contract is paid.
		Claimed {
			/// The contract.
			id: ContractId,
			/// The item's place among those of the log, from 0 on.
			index: u32,
			/// Who has got it.
			to: T::AccountId,
		},
	}
}
