//! What a node may answer to each method, and what it may not.

use super::*;
use crate::{FinalityProof, MAX_FINALITY_PROOF};

const AT: H256 = H256::repeat_byte(0xaa);

fn prove(result: &str) -> Result<Option<FinalityProof>, PeerError> {
	answered(response(result), |client| client.prove_finality(41))
}

fn read(result: &str) -> Result<Vec<Vec<u8>>, PeerError> {
	answered(response(result), |client| client.read_proof(&[vec![1]], AT))
}

fn fetch_header(result: &str, hash: H256) -> Result<Option<Header>, PeerError> {
	answered(response(result), |client| client.header(hash))
}

#[test]
fn a_node_without_a_justification_proves_nothing() {
	assert_eq!(prove("null"), Ok(None));
}

#[test]
fn a_finality_proof_has_the_layout_of_the_node() {
	let block = H256::repeat_byte(3);
	let proof = FinalityProof { block, justification: vec![9, 8], unknown_headers: vec![] };
	let golden = [&[3; 32][..], &[8, 9, 8], &[0]].concat();
	assert_eq!(proof.encode(), golden);
	assert_eq!(prove(&quoted(&golden)), Ok(Some(proof)));
}

#[test]
fn a_finality_proof_may_fill_the_limit() {
	let headers: Vec<_> = (1..=120).map(header).collect();
	let answer = response(quoted(&finality_proof(&headers)));
	assert!(answer.len() > limits().max_body / 2);
	let limits = Limits { max_body: answer.len(), ..limits() };
	let proof = Script::answering(answer)
		.run(|| Client::new(URL, limits).unwrap().prove_finality(0))
		.unwrap();
	assert_eq!(proof.unwrap().unknown_headers, headers);
}

/// Whatever else the limit is: a later block has fewer headers to show.
#[test]
fn a_finality_proof_of_very_many_headers_is_too_large() {
	let headers: Vec<_> = (1..=6_000).map(header).collect();
	let answer = response(quoted(&finality_proof(&headers)));
	assert!(answer.len() > MAX_FINALITY_PROOF);
	let limits = Limits { max_body: crate::MAX_BODY, ..limits() };
	let error = Script::answering(answer)
		.run(|| Client::new(URL, limits).unwrap().prove_finality(0))
		.unwrap_err();
	assert_eq!(error, PeerError::TooLarge { limit: MAX_FINALITY_PROOF });
	assert!(error.is_too_large());
	// A node has a limit, too.
	let error = answered(refusal(-32008, "Response is too big"), |client| client.prove_finality(0));
	assert!(error.unwrap_err().is_too_large());
	assert!(!PeerError::Deadline.is_too_large());
}

#[test]
fn what_says_nothing_about_a_question_may_pass() {
	let passing = [429, 500, 503, 599].map(PeerError::Status);
	for error in passing.iter().chain([&PeerError::Unreachable, &PeerError::Deadline]) {
		assert!(error.is_passing(), "{error}");
	}
	for code in [-32999, -32005] {
		let limited = PeerError::Rpc { code, message: "too many requests".into() };
		assert!(limited.is_passing() && limited.is_rate_limited(), "{limited}");
	}
	assert!(PeerError::Status(429).is_rate_limited() && !PeerError::Status(503).is_rate_limited());
	let refused = PeerError::Rpc { code: -32601, message: "Method not found".into() };
	let others = [PeerError::Status(404), PeerError::TooLarge { limit: 1 }, refused];
	for error in others {
		assert!(!error.is_passing(), "{error}");
	}
}

/// A node that refuses the first question by a code, and answers the next ones with these results.
fn refused<R>(code: i64, next: &[String], ask: impl FnOnce(&Client) -> R) -> R {
	let next = next.iter().zip(2u64..);
	let next =
		next.map(|(result, id)| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#));
	let answers: Vec<_> = [refusal(code, "in words of its own")].into_iter().chain(next).collect();
	Script::sequence(answers).run(|| ask(&client()))
}

/// A node whose newest final block is this one.
fn finalized(newest: &Header) -> [String; 2] {
	[quoted(&newest.hash().0), json_header(newest)]
}

fn in_its_words(code: i64) -> PeerError {
	PeerError::Rpc { code, message: "in words of its own".into() }
}

/// By its code, and by what it has finalized: its words are its own.
#[test]
fn a_block_that_is_not_finalized_yet_is_not_a_failure_to_prove() {
	let error = refused(4, &finalized(&header(40)), |client| client.prove_finality(41));
	assert_eq!(error, Err(PeerError::NotFinalized { number: 41 }));
}

#[test]
fn a_node_that_knows_no_change_of_its_set_cannot_prove_finality() {
	for newest in [41, 50] {
		let error = refused(4, &finalized(&header(newest)), |client| client.prove_finality(41));
		assert_eq!(error, Err(PeerError::NoSetChange { number: 41 }));
	}
}

#[test]
fn a_node_that_does_not_answer_the_second_question_is_quoted() {
	let error = refused(4, &[], |client| client.prove_finality(41));
	assert_eq!(error, Err(in_its_words(4)));
	let unknown = [quoted(&AT.0), "null".into()];
	let error = refused(4, &unknown, |client| client.prove_finality(41));
	assert_eq!(error, Err(in_its_words(4)));
	// Of another code no second question is asked.
	let error = refused(1, &finalized(&header(40)), |client| client.prove_finality(41));
	assert_eq!(error, Err(in_its_words(1)));
}

#[test]
fn a_finality_proof_with_trailing_bytes_is_undecodable() {
	let mut proof = finality_proof(&[header(42)]);
	proof.push(0);
	assert_eq!(prove(&quoted(&proof)), Err(PeerError::Undecodable("finality proof")));
}

#[test]
fn a_truncated_finality_proof_is_undecodable() {
	let proof = finality_proof(&[header(42)]);
	for length in [0, 31, 32, 40, proof.len() - 1] {
		let error = prove(&quoted(&proof[..length]));
		assert_eq!(error, Err(PeerError::Undecodable("finality proof")), "{length} bytes");
	}
}

#[test]
fn a_finality_proof_that_would_grow_in_memory_is_undecodable() {
	// One byte for each digest item of the header, more than thirty for each in memory.
	let mut swollen = header(42);
	swollen.digest.logs = vec![DigestItem::RuntimeEnvironmentUpdated; 20_000];
	let proof = finality_proof(&[swollen]);
	assert_eq!(prove(&quoted(&proof)), Err(PeerError::Undecodable("finality proof")));
}

#[test]
fn a_finality_proof_that_is_not_hexadecimal_is_refused() {
	for result in [r#""0x123""#, r#""1234""#, r#""0xzz""#, r#""""#] {
		assert_eq!(prove(result), Err(PeerError::BadHex), "{result}");
	}
}

#[test]
fn a_finality_proof_of_another_json_type_has_the_wrong_shape() {
	for result in ["5", "true", "[]", "{}", r#"{"block":"0x"}"#, "[\"0x\"]"] {
		assert_eq!(prove(result), Err(PeerError::WrongShape("grandpa_proveFinality")), "{result}");
	}
}

#[test]
fn text_with_escapes_is_read_like_text_without() {
	let result = format!(r#"{{"at":"\u0030x{}","proof":["0\u0078ff"]}}"#, "aa".repeat(32));
	assert_eq!(read(&result), Ok(vec![vec![0xff]]));
}

#[test]
fn members_that_are_not_known_are_ignored() {
	let result = format!(r#"{{"new":[{{}}],"at":{},"proof":[],"x":1}}"#, quoted(&AT.0));
	assert_eq!(read(&result), Ok(vec![]));
}

#[test]
fn a_storage_proof_of_another_block_is_refused() {
	let other = H256::repeat_byte(0xbb);
	let result = format!(r#"{{"at":{},"proof":["0x00"]}}"#, quoted(&other.0));
	assert_eq!(read(&result), Err(PeerError::WrongBlock { asked: AT, answered: other }));
}

#[test]
fn a_storage_proof_without_a_block_hash_is_refused() {
	let result = r#"{"at":"0xaaaa","proof":[]}"#;
	assert_eq!(read(result), Err(PeerError::Undecodable("block hash")));
}

#[test]
fn a_storage_proof_with_a_node_that_is_not_hexadecimal_is_refused() {
	let result = format!(r#"{{"at":{},"proof":["0x00","0x0"]}}"#, quoted(&AT.0));
	assert_eq!(read(&result), Err(PeerError::BadHex));
}

#[test]
fn a_storage_proof_that_is_null_is_no_result() {
	assert_eq!(read("null"), Err(PeerError::NoResult("state_getReadProof")));
}

#[test]
fn a_storage_proof_without_its_members_has_the_wrong_shape() {
	let at = quoted(&AT.0);
	for result in [
		"{}".into(),
		format!(r#"{{"at":{at}}}"#),
		format!(r#"{{"at":{at},"proof":"0x00"}}"#),
		format!(r#"{{"at":{at},"proof":[null]}}"#),
		format!(r#"{{"at":{at},"at":{at},"proof":[]}}"#),
	] {
		assert_eq!(read(&result), Err(PeerError::WrongShape("state_getReadProof")), "{result}");
	}
}

#[test]
fn a_pruned_state_is_told_from_other_refusals() {
	let has_it = header(7);
	let at = has_it.hash();
	let error = refused(4003, &[json_header(&has_it)], |client| client.read_proof(&[], at));
	assert_eq!(error, Err(PeerError::StateDiscarded { at }));
	// It does not even have the block.
	let error = refused(4003, &["null".into()], |client| client.read_proof(&[], at));
	assert_eq!(error, Err(in_its_words(4003)));
	let error = refused(4001, &[json_header(&has_it)], |client| client.read_proof(&[], at));
	assert_eq!(error, Err(in_its_words(4001)));
}

#[test]
fn a_header_that_the_node_does_not_know_is_none() {
	assert_eq!(fetch_header("null", AT), Ok(None));
}

#[test]
fn a_header_with_another_hash_is_refused() {
	let other = header(8);
	let error = fetch_header(&json_header(&other), AT);
	assert_eq!(error, Err(PeerError::WrongHeader { asked: AT, answered: other.hash() }));
}

#[test]
fn headers_of_any_height_are_read() {
	for number in [0, 1, 15, 16, 255, 256, u32::MAX] {
		let header = header(number);
		assert_eq!(fetch_header(&json_header(&header), header.hash()), Ok(Some(header)));
	}
}

#[test]
fn a_header_beyond_the_last_height_is_undecodable() {
	let json = json_header(&header(1)).replace("\"0x1\"", "\"0x100000000\"");
	assert_eq!(fetch_header(&json, AT), Err(PeerError::Undecodable("block number")));
}

#[test]
fn a_header_with_a_broken_digest_is_undecodable() {
	let json = json_header(&header(1));
	for log in ["\"0x\"", "\"0xff\"", "\"0x0800\""] {
		let broken = json.replace("\"0x08\"", log);
		assert_ne!(broken, json);
		let error = fetch_header(&broken, AT);
		assert_eq!(error, Err(PeerError::Undecodable("digest item")), "{log}");
	}
}

/// In memory an element takes many times its bytes in the answer.
#[test]
fn lists_of_very_many_elements_have_the_wrong_shape() {
	let many = |element: &str, count: usize| vec![element; count].join(",");
	let limits = Limits { max_body: 1 << 20, ..limits() };
	let client = || Client::new(URL, limits).unwrap();
	for (count, fits) in [(1 << 16, true), ((1 << 16) + 1, false)] {
		let hashes = response(format!("[{}]", many("null", count)));
		let result = Script::answering(hashes).run(|| client().block_hashes(0, 1 << 16));
		let expected = match fits {
			true => Ok(vec![]),
			false => Err(PeerError::WrongShape("chain_getBlockHash")),
		};
		assert_eq!(result, expected);
		let proof = format!(r#"{{"at":{},"proof":[{}]}}"#, quoted(&AT.0), many("\"0x\"", count));
		let result = Script::answering(response(proof)).run(|| client().read_proof(&[], AT));
		let expected = match fits {
			true => Ok(vec![vec![]; count]),
			false => Err(PeerError::WrongShape("state_getReadProof")),
		};
		assert_eq!(result, expected);
	}
	let mut crowded = header(1);
	crowded.digest.logs = vec![DigestItem::RuntimeEnvironmentUpdated; 256];
	let result = fetch_header(&json_header(&crowded), crowded.hash());
	assert_eq!(result, Ok(Some(crowded.clone())));
	crowded.digest.push(DigestItem::RuntimeEnvironmentUpdated);
	let result = fetch_header(&json_header(&crowded), crowded.hash());
	assert_eq!(result, Err(PeerError::WrongShape("chain_getHeader")));
}

#[test]
fn a_header_with_a_short_root_is_undecodable() {
	let json = json_header(&header(1)).replace(&"57".repeat(32), &"57".repeat(31));
	assert_eq!(fetch_header(&json, AT), Err(PeerError::Undecodable("state root")));
}

#[test]
fn a_header_without_a_member_has_the_wrong_shape() {
	let json = json_header(&header(1)).replace("parentHash", "parent");
	assert_eq!(fetch_header(&json, AT), Err(PeerError::WrongShape("chain_getHeader")));
}

#[test]
fn a_block_hash_of_another_length_is_undecodable() {
	let error = answered(response("\"0x01\""), |client| client.block_hash(1));
	assert_eq!(error, Err(PeerError::Undecodable("block hash")));
}

#[test]
fn a_list_of_block_hashes_has_the_wrong_shape() {
	let error = answered(response("[null]"), |client| client.block_hash(1));
	assert_eq!(error, Err(PeerError::WrongShape("chain_getBlockHash")));
}

fn call_as<R: codec::DecodeWithMemTracking>(result: &str) -> Result<R, PeerError> {
	answered(response(result), |client| client.call_as("Api_f", &[]))
}

fn submit(answer: String) -> Result<H256, PeerError> {
	answered(answer, |client| client.submit(&[1]))
}

#[test]
fn a_runtimes_answer_must_be_bytes() {
	for (result, error) in [
		("null", PeerError::NoResult("state_call")),
		("5", PeerError::WrongShape("state_call")),
		("[\"0x\"]", PeerError::WrongShape("state_call")),
		("\"0x0\"", PeerError::BadHex),
		("\"2a\"", PeerError::BadHex),
	] {
		let called = answered(response(result), |client| client.call("Api_f", &[]));
		assert_eq!(called, Err(error), "{result}");
	}
	assert_eq!(answered(response("\"0x\""), |client| client.call("Api_f", &[])), Ok(vec![]));
}

#[test]
fn a_runtimes_answer_fills_its_bytes_exactly() {
	assert_eq!(call_as::<u16>("\"0x0100\""), Ok(1));
	for wrong in ["\"0x\"", "\"0x01\"", "\"0x010000\""] {
		assert_eq!(call_as::<u16>(wrong), Err(PeerError::Undecodable("runtime's answer")));
	}
}

#[test]
fn a_runtimes_answer_that_would_grow_in_memory_is_undecodable() {
	// A list that claims a thousand million items, and one whose items are empty lists.
	let claims = quoted(&codec::Compact(1_000_000_000u32).encode());
	assert_eq!(call_as::<Vec<u64>>(&claims), Err(PeerError::Undecodable("runtime's answer")));
	let empty = quoted(&vec![Vec::<u8>::new(); 20_000].encode());
	assert_eq!(call_as::<Vec<Vec<u8>>>(&empty), Err(PeerError::Undecodable("runtime's answer")));
}

#[test]
fn a_function_that_the_runtime_does_not_have_is_a_refusal_in_the_nodes_words() {
	let words = "Client error: Execution failed: Other: Exported method Api_f is not found";
	let error = answered(refusal(4003, words), |client| client.call("Api_f", &[]));
	assert_eq!(error, Err(PeerError::Rpc { code: 4003, message: words.into() }));
}

#[test]
fn a_pool_that_does_not_take_an_extrinsic_says_why() {
	for (code, words) in [
		(1010, "Invalid Transaction"),
		(1012, "Transaction is temporarily banned"),
		(1013, "Transaction Already Imported"),
	] {
		let error = PeerError::Rpc { code, message: words.into() };
		assert_eq!(submit(refusal(code, words)), Err(error));
	}
}

#[test]
fn the_hash_of_an_extrinsic_must_be_one() {
	for (result, error) in [
		("null", PeerError::NoResult("author_submitExtrinsic")),
		("true", PeerError::WrongShape("author_submitExtrinsic")),
		("\"0x01\"", PeerError::Undecodable("extrinsic hash")),
		("\"01\"", PeerError::BadHex),
	] {
		assert_eq!(submit(response(result)), Err(error), "{result}");
	}
}
