//! What the fuzzer begins with: for each target the valid things, and the ways to make them.

use crate::chains::{corridor_key, leg_key, CHAINS, CHANGE, FORK};
use codec::Encode;
use ribp_light_client::{
	testing::{authority_set, scheduled_change, Ed25519Keyring},
	Evidence, Link,
};
use ribp_protocol::{Statement, SystemId};
use sp_core::H256;
use sp_runtime::{Digest, DigestItem};
use std::{fs, path::Path};
use Ed25519Keyring::{Alice, Bob};

/// An input by its target and its name.
#[derive(Clone)]
struct Seed(&'static str, &'static str, Vec<u8>);

/// Writes all seeds below the folder that `RIBP_CORPUS` names, one folder a target.
pub fn write_seeds() {
	let folder = std::env::var_os("RIBP_CORPUS").expect("RIBP_CORPUS is not set");
	for Seed(target, name, bytes) in seeds() {
		let folder = Path::new(&folder).join(target);
		fs::create_dir_all(&folder).expect("the folder cannot be made");
		fs::write(folder.join(name), bytes).expect("the seed cannot be written");
	}
}

fn seeds() -> Vec<Seed> {
	[
		justifications(),
		headers(),
		proofs(),
		answers(),
		extensions(),
		histories(),
		messages(),
		reports(),
	]
	.concat()
}

fn justifications() -> Vec<Seed> {
	let seed = |name, bytes| Seed("justification", name, bytes);
	let vote = |key, block| [key, block, 0];
	// Raw or program, set, target; round, another target, votes, ancestries, spoiling.
	let program = |set, target, votes: &[[u8; 3]], ancestries: &[u8]| {
		let mut bytes = vec![1, set, target, 0, 0, votes.len() as u8];
		bytes.extend(votes.concat());
		bytes.push(ancestries.len() as u8);
		bytes.extend(ancestries);
		bytes
	};
	let block = &CHAINS[0].blocks[1];
	let plain = [vote(0, 0), vote(1, 0), vote(2, 0)];
	let above = [vote(0, 1), vote(1, 3), vote(2, 5)];
	let surplus = [vote(4, 0), vote(0, 0), vote(0, 0), vote(1, 0), vote(2, 0), vote(3, 0)];
	vec![
		seed("raw", [vec![0, 0, 0], block.justification.encode()].concat()),
		seed("plain", program(0, 0, &plain, &[])),
		seed("weights", program(1, 0, &[vote(2, 0), vote(3, 0)], &[])),
		seed("above", program(0, 1, &above, &[2, 3, 4, 5])),
		seed("surplus", program(0, 0, &surplus, &[1, 2])),
	]
}

fn headers() -> Vec<Seed> {
	let seed = |name, bytes| Seed("header", name, bytes);
	let change = CHAINS[0].blocks[CHANGE as usize].header.encode();
	let set = authority_set(3, &[Alice, Bob]).encode();
	vec![
		seed("raw", [vec![0], change].concat()),
		seed("set", [vec![1], set].concat()),
		// Count; what, how many keys, keys, delay; number, spoiling.
		seed("scheduled", vec![2, 1, 0, 3, 0, 1, 2, 0, 9]),
		seed("delayed", vec![2, 1, 0, 2, 0, 1, 5, 9]),
		seed("forced", vec![2, 2, 0, 1, 0, 0, 1, 1, 1, 3, 9]),
		seed("weighted", vec![2, 1, 2, 3, 0, 0, 1, 1, 0xfe, 2, 7]),
		seed("others", vec![2, 4, 3, 2, 4, 1, 4, 1, 1, 6, 1, 1, 7]),
		seed("item", [vec![2, 1, 3, 42], scheduled_change(&[Alice], 0).encode()].concat()),
	]
}

fn proofs() -> Vec<Seed> {
	let seed = |name, bytes| Seed("proof", name, bytes);
	let state = &CHAINS[0].blocks[3].state;
	let nodes = state.prove(&[leg_key(0)]).encode();
	vec![
		// Kind, state, keys less one, keys; faults.
		seed("raw", [vec![0, 0, 0, 0], nodes].concat()),
		seed("made-up", vec![1, 1, 1, 0, 9, 0, 1, 9, 0, 0, 4]),
		seed("true", vec![2, 0, 2, 0, 9, 37]),
		seed("true-1", vec![2, 1, 3, 7, 28, 29, 38]),
		seed("single", vec![2, 2, 1, 0, 5]),
		// The last of all keys but those that are absent.
		seed("stages", vec![2, 1, 3, 30, 31, 32, 33]),
		seed("missing", vec![2, 1, 2, 0, 9, 37, 1, 1, 0]),
		seed("another", vec![2, 0, 2, 0, 9, 37, 1, 0, 2, 1]),
		seed("changed", vec![2, 1, 1, 0, 29, 1, 0, 5, 1, 9, 0, 0, 4]),
	]
}

fn answers() -> Vec<Seed> {
	let seed = |name, bytes| Seed("json", name, bytes);
	let raw = |method, text: &str| [&[0, method, 0][..], text.as_bytes()].concat();
	let result = |text: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"result":{text}}}"#);
	let hash = format!(r#""0x{}""#, "07".repeat(32));
	let nodes = result(&format!(r#"{{"at":{hash},"proof":["0x00ff","0x"]}}"#));
	let refusal =
		r#"{"jsonrpc":"2.0","id":1,"error":{"code":4,"message":"Block not yet finalized"}}"#;
	// Raw or program, method, limit; status, chunk, pace, end; the answer; its form.
	let program = |method, rest: &[u8]| [&[1, method, 0, 0, 0, 0, 0], rest].concat();
	vec![
		seed("raw-nodes", raw(1, &nodes)),
		seed("raw-hash", raw(3, &result(&hash))),
		seed("raw-null", raw(0, &result("null"))),
		seed("raw-refusal", raw(0, refusal)),
		seed("raw-escape", raw(3, &result(r#""\u0030x07""#))),
		seed("raw-deep", raw(2, &format!(r#"{{"x":{}{}}}"#, "[".repeat(40), "]".repeat(40)))),
		seed("raw-number", raw(3, r#"{"jsonrpc":"2.0","id":1e999,"result":null}"#)),
		seed("finality", program(0, &[1, 1, 0, 2, 1, 4, 5, 0, 0, 0, 3, 1, 2, 3])),
		seed("nodes", program(1, &[2, 2, 1, 2, 1, 3])),
		seed("header", program(2, &[2, 0, 2, 1, 4, 2, 5, 0, 0, 0])),
		seed("hash", program(3, &[])),
		seed("null", program(0x80, &[])),
		seed("spoiled", program(1, &[1, 2, 1, 2, 1, 1, 3, 0, 2, 1, 9])),
		seed("slow", [&[1, 1, 0, 0, 9, 200, 0][..], &[2, 2, 1, 2, 1, 3]].concat()),
		seed("status", vec![1, 3, 0, 0xff, 0x2e, 1, 0, 0]),
	]
}

fn histories() -> Vec<Seed> {
	let seed = |name, bytes| Seed("history", name, bytes);
	let number = |number: u32| number.to_le_bytes();
	let chain =
		|fork: Option<u32>| fork.map_or(vec![0], |fork| [&[0x80][..], &number(fork)].concat());
	// Kind, known height; the header's chain, its height less one; the extension's chain, from, to
	// less one; spoiling.
	let extension = |known, fork, to: u32, made: (u32, u32), faults: &[u8]| {
		let header = [chain(fork), number(to - 1).to_vec()].concat();
		let made = [chain(fork), number(made.0).to_vec(), number(made.1 - 1).to_vec()].concat();
		[&[1][..], &number(known), &header, &made, faults].concat()
	};
	// Kind, chain, size, index; the leaf's chain and height; the path's index; spoiling.
	let path = |fork, [size, index, leaf, at]: [u32; 4], faults: &[u8]| {
		let tree = [chain(fork), number(size).to_vec(), number(index).to_vec()].concat();
		let rest = [chain(None), number(leaf).to_vec(), number(at).to_vec()].concat();
		[&[3][..], &tree, &rest, faults].concat()
	};
	let statement = |logs: Vec<DigestItem>| [vec![4], Digest { logs }.encode()].concat();
	let item = Statement {
		system: SystemId(H256::repeat_byte(0xb2)),
		storage_prefix: [0x5a; 16],
		first: 0,
		complete_from: 1,
		time: 6_000,
		history_root: H256::repeat_byte(7),
	}
	.item();
	vec![
		seed("next", extension(40, None, 41, (40, 41), &[])),
		seed("near", extension(40, None, 50, (40, 50), &[])),
		seed("far", extension(40, None, 190, (40, 190), &[])),
		seed("fork", extension(40, Some(20), 190, (40, 190), &[])),
		seed("later-fork", extension(40, Some(60), 190, (40, 190), &[])),
		seed("moved", extension(180, None, 190, (40, 190), &[])),
		seed("passed", extension(195, None, 190, (40, 190), &[])),
		seed("other", extension(40, None, 190, (41, 190), &[])),
		seed("spoiled", extension(40, None, 190, (40, 190), &[1, 9, 0, 1])),
		seed("path", path(None, [100, 33, 33, 33], &[])),
		seed("edge", path(None, [97, 96, 96, 96], &[])),
		seed("other-leaf", path(Some(20), [100, 33, 33, 33], &[])),
		seed("outside", path(None, [100, 120, 33, 33], &[])),
		seed("spoiled-path", path(None, [100, 33, 33, 33], &[1, 40, 0, 1])),
		seed("statement", statement(vec![item.clone()])),
		seed("twice", statement(vec![item.clone(), item])),
		seed(
			"raw",
			[vec![0], number(3).to_vec(), vec![0], number(9).to_vec(), vec![0, 0]].concat(),
		),
	]
}

fn extensions() -> Vec<Seed> {
	let seed = |name, bytes| Seed("extension", name, bytes);
	let number = |number: u32| number.to_le_bytes();
	let chain =
		|fork: Option<u32>| fork.map_or(vec![0], |fork| [&[0x80][..], &number(fork)].concat());
	// The header's chain, its height less one; the extension's chain, from, to less one; spoiling.
	let step = |header: (Option<u32>, u32), made: (Option<u32>, u32, u32), faults: &[u8]| {
		let header = [chain(header.0), number(header.1 - 1).to_vec()].concat();
		let (from, to) = (number(made.1).to_vec(), number(made.2 - 1).to_vec());
		[header, chain(made.0), from, to, [&[faults.len().min(1) as u8], faults].concat()].concat()
	};
	// Raw or program, known height, steps less one.
	let program = |known, steps: &[Vec<u8>]| {
		[&[1][..], &number(known), &[steps.len() as u8 - 1], &steps.concat()].concat()
	};
	let to = |from, to| step((None, to), (None, from, to), &[]);
	vec![
		seed("next", program(40, &[to(40, 41)])),
		seed("each", program(40, &[to(40, 41), to(41, 42), to(42, 43), to(43, 44), to(44, 45)])),
		seed("far", program(3, &[to(3, 60), to(60, 190)])),
		seed("late", program(40, &[to(40, 60), to(40, 64)])),
		seed("too-late", program(40, &[to(40, 60), to(40, 90)])),
		seed("fork", program(40, &[step((Some(20), 190), (Some(20), 40, 190), &[])])),
		seed("later-fork", program(40, &[step((Some(60), 190), (Some(60), 40, 190), &[])])),
		seed("back", program(40, &[step((Some(60), 90), (Some(60), 40, 90), &[]), to(90, 120)])),
		seed(
			"spoiled-tail",
			program(40, &[to(40, 60), step((None, 64), (None, 40, 64), &[200, 0, 0, 1])]),
		),
		seed(
			"raw",
			[vec![0], number(9).to_vec(), vec![0, 0], number(9).to_vec(), vec![2, 0, 0, 0]]
				.concat(),
		),
	]
}

fn messages() -> Vec<Seed> {
	let seed = |name, bytes| Seed("evidence", name, bytes);
	let [ours, ..] = &*CHAINS;
	let block = ours.block(5);
	let raw = |link| {
		let proof = block.state.prove(&[leg_key(1), corridor_key()]);
		let evidence = Evidence { header: block.header.clone(), link, proof };
		[vec![0, 3, 0, 1, 1], evidence.encode()].concat()
	};
	let justification = block.justification.clone();
	let above = Link::Above { justification, extension: ours.extension(3, 5) };
	vec![
		// Raw or program, known height, how far it has come at once, legs; chain, block, faults.
		seed("raw-above", raw(above)),
		seed("raw-below", raw(Link::Below { under: 9, path: ours.path(5, 9) })),
		seed("raw-known", raw(Link::Known)),
		seed("first", vec![1, 0, 0, 2, 0, 1, 0, 3, 0]),
		seed("next", vec![1, 3, 0, 2, 0, 1, 0, 5, 0]),
		seed("gap", vec![1, 10, 3, 1, 2, 0, 40, 0]),
		seed("change", vec![1, 3, 0, 0, 0, 8, 0]),
		seed("second-set", vec![1, 8, 0, 1, 2, 0, 11, 0]),
		seed("skipped-change", vec![1, 3, 0, 1, 2, 0, 11, 0]),
		seed("known", vec![1, 30, 28, 1, 2, 0, 29, 0]),
		seed("below", vec![1, 30, 0, 1, 2, 0, 9, 0]),
		seed("below-mark", vec![1, 30, 3, 1, 2, 0, 9, 4, 0, 9, 27, 1]),
		seed("other-system", vec![1, 3, 0, 1, 2, 1, 5, 0]),
		seed("other-branch", vec![1, 6, 0, 1, 2, 2, 8, 0]),
		seed("other-branch-below", vec![1, 30, 0, 1, 2, 2, 8, 0]),
		seed("later-branch", vec![1, 3, 0, 1, 2, 2, 8, 0]),
		seed("spoiled-proof", vec![1, 3, 0, 1, 2, 0, 5, 8, 0, 1, 9, 0, 4]),
		seed("spoiled-path", vec![1, 30, 0, 1, 2, 0, 9, 16, 0, 2, 0, 1]),
	]
}

fn reports() -> Vec<Seed> {
	let seed = |name, bytes| Seed("report", name, bytes);
	let raw = crate::report::true_report(&CHAINS[2], 20).encode();
	// Raw or program, chain, block; faults, and what they are.
	let of = |chain: u8, number: u32, rest: &[u8]| [&[1, chain, number as u8], rest].concat();
	let (other, ours) = (0, 0xa0);
	vec![
		seed("raw", [vec![0], raw].concat()),
		seed("low", of(other, FORK, &[])),
		seed("change", of(other, CHANGE, &[])),
		seed("high", of(other, 20, &[])),
		seed("newer", of(other, 40, &[])),
		seed("before", of(other, FORK - 1, &[])),
		seed("honest", of(ours, 20, &[])),
		seed("honest-newer", of(ours, 40, &[])),
		seed("other-system", of(0xf0, 20, &[])),
		seed("other-votes", of(other, 20, &[1, 19])),
		seed("other-signers", of(other, 20, &[2, 3])),
		seed("descent", of(other, 20, &[8, 1, 0, 3, 12])),
		seed("honest-descent", of(ours, 20, &[8, 1, 0, 3, 12])),
		seed("height", of(other, 20, &[8, 1, 0, 0])),
		seed("above", of(other, 20, &[8, 1, 1, 0, 1, 4])),
		seed("era-end", of(other, 8, &[8, 1, 0, 4])),
		seed("lower", of(other, 20, &[8, 1, 0, 5])),
		seed("two-differences", of(other, 20, &[8, 2, 0, 0, 0, 0])),
		seed("other-common", of(other, 20, &[16, 1, 2])),
		seed("no-common", of(other, 20, &[16, 0])),
		seed("no-peaks", of(other, 20, &[96])),
	]
}
