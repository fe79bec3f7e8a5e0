//! One HTTP exchange, bounded in time and size.

use alloc::{vec, vec::Vec};
use sp_core::offchain::{HttpError, HttpRequestId};
use sp_io::offchain;
use sp_runtime::offchain::{http, Duration, Timestamp};

use crate::error::PeerError;

/// The longest answer a client takes, whatever its limits say: 16 MiB.
///
/// Nodes answer with no more than 15 MB, and the runtime's allocator gives no piece of memory of
/// more than 32 MiB.
pub const MAX_BODY: usize = 16 * 1024 * 1024;

/// How many bytes of an answer are asked from the host at a time.
const CHUNK: usize = 16 * 1024;

/// What a peer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// When the round ends: no request sends, waits or reads any longer.
	///
	/// Clients of several nodes that share a round share this moment.
	pub deadline: Timestamp,
	/// The most bytes of a single answer, at most [`MAX_BODY`].
	pub max_body: usize,
}

impl Limits {
	/// A round that ends after `time` from now. Reads the host's clock.
	pub fn within(time: Duration, max_body: usize) -> Self {
		Self { deadline: offchain::timestamp().add(time), max_body }
	}
}

/// Posts the JSON text `request` to `url` and returns the body of the answer.
pub fn post(url: &str, request: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, PeerError> {
	ensure_time_left(limits)?;
	let response = http::Request::post(url, vec![request])
		.add_header("Content-Type", "application/json")
		.deadline(limits.deadline)
		.send()
		.map_err(broken)?
		.try_wait(limits.deadline)
		.map_err(|_| PeerError::Deadline)?
		.map_err(|error| match error {
			http::Error::DeadlineReached => PeerError::Deadline,
			http::Error::IoError | http::Error::Unknown => PeerError::Unreachable,
		})?;
	match response.code {
		200 => read_body(response.id, limits),
		other => Err(PeerError::Status(other)),
	}
}

fn read_body(id: HttpRequestId, limits: &Limits) -> Result<Vec<u8>, PeerError> {
	let limit = limits.max_body.min(MAX_BODY);
	let mut body = Vec::new();
	let mut chunk = vec![0; CHUNK];
	loop {
		// The host looks at the deadline only while it has no data to give.
		ensure_time_left(limits)?;
		let length = offchain::http_response_read_body(id, &mut chunk, Some(limits.deadline))
			.map_err(broken)?;
		let read = usize::try_from(length)
			.ok()
			.and_then(|length| chunk.get(..length))
			.ok_or(PeerError::Unreachable)?;
		if read.is_empty() {
			return Ok(body);
		}
		if read.len() > limit.saturating_sub(body.len()) {
			return Err(PeerError::TooLarge { limit });
		}
		body.extend_from_slice(read);
	}
}

fn ensure_time_left(limits: &Limits) -> Result<(), PeerError> {
	if offchain::timestamp() < limits.deadline {
		Ok(())
	} else {
		Err(PeerError::Deadline)
	}
}

fn broken(error: HttpError) -> PeerError {
	match error {
		HttpError::DeadlineReached => PeerError::Deadline,
		HttpError::IoError | HttpError::Invalid => PeerError::Unreachable,
	}
}
