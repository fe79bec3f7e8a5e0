//! A host whose network does what a test says.

use std::sync::{Arc, Mutex};

use sp_core::{
	offchain::{
		Duration, Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainWorkerExt,
		OpaqueNetworkState, Timestamp,
	},
	OpaquePeerId,
};
use sp_io::TestExternalities;

/// What the host did for the client.
#[derive(Default)]
pub struct Record {
	/// The deadline of each blocking call.
	pub deadlines: Vec<Option<Timestamp>>,
	/// How many bytes of bodies the client has read.
	pub read: usize,
}

/// How the network behaves. Times are in milliseconds.
pub struct Script {
	pub now: u64,
	/// Time that each read of the body takes.
	pub read_time: u64,
	pub start: Result<(), ()>,
	pub write: Result<(), HttpError>,
	pub status: HttpRequestStatus,
	/// Chunks of the body, the next one last; then `end`.
	chunks: Vec<Vec<u8>>,
	/// The bodies of the next answers, the next one last; then none.
	next: Vec<String>,
	pub end: Result<(), HttpError>,
	/// Whether the last chunk comes again and again.
	pub endless: bool,
	pub record: Arc<Mutex<Record>>,
}

impl Script {
	/// A server that answers with status 200 and `body`, at once.
	pub fn answering(body: impl Into<Vec<u8>>) -> Self {
		Self::chunked(vec![body.into()])
	}

	/// A server that answers one request after the other, and those after the last with nothing.
	pub fn sequence(mut bodies: Vec<String>) -> Self {
		bodies.reverse();
		Self { next: bodies, ..Self::chunked(Vec::new()) }
	}

	/// A server that answers with status 200 and sends the body in these chunks.
	pub fn chunked(mut chunks: Vec<Vec<u8>>) -> Self {
		chunks.reverse();
		Self {
			now: 0,
			read_time: 0,
			start: Ok(()),
			write: Ok(()),
			status: HttpRequestStatus::Finished(200),
			chunks,
			next: Vec::new(),
			end: Ok(()),
			endless: false,
			record: Default::default(),
		}
	}

	pub fn run<R>(self, test: impl FnOnce() -> R) -> R {
		let mut world = TestExternalities::default();
		world.register_extension(OffchainWorkerExt::new(self));
		world.execute_with(test)
	}

	fn note(&self, deadline: Option<Timestamp>) {
		self.record.lock().unwrap().deadlines.push(deadline);
	}
}

impl Externalities for Script {
	fn is_validator(&self) -> bool {
		false
	}

	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}

	fn timestamp(&mut self) -> Timestamp {
		Timestamp::from_unix_millis(self.now)
	}

	fn sleep_until(&mut self, deadline: Timestamp) {
		self.now = deadline.unix_millis();
	}

	fn random_seed(&mut self) -> [u8; 32] {
		[0; 32]
	}

	fn http_request_start(&mut self, _: &str, _: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
		self.chunks.extend(self.next.pop().map(String::into_bytes));
		self.start.map(|()| HttpRequestId(0))
	}

	fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
		Ok(())
	}

	fn http_request_write_body(
		&mut self,
		_: HttpRequestId,
		_: &[u8],
		deadline: Option<Timestamp>,
	) -> Result<(), HttpError> {
		self.note(deadline);
		self.write
	}

	fn http_response_wait(
		&mut self,
		ids: &[HttpRequestId],
		deadline: Option<Timestamp>,
	) -> Vec<HttpRequestStatus> {
		self.note(deadline);
		vec![self.status; ids.len()]
	}

	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		Vec::new()
	}

	fn http_response_read_body(
		&mut self,
		_: HttpRequestId,
		buffer: &mut [u8],
		deadline: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		self.note(deadline);
		let taken =
			Timestamp::from_unix_millis(self.now).add(Duration::from_millis(self.read_time));
		self.now = taken.unix_millis();
		let Some(mut chunk) = self.chunks.pop() else {
			return self.end.map(|()| 0);
		};
		if self.endless && self.chunks.is_empty() {
			self.chunks.push(chunk.clone());
		} else if chunk.len() > buffer.len() {
			self.chunks.push(chunk.split_off(buffer.len()));
		}
		let length = chunk.len().min(buffer.len());
		buffer[..length].copy_from_slice(&chunk[..length]);
		self.record.lock().unwrap().read += length;
		Ok(length)
	}

	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}
