//! Why a peer's node gave no usable answer.

use alloc::string::String;
use core::fmt::{self, Display, Formatter};
use sp_core::H256;

use crate::{
	status::{Fault, NO_CODE},
	url::UrlError,
};

/// Why a peer's node gave no usable answer. Each prints as one short line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerError {
	/// The address cannot be a peer's.
	BadUrl(UrlError),
	/// No connection came about, or it broke before the answer ended.
	Unreachable,
	/// The round's time was over before the answer ended.
	Deadline,
	/// The server answered with this HTTP status instead of 200.
	Status(u16),
	/// The answer is longer than `limit` bytes.
	TooLarge {
		/// The most bytes that were taken.
		limit: usize,
	},
	/// The answer is no JSON text, or one that ends early.
	NotJson,
	/// The answer is JSON, but no single JSON-RPC 2.0 response.
	NotJsonRpc,
	/// The response belongs to another request.
	WrongId,
	/// The node refused the request, for a reason without a variant of its own.
	Rpc {
		/// The error code of JSON-RPC or of the node.
		code: i64,
		/// The node's words: shortened, without control characters.
		message: String,
	},
	/// The node has not finalized this block yet: ask again later.
	NotFinalized {
		/// The block whose finality was to be proven.
		number: u32,
	},
	/// The node cannot tell which authority set finalized this block: the chain's set has never
	/// changed, or the node was synced without that part of the history.
	NoSetChange {
		/// The block whose finality was to be proven.
		number: u32,
	},
	/// The node has pruned the state of this block: ask an archive node, or for a newer block.
	StateDiscarded {
		/// The block whose state was to be proven.
		at: H256,
	},
	/// The response to this method holds no result.
	NoResult(&'static str),
	/// The response to this method is JSON of another shape than the method promises.
	WrongShape(&'static str),
	/// Bytes are not written as `0x` and pairs of hexadecimal digits.
	BadHex,
	/// The bytes of this part of the answer are not what they should encode.
	Undecodable(&'static str),
	/// The header that came does not have the hash it was asked by.
	WrongHeader {
		/// The hash of the header that was asked for.
		asked: H256,
		/// The hash of the header that came.
		answered: H256,
	},
	/// The answer is about another block than the question.
	WrongBlock {
		/// The block that was asked about.
		asked: H256,
		/// The block that the answer names.
		answered: H256,
	},
}

/// The code of a server that has an answer and does not send it, for its size.
const OVERSIZED_RESPONSE: i64 = -32_008;

/// The code of a server that does not know the method.
const METHOD_NOT_FOUND: i64 = -32_601;

/// The codes of servers that want to be asked less often: of Substrate's own, and of providers in
/// front of it.
const RATE_LIMITED: [i64; 2] = [-32_999, -32_005];

/// The HTTP status that says the same.
const TOO_MANY_REQUESTS: u16 = 429;

impl PeerError {
	/// Whether there is an answer that is larger than the client takes, or than the node sends.
	pub fn is_too_large(&self) -> bool {
		matches!(self, Self::TooLarge { .. } | Self::Rpc { code: OVERSIZED_RESPONSE, .. })
	}

	/// Whether the same question may be answered a moment later: nothing was said about it.
	pub fn is_passing(&self) -> bool {
		self.is_rate_limited()
			|| matches!(self, Self::Unreachable | Self::Deadline | Self::Status(500..=599))
	}

	/// Whether the node wants to be asked less often.
	pub fn is_rate_limited(&self) -> bool {
		match self {
			Self::Status(status) => *status == TOO_MANY_REQUESTS,
			Self::Rpc { code, .. } => RATE_LIMITED.contains(code),
			_ => false,
		}
	}

	/// What it is in the status record.
	pub fn fault(&self) -> Fault {
		match self {
			_ if self.is_rate_limited() => Fault::RateLimited,
			_ if self.is_too_large() => Fault::TooLarge,
			Self::BadUrl(_) => Fault::BadUrl,
			Self::Unreachable => Fault::Unreachable,
			Self::Deadline => Fault::Deadline,
			Self::Status(_) => Fault::Status,
			Self::TooLarge { .. } => Fault::TooLarge,
			Self::NotJson => Fault::NotJson,
			Self::NotJsonRpc | Self::WrongId => Fault::NotJsonRpc,
			Self::Rpc { code: METHOD_NOT_FOUND, .. } => Fault::MethodMissing,
			Self::Rpc { .. } => Fault::Rpc,
			Self::NotFinalized { .. } => Fault::NotFinalized,
			Self::NoSetChange { .. } => Fault::NoSetChange,
			Self::StateDiscarded { .. } => Fault::StateDiscarded,
			Self::NoResult(_) | Self::WrongShape(_) | Self::BadHex | Self::Undecodable(_) => {
				Fault::Mistyped
			},
			Self::WrongHeader { .. } | Self::WrongBlock { .. } => Fault::WrongBlock,
		}
	}

	/// The HTTP status or JSON-RPC code behind it; [`NO_CODE`] if there is none.
	pub fn code(&self) -> i64 {
		match self {
			Self::Status(status) => i64::from(*status),
			Self::Rpc { code, .. } => *code,
			_ => NO_CODE,
		}
	}
}

impl Display for PeerError {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		match self {
			Self::BadUrl(reason) => write!(f, "unusable peer address: {reason}"),
			Self::Unreachable => f.write_str("no connection to the peer, or it broke"),
			Self::Deadline => f.write_str("the peer did not answer in time"),
			Self::Status(code) => write!(f, "the peer answered with HTTP status {code}"),
			Self::TooLarge { limit } => write!(f, "the answer is longer than {limit} bytes"),
			Self::NotJson => f.write_str("the answer is not JSON"),
			Self::NotJsonRpc => f.write_str("the answer is not a JSON-RPC 2.0 response"),
			Self::WrongId => f.write_str("the answer belongs to another request"),
			Self::Rpc { code, message } => write!(f, "the peer refused ({code}): {message}"),
			Self::NotFinalized { number } => write!(f, "block #{number} is not finalized yet"),
			Self::NoSetChange { number } => write!(
				f,
				"the peer cannot prove that #{number} is final: it knows no authority set change"
			),
			Self::StateDiscarded { at } => write!(f, "the peer pruned the state of {at:?}"),
			Self::NoResult(method) => write!(f, "the answer to {method} has no result"),
			Self::WrongShape(method) => write!(f, "the answer to {method} has the wrong shape"),
			Self::BadHex => f.write_str("the answer holds bytes that are not hexadecimal"),
			Self::Undecodable(what) => write!(f, "the {what} in the answer cannot be decoded"),
			Self::WrongHeader { asked, answered } => {
				write!(f, "asked for the header {asked:?}, got {answered:?}")
			},
			Self::WrongBlock { asked, answered } => {
				write!(f, "asked about the block {asked:?}, the answer is about {answered:?}")
			},
		}
	}
}

impl core::error::Error for PeerError {}

impl From<UrlError> for PeerError {
	fn from(reason: UrlError) -> Self {
		Self::BadUrl(reason)
	}
}
