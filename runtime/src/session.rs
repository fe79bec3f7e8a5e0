//! Sessions of a fixed validator set.

use alloc::vec::Vec;
use pallet_session::{SessionManager, ShouldEndSession};
use sp_staking::SessionIndex;

use crate::{AccountId, BlockNumber, Session, MINUTES};

/// Blocks in a session, but for the first ones.
pub const SESSION_PERIOD: BlockNumber = 10 * MINUTES;
/// The validator set is renewed, unchanged, with this block; the GRANDPA set id is 1 after it.
pub const RENEWAL: BlockNumber = 2;
/// The session that starts with the block [`RENEWAL`].
const RENEWED_SESSION: SessionIndex = 2;

/// The validators of the genesis, renewed once and never again.
///
/// Nodes prove finality from their list of past GRANDPA authority sets: on a chain whose set has
/// never been replaced, `grandpa_proveFinality` answers every request with an error. So the first
/// two sessions last one block each, which is the time that pallet-session takes to put planned
/// validators into office.
pub struct FixedValidators;

impl SessionManager<AccountId> for FixedValidators {
	fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
		(index == RENEWED_SESSION).then(Session::validators)
	}

	fn start_session(_: SessionIndex) {}

	fn end_session(_: SessionIndex) {}
}

impl ShouldEndSession<BlockNumber> for FixedValidators {
	fn should_end_session(now: BlockNumber) -> bool {
		now <= RENEWAL || now.is_multiple_of(SESSION_PERIOD)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{genesis::genesis_state, Grandpa, Hash, Header, Runtime, System};
	use frame_support::traits::{OnFinalize, OnInitialize};
	use sp_consensus_grandpa::{ConsensusLog, ScheduledChange, SetId, GRANDPA_ENGINE_ID};
	use sp_runtime::DigestItem;

	type Change = ConsensusLog<BlockNumber>;

	/// Runs sessions and GRANDPA through block `number`.
	fn run_block(number: BlockNumber) -> Header {
		System::initialize(&number, &Hash::default(), &Default::default());
		Session::on_initialize(number);
		Grandpa::on_finalize(number);
		System::finalize()
	}

	fn changes_in(header: &Header) -> Vec<Change> {
		let logs = header.digest.logs().iter();
		logs.filter_map(DigestItem::as_consensus)
			.filter(|(engine, _)| *engine == GRANDPA_ENGINE_ID)
			.map(|(_, log)| codec::Decode::decode(&mut &log[..]).unwrap())
			.collect()
	}

	fn set_id() -> SetId {
		pallet_grandpa::CurrentSetId::<Runtime>::get()
	}

	#[test]
	fn the_set_is_renewed_once_and_never_changes() {
		genesis_state("alpha").execute_with(|| {
			let validators = Session::validators();
			let authorities = Grandpa::grandpa_authorities();
			assert_eq!(set_id(), 0);
			for number in 1..=3 * SESSION_PERIOD {
				let changes = changes_in(&run_block(number));
				let expected = (number == RENEWAL).then(|| {
					let next_authorities = authorities.clone();
					Change::ScheduledChange(ScheduledChange { next_authorities, delay: 0 })
				});
				assert_eq!(changes, Vec::from_iter(expected), "block {number}");
				assert_eq!(set_id(), SetId::from(number >= RENEWAL));
			}
			assert_eq!(Session::current_index(), RENEWED_SESSION + 3);
			assert_eq!(Session::validators(), validators);
			assert_eq!(Grandpa::grandpa_authorities(), authorities);
		});
	}
}
