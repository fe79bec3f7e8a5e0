//! Whole messages about a chain that is followed.

use crate::{
	chains::{corridor_key, leg_key, set_of, time_of, Block, Chain, CHAINS, LEGS, LENGTH, PREFIX},
	input::Input,
	memory,
};
use codec::{Decode, DecodeAll, DecodeWithMemLimit, Encode};
use ribp_light_client::{
	next_set, verify_finality, AuthoritySet, Evidence, Header, Justification, Link, ProvenState,
};
use ribp_protocol::{
	Corridor, Extension, Height, History, Outline, Stage, Stated, Statement, SystemId, View,
};
use sp_core::H256;

/// What is known of the peer before the message.
struct Known {
	system: SystemId,
	set: AuthoritySet,
	view: View,
	/// A block below the head that is remembered with its root.
	mark: Height,
}

/// What a message makes believe.
#[derive(PartialEq, Debug)]
struct Believed {
	header: Header,
	/// New view and set, if the header is newer than what was known.
	news: Option<(View, Option<AuthoritySet>)>,
	/// Where each leg stands that was asked for.
	stages: Vec<Option<Stage>>,
	/// What is said of all of them, if any was asked for.
	corridor: Option<Corridor>,
}

/// Decodes and judges a message.
pub fn evidence(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let known = some_known(&mut input);
	let legs: Vec<u8> = (0..input.index(4)).map(|_| input.index(LEGS.into()) as u8).collect();
	let bytes = if raw { input.rest().to_vec() } else { program(&mut input, &known, &legs) };
	memory::bounded(bytes.len(), || judge(&bytes, &known, &legs));
}

fn ours() -> &'static Chain {
	&CHAINS[0]
}

/// The peer as it is known at any height, from any lower one on.
fn some_known(input: &mut Input<'_>) -> Known {
	let head = input.index(LENGTH as usize) as Height;
	let mark = head.saturating_sub(input.index(LENGTH as usize) as Height);
	let view = ours().view(mark, head);
	Known { system: ours().system, set: set_of(head + 1), view, mark }
}

/// The bytes of a message whose parts come from any block of any chain.
fn program(input: &mut Input<'_>, known: &Known, legs: &[u8]) -> Vec<u8> {
	let some_block = |input: &mut Input<'_>| {
		let blocks = &input.pick(&*CHAINS).blocks;
		&blocks[input.index(blocks.len())]
	};
	let chain = input.pick(&*CHAINS);
	let block = &chain.blocks[input.index(chain.blocks.len())];
	let faults = input.byte();
	let voted = if faults & 1 == 0 { block } else { some_block(input) };
	let proven = if faults & 2 == 0 { block } else { some_block(input) };
	let mut link = match faults & 4 {
		0 => true_link(chain, block, voted, known),
		_ => some_link(input, voted),
	};
	let mut proof = prove(proven, legs);
	if faults & 8 != 0 && !proof.is_empty() {
		let place = input.index(proof.len());
		input.spoil(&mut proof[place]);
	}
	if faults & 16 != 0 {
		let hashes = match &mut link {
			Link::Known => &mut Vec::new(),
			Link::Below { path, .. } => path,
			Link::Above { extension: Extension { nodes, tail }, .. } => {
				if input.byte().is_multiple_of(2) {
					nodes
				} else {
					tail
				}
			},
		};
		let place = input.index(hashes.len());
		match input.byte() % 3 {
			0 => hashes.extend(hashes.get(place).copied()),
			1 if !hashes.is_empty() => drop(hashes.remove(place)),
			_ => {
				let other = some_block(input).header.hash();
				hashes.get_mut(place).into_iter().for_each(|hash| *hash = other);
			},
		}
	}
	let mut header = block.header.clone();
	if faults & 32 != 0 {
		header.state_root = some_block(input).header.state_root;
	}
	let mut bytes = Evidence { header, link, proof }.encode();
	input.spoil(&mut bytes);
	bytes
}

/// What links a block with what is known, as far as it is of the known chain.
fn true_link(chain: &Chain, block: &Block, voted: &Block, known: &Known) -> Link {
	let (number, head) = (block.header.number, known.view.number());
	let justification = || voted.justification.clone();
	match number > head {
		true => above(chain, (head, number), justification()),
		false if known.view.hash_at(number) == Some(block.header.hash()) => Link::Known,
		false => below(chain, (number, head)),
	}
}

/// A link between any blocks of any chain.
fn some_link(input: &mut Input<'_>, voted: &Block) -> Link {
	let chain = input.pick(&*CHAINS);
	let between = [(); 2].map(|()| input.index(LENGTH as usize + 1) as Height);
	let between = (between[0], between[1]);
	match input.byte() % 3 {
		0 => Link::Known,
		1 => below(chain, between),
		_ => above(chain, between, voted.justification.clone()),
	}
}

fn below(chain: &Chain, (number, under): (Height, Height)) -> Link {
	Link::Below { under, path: chain.path(number, under) }
}

fn above(chain: &Chain, (known, number): (Height, Height), justification: Justification) -> Link {
	Link::Above { justification, extension: chain.extension(known, number) }
}

fn prove(block: &Block, legs: &[u8]) -> Vec<Vec<u8>> {
	let keys = legs.iter().map(|leg| leg_key(*leg));
	match legs.is_empty() {
		true => Vec::new(),
		false => block.state.prove(&Vec::from_iter(keys.chain([corridor_key()]))),
	}
}

fn judge(bytes: &[u8], known: &Known, legs: &[u8]) {
	let Ok(evidence) = Evidence::decode_all(&mut &bytes[..]) else { return };
	assert_eq!(evidence.encode(), bytes, "one message, one encoding");
	let limited = Evidence::decode_with_mem_limit(&mut &bytes[..], 64 * bytes.len());
	assert!(limited.is_err() || limited.as_ref() == Ok(&evidence));

	let believed = believe(&evidence, known, legs);
	if let Some(believed) = &believed {
		check(believed, known, legs);
	}
	if is_whole_truth(&evidence, known, legs) {
		let number = evidence.header.number;
		assert!(believed.is_some(), "the truth about #{number} is refused");
	}
}

/// The pallet's way from bytes to belief, in its order; none if any of it is refused.
fn believe(evidence: &Evidence, known: &Known, legs: &[u8]) -> Option<Believed> {
	let Evidence { header, link, proof } = evidence;
	let statement = Statement::of(&header.digest).ok()?;
	if statement.system != known.system
		|| statement.storage_prefix != PREFIX
		|| statement.first != known.view.history().first
	{
		return None;
	}
	let is_known = known.view.hash_at(header.number) == Some(header.hash());
	let news = match link {
		Link::Known if is_known => None,
		Link::Below { under, path } if !is_known && is_below(known, header, *under, path) => None,
		Link::Above { justification, extension } if !is_known => {
			Some(believe_news(header, &statement, justification, extension, known)?)
		},
		_ => return None,
	};
	let (mut stages, mut corridor) = (Vec::new(), None);
	if !legs.is_empty() || !proof.is_empty() {
		let mut state = ProvenState::new(header.state_root, proof.clone()).ok()?;
		for leg in legs {
			stages.push(state.read_prefix::<Stage>(&leg_key(*leg)).ok()?);
		}
		corridor = state.read_prefix::<Corridor>(&corridor_key()).ok()?;
		state.finish().ok()?;
	}
	Some(Believed { header: header.clone(), news, stages, corridor })
}

fn is_below(known: &Known, header: &Header, under: Height, path: &[H256]) -> bool {
	let root = match under {
		head if head == known.view.number() => known.view.history().root(),
		mark if mark == known.mark => ours().block(mark).history.root(),
		_ => return false,
	};
	History::includes(0, under, root, (header.number, header.hash()), path)
}

fn believe_news(
	header: &Header,
	statement: &Statement,
	justification: &Justification,
	extension: &Extension,
	known: &Known,
) -> Option<(View, Option<AuthoritySet>)> {
	let outline = Outline::of(statement.first, known.view.number(), header.number)?;
	let finalized = verify_finality(header, justification, &known.set).ok()?;
	assert_eq!(Ok(finalized.next_set().cloned()), next_set(header, &known.set));
	let stated =
		Stated { number: header.number, parent: header.parent_hash, root: statement.history_root };
	let head = (finalized.hash(), statement.time);
	let is_exact = extension.is_of(&outline);
	let view = known.view.extended(head, stated, extension).ok().filter(|_| is_exact)?;
	Some((view, finalized.next_set().cloned()))
}

/// What is believed is true of a block of the right chain, on the branch that was known.
fn check(believed: &Believed, known: &Known, legs: &[u8]) {
	let Believed { header, news, stages, corridor } = believed;
	let (chain, block) = find(header).expect("a header that nobody finalized");
	assert_eq!(chain.system, known.system, "another system's evidence");
	for (leg, stage) in legs.iter().zip(stages) {
		let truth = block.pairs.get(&leg_key(*leg)).map(|bytes| Stage::decode(&mut &bytes[..]));
		assert_eq!(*stage, truth.map(|stage| stage.expect("a leg begins with its stage; qed")));
	}
	if let Some(corridor) = corridor {
		let (truth, _, _): (Corridor, u32, [u8; 20]) =
			Decode::decode(&mut &block.pairs[&corridor_key()][..]).expect("it is written; qed");
		assert_eq!(*corridor, truth);
	}
	let (number, head) = (header.number, known.view.number());
	let Some((view, next_set)) = news else {
		assert!(number <= head && ours().has(header), "a block that is not in the history");
		return;
	};
	assert!(number > head, "what is not newer is news");
	assert_eq!(chain.hash_at(head), known.view.head(), "another branch");
	assert_eq!(next_set, &block.next_set);
	assert_eq!(*view.history(), block.history);
	assert_eq!((view.head(), view.moment().time), (header.hash(), time_of(number)));
	for height in view.lowest()..=number {
		assert_eq!(view.hash_at(height), Some(chain.hash_at(height)));
	}
}

/// The block, if the header is one of any chain's.
fn find(header: &Header) -> Option<(&'static Chain, &'static Block)> {
	let chain = CHAINS.iter().find(|chain| chain.has(header))?;
	Some((chain, chain.block(header.number)))
}

/// Whether the message tells exactly what there is to tell about a block, so that it has to be
/// believed.
fn is_whole_truth(evidence: &Evidence, known: &Known, legs: &[u8]) -> bool {
	let Evidence { header, link, proof } = evidence;
	if !ours().has(header) {
		return false;
	}
	let block = ours().block(header.number);
	let sorted = |mut nodes: Vec<_>| {
		nodes.sort();
		nodes
	};
	let is_news = header.number > known.view.number();
	(!is_news || set_of(header.number) == known.set)
		&& *link == true_link(ours(), block, block, known)
		&& sorted(proof.clone()) == sorted(prove(block, legs))
}
