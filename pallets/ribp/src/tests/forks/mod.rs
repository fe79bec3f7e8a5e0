//! Forks: how they are proven, what stops, who counts, and which branch remains.

mod known;
mod proofs;
mod tallies;
mod verdicts;

use super::{chain::*, world::*};
use crate::{
	mock::{RuntimeCall, RuntimeOrigin, Test},
	Call, Error, ForkProof, Forks, Height, Lineage, Older, OwnView, Status, SystemId, Systems,
};
use codec::Encode;
use frame_support::{
	assert_noop,
	pallet_prelude::{DispatchResultWithPostInfo, InvalidTransaction, TransactionSource},
	traits::Authorize,
};
use ribp_light_client::testing::Ed25519Keyring;
use sp_runtime::{traits::Dispatchable, DigestItem};

/// Another standalone chain that exchanges with beta.
pub const GAMMA: SystemId = SystemId(sp_core::H256::repeat_byte(0xc3));

/// Chains alpha and gamma, which know each other and beta; and two histories of beta.
pub struct Forked {
	pub alpha: Chain,
	pub gamma: Chain,
	pub one: Chain,
	pub other: Chain,
}

impl Forked {
	/// The histories part in block `at`, which is open on all of them.
	pub fn new(at: Height) -> Self {
		let gamma_chain = || Chain::new(GAMMA, Voters::new(3, &[Ed25519Keyring::Ferdie]));
		let (mut alpha, mut gamma) = (alpha_chain(), gamma_chain());
		let [one, mut other] = [(), ()].map(|()| {
			let mut beta = beta_chain();
			beta.knows(&alpha);
			beta.knows(&gamma);
			beta.seal();
			beta.advance_to(at);
			beta
		});
		other.announce(DigestItem::Other(b"another history".to_vec()));
		alpha.knows(&beta_chain());
		alpha.knows(&gamma_chain());
		gamma.knows(&beta_chain());
		gamma.knows(&alpha_chain());
		alpha.advance_to(at);
		gamma.advance_to(at);
		Self { alpha, gamma, one, other }
	}

	pub fn advance_to(mut self, height: Height) -> Self {
		for chain in [&mut self.alpha, &mut self.gamma, &mut self.one, &mut self.other] {
			chain.advance_to(height);
		}
		self
	}

	/// The histories, the one with the lower hash at height 9 first: of two on which nobody relies,
	/// that one survives.
	pub fn by_hash(mut self) -> Self {
		if self.one.hash_at(9) > self.other.hash_at(9) {
			core::mem::swap(&mut self.one, &mut self.other);
		}
		self
	}

	/// Alpha has seen the one history, gamma the other.
	pub fn seen(mut self) -> Self {
		show(&mut self.alpha, &self.one);
		show(&mut self.gamma, &self.other);
		self
	}

	/// Alpha is told of the other history, gamma of the one, by the newest header of each.
	pub fn exposed(mut self, at: Height) -> Self {
		let proof = header_proof(&self.other, self.other.sealed(), at);
		report(&mut self.alpha, proof, Older::default()).expect("alpha follows the one");
		let proof = header_proof(&self.one, self.one.sealed(), at);
		report(&mut self.gamma, proof, Older::default()).expect("gamma follows the other");
		self
	}
}

/// Shows a chain the newest block of beta.
pub fn show(chain: &mut Chain, beta: &Chain) {
	let evidence = beta.evidence(beta.sealed(), chain, &[]);
	chain.submit(BETA, evidence, &[]).expect("it is a step");
}

/// That block `number` of a history is final, and the headers below it down to block `lowest`.
pub fn header_proof(history: &Chain, number: Height, lowest: Height) -> ForkProof {
	let block = history.block(number);
	let headers = (lowest..number).rev().map(|n| history.block(n).header.clone()).collect();
	ForkProof {
		header: block.header.clone(),
		justification: block.voters.justify(&block.header),
		lineage: Lineage::Headers(headers),
	}
}

/// That block `number` of a history is final, the view in its state, and older hashes from `lowest`
/// on, where the view does not reach that far.
pub fn state_proof(history: &Chain, number: Height, lowest: Height) -> ForkProof {
	let block = history.block(number);
	let view = history.view_at(number).expect("every block has it").with_head(block.header.hash());
	let older = older(history, lowest, view.first());
	ForkProof {
		header: block.header.clone(),
		justification: block.voters.justify(&block.header),
		lineage: Lineage::State {
			proof: history.prove(number, &[OwnView::<Test>::hashed_key().to_vec()]),
			older,
		},
	}
}

/// The hashes of a history from `lowest` to before `end`.
pub fn older(history: &Chain, lowest: Height, end: Height) -> Older {
	if lowest >= end {
		return Older::default();
	}
	let below = history.view_at(lowest).and_then(|view| view.folded());
	Older { below, hashes: (lowest..end).map(|n| history.hash_at(n)).collect() }
}

pub fn fork_call(proof: ForkProof, known: Older) -> Call<Test> {
	Call::report_fork { system: BETA, proof, known }
}

pub fn report(chain: &mut Chain, proof: ForkProof, known: Older) -> DispatchResultWithPostInfo {
	chain.dispatch(RuntimeOrigin::signed(CAROL), fork_call(proof, known))
}

/// Asserts that a chain refuses a call by this name, when it is carried out and at the pool.
#[track_caller]
fn refuse(chain: &mut Chain, call: Call<Test>, error: Error<Test>) {
	let call = RuntimeCall::from(call);
	let verdict = chain.run(|| call.authorize(TransactionSource::External));
	let verdict = verdict.expect("the call is one that is authorized").map(drop);
	let index = InvalidTransaction::Custom(error.encode()[0]);
	assert_eq!(verdict, Err(index.into()), "{error:?} at the pool");
	chain.run(|| {
		assert_noop!(call.dispatch(RuntimeOrigin::signed(CAROL)), error);
	});
}

pub fn status(chain: &mut Chain) -> Status {
	chain.run(|| Systems::<Test>::get(BETA)).expect("beta is known").status
}

/// Where the open fork of beta lies, as a chain knows it.
pub fn fork_height(chain: &mut Chain) -> Option<Height> {
	chain.run(|| Forks::<Test>::get(BETA)).map(|open| open.fork.at)
}
