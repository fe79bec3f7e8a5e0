//! Whole messages about a chain that is followed.

use crate::{
	chains::{position_key, set_of, view_key, Block, Chain, CHAINS, CHANGE, LENGTH, LOGS},
	input::Input,
	memory,
};
use codec::{DecodeAll, DecodeWithMemLimit, Encode};
use ribp_light_client::{next_set, verify_finality, AuthoritySet, Evidence, Header, ProvenState};
use ribp_protocol::{Height, Standing, SystemId, View};
use sp_core::H256;

/// What is known of the peer before the message.
struct Known {
	system: SystemId,
	set: AuthoritySet,
	view: Option<View>,
}

/// What a message makes believe.
#[derive(PartialEq, Debug)]
struct Believed {
	header: Header,
	/// New view and set, unless the header was known.
	news: Option<(View, Option<AuthoritySet>)>,
	/// The position of each log that was asked for.
	positions: Vec<Option<Height>>,
}

/// Decodes and judges a message.
pub fn evidence(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let known = some_known(&mut input);
	let logs: Vec<u8> = (0..input.index(4)).map(|_| input.index(LOGS.into()) as u8).collect();
	let bytes = if raw { input.rest().to_vec() } else { program(&mut input, &logs) };
	memory::bounded(bytes.len(), || judge(&bytes, &known, &logs));
}

/// The peer as it is known before its first view, or at one of the heights up to the change.
fn some_known(input: &mut Input<'_>) -> Known {
	let [ours, ..] = &*CHAINS;
	let at = input.index(1 + CHANGE as usize + 2);
	let view = at.checked_sub(1).map(|at| ours.blocks[at].proven.clone());
	let next = view.as_ref().map_or(1, |view| view.number + 1);
	Known { system: ours.system, set: set_of(next), view }
}

/// The bytes of a message whose parts come from any block of any chain.
fn program(input: &mut Input<'_>, logs: &[u8]) -> Vec<u8> {
	let some_chain = |input: &mut Input<'_>| input.pick(&*CHAINS);
	let some_block = |input: &mut Input<'_>| {
		let blocks = &some_chain(input).blocks;
		&blocks[input.index(blocks.len())]
	};
	let chain = some_chain(input);
	let block = &chain.blocks[input.index(chain.blocks.len())];
	let faults = input.byte();
	let voted = if faults & 1 == 0 { block } else { some_block(input) };
	let proven = if faults & 2 == 0 { block } else { some_block(input) };
	let justification = (faults & 4 == 0).then(|| voted.justification.clone());
	let mut proof = prove(proven, logs, justification.is_some());
	if faults & 8 != 0 && !proof.is_empty() {
		let place = input.index(proof.len());
		input.spoil(&mut proof[place]);
	}
	let mut missed = missed_before(chain, block, input.index(LENGTH as usize));
	if faults & 16 != 0 && !missed.is_empty() {
		let place = input.index(missed.len());
		missed[place] = some_block(input).header.hash();
	}
	let mut header = block.header.clone();
	if faults & 32 != 0 {
		header.state_root = some_block(input).header.state_root;
	}
	let mut bytes = Evidence { header, justification, proof, missed }.encode();
	input.spoil(&mut bytes);
	bytes
}

fn prove(block: &Block, logs: &[u8], with_view: bool) -> Vec<Vec<u8>> {
	let keys: Vec<_> = with_view
		.then(view_key)
		.into_iter()
		.chain(logs.iter().map(|log| position_key(*log)))
		.collect();
	match keys.is_empty() {
		true => Vec::new(),
		false => block.state.prove(&keys),
	}
}

/// The last `count` hashes before the block's window.
fn missed_before(chain: &Chain, block: &Block, count: usize) -> Vec<H256> {
	let first = block.proven.first() as usize;
	let from = first.saturating_sub(count);
	chain.blocks[from..first].iter().map(|block| block.header.hash()).collect()
}

fn judge(bytes: &[u8], known: &Known, logs: &[u8]) {
	let Ok(evidence) = Evidence::decode_all(&mut &bytes[..]) else { return };
	assert_eq!(evidence.encode(), bytes, "one message, one encoding");
	let limited = Evidence::decode_with_mem_limit(&mut &bytes[..], 64 * bytes.len());
	assert!(limited.is_err() || limited.as_ref() == Ok(&evidence));

	let believed = believe(&evidence, known, logs);
	if let Some(believed) = &believed {
		check(believed, &evidence, known, logs);
	}
	if let Some(block) = whole_truth(&evidence, known, logs) {
		assert!(believed.is_some(), "the truth about #{} is refused", block.header.number);
	}
}

/// The pallet's way from bytes to belief, in its order; none if any of it is refused.
fn believe(evidence: &Evidence, known: &Known, logs: &[u8]) -> Option<Believed> {
	let header = &evidence.header;
	let mut state = ProvenState::new(header.state_root, evidence.proof.clone()).ok()?;
	let news = match is_known(header, known) {
		true if evidence.justification.is_some() || !evidence.missed.is_empty() => return None,
		true => None,
		false => Some(believe_news(evidence, known, &mut state)?),
	};
	let read = |log: &u8| state.read_as::<Height>(&position_key(*log)).ok();
	let positions = logs.iter().map(read).collect::<Option<_>>()?;
	state.finish().ok()?;
	Some(Believed { header: header.clone(), news, positions })
}

fn is_known(header: &Header, known: &Known) -> bool {
	let held = known.view.as_ref().and_then(|view| view.hash_at(header.number));
	held == Some(header.hash())
}

fn believe_news(
	evidence: &Evidence,
	known: &Known,
	state: &mut ProvenState,
) -> Option<(View, Option<AuthoritySet>)> {
	let header = &evidence.header;
	let finalized = verify_finality(header, evidence.justification.as_ref()?, &known.set).ok()?;
	assert_eq!(Ok(finalized.next_set().cloned()), next_set(header, &known.set));
	let view = state.read_as::<View>(&view_key()).ok()??;
	let of_parent = view.number.checked_add(1) == Some(header.number)
		&& view.head() == Some(header.parent_hash);
	if view.system != known.system || !view.is_well_formed() || !of_parent {
		return None;
	}
	let view = view.with_head(finalized.hash());
	match &known.view {
		None if evidence.missed.is_empty() => {},
		Some(old) if old.compare(&view, &evidence.missed) == Ok(Standing::Newer) => {},
		_ => return None,
	}
	Some((view, finalized.next_set().cloned()))
}

/// What is believed is true of a block of the right chain, on the branch that was known.
fn check(believed: &Believed, evidence: &Evidence, known: &Known, logs: &[u8]) {
	let (chain, block) = find(&believed.header).expect("a header that nobody finalized");
	assert_eq!(chain.system, known.system, "another system's evidence");
	for (log, position) in logs.iter().zip(&believed.positions) {
		let truth =
			block.pairs.get(&position_key(*log)).map(|bytes| Height::decode_all(&mut &bytes[..]));
		assert_eq!(*position, truth.map(|height| height.expect("a height is written; qed")));
	}
	let Some((view, next_set)) = &believed.news else { return };
	assert_eq!((view, next_set), (&block.proven, &block.next_set));
	if let Some(old) = &known.view {
		let head = old.head().expect("a known view has a head; qed");
		assert_eq!(chain.blocks[old.number as usize].header.hash(), head, "another branch");
		let gap = view.first().saturating_sub(old.number + 1) as usize;
		assert_eq!(evidence.missed, missed_before(chain, block, gap));
	}
}

/// The block, if the header is one of any chain's.
fn find(header: &Header) -> Option<(&'static Chain, &'static Block)> {
	CHAINS.iter().find_map(|chain| {
		let block = chain.blocks.get(header.number as usize)?;
		(block.header == *header).then_some((chain, block))
	})
}

/// The block about which the message tells exactly what there is to tell, so that it has to be
/// believed.
fn whole_truth(evidence: &Evidence, known: &Known, logs: &[u8]) -> Option<&'static Block> {
	let [ours, ..] = &*CHAINS;
	let block = ours.blocks.get(evidence.header.number as usize)?;
	let sorted = |mut nodes: Vec<_>| {
		nodes.sort();
		nodes
	};
	let number = block.header.number;
	let is_news = match &known.view {
		_ if number == 0 => false,
		None => set_of(number) == known.set,
		Some(view) => number > view.number && set_of(number) == known.set,
	};
	let gap =
		known.view.as_ref().map_or(0, |old| block.proven.first().saturating_sub(old.number + 1));
	let whole = is_news
		&& block.header == evidence.header
		&& evidence.justification.as_ref() == Some(&block.justification)
		&& evidence.missed == missed_before(ours, block, gap as usize)
		&& sorted(evidence.proof.clone()) == sorted(prove(block, logs, true));
	whole.then_some(block)
}
