//! A host whose network answers what the fuzzer says.

use ribp_kit::host::{Host, Response, Server};
use sp_core::offchain::{OffchainWorkerExt, Timestamp};
use sp_io::TestExternalities;

/// When the round ends, in milliseconds of a clock that starts at 0.
pub const DEADLINE: u64 = 1_000;

/// A server with one answer.
pub struct Network {
	pub response: Response,
	/// Most bytes that the client may read before it gives up.
	pub most: usize,
}

impl Network {
	/// Runs `work` on a host in this network.
	pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
		let host = Host::new(Timestamp::from_unix_millis(0), self);
		let mut world = TestExternalities::default();
		world.register_extension(OffchainWorkerExt::new(host));
		world.execute_with(work)
	}
}

impl Server for Network {
	fn answer(&mut self, _: &str, _: &[u8]) -> Response {
		self.response.clone()
	}

	/// Every call that can block is told the deadline, and comes before it.
	fn watch(&self, until: Option<Timestamp>, now: Timestamp, read: usize) {
		let deadline = Timestamp::from_unix_millis(DEADLINE);
		assert_eq!(until, Some(deadline));
		assert!(now < deadline, "asked after the deadline");
		assert!(read <= self.most, "read on after too much");
	}
}
