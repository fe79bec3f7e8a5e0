//! When a session ends, and who validates in the next one.

use alloc::vec::Vec;
use pallet_session::{QueuedChanged, SessionManager, ShouldEndSession};
use sp_staking::SessionIndex;

use crate::{validators::Planned, AccountId, BlockNumber, Runtime, Session, Validators, MINUTES};

/// Most blocks in a session. Long: the block that ends one has no room for transactions.
pub const SESSION_PERIOD: BlockNumber = 10 * MINUTES;
/// The validator set is renewed, unchanged, with this block; the GRANDPA set id is 1 after it.
pub const RENEWAL: BlockNumber = 2;
/// The session that starts with the block [`RENEWAL`].
const RENEWED_SESSION: SessionIndex = 2;

/// Sessions that end early when the validators change.
///
/// It takes pallet-session two sessions to put validators into office: one ends with the block
/// after root has named them, which plans the change, and the next one a block later. Validators
/// that change their keys are seen at the end of a session, and the change is planned then.
/// GRANDPA's set changes with nothing else.
///
/// But the validators of the genesis are renewed once: nodes prove finality from their list of past
/// GRANDPA authority sets, and on a chain whose set has never been replaced,
/// `grandpa_proveFinality` answers every request with an error.
pub struct Sessions;

impl SessionManager<AccountId> for Sessions {
	fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
		let renewed = || (index == RENEWED_SESSION).then(Session::validators);
		Validators::new_session(index).or_else(renewed)
	}

	fn start_session(_: SessionIndex) {}

	fn end_session(_: SessionIndex) {}
}

impl ShouldEndSession<BlockNumber> for Sessions {
	fn should_end_session(now: BlockNumber) -> bool {
		let changes = || Planned::<Runtime>::exists() || QueuedChanged::<Runtime>::get();
		now <= RENEWAL || now.is_multiple_of(SESSION_PERIOD) || changes()
	}
}

#[cfg(test)]
pub(crate) mod testing {
	use super::*;
	use crate::{Grandpa, Hash, Header, RuntimeOrigin, SessionKeys, System};
	use codec::Encode;
	use frame_support::{
		assert_ok,
		traits::{OnFinalize, OnInitialize},
	};
	use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator, sr25519, Pair};
	use sp_keyring::Sr25519Keyring;

	/// Runs sessions and GRANDPA through block `number`.
	pub(crate) fn run_block(number: BlockNumber) -> Header {
		System::initialize(&number, &Hash::default(), &Default::default());
		Session::on_initialize(number);
		Grandpa::on_finalize(number);
		System::finalize()
	}

	/// The session keys that a node derives from `secret`, and the proof that `owner` has them.
	pub(crate) fn session_keys(secret: &str, owner: &AccountId) -> (SessionKeys, Vec<u8>) {
		let mut aura = sr25519::Pair::from_string(secret, None).unwrap();
		let mut grandpa = ed25519::Pair::from_string(secret, None).unwrap();
		let keys = SessionKeys { aura: aura.public().into(), grandpa: grandpa.public().into() };
		let owner = owner.encode();
		let proof = (
			aura.generate_proof_of_possession(&owner),
			grandpa.generate_proof_of_possession(&owner),
		);
		(keys, proof.encode())
	}

	/// Registers the session keys that nodes derive from the accounts' own secrets.
	pub(crate) fn register(accounts: &[Sr25519Keyring]) {
		for account in accounts {
			let id = account.to_account_id();
			let (keys, proof) = session_keys(&account.to_seed(), &id);
			assert_ok!(Session::set_keys(RuntimeOrigin::signed(id), keys, proof));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{
		testing::{register, run_block, session_keys},
		*,
	};
	use crate::{genesis::genesis_state, Grandpa, Header, RuntimeOrigin};
	use frame_support::{assert_noop, assert_ok};
	use sp_consensus_aura::{sr25519::AuthorityId as AuraId, AURA_ENGINE_ID};
	use sp_consensus_grandpa::{
		AuthorityId as GrandpaId, ConsensusLog, ScheduledChange, SetId, GRANDPA_ENGINE_ID,
	};
	use sp_keyring::Sr25519Keyring::{self, Bob, Charlie, Dave};
	use sp_runtime::ConsensusEngineId;

	type Change = ConsensusLog<BlockNumber>;
	type AuraChange = sp_consensus_aura::ConsensusLog<AuraId>;

	fn logs_in<Log: codec::Decode>(header: &Header, engine: ConsensusEngineId) -> Vec<Log> {
		let logs = header.digest.logs().iter().filter_map(|log| log.as_consensus());
		logs.filter(|(of, _)| *of == engine)
			.map(|(_, log)| codec::Decode::decode(&mut &log[..]).unwrap())
			.collect()
	}

	/// The GRANDPA changes that a header announces.
	fn changes_in(header: &Header) -> Vec<Change> {
		logs_in(header, GRANDPA_ENGINE_ID)
	}

	/// The lists of authors that a header announces.
	fn authors_in(header: &Header) -> Vec<Vec<AuraId>> {
		let authors = |log| match log {
			AuraChange::AuthoritiesChange(authors) => Some(authors),
			AuraChange::OnDisabled(_) => None,
		};
		logs_in(header, AURA_ENGINE_ID).into_iter().filter_map(authors).collect()
	}

	/// What changes from a block on in which `authorities` come into office.
	fn change_to(authorities: impl IntoIterator<Item = GrandpaId>) -> Change {
		let next_authorities = authorities.into_iter().map(|authority| (authority, 1)).collect();
		Change::ScheduledChange(ScheduledChange { next_authorities, delay: 0 })
	}

	fn set_id() -> SetId {
		pallet_grandpa::CurrentSetId::<Runtime>::get()
	}

	fn run_blocks(numbers: impl IntoIterator<Item = BlockNumber>) -> Vec<Header> {
		numbers.into_iter().map(run_block).collect()
	}

	fn name(accounts: &[Sr25519Keyring]) {
		let validators = accounts.iter().map(|account| account.to_account_id()).collect();
		assert_ok!(Validators::set_validators(RuntimeOrigin::root(), validators));
	}

	/// The session keys of accounts, in the order in which they validate: by account.
	fn keys_of(accounts: &[Sr25519Keyring]) -> (Vec<AuraId>, Vec<GrandpaId>) {
		let mut accounts = accounts.to_vec();
		accounts.sort_by_key(|account| account.to_account_id());
		let keys = accounts
			.iter()
			.map(|account| session_keys(&account.to_seed(), &account.to_account_id()).0);
		keys.map(|keys| (keys.aura, keys.grandpa)).unzip()
	}

	#[test]
	fn the_set_is_renewed_once_and_never_changes_by_itself() {
		genesis_state("alpha").execute_with(|| {
			let validators = Session::validators();
			let authorities = Grandpa::grandpa_authorities();
			assert_eq!(set_id(), 0);
			for number in 1..=3 * SESSION_PERIOD {
				let changes = changes_in(&run_block(number));
				let renewed = authorities.iter().map(|(authority, _)| authority.clone());
				let expected = (number == RENEWAL).then(|| change_to(renewed));
				assert_eq!(changes, Vec::from_iter(expected), "block {number}");
				assert_eq!(set_id(), SetId::from(number >= RENEWAL));
			}
			assert_eq!(Session::current_index(), RENEWED_SESSION + 3);
			assert_eq!(Session::validators(), validators);
			assert_eq!(Grandpa::grandpa_authorities(), authorities);
		});
	}

	#[test]
	fn named_validators_author_and_finalize_two_blocks_later() {
		genesis_state("alpha").execute_with(|| {
			run_blocks(1..=9);
			let all = [Bob, Charlie, Dave];
			register(&all);
			assert!(run_blocks(10..=12).iter().all(|header| header.digest.logs().is_empty()));
			name(&all);

			let (aura, grandpa) = keys_of(&all);
			let headers = run_blocks(13..=20);
			assert_eq!(changes_in(&headers[0]), []);
			assert_eq!(changes_in(&headers[1]), [change_to(grandpa.clone())]);
			assert_eq!(authors_in(&headers[1]), [&aura[..]]);
			let unchanged = headers.iter().skip(2).chain([&headers[0]]);
			assert!(unchanged.into_iter().all(|header| header.digest.logs().is_empty()));

			assert_eq!(set_id(), 2);
			assert_eq!(pallet_aura::Authorities::<Runtime>::get().into_inner(), aura);
			let authorities = Grandpa::grandpa_authorities().into_iter();
			assert_eq!(authorities.map(|(authority, _)| authority).collect::<Vec<_>>(), grandpa);
			assert_eq!(Session::current_index(), RENEWED_SESSION + 2);
		});
	}

	#[test]
	fn changes_in_successive_blocks_all_take_effect() {
		genesis_state("alpha").execute_with(|| {
			run_blocks(1..=4);
			register(&[Bob, Charlie]);
			name(&[Bob]);
			assert_eq!(changes_in(&run_block(5)), []);
			name(&[Bob, Charlie]);
			assert_eq!(changes_in(&run_block(6)), [change_to(keys_of(&[Bob]).1)]);
			name(&[Charlie]);
			assert_eq!(changes_in(&run_block(7)), [change_to(keys_of(&[Bob, Charlie]).1)]);
			assert_eq!(changes_in(&run_block(8)), [change_to(keys_of(&[Charlie]).1)]);
			assert!(run_blocks(9..=12).iter().all(|header| changes_in(header).is_empty()));
			assert_eq!(set_id(), 4);
		});
	}

	#[test]
	fn validators_named_in_the_first_block_follow_the_renewed_ones() {
		genesis_state("alpha").execute_with(|| {
			run_block(1);
			register(&[Bob]);
			name(&[Bob]);
			let changes = run_blocks(2..=4).iter().flat_map(changes_in).collect::<Vec<_>>();
			assert_eq!(changes.len(), 2);
			assert_eq!(changes[1], change_to(keys_of(&[Bob]).1));
			assert_eq!(set_id(), 2);
		});
	}

	#[test]
	fn changed_keys_of_a_validator_count_after_the_session() {
		genesis_state("alpha").execute_with(|| {
			run_blocks(1..=3);
			let [validator] = Session::validators().try_into().unwrap();
			let (keys, proof) = session_keys("//Other", &validator);
			let grandpa = keys.grandpa.clone();
			assert_ok!(Session::set_keys(RuntimeOrigin::signed(validator), keys, proof));
			let headers = run_blocks(4..=SESSION_PERIOD + 5);
			let changes =
				|header: &Header| (!changes_in(header).is_empty()).then_some(header.number);
			let changed: Vec<_> = headers.iter().filter_map(changes).collect();
			assert_eq!(changed, [SESSION_PERIOD + 1]);
			assert_eq!(Grandpa::grandpa_authorities(), [(grandpa, 1)]);
			assert_eq!(set_id(), 2);
		});
	}

	#[test]
	fn session_keys_need_the_proof_that_they_are_the_accounts_own() {
		genesis_state("alpha").execute_with(|| {
			let [bob, charlie] = [Bob, Charlie].map(|account| account.to_account_id());
			let (keys, proof) = session_keys("//Bob", &charlie);
			let call = |proof| Session::set_keys(RuntimeOrigin::signed(bob), keys, proof);
			assert_noop!(call.clone()(Vec::new()), pallet_session::Error::<Runtime>::InvalidProof);
			assert_noop!(call(proof), pallet_session::Error::<Runtime>::InvalidProof);
		});
	}
}
