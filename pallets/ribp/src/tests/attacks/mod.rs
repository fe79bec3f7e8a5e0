//! Attacks that light clients and bridges have fallen for, or were found open to, tried here.
//!
//! One case each, with the public incident, advisory or issue that taught it. Unless it says
//! otherwise, an attack is evidence that goes both ways into the chain, through the transaction pool
//! and as a call; both refuse it by the same name and nothing changes. Most attacks are honest
//! evidence with one thing changed, and that honest evidence is believed afterwards.

use super::{altered::*, chain::*, world::*};
use crate::{mock::Test, Error, Evidence, Link};
use ribp_light_client::Justification;
use std::{collections::BTreeSet, panic::catch_unwind};

/// An attack: its name, and what tries it and panics unless it is refused.
type Attack = (&'static str, fn());

/// Lists the attacks of a module.
macro_rules! corpus {
	($($attack:ident)+) => {
		pub(super) const CORPUS: &[super::Attack] = &[$((stringify!($attack), $attack)),+];
	};
}

mod ancestry;
mod envelope;
mod replay;
mod sets;
mod targets;
mod trie;
mod values;
mod votes;

const CORPUS: [(&[Attack], &str); 8] = [
	(ancestry::CORPUS, include_str!("ancestry.rs")),
	(envelope::CORPUS, include_str!("envelope.rs")),
	(replay::CORPUS, include_str!("replay.rs")),
	(sets::CORPUS, include_str!("sets.rs")),
	(targets::CORPUS, include_str!("targets.rs")),
	(trie::CORPUS, include_str!("trie.rs")),
	(values::CORPUS, include_str!("values.rs")),
	(votes::CORPUS, include_str!("votes.rs")),
];

/// Sends evidence that would commit a contract, changed like this; then the unchanged.
#[track_caller]
fn forged(change: impl FnOnce(&World, &mut Evidence), error: Error<Test>) {
	let (mut world, id, evidence) = ready();
	let mut forged = evidence.clone();
	change(&world, &mut forged);
	assert_ne!(forged, evidence, "the attack changes something");
	world.refuse(&forged, &[id], error);
	world.submit(evidence, &[id]).expect("the honest evidence is believed");
}

/// The same with a change of the justification.
#[track_caller]
fn forged_votes(change: impl FnOnce(&Evidence, &mut Justification), error: Error<Test>) {
	let change = |_: &World, evidence: &mut Evidence| {
		let honest = evidence.clone();
		change(&honest, evidence.justification());
	};
	forged(change, error);
}

/// The same with a change of the proof.
#[track_caller]
fn forged_proof(change: impl FnOnce(&World, &mut Vec<Vec<u8>>), error: Error<Test>) {
	forged(|world, evidence| change(world, &mut evidence.proof), error);
}

/// The measure: how many attacks there are, and that all of them are refused.
#[test]
fn every_attack_is_refused() {
	let attacks = CORPUS.iter().flat_map(|(attacks, _)| attacks.iter());
	let (refused, open): (Vec<_>, Vec<_>) =
		attacks.partition(|(_, attack)| catch_unwind(attack).is_ok());
	let open: Vec<_> = open.iter().map(|(name, _)| *name).collect();
	println!("{} attacks, {} refused", refused.len() + open.len(), refused.len());
	assert_eq!(open, [""; 0], "attacks that are not refused as they should be");
}

#[test]
fn every_attack_is_in_the_corpus_once_and_names_what_taught_it() {
	let mut names = BTreeSet::new();
	for (attacks, source) in CORPUS {
		assert_eq!(source.matches("#[test]").count(), attacks.len(), "{:?}", attacks.first());
		for (name, _) in attacks {
			assert!(names.insert(name), "{name} twice");
			let before = source.split(&format!("fn {name}()")).next().expect("there is a first");
			let doc = before.rsplit("\n\n").next().expect("there is a last");
			assert!(doc.contains("/// "), "{name} says what it is");
			let is_dated = (2012..2030).any(|year: u32| doc.contains(&year.to_string()));
			let is_linked = ["https://", "CVE-", "GHSA-"].iter().any(|id| doc.contains(id));
			assert!(is_dated || is_linked, "{name} names an incident or an issue");
		}
	}
	assert!(names.len() >= 60, "{}", names.len());
}
