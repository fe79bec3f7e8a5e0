//! What belief costs: time and bytes, beside the Polkadot bridges' verifier in the same run.
//!
//! Both get the same valid input, in turn, many times; the medians are compared. "Theirs" is what
//! `pallet-bridge-grandpa` calls for a justification (strict) and what bridges call for a storage
//! proof.

mod links;

use bp_header_chain::justification::{
	verify_justification, GrandpaJustification, JustificationVerificationContext,
};
use bp_runtime::StorageProofChecker;
use clap::Parser;
use codec::{DecodeAll, Encode};
use finality_grandpa::{voter_set::VoterSet, Message, Precommit};
use links::{measure_marks, Past};
use ribp_light_client::{
	testing::{header, State},
	verify_finality, AuthorityId, AuthoritySet, Evidence, Header, Justification, Link, ProvenState,
	Vote,
};
use ribp_protocol::Extension;
use serde_json::{json, Value};
use sp_consensus_grandpa::localized_payload;
use sp_core::{ed25519, Pair, H256};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	StateVersion,
};
use std::{fs, hint::black_box, path::PathBuf, time::Instant};

const SET_ID: u64 = 7;
const ROUND: u64 = 3;
/// Positions in the state that proofs are taken from.
const POSITIONS: u32 = 10_000;

/// Measures what it costs to believe another chain, beside the Polkadot bridges' verifier.
#[derive(Parser)]
struct Options {
	/// Runs of each of the two for each figure.
	#[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(3..))]
	runs: u32,
	/// Keeps the figures in this file.
	#[arg(long, value_name = "FILE")]
	json: Option<PathBuf>,
}

fn main() -> Result<(), String> {
	let options = Options::parse();
	let state = State::new(positions(), StateVersion::V1);
	let votes: Vec<_> = [1, 10, 100, 256].map(|n| measure_votes(n, options.runs)).into();
	let nodes: Vec<_> = [1, 10, 100].map(|n| measure_nodes(&state, n, options.runs)).into();
	let sizes: Vec<_> = [1, 10, 100].map(|n| evidence_sizes(&state, n)).into();
	let past = Past::new();
	let gaps: Vec<_> =
		[1, 16, 1_000, 1_000_000].map(|gap| past.measure_gap(gap, options.runs)).into();
	let paths: Vec<_> = [1_000, 1_000_000].map(|size| past.measure_path(size, options.runs)).into();
	let marks: Vec<_> = [1_000, 1_000_000].map(measure_marks).into();
	if let Some(file) = options.json {
		let figures = json!({
			"votes": votes, "proof_nodes": nodes, "evidence_bytes": sizes, "extensions": gaps,
			"paths": paths, "marks": marks,
		});
		let text = format!("{figures:#}\n");
		fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
	}
	Ok(())
}

fn key(number: u32) -> ed25519::Pair {
	ed25519::Pair::from_seed(&BlakeTwo256::hash(&number.to_le_bytes()).0)
}

/// A header in a chain with this many validators, of equal weight, and the justification that a
/// worker would submit.
fn finalized(validators: u32, state_root: H256) -> (Header, Justification, AuthoritySet) {
	let pairs: Vec<_> = (0..validators).map(key).collect();
	let ids = pairs.iter().map(|pair| (AuthorityId::from(pair.public()), 1)).collect();
	let set = AuthoritySet::new(SET_ID, ids).expect("the keys differ");
	let header = header(1_000, H256::repeat_byte(1), state_root, Vec::new());
	let (target_hash, target_number) = (header.hash(), header.number);
	let message = Message::Precommit(Precommit::new(target_hash, target_number));
	let payload = localized_payload(ROUND, SET_ID, &message);
	let vote = |pair: &ed25519::Pair| Vote {
		target_hash,
		target_number,
		signature: pair.sign(&payload).into(),
		voter: pair.public().into(),
	};
	let votes = pairs.iter().take(set.threshold() as usize).map(vote).collect();
	let justification =
		Justification { round: ROUND, target_hash, target_number, votes, ancestries: Vec::new() };
	(header, justification, set)
}

fn measure_votes(validators: u32, runs: u32) -> Value {
	let (header, justification, set) = finalized(validators, H256::zero());
	let bytes = justification.encode();
	let theirs: GrandpaJustification<Header> =
		DecodeAll::decode_all(&mut &bytes[..]).expect("the bytes are the same");
	let context = JustificationVerificationContext {
		voter_set: VoterSet::new(set.authorities.iter().cloned()).expect("the set is valid"),
		authority_set_id: SET_ID,
	};
	let times = compare(
		runs,
		|| drop(black_box(verify_finality(&header, &justification, &set).expect("it is valid"))),
		// They leave the header's hash to their pallet, which asks for it just before.
		|| {
			let target = (black_box(&header).hash(), header.number);
			verify_justification(target, &context, &theirs).expect("it is valid")
		},
	);
	times.report("votes", justification.votes.len())
}

fn position_key(number: u32) -> Vec<u8> {
	[&[0x5a; 32][..], BlakeTwo256::hash(&number.to_le_bytes()).as_bytes()].concat()
}

fn positions() -> Vec<(Vec<u8>, Vec<u8>)> {
	(0..POSITIONS).map(|number| (position_key(number), number.encode())).collect()
}

fn proven_keys(count: u32) -> Vec<Vec<u8>> {
	(0..count).map(|number| position_key(number * 97 % POSITIONS)).collect()
}

fn measure_nodes(state: &State, keys: u32, runs: u32) -> Value {
	let keys = proven_keys(keys);
	let proof = state.prove(&keys.iter().map(|key| &key[..]).collect::<Vec<_>>());
	let root = state.root();
	let ours = || {
		let mut state = ProvenState::new(root, proof.clone()).expect("it is valid");
		keys.iter().for_each(|key| drop(black_box(state.read(key).expect("it is shown"))));
		state.finish().expect("all of it is needed");
	};
	let theirs = || {
		let mut state =
			StorageProofChecker::<BlakeTwo256>::new(root, proof.clone()).expect("it is valid");
		keys.iter().for_each(|key| drop(black_box(state.read_value(key).expect("it is shown"))));
		state.ensure_no_unused_nodes().expect("all of it is needed");
	};
	compare(runs, ours, theirs).report("proof nodes", proof.len())
}

/// Bytes of evidence that commits this many contracts, by the number of validators.
fn evidence_sizes(state: &State, contracts: u32) -> Value {
	let keys = proven_keys(contracts);
	let proof = state.prove(&keys.iter().map(|key| &key[..]).collect::<Vec<_>>());
	let size = |validators: u32| {
		let (header, justification, _) = finalized(validators, state.root());
		let link = Link::Above { justification, extension: Extension::default() };
		Evidence { header, link, proof: proof.clone() }.encoded_size()
	};
	let [one, ten, hundred] = [1, 10, 100].map(size);
	println!(
		"{contracts:>4} contract(s): {one:>7} bytes with 1 validator, {ten:>7} with 10, \
		 {hundred:>7} with 100",
	);
	json!({ "contracts": contracts, "validators": { "1": one, "10": ten, "100": hundred } })
}

/// Median times, in nanoseconds.
struct Times {
	ours: u128,
	theirs: u128,
}

fn compare(runs: u32, ours: impl Fn(), theirs: impl Fn()) -> Times {
	let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
	for _ in 0..runs {
		our_times.push(time(&ours));
		their_times.push(time(&theirs));
	}
	Times { ours: median(our_times), theirs: median(their_times) }
}

/// The median time of a work, in nanoseconds.
fn median_of(runs: u32, work: impl Fn()) -> u128 {
	median((0..runs).map(|_| time(&work)).collect())
}

fn time(work: &dyn Fn()) -> u128 {
	let start = Instant::now();
	work();
	start.elapsed().as_nanos()
}

fn median(mut times: Vec<u128>) -> u128 {
	times.sort_unstable();
	times[times.len() / 2]
}

impl Times {
	fn report(&self, what: &str, count: usize) -> Value {
		let ratio = self.ours as f64 / self.theirs as f64;
		let each = |time: u128| time as f64 / 1_000.0 / count as f64;
		let (ours, theirs) = (each(self.ours), each(self.theirs));
		println!(
			"{count:>4} {what}: {ours:>8.2} µs each, theirs {theirs:>8.2} µs, ratio {ratio:.2}"
		);
		json!({ "count": count, "ours_us": ours, "theirs_us": theirs, "ratio": ratio })
	}
}
