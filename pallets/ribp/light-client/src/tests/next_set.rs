use super::{genesis, set, Alice, Bob, Eve, Ferdie, QUORUM, ROUND, SET};
use crate::{
	next_set,
	testing::{
		authority, authority_set, consensus_log, forced_change, header, justify, scheduled_change,
	},
	verify_finality, AuthoritySet, AuthoritySetError, FinalityError, Finalized, Header,
};
use codec::Encode;
use sp_consensus_grandpa::{ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_runtime::DigestItem;

fn announcing(logs: Vec<DigestItem>) -> Header {
	header(1, genesis().hash(), H256::zero(), logs)
}

fn believe(logs: Vec<DigestItem>) -> Result<Finalized, FinalityError> {
	let target = announcing(logs);
	verify_finality(&target, &justify(&target, ROUND, SET, &QUORUM), &set())
}

#[test]
fn a_scheduled_change_is_adopted() {
	let finalized = believe(vec![scheduled_change(&[Eve, Ferdie], 0)]).unwrap();
	assert_eq!(finalized.next_set(), Some(&authority_set(SET + 1, &[Eve, Ferdie])));
}

#[test]
fn the_new_set_finalizes_the_blocks_after_it() {
	let announcement = announcing(vec![scheduled_change(&[Eve], 0)]);
	let next = next_set(&announcement, &set()).unwrap().unwrap();
	let after = crate::testing::child_of(&announcement, H256::zero());
	assert!(verify_finality(&after, &justify(&after, 1, SET + 1, &[Eve]), &next).is_ok());
	assert_eq!(
		verify_finality(&after, &justify(&after, 1, SET, &QUORUM), &next),
		Err(FinalityError::UnknownVoter),
	);
}

#[test]
fn the_new_set_cannot_vouch_for_its_own_announcement() {
	let announcement = announcing(vec![scheduled_change(&[Eve], 0)]);
	assert_eq!(
		verify_finality(&announcement, &justify(&announcement, ROUND, SET + 1, &[Eve]), &set()),
		Err(FinalityError::UnknownVoter),
	);
}

#[test]
fn a_forced_change_is_refused() {
	assert_eq!(believe(vec![forced_change(&[Eve], 0)]), Err(FinalityError::ForcedChange));
}

#[test]
fn a_forced_change_is_refused_behind_a_scheduled_one_too() {
	let logs = vec![scheduled_change(&[Eve], 0), forced_change(&[Eve], 0)];
	assert_eq!(believe(logs), Err(FinalityError::ForcedChange));
}

#[test]
fn a_delayed_change_is_refused() {
	assert_eq!(
		believe(vec![scheduled_change(&[Eve], 2)]),
		Err(FinalityError::DelayedChange { delay: 2 }),
	);
}

#[test]
fn a_change_to_nobody_is_refused() {
	assert_eq!(
		believe(vec![scheduled_change(&[], 0)]),
		Err(FinalityError::InvalidNextSet(AuthoritySetError::Empty)),
	);
}

#[test]
fn a_change_that_lists_somebody_twice_is_refused() {
	assert_eq!(
		believe(vec![scheduled_change(&[Eve, Eve], 0)]),
		Err(FinalityError::InvalidNextSet(AuthoritySetError::DuplicateAuthority)),
	);
}

#[test]
fn a_change_to_somebody_without_weight_is_refused() {
	let next_authorities = vec![(authority(Eve), 0)];
	let change = ConsensusLog::ScheduledChange(ScheduledChange { next_authorities, delay: 0 });
	assert_eq!(
		believe(vec![consensus_log(change)]),
		Err(FinalityError::InvalidNextSet(AuthoritySetError::ZeroWeight)),
	);
}

#[test]
fn no_change_follows_the_last_set_id() {
	let last = AuthoritySet { set_id: u64::MAX, ..set() };
	assert_eq!(
		next_set(&announcing(vec![scheduled_change(&[Eve], 0)]), &last),
		Err(FinalityError::InvalidNextSet(AuthoritySetError::SetIdOverflow)),
	);
}

#[test]
fn only_the_first_of_several_changes_counts() {
	let logs = vec![scheduled_change(&[Alice], 0), scheduled_change(&[Bob], 5)];
	assert_eq!(next_set(&announcing(logs), &set()), Ok(Some(authority_set(SET + 1, &[Alice]))));
}

#[test]
fn other_digests_change_nothing() {
	let change = ScheduledChange { next_authorities: vec![(authority(Eve), 1)], delay: 0u32 };
	let change = ConsensusLog::ScheduledChange(change).encode();
	let mut with_trailing_byte = change.clone();
	with_trailing_byte.push(0);
	let logs = vec![
		DigestItem::Consensus(*b"aura", change.clone()),
		DigestItem::PreRuntime(GRANDPA_ENGINE_ID, change.clone()),
		DigestItem::Seal(GRANDPA_ENGINE_ID, change),
		DigestItem::Consensus(GRANDPA_ENGINE_ID, vec![1, 255]),
		DigestItem::Consensus(GRANDPA_ENGINE_ID, with_trailing_byte),
		consensus_log(ConsensusLog::OnDisabled(0)),
		consensus_log(ConsensusLog::Pause(0)),
		consensus_log(ConsensusLog::Resume(0)),
	];
	assert_eq!(next_set(&announcing(logs), &set()), Ok(None));
}
