//! What goes over the wire, to the byte.

use super::*;
use sp_core::offchain::testing::PendingRequest;
use sp_runtime::offchain::Duration;

/// Runs `ask` against a node that expects exactly these requests and gives these results.
fn exchange<R>(expected: &[(&str, String)], ask: impl FnOnce(&Client) -> R) -> R {
	let (host, state) = TestOffchainExt::new();
	for (body, answer) in expected {
		state.write().expect_request(PendingRequest {
			method: "POST".into(),
			uri: URL.into(),
			headers: vec![("Content-Type".into(), "application/json".into())],
			body: body.as_bytes().to_vec(),
			sent: true,
			response: Some(answer.clone().into_bytes()),
			..Default::default()
		});
	}
	let mut world = TestExternalities::default();
	world.register_extension(OffchainWorkerExt::new(host));
	world.execute_with(|| ask(&client()))
}

#[test]
fn finality_is_asked_for_by_number() {
	let headers = [header(42), header(43)];
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"grandpa_proveFinality","params":[41]}"#;
	let answer = response(quoted(&finality_proof(&headers)));
	let proof = exchange(&[(request, answer)], |client| client.prove_finality(41));
	let proof = proof.unwrap().unwrap();
	assert_eq!(proof.block, headers[1].hash());
	assert_eq!(proof.justification, justification(&headers[1]));
	assert_eq!(proof.unknown_headers, headers);
}

#[test]
fn the_newest_final_block_is_asked_for_by_nothing() {
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"chain_getFinalizedHead","params":[]}"#;
	let hash = H256::repeat_byte(0xab);
	let head = exchange(&[(request, response(quoted(&hash.0)))], |client| client.finalized_head());
	assert_eq!(head, Ok(hash));
}

#[test]
fn a_storage_proof_is_asked_for_by_keys_and_block() {
	let at = H256::repeat_byte(0xab);
	let keys = [vec![0x01, 0xf2], vec![]];
	let block = to_hex(&at.0);
	let request = [
		r#"{"jsonrpc":"2.0","id":1,"method":"state_getReadProof","params":[["0x01f2","0x"],""#,
		&block,
		r#""]}"#,
	]
	.concat();
	let answer = response(format!(r#"{{"at":"{block}","proof":["0x8001ff","0x"]}}"#));
	let proof = exchange(&[(&request, answer)], |client| client.read_proof(&keys, at));
	assert_eq!(proof, Ok(vec![vec![0x80, 0x01, 0xff], vec![]]));
}

#[test]
fn a_header_is_asked_for_by_hash() {
	let header = header(0x1234);
	let request = format!(
		r#"{{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":["{}"]}}"#,
		to_hex(header.hash().as_bytes())
	);
	let answer = response(json_header(&header));
	let found = exchange(&[(&request, answer)], |client| client.header(header.hash()));
	assert_eq!(found, Ok(Some(header)));
}

#[test]
fn a_block_hash_is_asked_for_by_number() {
	let hash = H256::repeat_byte(9);
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[4294967295]}"#;
	let found = exchange(&[(request, response(quoted(&hash.0)))], |c| c.block_hash(u32::MAX));
	assert_eq!(found, Ok(Some(hash)));
}

#[test]
fn a_runtime_is_called_by_function_and_arguments() {
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"state_call","params":["Api_f","0x01ff"]}"#;
	let answer = exchange(&[(request, response("\"0x2a00\""))], |c| c.call("Api_f", &[1, 255]));
	assert_eq!(answer, Ok(vec![0x2a, 0]));
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"state_call","params":["Api_g","0x"]}"#;
	let answer = exchange(&[(request, response("\"0x2a00\""))], |c| c.call_as("Api_g", &[]));
	assert_eq!(answer, Ok(42u16));
}

#[test]
fn an_extrinsic_is_submitted_as_it_is() {
	let hash = H256::repeat_byte(4);
	let request =
		r#"{"jsonrpc":"2.0","id":1,"method":"author_submitExtrinsic","params":["0x0c45ff00"]}"#;
	let extrinsic = [0x0c, 0x45, 0xff, 0];
	let taken = exchange(&[(request, response(quoted(&hash.0)))], |c| c.submit(&extrinsic));
	assert_eq!(taken, Ok(hash));
}

#[test]
fn each_request_of_a_client_has_its_own_id() {
	let request = |id: u8| {
		format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"chain_getBlockHash","params":[5]}}"#)
	};
	let answer = |id: u8| format!(r#"{{"jsonrpc":"2.0","id":{id},"result":null}}"#);
	exchange(&[(&request(1), answer(1)), (&request(2), answer(2))], |client| {
		assert_eq!(client.block_hash(5), Ok(None));
		assert_eq!(client.block_hash(5), Ok(None));
	});
}

#[test]
fn every_blocking_call_of_a_request_has_the_deadline_of_the_round() {
	let script = Script::chunked(vec![b"{".to_vec(); 5]);
	let record = script.record.clone();
	let _ = script.run(|| client().block_hash(1));
	let deadlines = &record.lock().unwrap().deadlines;
	// The request and its end, the wait, five chunks and the end of the body.
	assert_eq!(deadlines[..], [Some(limits().deadline); 9]);
}

#[test]
fn a_round_ends_a_given_time_from_now() {
	let mut script = Script::answering("");
	script.now = 500;
	let limits = script.run(|| Limits::within(Duration::from_millis(1_500), 77));
	assert_eq!(limits, Limits { deadline: Timestamp::from_unix_millis(2_000), max_body: 77 });
}

#[test]
fn a_round_without_end_does_not_overflow() {
	let mut script = Script::answering(response("null"));
	script.now = 500;
	script.run(|| {
		let limits = Limits::within(Duration::from_millis(u64::MAX), usize::MAX);
		assert_eq!(limits.deadline, Timestamp::from_unix_millis(u64::MAX));
		assert_eq!(Client::new(URL, limits).unwrap().block_hash(1), Ok(None));
	});
}

#[test]
fn what_a_node_serves_is_asked_for_by_nothing() {
	let request = r#"{"jsonrpc":"2.0","id":1,"method":"rpc_methods","params":[]}"#;
	let answer = response(r#"{"methods":["chain_getHeader","state_call"],"version":1}"#);
	let methods = exchange(&[(request, answer)], |client| client.methods());
	assert_eq!(methods, Ok(vec!["chain_getHeader".into(), "state_call".into()]));
}

#[test]
fn a_runtime_is_called_at_a_block() {
	let at = H256::repeat_byte(0xab);
	let request = [
		r#"{"jsonrpc":"2.0","id":1,"method":"state_call","params":["Api_f","0x07",""#,
		&to_hex(&at.0),
		r#""]}"#,
	]
	.concat();
	let answer = response(r#""0x0102""#);
	let called = exchange(&[(&request, answer)], |client| client.call_at("Api_f", &[7], at));
	assert_eq!(called, Ok(vec![1, 2]));
}
