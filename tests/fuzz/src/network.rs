//! A host whose network answers what the fuzzer says.

use sp_core::{
	offchain::{
		Duration, Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainWorkerExt,
		OpaqueNetworkState, Timestamp,
	},
	OpaquePeerId,
};
use sp_io::TestExternalities;

/// When the round ends, in milliseconds of a clock that starts at 0.
pub const DEADLINE: u64 = 1_000;

/// One answer, and how it comes.
pub struct Network {
	pub status: HttpRequestStatus,
	pub body: Vec<u8>,
	/// Most bytes that come at a time; at least 1.
	pub chunk: usize,
	/// Milliseconds that each of them takes.
	pub pace: u64,
	/// What comes after the body.
	pub end: Result<(), HttpError>,
	/// Most bytes that the client may read before it gives up.
	pub most: usize,
	now: u64,
	read: usize,
}

impl Network {
	pub fn new(status: HttpRequestStatus, body: Vec<u8>, most: usize) -> Self {
		Self { status, body, chunk: usize::MAX, pace: 0, end: Ok(()), most, now: 0, read: 0 }
	}

	/// Runs `work` on this host.
	pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
		let mut world = TestExternalities::default();
		world.register_extension(OffchainWorkerExt::new(self));
		world.execute_with(work)
	}

	/// Every call that can block is told the deadline, and comes before it.
	fn check(&self, deadline: Option<Timestamp>) {
		assert_eq!(deadline, Some(Timestamp::from_unix_millis(DEADLINE)));
		assert!(self.now < DEADLINE, "asked after the deadline");
	}
}

impl Externalities for Network {
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
		Ok(HttpRequestId(0))
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
		self.check(deadline);
		Ok(())
	}

	fn http_response_wait(
		&mut self,
		ids: &[HttpRequestId],
		deadline: Option<Timestamp>,
	) -> Vec<HttpRequestStatus> {
		self.check(deadline);
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
		self.check(deadline);
		assert!(self.read <= self.most, "read on after too much");
		self.now = Timestamp::from_unix_millis(self.now)
			.add(Duration::from_millis(self.pace))
			.unix_millis();
		let left = &self.body[self.read..];
		if left.is_empty() {
			return self.end.map(|()| 0);
		}
		let length = left.len().min(self.chunk).min(buffer.len());
		buffer[..length].copy_from_slice(&left[..length]);
		self.read += length;
		Ok(length)
	}

	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}
