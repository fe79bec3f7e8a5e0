//! What a node tells other chains, and what they make of it.

mod forked;
mod views;

use super::{authorize::apply_general, chain::*, forks::*, node::*, world::*};
use crate::mock::{RuntimeCall, Test, UncheckedExtrinsic};
use crate::Call;
use codec::Decode;

pub const AT_ALPHA: &str = "http://alpha.example:9944";
pub const AT_BETA: &str = "http://beta.example:9955";
pub const ALSO_BETA: &str = "http://also.beta.example:9955";
pub const AT_GAMMA: &str = "http://gamma.example:9966";
pub const ALSO_GAMMA: &str = "http://also.gamma.example:9966";

/// A node of alpha that reaches gamma alone.
pub fn alphas() -> Worker {
	Worker::new(&[(GAMMA, &[AT_GAMMA])])
}

/// A node of gamma that reaches alpha alone.
pub fn gammas() -> Worker {
	Worker::new(&[(ALPHA, &[AT_ALPHA])])
}

/// What the worker of `teller` hands to a node of `peer`.
pub fn told_by(worker: &Worker, teller: &Chain, url: &str, peer: &Chain) -> Vec<Vec<u8>> {
	let told = worker.run(teller, &[(url, peer)]).told;
	told.into_iter().map(|(_, extrinsic)| extrinsic).collect()
}

/// Lets the worker of `teller` tell `peer`, which takes in all of it.
#[track_caller]
pub fn tell(worker: &Worker, teller: &Chain, url: &str, peer: &mut Chain) -> Vec<Call<Test>> {
	let told = told_by(worker, teller, url, peer);
	let take = |extrinsic: &Vec<u8>| {
		apply_general(peer, extrinsic).expect("a node tells nothing that is refused");
		call_of(extrinsic)
	};
	told.iter().map(take).collect()
}

fn call_of(extrinsic: &[u8]) -> Call<Test> {
	let extrinsic = UncheckedExtrinsic::decode(&mut &extrinsic[..]).expect("it is an extrinsic");
	let RuntimeCall::Ribp(call) = extrinsic.function else { panic!("it is of this pallet") };
	call
}
