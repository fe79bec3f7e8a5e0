//! JSON-RPC 2.0: the text of a request, and what a response to it says.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{
	fmt::{self, Formatter},
	marker::PhantomData,
};
use serde::{
	de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
	Deserialize, Serialize,
};
use serde_json::error::Category;

use crate::error::PeerError;

/// The version of the protocol, which every request and response names.
const VERSION: &str = "2.0";

/// The most characters of a node's words that are kept.
pub const MAX_MESSAGE: usize = 160;

#[derive(Serialize)]
struct Request<'a, Params> {
	jsonrpc: &'static str,
	id: u64,
	method: &'a str,
	params: Params,
}

/// The JSON text of a request; `params` is anything that is a JSON array.
pub fn request(id: u64, method: &str, params: impl Serialize) -> Vec<u8> {
	serde_json::to_vec(&Request { jsonrpc: VERSION, id, method, params })
		.expect("a request holds text, numbers and lists, which always become JSON; qed")
}

/// Text that is borrowed from the answer where that has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A list of `MOST` elements at most. An element can take many times the bytes it has in the answer.
pub struct List<T, const MOST: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_seq(ListVisitor(PhantomData))
	}
}

struct ListVisitor<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for ListVisitor<T, MOST> {
	type Value = List<T, MOST>;

	fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
		write!(f, "a list of no more than {MOST}")
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
		let mut elements = Vec::new();
		while let Some(element) = sequence.next_element()? {
			if elements.len() == MOST {
				return Err(A::Error::invalid_length(MOST.saturating_add(1), &self));
			}
			elements.push(element);
		}
		Ok(List(elements))
	}
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Response<'a, T> {
	#[serde(borrow, default)]
	jsonrpc: Option<Text<'a>>,
	#[serde(default)]
	id: Id,
	#[serde(borrow, default)]
	error: Option<Fault<'a>>,
	/// A result that is missing is not a result that is null.
	#[serde(default, deserialize_with = "present")]
	result: Option<Option<T>>,
}

#[derive(Deserialize)]
struct Fault<'a> {
	code: i64,
	#[serde(borrow)]
	message: Text<'a>,
}

fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
	D: Deserializer<'de>,
	T: Deserialize<'de>,
{
	Option::deserialize(deserializer).map(Some)
}

/// The response's result, or none if it is null. `method` is named in errors.
pub fn result<'a, T: Deserialize<'a>>(
	body: &'a [u8],
	id: u64,
	method: &'static str,
) -> Result<Option<T>, PeerError> {
	// An array would be read as the struct's fields in order.
	if body.trim_ascii_start().first() == Some(&b'[') {
		return Err(PeerError::NotJsonRpc);
	}
	let response: Response<'a, T> =
		serde_json::from_slice(body).map_err(|error| match error.classify() {
			Category::Data => PeerError::WrongShape(method),
			Category::Syntax | Category::Eof | Category::Io => PeerError::NotJson,
		})?;
	if response.jsonrpc.is_none_or(|version| version.0 != VERSION) {
		return Err(PeerError::NotJsonRpc);
	}
	match (response.id, response.error) {
		// A node that could not read the request does not know its id.
		(Id::Null, Some(fault)) => Err(fault.into()),
		(Id::Number(found), Some(fault)) if found == id => Err(fault.into()),
		(Id::Number(found), None) if found == id => {
			response.result.ok_or(PeerError::NoResult(method))
		},
		_ => Err(PeerError::WrongId),
	}
}

impl From<Fault<'_>> for PeerError {
	fn from(fault: Fault<'_>) -> Self {
		Self::Rpc { code: fault.code, message: printable(&fault.message.0) }
	}
}

/// The words of a stranger, fit for one line of a log.
fn printable(words: &str) -> String {
	words.chars().take(MAX_MESSAGE).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whose response it is. This client numbers its requests, so other names are nobody's.
#[derive(Clone, Copy, Default)]
enum Id {
	Number(u64),
	#[default]
	Null,
	Other,
}

impl<'de> Deserialize<'de> for Id {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_any(IdVisitor)
	}
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
	type Value = Id;

	fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
		f.write_str("the id of a request")
	}

	fn visit_u64<E>(self, id: u64) -> Result<Id, E> {
		Ok(Id::Number(id))
	}

	fn visit_unit<E>(self) -> Result<Id, E> {
		Ok(Id::Null)
	}

	fn visit_i64<E>(self, _: i64) -> Result<Id, E> {
		Ok(Id::Other)
	}

	fn visit_f64<E>(self, _: f64) -> Result<Id, E> {
		Ok(Id::Other)
	}

	fn visit_str<E>(self, _: &str) -> Result<Id, E> {
		Ok(Id::Other)
	}

	/// Where serde_json keeps numbers of any precision, those that are no integer come as maps.
	fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Id, A::Error> {
		while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
		Ok(Id::Other)
	}
}
