//! Answers of a node, through the whole client.

use crate::{
	input::Input,
	memory,
	network::{Network, DEADLINE},
};
use codec::Encode;
use ribp_kit::host::Response;
use ribp_peer::{Client, FinalityProof, Header, Limits, PeerError};
use serde_json::{json, Value};
use sp_core::{
	offchain::{Duration, HttpError, HttpRequestStatus, Timestamp},
	H256,
};
use sp_runtime::{Digest, DigestItem};

const URL: &str = "http://beta.example:9944";
const AT: H256 = H256::repeat_byte(7);
const LIMITS: [usize; 3] = [32 * 1024, 600, 0];

/// What a method of the client gives.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
	Finality(Option<FinalityProof>),
	Nodes(Vec<Vec<u8>>),
	Header(Option<Header>),
	Hash(Option<H256>),
}

/// What is asked, and what a right answer to it would be.
struct Question {
	answer: Answer,
	max_body: usize,
}

/// Asks a node that answers with these bytes.
pub fn json(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let method = input.byte();
	let max_body = *input.pick(&LIMITS);
	if raw {
		let body = input.rest().to_vec();
		let response = Response::new(HttpRequestStatus::Finished(200), body);
		let answer = some_answer(&mut Input::new(&[]), method);
		return judge(response, &Question { answer, max_body }, false);
	}
	let mut response = some_response(&mut input);
	let answer = some_answer(&mut input, method);
	let (body, is_right) = some_body(&mut input, &answer);
	let at_once = response.pace == Duration::from_millis(0);
	let in_time = at_once && response.end.is_ok() && body.len() <= max_body;
	let is_right = is_right && in_time && response.status == HttpRequestStatus::Finished(200);
	response.body = body;
	judge(response, &Question { answer, max_body }, is_right);
}

/// How a response comes.
fn some_response(input: &mut Input<'_>) -> Response {
	let status = match input.byte() {
		0xf0 => HttpRequestStatus::IoError,
		0xf1 => HttpRequestStatus::DeadlineReached,
		0xf2 => HttpRequestStatus::Invalid,
		0xf3.. => HttpRequestStatus::Finished(input.number() as u16),
		_ => HttpRequestStatus::Finished(200),
	};
	let mut response = Response::new(status, Vec::new());
	response.chunk = match input.byte() {
		0 => usize::MAX,
		length => length.into(),
	};
	response.pace = Duration::from_millis(input.byte().into());
	response.end = match input.byte() {
		0xfe => Err(HttpError::IoError),
		0xff => Err(HttpError::DeadlineReached),
		_ => Ok(()),
	};
	response
}

fn some_header(input: &mut Input<'_>) -> Header {
	let logs = (0..input.index(4)).map(|_| match input.byte() % 3 {
		0 => DigestItem::Consensus(*b"FRNK", input.bytes(100).to_vec()),
		1 => DigestItem::Seal(*b"aura", input.bytes(100).to_vec()),
		_ => DigestItem::RuntimeEnvironmentUpdated,
	});
	let logs = logs.collect();
	Header {
		parent_hash: H256::repeat_byte(1),
		number: input.number(),
		state_root: H256::repeat_byte(2),
		extrinsics_root: H256::repeat_byte(3),
		digest: Digest { logs },
	}
}

fn some_answer(input: &mut Input<'_>, method: u8) -> Answer {
	let null = method & 0x80 != 0;
	match method % 4 {
		0 if null => Answer::Finality(None),
		0 => Answer::Finality(Some(FinalityProof {
			unknown_headers: (0..input.index(4)).map(|_| some_header(input)).collect(),
			block: AT,
			justification: input.bytes(255).to_vec(),
		})),
		1 => Answer::Nodes((0..input.index(8)).map(|_| input.bytes(100).to_vec()).collect()),
		2 if null => Answer::Header(None),
		2 => Answer::Header(Some(some_header(input))),
		_ if null => Answer::Hash(None),
		_ => Answer::Hash(Some(AT)),
	}
}

/// The text of a response, and whether that is the right one.
fn some_body(input: &mut Input<'_>, answer: &Answer) -> (Vec<u8>, bool) {
	let form = input.byte() % 5;
	let result = match form {
		0 => to_json(answer).to_string().into_bytes(),
		1 => {
			let mut bytes = encoded(answer);
			input.spoil(&mut bytes);
			text(&bytes).to_string().into_bytes()
		},
		2 => input.bytes(255).to_vec(),
		3 => text(input.bytes(255)).to_string().into_bytes(),
		_ => return (refusal(input), false),
	};
	let mut body = [br#"{"jsonrpc":"2.0","id":1,"result":"#, &result[..], b"}"].concat();
	let right = body.clone();
	input.spoil(&mut body);
	let is_right = form == 0 && body == right;
	(body, is_right)
}

fn refusal(input: &mut Input<'_>) -> Vec<u8> {
	let message = match input.byte() % 4 {
		0 => "Block not yet finalized".into(),
		1 => "Block not covered by authority set changes".into(),
		2 => "State already discarded".into(),
		_ => String::from_utf8_lossy(input.bytes(255)).into_owned(),
	};
	let code = [4, 4003, i64::from(input.number() as i32), i64::MIN][input.index(4)];
	json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": code, "message": message } })
		.to_string()
		.into_bytes()
}

fn text(bytes: &[u8]) -> Value {
	Value::String(format!("0x{}", hex::encode(bytes)))
}

/// The SCALE bytes that an answer carries, where it carries any.
fn encoded(answer: &Answer) -> Vec<u8> {
	match answer {
		Answer::Finality(proof) => proof.as_ref().map(Encode::encode).unwrap_or_default(),
		Answer::Nodes(nodes) => nodes.concat(),
		Answer::Header(header) => header.as_ref().map(Encode::encode).unwrap_or_default(),
		Answer::Hash(hash) => hash.unwrap_or_default().as_bytes().to_vec(),
	}
}

/// The result as a node writes it.
fn to_json(answer: &Answer) -> Value {
	match answer {
		Answer::Finality(None) | Answer::Header(None) | Answer::Hash(None) => Value::Null,
		Answer::Finality(Some(proof)) => text(&proof.encode()),
		Answer::Nodes(nodes) => {
			let nodes: Vec<_> = nodes.iter().map(|node| text(node)).collect();
			json!({ "at": text(AT.as_bytes()), "proof": nodes })
		},
		Answer::Header(Some(header)) => {
			serde_json::to_value(header).expect("headers are JSON; qed")
		},
		Answer::Hash(Some(hash)) => text(hash.as_bytes()),
	}
}

fn judge(response: Response, question: &Question, is_right: bool) {
	let body = response.body.clone();
	let network = Network { response, most: question.max_body };
	let found = memory::bounded(body.len(), || network.run(|| ask(question)));
	if is_right {
		assert_eq!(found.as_ref(), Ok(&question.answer), "a right answer is understood");
	}
	match found {
		Err(error) => check_words(&error),
		Ok(answer) => {
			if let Ok(response) = serde_json::from_slice(&body) {
				check_response(&response, &answer);
			}
			if let (Answer::Header(Some(asked)), Answer::Header(Some(header))) =
				(&question.answer, &answer)
			{
				assert_eq!(header.hash(), asked.hash());
			}
		},
	}
}

fn ask(question: &Question) -> Result<Answer, PeerError> {
	let Question { answer, max_body } = question;
	let limits = Limits { deadline: Timestamp::from_unix_millis(DEADLINE), max_body: *max_body };
	let client = Client::new(URL, limits)?;
	match answer {
		Answer::Finality(_) => client.prove_finality(5).map(Answer::Finality),
		Answer::Nodes(_) => client.read_proof(&[vec![1, 2]], AT).map(Answer::Nodes),
		Answer::Header(header) => {
			let hash = header.as_ref().map_or(AT, Header::hash);
			client.header(hash).map(Answer::Header)
		},
		Answer::Hash(_) => client.block_hash(5).map(Answer::Hash),
	}
}

/// An error is a line of a log, whatever a stranger says.
fn check_words(error: &PeerError) {
	let line = error.to_string();
	assert!(!line.is_empty() && line.chars().count() < 240);
	assert!(!line.chars().any(char::is_control), "{line:?}");
}

/// What was taken as an answer is one, as another reader of JSON sees it.
fn check_response(response: &Value, answer: &Answer) {
	assert_eq!(response["jsonrpc"], "2.0");
	assert_eq!(response["id"], 1);
	assert!(response["error"].is_null());
	let result = response.get("result").expect("no result is no answer");
	match answer {
		Answer::Header(Some(header)) => {
			if let Ok(theirs) = serde_json::from_value::<Header>(result.clone()) {
				assert_eq!(theirs, *header, "a node reads the same header");
			}
		},
		other => assert_eq!(lower(result), to_json(other)),
	}
}

/// Hexadecimal digits have no case. Members that nobody reads are left out.
fn lower(result: &Value) -> Value {
	match result {
		Value::String(text) => Value::String(text.to_ascii_lowercase()),
		Value::Array(items) => Value::Array(items.iter().map(lower).collect()),
		Value::Object(members) => {
			let known = ["at", "proof"].map(|name| (name.to_string(), lower(&members[name])));
			Value::Object(known.into_iter().collect())
		},
		other => other.clone(),
	}
}
