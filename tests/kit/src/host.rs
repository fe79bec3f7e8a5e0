//! An offchain worker's host: its clock, its database and HTTP.

use sp_core::{
	offchain::{
		testing::TestPersistentOffchainDB, DbExternalities, Duration, Externalities, HttpError,
		HttpRequestId, HttpRequestStatus, OffchainStorage, OpaqueNetworkState, StorageKind,
		Timestamp,
	},
	OpaquePeerId,
};

/// Who answers HTTP requests.
pub trait Server: Send + 'static {
	/// What comes of a request when the client waits for it.
	fn answer(&mut self, url: &str, body: &[u8]) -> Response;

	/// Watches a call that may block: until when, from when on, and after how many bytes of the
	/// response.
	fn watch(&self, _until: Option<Timestamp>, _now: Timestamp, _read: usize) {}
}

/// A response, and how it comes.
#[derive(Clone, Debug)]
pub struct Response {
	/// How waiting for it ends.
	pub status: HttpRequestStatus,
	/// What it says.
	pub body: Vec<u8>,
	/// Most bytes of the body that come at a time; at least 1.
	pub chunk: usize,
	/// The time that each of them takes.
	pub pace: Duration,
	/// What comes after the body.
	pub end: Result<(), HttpError>,
}

impl Response {
	/// A response that comes at once.
	pub fn new(status: HttpRequestStatus, body: Vec<u8>) -> Self {
		Self { status, body, chunk: usize::MAX, pace: Duration::from_millis(0), end: Ok(()) }
	}
}

/// A host whose clock stands still, but for what responses take.
pub struct Host<S> {
	server: S,
	now: Timestamp,
	requests: Vec<Request>,
}

#[derive(Default)]
struct Request {
	url: String,
	body: Vec<u8>,
	response: Option<Response>,
	read: usize,
}

impl<S: Server> Host<S> {
	/// A host on which it is now.
	pub fn new(now: Timestamp, server: S) -> Self {
		Self { server, now, requests: Vec::new() }
	}
}

impl<S: Server> Externalities for Host<S> {
	fn is_validator(&self) -> bool {
		true
	}

	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}

	fn timestamp(&mut self) -> Timestamp {
		self.now
	}

	fn sleep_until(&mut self, deadline: Timestamp) {
		self.now = deadline;
	}

	fn random_seed(&mut self) -> [u8; 32] {
		[0; 32]
	}

	fn http_request_start(&mut self, _: &str, url: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
		self.requests.push(Request { url: url.into(), ..Default::default() });
		Ok(HttpRequestId(self.requests.len() as u16 - 1))
	}

	fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
		Ok(())
	}

	fn http_request_write_body(
		&mut self,
		id: HttpRequestId,
		chunk: &[u8],
		deadline: Option<Timestamp>,
	) -> Result<(), HttpError> {
		self.server.watch(deadline, self.now, 0);
		self.requests[id.0 as usize].body.extend(chunk);
		Ok(())
	}

	fn http_response_wait(
		&mut self,
		ids: &[HttpRequestId],
		deadline: Option<Timestamp>,
	) -> Vec<HttpRequestStatus> {
		self.server.watch(deadline, self.now, 0);
		let mut statuses = Vec::with_capacity(ids.len());
		for id in ids {
			let request = &mut self.requests[id.0 as usize];
			let response = self.server.answer(&request.url, &request.body);
			statuses.push(response.status);
			request.response = Some(response);
		}
		statuses
	}

	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		Vec::new()
	}

	fn http_response_read_body(
		&mut self,
		id: HttpRequestId,
		buffer: &mut [u8],
		deadline: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		let Request { response, read, .. } = &mut self.requests[id.0 as usize];
		self.server.watch(deadline, self.now, *read);
		let response = response.as_ref().ok_or(HttpError::Invalid)?;
		self.now = self.now.add(response.pace);
		let left = &response.body[*read..];
		if left.is_empty() {
			return response.end.map(|()| 0);
		}
		let length = left.len().min(response.chunk).min(buffer.len());
		buffer[..length].copy_from_slice(&left[..length]);
		*read += length;
		Ok(length)
	}

	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}

/// A node's offchain database.
pub struct Database {
	/// What its worker writes.
	pub own: TestPersistentOffchainDB,
	/// What its chain has handed over.
	pub index: TestPersistentOffchainDB,
}

impl DbExternalities for Database {
	fn local_storage_set(&mut self, _: StorageKind, key: &[u8], value: &[u8]) {
		self.own.set(b"", key, value);
	}

	fn local_storage_clear(&mut self, _: StorageKind, key: &[u8]) {
		self.own.remove(b"", key);
	}

	fn local_storage_compare_and_set(
		&mut self,
		_: StorageKind,
		key: &[u8],
		old: Option<&[u8]>,
		new: &[u8],
	) -> bool {
		self.own.compare_and_set(b"", key, old, new)
	}

	fn local_storage_get(&mut self, _: StorageKind, key: &[u8]) -> Option<Vec<u8>> {
		self.own.get(key).or_else(|| self.index.get(key))
	}
}
