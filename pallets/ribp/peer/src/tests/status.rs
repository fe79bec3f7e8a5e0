//! What becomes of requests, by name, and the stored form of the record.

use super::*;
use crate::{
	host_of,
	status::{
		from_bytes, rounds_key, to_bytes, Counted, EndpointResult, Fault, Method, RoundResult,
		Rounds, VERSION,
	},
	UrlError,
};

#[test]
fn each_request_is_counted_by_method_and_result() {
	let counts = Script::sequence(vec![
		response("null"),
		refusal(-32999, "slow down").replace(r#""id":1"#, r#""id":2"#),
		"no JSON".into(),
	])
	.run(|| {
		let client = client();
		let results = [
			client.prove_finality(1).map(drop),
			client.finalized_head().map(drop),
			client.header(H256::zero()).map(drop),
		];
		assert_eq!(results.iter().filter(|result| result.is_err()).count(), 2);
		client.requests()
	});
	let counts: Vec<_> = counts.iter().map(|c| (c.method, c.fault, c.count)).collect();
	assert_eq!(
		counts,
		[
			(Method::ProveFinality, None, 1),
			(Method::FinalizedHead, Some(Fault::RateLimited), 1),
			(Method::Header, Some(Fault::NotJson), 1),
		]
	);
}

#[test]
fn every_error_has_a_fault_of_its_kind() {
	let rpc = |code| PeerError::Rpc { code, message: "words".into() };
	let (at, number) = (H256::zero(), 1);
	for (error, fault, code) in [
		(PeerError::BadUrl(UrlError::Empty), Fault::BadUrl, 0),
		(PeerError::Unreachable, Fault::Unreachable, 0),
		(PeerError::Deadline, Fault::Deadline, 0),
		(PeerError::Status(429), Fault::RateLimited, 429),
		(rpc(-32999), Fault::RateLimited, -32999),
		(rpc(-32005), Fault::RateLimited, -32005),
		(PeerError::Status(503), Fault::Status, 503),
		(PeerError::TooLarge { limit: 1 }, Fault::TooLarge, 0),
		(rpc(-32008), Fault::TooLarge, -32008),
		(PeerError::NotJson, Fault::NotJson, 0),
		(PeerError::NotJsonRpc, Fault::NotJsonRpc, 0),
		(PeerError::WrongId, Fault::NotJsonRpc, 0),
		(rpc(-32601), Fault::MethodMissing, -32601),
		(rpc(4), Fault::Rpc, 4),
		(PeerError::NotFinalized { number }, Fault::NotFinalized, 0),
		(PeerError::NoSetChange { number }, Fault::NoSetChange, 0),
		(PeerError::StateDiscarded { at }, Fault::StateDiscarded, 0),
		(PeerError::NoResult("m"), Fault::Mistyped, 0),
		(PeerError::WrongShape("m"), Fault::Mistyped, 0),
		(PeerError::BadHex, Fault::Mistyped, 0),
		(PeerError::Undecodable("x"), Fault::Mistyped, 0),
		(PeerError::WrongHeader { asked: at, answered: at }, Fault::WrongBlock, 0),
		(PeerError::WrongBlock { asked: at, answered: at }, Fault::WrongBlock, 0),
	] {
		assert_eq!((error.fault(), error.code()), (fault, code), "{error}");
	}
}

#[test]
fn nothing_of_an_address_is_shown_but_its_host() {
	for (url, host) in [
		("https://node.example/secret-key", "node.example"),
		("http://node.example:9944?key=secret", "node.example:9944"),
		("http://user:secret@node.example", "node.example"),
		("http://[::1]:9944/secret", "[::1]:9944"),
		("node.example/secret", "node.example"),
		("", ""),
	] {
		assert_eq!(host_of(url), host);
	}
}

#[test]
fn a_record_of_another_version_or_a_damaged_one_is_none() {
	let mut record = Rounds::default();
	record.results.count(RoundResult::Idle);
	let bytes = to_bytes(&record);
	assert_eq!(from_bytes(&bytes), Some(record));
	let newer = [&(VERSION + 1).encode()[..], &bytes[2..]].concat();
	for damaged in
		[&newer[..], &[], &bytes[..1], &bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat()]
	{
		assert_eq!(from_bytes::<Rounds>(damaged), None);
	}
}

#[test]
fn what_is_counted_is_no_longer_than_there_are_results() {
	let mut counted = Counted::default();
	for _ in 0..3 {
		EndpointResult::ALL.iter().for_each(|result| counted.count(*result));
	}
	assert_eq!(counted.iter().count(), EndpointResult::ALL.len());
	assert!(counted.iter().all(|(_, count)| count == 3));
	assert_eq!(counted.of(EndpointResult::Found), 3);
}

/// The node reads by these keys what the worker writes.
#[test]
fn the_record_of_a_peer_goes_by_its_genesis_hash() {
	let key = rounds_key(H256::repeat_byte(7));
	assert_eq!(key, [&b"ribp/status/rounds"[..], &[7; 32]].concat());
}

#[test]
fn names_are_those_of_metrics() {
	for result in RoundResult::ALL {
		let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
		assert!(result.name().chars().all(is_plain), "{result:?}");
	}
	assert_eq!(Method::Submit.name(), "author_submitExtrinsic");
}
