//! What can be asked of the pallet: each call, and what it refuses. The work is in the other rooms.

use frame_support::pallet_macros::pallet_section;

/// The pallet's calls; the `pallet` module takes them in.
#[pallet_section]
mod dispatchables {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes another chain known.
		///
		/// `anchor` is trusted as it stands: take it from a node of that chain which you run or
		/// trust, from its runtime API `RibpApi_trust_anchor`.
		///
		/// Refuses the own system, a known one, invalid authorities, a header that does not state this
		/// system and this history, and one that is older than the policy trusts.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_system(anchor.authorities.len() as u32))]
		pub fn register_system(
			origin: OriginFor<T>,
			system: SystemId,
			anchor: TrustAnchor,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::register_system::<T>(system, anchor)
		}

		/// Registers this chain's leg of a contract and takes from its payer what its log spends.
		///
		/// `log` is the preimage of the leg's; the signer must be its payer. The other party registers the
		/// same contract on the peer. With [`Commit::Now`] the leg is firm at once: only what becomes
		/// of the other one ends it, so be sure that it is registered there, and final.
		///
		/// Refuses an unknown, own, paused or closing system, a contract that is registered already, a log that is not
		/// the leg's, expiries that are too near, too far or too far apart, a notice that is too short, a payer
		/// without the value, the fee or the rent, a full list, and what the
		/// kinds of the items or [`Config::Admit`] refuse.
		#[pallet::call_index(1)]
		#[pallet::weight(cost::register::<T>(&log.action))]
		pub fn register(
			origin: OriginFor<T>,
			contract: Contract,
			log: Log<ActionOf<T>>,
			commit: Commit,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(&who, vec![Registration { contract, log, commit }])
		}

		/// Proves another chain's finalized state, and moves every named contract by it.
		///
		/// Anybody may submit it, and pays nothing if it is of use. The header must be linked with what is
		/// known, and the proof must show exactly the peer's legs of the contracts, and what it says of
		/// all contracts with this chain.
		///
		/// Evidence that names no contract advances the view, by `ViewStep` at least, or follows a
		/// change of authorities: it needs no proof, and a block whose state has been pruned will do. Or it
		/// proves what the peer says of all contracts, where there are legs that are to be swept by that.
		///
		/// Refuses evidence of which any part is forged, superfluous or useless, as a whole; so it
		/// does if a named contract has ended, or its system paused, and if `work` is not what it takes to
		/// move the value of the named contracts ([`Kind::work`]). Waiting ones that cannot commit
		/// any more are passed over if others move; and so are, in a message that the pool has taken,
		/// those that others have moved since. Value that cannot move is owed ([`Call::claim`]).
		#[pallet::call_index(2)]
		#[pallet::weight(cost::Parts::of(evidence, contracts, *work).weight::<T>())]
		#[pallet::authorize(|source, system, evidence, contracts, work| {
			Pallet::<T>::authorize_evidence(source, *system, evidence, contracts, *work)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn submit_evidence(
			origin: OriginFor<T>,
			system: SystemId,
			evidence: Evidence,
			contracts: Vec<ContractId>,
			work: u32,
		) -> DispatchResultWithPostInfo {
			let asker = Self::asker(origin)?;
			Self::do_submit_evidence(system, evidence, contracts, work, asker)?;
			Ok(Pays::No.into())
		}

		/// Says that the payer of a registered contract that is not committed wants the value back.
		///
		/// The leg ends when its notice is over, or its expiry has passed ([`Call::conclude`]); until then it
		/// still commits, if the other party has answered. The notice does not run while nothing is heard
		/// of the peer, or there is no business with it.
		///
		/// Refuses anybody but the payer, an unknown contract, and one that is committed, is being
		/// cancelled or has ended.
		#[pallet::call_index(3)]
		#[pallet::weight(cost::cancel::<T>())]
		pub fn cancel(origin: OriginFor<T>, peer: SystemId, id: ContractId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(who, peer, id)
		}

		/// Ends contracts by time alone: those that have expired, whose notice is over, or whose verdict is
		/// due.
		///
		/// Anybody may submit it, and pays nothing.
		///
		/// Refuses it as a whole if any of them is unknown or does not end, or if `work` is not what it takes to
		/// move their value. In a message that the pool has taken, those that others have ended since are
		/// passed over.
		#[pallet::call_index(18)]
		#[pallet::weight(cost::conclude::<T>(contracts, *work))]
		#[pallet::authorize(|source, peer, contracts, work| {
			Pallet::<T>::authorize(source, ("ribp-end", contracts), || {
				let asker = evidence::Asker::Pool;
				let (pair, record) = Pallet::<T>::known_pair(*peer)?;
				Pallet::<T>::judge_conclusion(pair, &record, contracts, *work, asker)?;
				Ok(pool::by_work::<T>((*work).max(contracts.len() as u32)))
			})
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn conclude(
			origin: OriginFor<T>,
			peer: SystemId,
			contracts: Vec<ContractId>,
			work: u32,
		) -> DispatchResultWithPostInfo {
			let asker = Self::asker(origin)?;
			Self::do_conclude(peer, &contracts, work, asker)?;
			Ok(Pays::No.into())
		}

		/// Ends a contract, or forgets an ended one, without evidence: the peer has died. The first call
		/// announces it, and the same one again, `PolicyDelay` blocks later, does it.
		///
		/// So it ends one that the peer has forgotten while it lives, as evidence has shown
		/// ([`Event::Forgotten`]). The delay runs as notices do: all that time, anybody may show by an older
		/// block what became of the other leg.
		///
		/// The promise is in the caller's hands: nothing makes the peer, should it live, end its
		/// half in the same way. A leg that is not committed only frees its value.
		///
		/// Refuses, save for what is forgotten, a system that is not paused, or of which something was heard
		/// within `Silence` blocks; an unknown contract; to forget one that has not ended, or before the epoch
		/// is over in which it expires. Refuses what is forgotten while there is no business.
		#[pallet::call_index(4)]
		#[pallet::weight(cost::force_resolve::<T>())]
		pub fn force_resolve(
			origin: OriginFor<T>,
			peer: SystemId,
			id: ContractId,
			resolution: Resolution,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_force_resolve(peer, id, resolution)
		}

		/// Believes a known chain from a new trust anchor on, and forgets its older history.
		///
		/// For a chain that can no longer be followed: it has changed its authorities by force, or
		/// trust in what is known of it has expired. The anchor may lie below what was known, where
		/// keys that were stolen have led too far. Waiting contracts are judged by what follows.
		///
		/// Refuses an unknown system, and an anchor that [`Call::register_system`] refuses.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::renew_system(
			anchor.authorities.len() as u32,
			T::MaxChanges::get(),
		))]
		pub fn renew_system(
			origin: OriginFor<T>,
			system: SystemId,
			anchor: TrustAnchor,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::renew_system::<T>(system, anchor)
		}

		/// Stops the business with another chain: no contract with it is registered, and none is
		/// moved by its evidence. Contracts are cancelled and expire as before, and its view can
		/// be brought up. While a fork is open, it says that nothing begins again by itself once one
		/// branch is chosen.
		///
		/// Refuses an unknown system and a paused one.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::pause())]
		pub fn pause(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::pause::<T>(system)
		}

		/// Takes up the business with another chain again.
		///
		/// Refuses an unknown system and one that is not paused.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::resume::<T>(system)
		}

		/// Ends the business with another chain in good order: no contract with it is registered any more, and
		/// those that are there go on, until the last one is swept ([`Call::remove_system`]). The peer does not
		/// know of it: what is registered there alone expires.
		///
		/// Refuses an unknown system and one that is closing.
		// It reads and writes less than `pause`.
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::pause())]
		pub fn close(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::close::<T>(system)
		}

		/// Registers contracts with a chain again that is closing.
		///
		/// Refuses an unknown system and one that is not closing.
		// It reads and writes less than `resume`.
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn reopen(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::reopen::<T>(system)
		}

		/// Chooses the branch that a forked chain is from now on: the one with this tip or, if none is
		/// named, the one that is followed. The others are refused, and nothing moves for `Exposure`
		/// blocks.
		///
		/// Refuses a system that is not forked, a branch that is not open, one that cannot be followed
		/// from its tip on ([`Call::renew_system`] leads there), and one that is older than is trusted.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::choose_branch())]
		pub fn choose_branch(
			origin: OriginFor<T>,
			system: SystemId,
			branch: Option<H256>,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::forks::choose_branch::<T>(system, branch)
		}

		/// Proves that another chain has finalized one more history than those that are known. All
		/// business with it stops, until root has chosen one ([`Call::choose_branch`]).
		///
		/// Anybody may submit it, and pays nothing.
		///
		/// Refuses an unknown system, a header that differs from the followed branch nowhere or is of
		/// one that is open or refused, authorities that are not known or have retired, more branches
		/// than are kept open, and a report any part of which is forged, superfluous or too large.
		#[pallet::call_index(9)]
		#[pallet::weight(cost::report_fork::<T>(report))]
		#[pallet::authorize(|source, system, report| {
			chains::forks::authorize_report::<T>(source, *system, report)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn report_fork(
			origin: OriginFor<T>,
			system: SystemId,
			report: ForkReport,
		) -> DispatchResultWithPostInfo {
			Self::asker(origin)?;
			chains::forks::report_fork::<T>(system, &report)?;
			Ok(Pays::No.into())
		}

		/// Forgets another chain.
		///
		/// Refuses an unknown system, and one with which there are contracts that are not swept.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::remove_system())]
		pub fn remove_system(origin: OriginFor<T>, system: SystemId) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::systems::remove_system::<T>(system)
		}

		/// Takes from authorities that were once in charge of another chain what they still have to say
		/// about its forks: their keys have leaked.
		///
		/// Refuses an unknown system, and a set that is not a past one.
		// It reads and writes less than `set_conditions`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::set_conditions())]
		pub fn disown(origin: OriginFor<T>, system: SystemId, set_id: u64) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			chains::forks::disown::<T>(system, set_id)
		}

		/// Says under which conditions exchanges with another chain are safe: contracts whose expiries
		/// are nearer than [`Conditions::least_expiry`] are refused from now on. None takes that back.
		///
		/// Refuses an unknown system, conditions under which no expiry is safe, and those under which
		/// it is farther away than `MaxExpiry`, or a fork is not exposed within `Exposure`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::set_conditions())]
		pub fn set_conditions(
			origin: OriginFor<T>,
			system: SystemId,
			conditions: Option<Conditions>,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_set_conditions(system, conditions)
		}

		/// Proves what another chain, the witness, has counted of an open fork, and which branch it
		/// follows: the one with the tip that it `backs` or, if none is named, the one that is followed
		/// here. `path` leads from the lower of the tally's head and that tip to the root that the higher
		/// one states.
		///
		/// Anybody may submit it, and pays nothing.
		///
		/// Refuses everything where root decides, and what comes later than in the first half of the
		/// grace; a witness with which there is no business, that is not trusted any more or was made
		/// known too short a time before the fork; a system without an open fork, and a branch that is
		/// not open; evidence of another block than the newest; and a tally that is not there, on another
		/// branch, or known.
		#[pallet::call_index(15)]
		#[pallet::weight(cost::report_tally::<T>(evidence, path))]
		#[pallet::authorize(|source, witness, evidence, forked, backs, path| {
			let said = chains::witnesses::Said { forked: *forked, backs: *backs, path };
			let rule = T::ForkChoice::get();
			chains::witnesses::authorize_tally::<T>(source, rule, *witness, evidence, said)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn report_tally(
			origin: OriginFor<T>,
			witness: SystemId,
			evidence: Evidence,
			forked: SystemId,
			backs: Option<H256>,
			path: Vec<H256>,
		) -> DispatchResultWithPostInfo {
			let asker = Self::asker(origin)?;
			let said = chains::witnesses::Said { forked, backs, path: &path };
			let rule = T::ForkChoice::get();
			chains::witnesses::report_tally::<T>(rule, witness, &evidence, said, asker)?;
			Ok(Pays::No.into())
		}

		/// Shows that what a witness has counted stands for no branch: its head is also on the one with
		/// the tip `is_on` or, if none is named, on the one that is followed here. `path` is as in
		/// [`Call::report_tally`].
		///
		/// Anybody may submit it as long as the fork is open, and pays nothing.
		///
		/// Refuses a system without an open fork, a branch that is not open, a witness that has not been
		/// heard, one that counts for nothing already or is said to be on this branch, and a head
		/// that is not on it.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::refute_tally())]
		#[pallet::authorize(|source, witness, forked, is_on, path| {
			let said = chains::witnesses::Said { forked: *forked, backs: *is_on, path };
			chains::witnesses::authorize_refutation::<T>(source, *witness, said)
		})]
		#[pallet::weight_of_authorize(Weight::zero())]
		pub fn refute_tally(
			origin: OriginFor<T>,
			witness: SystemId,
			forked: SystemId,
			is_on: Option<H256>,
			path: Vec<H256>,
		) -> DispatchResultWithPostInfo {
			Self::asker(origin)?;
			let said = chains::witnesses::Said { forked, backs: is_on, path: &path };
			chains::witnesses::refute_tally::<T>(witness, said)?;
			Ok(Pays::No.into())
		}

		/// Pays an item that could not move when its contract ended: the one at this place among those of
		/// the contract's log, to whom it is owed, whoever asks. Who it is owed to may name another account.
		///
		/// Works whatever has become of the peer, and of the business with it.
		///
		/// Refuses what is not owed, another account that somebody else names, one of this pallet, and
		/// what still cannot move ([`Error::ValueCannotMove`]).
		#[pallet::call_index(17)]
		#[pallet::weight(cost::claim::<T>())]
		pub fn claim(
			origin: OriginFor<T>,
			id: ContractId,
			index: u32,
			to: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_claim(who, id, index, to)
		}

		/// Says for how long, and how fast, another chain is believed. What believes no more than the
		/// present policy is in force at once; anything else after `PolicyDelay` blocks. One that is
		/// announced and not in force yet is forgotten.
		///
		/// Refuses an unknown system.
		// It reads what `set_conditions` does, writes as much, and computes far less.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::set_conditions())]
		pub fn set_policy(
			origin: OriginFor<T>,
			system: SystemId,
			policy: Policy,
		) -> DispatchResult {
			T::ManageOrigin::ensure_origin(origin)?;
			Self::do_set_policy(system, policy)
		}

		/// Registers this chain's legs of many contracts, all of the signer's, as [`Call::register`]
		/// does: all of them, or none.
		///
		/// Refuses more than `MaxContracts`, and what `register` refuses.
		#[pallet::call_index(12)]
		#[pallet::weight(cost::register_batch::<T>(registrations))]
		pub fn register_batch(
			origin: OriginFor<T>,
			registrations: Vec<Registration<ActionOf<T>>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let is_few = registrations.len() <= T::MaxContracts::get() as usize;
			ensure!(is_few, Error::<T>::TooManyContracts);
			Self::do_register(&who, registrations)
		}
	}
}
