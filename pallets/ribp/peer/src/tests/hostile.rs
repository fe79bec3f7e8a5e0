//! Servers that are broken, slow or malicious.

use super::*;
use crate::{rpc::MAX_MESSAGE, UrlError, MAX_BODY};
use sp_core::offchain::{HttpError, HttpRequestStatus};

/// What a question ends with against this body.
fn ask(body: impl Into<Vec<u8>>) -> Result<Option<H256>, PeerError> {
	answered(body, |client| client.block_hash(1))
}

/// What a question ends with against this network.
fn ask_through(script: Script) -> Result<Option<H256>, PeerError> {
	script.run(|| client().block_hash(1))
}

/// A network that behaves, except as `change` says.
fn network(change: impl FnOnce(&mut Script)) -> Script {
	let mut script = Script::answering(response("null"));
	change(&mut script);
	script
}

#[test]
fn a_server_that_behaves_is_understood() {
	assert_eq!(ask_through(network(|_| {})), Ok(None));
}

#[test]
fn a_client_is_not_made_for_an_unusable_address() {
	let error = Client::new("ws://127.0.0.1:9944", limits()).map(|_| ());
	assert_eq!(error, Err(PeerError::BadUrl(UrlError::Scheme)));
}

#[test]
fn a_request_that_the_host_will_not_start_is_unreachable() {
	let error = ask_through(network(|script| script.start = Err(())));
	assert_eq!(error, Err(PeerError::Unreachable));
}

#[test]
fn a_connection_that_breaks_is_unreachable() {
	for error in [HttpError::IoError, HttpError::Invalid] {
		let sending = network(|script| script.write = Err(error));
		assert_eq!(ask_through(sending), Err(PeerError::Unreachable));
		let reading = network(|script| script.end = Err(error));
		assert_eq!(ask_through(reading), Err(PeerError::Unreachable));
	}
	for status in [HttpRequestStatus::IoError, HttpRequestStatus::Invalid] {
		let waiting = network(|script| script.status = status);
		assert_eq!(ask_through(waiting), Err(PeerError::Unreachable));
	}
}

#[test]
fn a_server_that_is_too_slow_misses_the_deadline() {
	let sending = network(|script| script.write = Err(HttpError::DeadlineReached));
	assert_eq!(ask_through(sending), Err(PeerError::Deadline));
	let waiting = network(|script| script.status = HttpRequestStatus::DeadlineReached);
	assert_eq!(ask_through(waiting), Err(PeerError::Deadline));
	let reading = network(|script| script.end = Err(HttpError::DeadlineReached));
	assert_eq!(ask_through(reading), Err(PeerError::Deadline));
}

#[test]
fn nothing_is_sent_after_the_deadline() {
	for now in [limits().deadline.unix_millis(), u64::MAX] {
		let script = network(|script| script.now = now);
		let record = script.record.clone();
		assert_eq!(ask_through(script), Err(PeerError::Deadline));
		assert!(record.lock().unwrap().deadlines.is_empty());
	}
}

#[test]
fn a_body_that_trickles_in_ends_at_the_deadline() {
	let mut script = Script::chunked(vec![b" ".to_vec()]);
	script.endless = true;
	script.read_time = 1_000;
	let record = script.record.clone();
	assert_eq!(ask_through(script), Err(PeerError::Deadline));
	assert_eq!(record.lock().unwrap().read, 10);
}

#[test]
fn a_body_without_end_stops_at_the_limit() {
	let mut script = Script::chunked(vec![vec![b' '; 1_000]]);
	script.endless = true;
	let record = script.record.clone();
	assert_eq!(ask_through(script), Err(PeerError::TooLarge { limit: limits().max_body }));
	assert_eq!(record.lock().unwrap().read, limits().max_body.div_ceil(1_000) * 1_000);
}

#[test]
fn a_body_of_many_chunks_may_fill_the_limit_and_no_more() {
	let answer = response("null").into_bytes();
	let mut padded = vec![b' '; limits().max_body - answer.len()];
	padded.extend(answer);
	let chunks = |body: &[u8]| body.chunks(777).map(<[u8]>::to_vec).collect();
	assert_eq!(ask_through(Script::chunked(chunks(&padded))), Ok(None));

	padded.insert(0, b' ');
	let error = ask_through(Script::chunked(chunks(&padded)));
	assert_eq!(error, Err(PeerError::TooLarge { limit: limits().max_body }));
}

#[test]
fn no_limit_is_higher_than_the_runtime_can_bear() {
	let mut script = Script::chunked(vec![vec![b' '; 16 * 1024]]);
	script.endless = true;
	let limits = Limits { max_body: usize::MAX, ..limits() };
	let error = script.run(|| Client::new(URL, limits).unwrap().block_hash(1));
	assert_eq!(error, Err(PeerError::TooLarge { limit: MAX_BODY }));
}

#[test]
fn only_status_200_is_an_answer() {
	for code in [0, 100, 201, 204, 301, 302, 307, 401, 404, 429, 500, 503, u16::MAX] {
		let script = network(|script| script.status = HttpRequestStatus::Finished(code));
		let record = script.record.clone();
		assert_eq!(ask_through(script), Err(PeerError::Status(code)));
		assert_eq!(record.lock().unwrap().read, 0);
	}
}

#[test]
fn an_answer_that_is_not_json_is_refused() {
	let whole = response("null");
	for body in ["", " ", "<html>busy</html>", "{", "{'id':1}", &whole[..20]] {
		assert_eq!(ask(body), Err(PeerError::NotJson), "{body}");
	}
	assert_eq!(ask(whole + "}"), Err(PeerError::NotJson));
	assert_eq!(ask(response("\"\u{1}\"")), Err(PeerError::NotJson));
	assert_eq!(ask(vec![0x80; 100]), Err(PeerError::NotJson));
}

#[test]
fn text_that_is_not_unicode_is_refused() {
	let body = [br#"{"jsonrpc":"2.0","id":1,"result":""#, &[0xc3, 0x28][..], b"\"}"].concat();
	assert_eq!(ask(body), Err(PeerError::NotJson));
}

#[test]
fn deep_nesting_is_refused_without_deep_recursion() {
	for opening in ["[", r#"{"id":"#, r#"{"a":"#] {
		let deep = opening.repeat(100_000);
		let limits = Limits { max_body: MAX_BODY, ..limits() };
		for body in [deep.clone(), response(&deep), format!(r#"{{"error":{deep}"#)] {
			let error = Script::answering(body)
				.run(|| Client::new(URL, limits).unwrap().header(H256::zero()));
			assert!(error.is_err());
		}
	}
	assert_eq!(ask("[".repeat(50_000)), Err(PeerError::NotJsonRpc));
	assert_eq!(ask(r#"{"a":"#.repeat(10_000)), Err(PeerError::NotJson));
}

#[test]
fn deep_nesting_in_a_member_that_nobody_reads_does_no_harm() {
	let deep = "[".repeat(30_000) + &"]".repeat(30_000);
	assert_eq!(ask(format!(r#"{{"x":{deep},"jsonrpc":"2.0","id":1,"result":null}}"#)), Ok(None));
}

#[test]
fn huge_numbers_are_refused() {
	let answer = |id: &str| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":null}}"#);
	// Which of the two depends on the precision with which serde_json was built to read numbers.
	let refused = |error| matches!(error, Err(PeerError::NotJson | PeerError::WrongId));
	assert!(refused(ask(answer("1e999999999"))));
	assert!(refused(ask(answer(&"9".repeat(50_000)))));
	assert_eq!(ask(answer("18446744073709551617")), Err(PeerError::WrongId));
	assert_eq!(ask(response("1e308")), Err(PeerError::WrongShape("chain_getBlockHash")));
}

#[test]
fn an_answer_to_another_request_is_refused() {
	for id in ["0", "2", "-1", "1.0", "\"1\"", "{}", "null"] {
		let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":null}}"#);
		assert_eq!(ask(body), Err(PeerError::WrongId), "{id}");
	}
	assert_eq!(ask(r#"{"jsonrpc":"2.0","result":null}"#), Err(PeerError::WrongId));
	let refusal = r#"{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":""}}"#;
	assert_eq!(ask(refusal), Err(PeerError::WrongId));
}

#[test]
fn an_id_that_is_no_id_has_the_wrong_shape() {
	for id in ["[]", "true"] {
		let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":null}}"#);
		assert_eq!(ask(body), Err(PeerError::WrongShape("chain_getBlockHash")), "{id}");
	}
}

#[test]
fn an_answer_that_is_no_json_rpc_response_is_refused() {
	for body in [
		r#"{}"#,
		r#"{"id":1,"result":null}"#,
		r#"{"jsonrpc":"1.0","id":1,"result":null}"#,
		r#"{"jsonrpc":null,"id":1,"result":null}"#,
		r#"[{"jsonrpc":"2.0","id":1,"result":null}]"#,
		r#" ["2.0",1,null,null]"#,
	] {
		assert_eq!(ask(body), Err(PeerError::NotJsonRpc), "{body}");
	}
}

#[test]
fn an_answer_of_another_json_type_has_the_wrong_shape() {
	for body in ["null", "17", "\"hello\"", r#"{"jsonrpc":2.0,"id":1,"result":null}"#] {
		assert_eq!(ask(body), Err(PeerError::WrongShape("chain_getBlockHash")), "{body}");
	}
}

#[test]
fn an_answer_without_a_result_is_not_one_with_a_null_result() {
	let error = ask(r#"{"jsonrpc":"2.0","id":1}"#);
	assert_eq!(error, Err(PeerError::NoResult("chain_getBlockHash")));
	assert_eq!(ask(r#"{"jsonrpc":"2.0","id":1,"error":null,"result":null}"#), Ok(None));
}

#[test]
fn a_refusal_says_why() {
	let error = ask(refusal(-32601, "Method not found"));
	let words = PeerError::Rpc { code: -32601, message: "Method not found".into() };
	assert_eq!(error, Err(words));
}

#[test]
fn a_refusal_wins_over_a_result() {
	let body = r#"{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1,"message":"no"}}"#;
	assert_eq!(ask(body), Err(PeerError::Rpc { code: 1, message: "no".into() }));
}

#[test]
fn a_refusal_of_a_request_that_the_node_could_not_read_has_no_id() {
	let body = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32007,"message":"too big"}}"#;
	assert_eq!(ask(body), Err(PeerError::Rpc { code: -32007, message: "too big".into() }));
}

#[test]
fn the_words_of_a_refusal_are_short_and_on_one_line() {
	let error = ask(refusal(1, &"é\\n\\u001b".repeat(1_000)));
	let Err(PeerError::Rpc { message, .. }) = error else { panic!("refused: {error:?}") };
	assert_eq!(message.chars().count(), MAX_MESSAGE);
	assert!(message.starts_with("é  é  "));
}

#[test]
fn a_refusal_of_another_shape_is_no_refusal() {
	for fault in ["1", "\"no\"", "{}", r#"{"code":"1","message":""}"#, r#"{"code":1}"#] {
		let body = format!(r#"{{"jsonrpc":"2.0","id":1,"error":{fault}}}"#);
		assert_eq!(ask(body), Err(PeerError::WrongShape("chain_getBlockHash")), "{fault}");
	}
}

#[test]
fn every_error_prints_as_one_short_line() {
	let hash = H256::repeat_byte(0xff);
	for error in [
		PeerError::BadUrl(UrlError::TooLong { limit: 1 }),
		PeerError::Unreachable,
		PeerError::Deadline,
		PeerError::Status(500),
		PeerError::TooLarge { limit: usize::MAX },
		PeerError::NotJson,
		PeerError::NotJsonRpc,
		PeerError::WrongId,
		PeerError::Rpc { code: i64::MIN, message: "x".repeat(MAX_MESSAGE) },
		PeerError::NotFinalized { number: 7 },
		PeerError::NoSetChange { number: 7 },
		PeerError::StateDiscarded { at: hash },
		PeerError::NoResult("state_getReadProof"),
		PeerError::WrongShape("state_getReadProof"),
		PeerError::BadHex,
		PeerError::Undecodable("finality proof"),
		PeerError::WrongHeader { asked: hash, answered: hash },
		PeerError::WrongBlock { asked: hash, answered: hash },
	] {
		let line = error.to_string();
		assert!(!line.is_empty() && !line.contains('\n') && line.len() < 240, "{line}");
	}
}
