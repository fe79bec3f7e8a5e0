//! Against the strict verifier of the Polkadot bridges, and in passing against GRANDPA's own rule.

use super::{
	commit::RuleTally, generate::Case, mutations::CLASSES, name, total, Class, Dice, Tally,
};
use crate::{tests::encoding::upstream, verify_finality};
use bp_header_chain::justification::{
	verify_justification, GrandpaJustification, JustificationVerificationContext,
	JustificationVerificationError,
};
use codec::{DecodeAll, Encode};
use finality_grandpa::voter_set::VoterSet;

const SEEDS: u64 = 110;

/// Why a justification is refused here that the bridges' verifier accepts. Nothing else may be.
const STRICTER: [&str; 5] = [
	// They follow the hashes only: a vote or a header may call a block's number what it likes.
	"VoteNotDescendant",
	// They leave the number of headers to the size of the call.
	"AncestryTooLong",
	// They leave the header's digest to the pallet that calls them.
	"ForcedChange",
	"DelayedChange",
	"InvalidNextSet",
];

pub const ACCEPTED: &str = "accepted";

pub fn ours(case: &Case) -> String {
	match verify_finality(&case.header, &case.justification, &case.set) {
		Ok(_) => ACCEPTED.into(),
		Err(error) => name(&error),
	}
}

fn theirs(case: &Case) -> String {
	let bytes = upstream(&case.justification).encode();
	let justification = GrandpaJustification::<crate::Header>::decode_all(&mut &bytes[..])
		.expect("the bridges' type has the same bytes");
	let context = JustificationVerificationContext {
		voter_set: VoterSet::new(case.set.authorities.iter().cloned()).expect("a set is valid"),
		authority_set_id: case.set.set_id,
	};
	let target = (case.header.hash(), case.header.number);
	match verify_justification(target, &context, &justification) {
		Ok(()) => ACCEPTED.into(),
		Err(JustificationVerificationError::Precommit(error)) => name(&error),
		Err(error) => name(&error),
	}
}

fn run(class: &Class<Case>, rule: &mut RuleTally) -> Result<usize, String> {
	let mut tally = Tally::default();
	for seed in 0..SEEDS {
		let mut dice = Dice::new(seed);
		let mut case = Case::valid(&mut dice);
		if !(class.mutate)(&mut case, &mut dice) {
			continue;
		}
		let (ours, theirs) = (ours(&case), theirs(&case));
		tally.note(&ours, &theirs);
		rule.compare(&case, &ours);
		let at = format!("{}, seed {seed}: ours {ours}, theirs {theirs}", class.name);
		if ours == ACCEPTED {
			assert_eq!(theirs, ACCEPTED, "more permissive in {at}");
		} else if theirs == ACCEPTED {
			assert!(STRICTER.contains(&&ours[..]), "a difference without a name in {at}");
		}
	}
	tally.check(class)
}

/// Valid justifications and every single mutation of them.
#[test]
fn nothing_is_believed_that_others_refuse_and_every_difference_has_a_name() {
	let mut rule = RuleTally::default();
	let cases = total(CLASSES.iter().map(|class| run(class, &mut rule)));
	println!("{cases} justifications in {} classes", CLASSES.len());
	rule.check();
	assert!(cases > 5_000, "{cases}");
}

/// Mutations in pairs: which of two faults is named first may differ, the verdict may not.
#[test]
fn two_mutations_at_once_are_judged_alike() {
	let mut cases = 0;
	for seed in 0..1_500 {
		let mut dice = Dice::new(0x7000 + seed);
		let mut case = Case::valid(&mut dice);
		let pair = [dice.pick(CLASSES), dice.pick(CLASSES)];
		let is_long =
			|class: &&Class<Case>| class.name.contains("limit") || class.name.contains("long");
		let mut changed = |class: &&Class<Case>| {
			!case.justification.votes.is_empty() && (class.mutate)(&mut case, &mut dice)
		};
		if pair.iter().any(is_long) || !pair.iter().all(&mut changed) {
			continue;
		}
		cases += 1;
		let (ours, theirs) = (ours(&case), theirs(&case));
		let at = format!("{} + {}, seed {seed}", pair[0].name, pair[1].name);
		assert!(ours != ACCEPTED || theirs == ACCEPTED, "{at}: theirs {theirs}");
		assert!(
			theirs != ACCEPTED || ours == ACCEPTED || STRICTER.contains(&&ours[..]),
			"{at}: ours {ours}",
		);
	}
	println!("{cases} pairs of mutations");
	assert!(cases > 1_000, "{cases}");
}
