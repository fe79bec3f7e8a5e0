//! What a header announces, against the reader of the Polkadot bridges; and what makes a set.

use super::Dice;
use crate::{
	next_set,
	testing::{authority, authority_set, consensus_log, header, Ed25519Keyring as Key},
	tests::{set, VOTERS},
	AuthoritySet, AuthoritySetError, FinalityError, Header,
};
use bp_header_chain::GrandpaConsensusLogReader;
use codec::Encode;
use finality_grandpa::voter_set::VoterSet;
use sp_consensus_grandpa::{AuthorityId, ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID};
use sp_core::H256;
use sp_runtime::{Digest, DigestItem};

type Reader = GrandpaConsensusLogReader<u32>;

const DIGESTS: u64 = 4_000;
const SETS: u64 = 4_000;

/// Few keys, so that some lists name one of them twice.
fn authorities(dice: &mut Dice) -> Vec<(AuthorityId, u64)> {
	let weights = [0, 1, 1, 2, 3, 100, u64::MAX / 2, u64::MAX];
	let one = |dice: &mut Dice| {
		let key = *dice.pick(&[Key::Alice, Key::Bob, Key::Charlie, Key::Dave, Key::Eve, Key::One]);
		(authority(key), weights[dice.below(4 + dice.clone().below(5))])
	};
	(0..dice.below(5)).map(|_| one(dice)).collect()
}

fn log(dice: &mut Dice) -> DigestItem {
	let change = ScheduledChange {
		next_authorities: authorities(dice),
		delay: dice.below(3).saturating_sub(1) as u32,
	};
	match dice.below(9) {
		0..=2 => consensus_log(ConsensusLog::ScheduledChange(change)),
		3 => consensus_log(ConsensusLog::ForcedChange(0, change)),
		4 => consensus_log(ConsensusLog::OnDisabled(dice.next())),
		5 => consensus_log(ConsensusLog::Pause(0)),
		6 => DigestItem::Consensus(GRANDPA_ENGINE_ID, dice.bytes(dice.clone().below(40))),
		7 => DigestItem::Consensus(*b"BABE", ConsensusLog::ScheduledChange(change).encode()),
		_ => DigestItem::PreRuntime(GRANDPA_ENGINE_ID, change.encode()),
	}
}

/// Whether a forced change stands behind another GRANDPA log, where the bridges' reader of this
/// release does not see it: <https://github.com/paritytech/polkadot-sdk/pull/13160>.
fn is_hidden(digest: &Digest) -> bool {
	let logs = digest.logs.iter();
	let mut grandpa =
		logs.filter_map(|l| l.consensus_try_to::<ConsensusLog<u32>>(&GRANDPA_ENGINE_ID));
	!matches!(grandpa.next(), Some(ConsensusLog::ForcedChange(..)))
		&& grandpa.any(|log| matches!(log, ConsensusLog::ForcedChange(..)))
}

#[test]
fn digests_are_read_as_the_bridges_read_them_but_for_hidden_forced_changes() {
	let (mut plain, mut scheduled, mut forced, mut hidden, mut refused) = (0, 0, 0, 0, 0);
	for seed in 0..DIGESTS {
		let mut dice = Dice::new(seed);
		let logs = (0..dice.below(4)).map(|_| log(&mut dice)).collect();
		let announcing: Header = header(1, H256::zero(), H256::zero(), logs);
		let ours = next_set(&announcing, &set());

		let their_forced = Reader::find_forced_change(&announcing.digest).is_some();
		if is_hidden(&announcing.digest) {
			hidden += 1;
			assert!(
				!their_forced,
				"the pinned reader sees it now: drop the exception, seed {seed}"
			);
			assert_eq!(ours, Err(FinalityError::ForcedChange), "seed {seed}");
			continue;
		}
		if their_forced {
			forced += 1;
			assert_eq!(ours, Err(FinalityError::ForcedChange), "seed {seed}");
			continue;
		}
		match (Reader::find_scheduled_change(&announcing.digest), ours) {
			(None, Ok(None)) => plain += 1,
			(Some(theirs), Ok(Some(ours))) => {
				scheduled += 1;
				assert_eq!(theirs.delay, 0, "seed {seed}");
				assert_eq!(theirs.next_authorities, ours.authorities.into_inner(), "seed {seed}");
			},
			(Some(theirs), Err(FinalityError::DelayedChange { delay })) => {
				refused += 1;
				assert!(delay > 0 && theirs.delay == delay, "seed {seed}");
			},
			(Some(theirs), Err(FinalityError::InvalidNextSet(error))) => {
				refused += 1;
				let made = AuthoritySet::new(0, theirs.next_authorities);
				assert_eq!(made, Err(error), "seed {seed}");
			},
			(theirs, ours) => panic!("seed {seed}: ours {ours:?}, theirs {}", theirs.is_some()),
		}
	}
	println!(
		"{plain} plain, {scheduled} scheduled, {refused} refused, {forced} forced, {hidden} hidden"
	);
	for count in [plain, scheduled, forced, hidden, refused] {
		assert!(count > 50);
	}
}

/// GRANDPA adds up the weights of an authority that is listed twice, and leaves out one without
/// weight. A chain that announces such a set is not followed here.
#[test]
fn a_set_is_one_for_grandpa_with_the_same_threshold() {
	let (mut same, mut neither, mut stricter) = (0, 0, 0);
	for seed in 0..SETS {
		let mut dice = Dice::new(0x5e7 + seed);
		let authorities = authorities(&mut dice);
		let theirs = VoterSet::new(authorities.iter().cloned());
		match (AuthoritySet::new(0, authorities), theirs) {
			(Ok(ours), Some(theirs)) => {
				same += 1;
				assert_eq!(ours.threshold(), theirs.threshold().get(), "seed {seed}");
				assert_eq!(ours.total_weight(), theirs.total_weight().get(), "seed {seed}");
				assert_eq!(ours.authorities.len(), theirs.len().get(), "seed {seed}");
			},
			(Err(_), None) => neither += 1,
			(
				Err(AuthoritySetError::DuplicateAuthority | AuthoritySetError::ZeroWeight),
				Some(_),
			) => {
				stricter += 1;
			},
			(ours, theirs) => panic!("seed {seed}: ours {ours:?}, theirs {}", theirs.is_some()),
		}
	}
	println!("{same} sets alike, {neither} refused by both, {stricter} refused here alone");
	assert!(same > 500 && neither > 100 && stricter > 100);
	assert_eq!(set(), authority_set(3, &VOTERS));
}
