//! The client against hosts that play the other side of the wire.

mod answers;
mod hostile;
mod requests;
mod script;
mod status;

use codec::Encode;
use sp_core::{
	offchain::{testing::TestOffchainExt, OffchainWorkerExt, Timestamp},
	H256,
};
use sp_io::TestExternalities;
use sp_runtime::{generic::DigestItem, Digest};

use crate::{hexadecimal::to_hex, Client, Header, Limits, PeerError};
use script::Script;

const URL: &str = "http://beta.example:9944";

fn limits() -> Limits {
	Limits { deadline: Timestamp::from_unix_millis(10_000), max_body: 64 * 1024 }
}

fn client() -> Client {
	Client::new(URL, limits()).expect("the test's address is valid; qed")
}

/// Runs `ask` against a server that answers with status 200 and this body.
fn answered<R>(body: impl Into<Vec<u8>>, ask: impl FnOnce(&Client) -> R) -> R {
	Script::answering(body).run(|| ask(&client()))
}

/// The response to a client's first request.
fn response(result: impl AsRef<str>) -> String {
	format!(r#"{{"jsonrpc":"2.0","id":1,"result":{}}}"#, result.as_ref())
}

/// The refusal of a client's first request.
fn refusal(code: i64, message: &str) -> String {
	format!(r#"{{"jsonrpc":"2.0","error":{{"code":{code},"message":"{message}"}},"id":1}}"#)
}

fn quoted(bytes: &[u8]) -> String {
	format!("\"{}\"", to_hex(bytes))
}

/// A header as Aura and GRANDPA leave it: slot, scheduled change, seal.
fn header(number: u32) -> Header {
	let logs = vec![
		DigestItem::PreRuntime(*b"aura", 1234567u64.encode()),
		DigestItem::Consensus(*b"FRNK", vec![1, 4, 9, 9, 9]),
		DigestItem::RuntimeEnvironmentUpdated,
		DigestItem::Seal(*b"aura", vec![0x5e; 64]),
	];
	Header {
		parent_hash: H256::repeat_byte(number as u8),
		number,
		state_root: H256::repeat_byte(0x57),
		extrinsics_root: H256::repeat_byte(0xe7),
		digest: Digest { logs },
	}
}

fn json_header(header: &Header) -> String {
	serde_json::to_string(header).expect("a header is JSON; qed")
}

/// A GRANDPA justification with three votes for `target`, as a node encodes it.
fn justification(target: &Header) -> Vec<u8> {
	let vote = |voter: u8| ((target.hash(), target.number), [voter; 64], [voter; 32]);
	let votes = vec![vote(1), vote(2), vote(3)];
	let no_ancestries: Vec<Header> = Vec::new();
	(7u64, (target.hash(), target.number, votes), no_ancestries).encode()
}

/// A node's SCALE proof that the first header's parent is final because the last header is.
fn finality_proof(headers: &[Header]) -> Vec<u8> {
	let last = headers.last().expect("a proof is about a header; qed");
	(last.hash(), justification(last), headers).encode()
}
