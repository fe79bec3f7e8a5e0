//! The host of an offchain worker, for questions that the node asks itself: the same client asks them, by
//! the same rules, so that what is found is what the worker meets.

use futures::future::join_all;
use sp_core::{
	offchain::{
		Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainWorkerExt,
		OpaqueNetworkState, Timestamp,
	},
	OpaquePeerId,
};
use sp_runtime::traits::{BlakeTwo256, Hash};
use sp_state_machine::BasicExternalities;
use std::{
	collections::BTreeMap,
	thread::sleep,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::runtime::Handle;

use crate::http::{Answer, Http, HttpError as Failed};

/// How long anything takes at most of which the client does not say how long.
const PATIENCE: Duration = Duration::from_secs(60);

/// How questions get out.
#[derive(Clone)]
pub struct Way {
	/// By this client.
	pub http: Http,
	/// On this executor, none of whose threads may ask.
	pub executor: Handle,
}

/// Does what an offchain worker does, outside of one. Blocks.
pub fn as_worker<R>(way: Way, work: impl FnOnce() -> R) -> R {
	let mut world = BasicExternalities::new_empty();
	let host = Host { way, requests: BTreeMap::new(), last: 0 };
	world.register_extension(OffchainWorkerExt::new(host));
	world.execute_with(work)
}

/// The time, in milliseconds since 1970.
pub fn now() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn until(deadline: Option<Timestamp>) -> Duration {
	deadline.map_or(PATIENCE, |at| {
		Duration::from_millis(at.unix_millis().saturating_sub(now())).min(PATIENCE)
	})
}

/// A request that is made, and then its answer.
enum Request {
	Made { url: String, headers: Vec<(String, String)>, body: Vec<u8> },
	Answered { answer: Answer, read: usize },
}

struct Host {
	way: Way,
	requests: BTreeMap<u16, Request>,
	last: u16,
}

impl Externalities for Host {
	fn is_validator(&self) -> bool {
		false
	}

	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}

	fn timestamp(&mut self) -> Timestamp {
		Timestamp::from_unix_millis(now())
	}

	fn sleep_until(&mut self, deadline: Timestamp) {
		sleep(until(Some(deadline)));
	}

	/// Nothing here is random: the time will do.
	fn random_seed(&mut self) -> [u8; 32] {
		BlakeTwo256::hash(&now().to_le_bytes()).0
	}

	fn http_request_start(
		&mut self,
		method: &str,
		uri: &str,
		_meta: &[u8],
	) -> Result<HttpRequestId, ()> {
		if method != "POST" {
			return Err(());
		}
		self.last = self.last.wrapping_add(1);
		let made = Request::Made { url: uri.into(), headers: Vec::new(), body: Vec::new() };
		self.requests.insert(self.last, made);
		Ok(HttpRequestId(self.last))
	}

	fn http_request_add_header(
		&mut self,
		request_id: HttpRequestId,
		name: &str,
		value: &str,
	) -> Result<(), ()> {
		match self.requests.get_mut(&request_id.0) {
			Some(Request::Made { headers, .. }) => {
				headers.push((name.into(), value.into()));
				Ok(())
			},
			_ => Err(()),
		}
	}

	fn http_request_write_body(
		&mut self,
		request_id: HttpRequestId,
		chunk: &[u8],
		_deadline: Option<Timestamp>,
	) -> Result<(), HttpError> {
		match self.requests.get_mut(&request_id.0) {
			Some(Request::Made { body, .. }) => {
				body.extend_from_slice(chunk);
				Ok(())
			},
			_ => Err(HttpError::Invalid),
		}
	}

	fn http_response_wait(
		&mut self,
		ids: &[HttpRequestId],
		deadline: Option<Timestamp>,
	) -> Vec<HttpRequestStatus> {
		let within = until(deadline);
		let asked = ids.iter().map(|id| {
			let (http, request) = (self.way.http.clone(), self.requests.remove(&id.0));
			async move {
				match request {
					Some(Request::Made { url, headers, body }) => {
						Some(http.post(&url, &headers, body, within).await)
					},
					Some(Request::Answered { answer, .. }) => Some(Ok(answer)),
					None => None,
				}
			}
		});
		let answers = self.way.executor.block_on(join_all(asked));
		let kept = ids.iter().zip(answers).map(|(id, answer)| match answer {
			Some(Ok(answer)) => {
				let status = HttpRequestStatus::Finished(answer.status);
				self.requests.insert(id.0, Request::Answered { answer, read: 0 });
				status
			},
			Some(Err(Failed::Late)) => HttpRequestStatus::DeadlineReached,
			Some(Err(Failed::Broken)) => HttpRequestStatus::IoError,
			None => HttpRequestStatus::Invalid,
		});
		kept.collect()
	}

	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		Vec::new()
	}

	fn http_response_read_body(
		&mut self,
		request_id: HttpRequestId,
		buffer: &mut [u8],
		_deadline: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		let Some(Request::Answered { answer, read }) = self.requests.get_mut(&request_id.0) else {
			return Err(HttpError::Invalid);
		};
		let rest = answer.body.get(*read..).unwrap_or_default();
		let count = rest.len().min(buffer.len());
		buffer[..count].copy_from_slice(&rest[..count]);
		*read += count;
		if count == 0 {
			self.requests.remove(&request_id.0);
		}
		Ok(count)
	}

	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}

#[cfg(test)]
mod tests {
	use super::*;
	use ribp_peer::{Client, Limits, PeerError};
	use sp_core::{offchain::Duration as Span, H256};
	use std::{
		io::{Read, Write},
		net::TcpListener,
		thread,
	};

	/// An endpoint that answers one request with these bytes.
	fn endpoint(answer: String) -> String {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		thread::spawn(move || {
			let (mut stream, _) = listener.accept().unwrap();
			// The request is short, and ends with its body.
			let mut request = Vec::new();
			let mut buffer = [0; 4096];
			while !request.ends_with(b"}") {
				let count = stream.read(&mut buffer).unwrap();
				request.extend_from_slice(&buffer[..count]);
			}
			stream.write_all(answer.as_bytes()).unwrap();
		});
		url
	}

	fn http(status: &str, body: &str) -> String {
		format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
	}

	/// What the worker's own client makes of it.
	fn genesis_by(url: &str, within: u64) -> Result<Option<H256>, PeerError> {
		let runtime = tokio::runtime::Builder::new_multi_thread()
			.worker_threads(1)
			.enable_all()
			.build()
			.unwrap();
		let way = Way { http: Http::new().unwrap(), executor: runtime.handle().clone() };
		as_worker(way, || {
			let limits = Limits::within(Span::from_millis(within), 1 << 20);
			Client::new(url, limits)?.block_hash(0)
		})
	}

	#[test]
	fn the_workers_client_asks_through_it() {
		let hash = H256::repeat_byte(7);
		let url =
			endpoint(http("200 OK", &format!(r#"{{"jsonrpc":"2.0","id":1,"result":"{hash:?}"}}"#)));
		assert_eq!(genesis_by(&url, 30_000), Ok(Some(hash)));
	}

	#[test]
	fn what_is_no_answer_is_named_as_the_worker_names_it() {
		let url = endpoint(http("503 Service Unavailable", ""));
		assert_eq!(genesis_by(&url, 30_000), Err(PeerError::Status(503)));
		let url = endpoint("nonsense\r\n\r\n".into());
		assert_eq!(genesis_by(&url, 30_000), Err(PeerError::Unreachable));
		let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
		assert_eq!(genesis_by(&format!("http://{nobody}"), 30_000), Err(PeerError::Unreachable));
	}

	#[test]
	fn who_does_not_answer_is_waited_for_no_longer_than_was_said() {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		assert_eq!(genesis_by(&url, 300), Err(PeerError::Deadline));
	}
}
