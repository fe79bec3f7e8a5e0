//! Forks: how they are proven, what stops, and which branch remains.

mod asking;
mod court;
mod eras;
mod hearing;
mod known;
mod losers;
mod marks;
mod proofs;
mod verdicts;
mod welds;
mod witnesses;

pub use eras::{parted_after_handover, signed_by_retired_keys};

use super::{chain::*, world::*};
use crate::{
	mock::{Ribp, RuntimeCall, RuntimeOrigin, Test},
	Branch, Call, Common, Difference, Error, ForkReport, Forks, Header, Height, Known, Signers,
	Status, SystemId, Systems,
};
use codec::Encode;
use frame_support::{
	assert_noop,
	pallet_prelude::{DispatchResultWithPostInfo, TransactionSource},
	traits::Authorize,
};
use ribp_light_client::testing::Ed25519Keyring;
use sp_core::H256;
use sp_runtime::{traits::Dispatchable, DigestItem};
use std::collections::BTreeMap;

/// Another standalone chain that exchanges with beta.
pub const GAMMA: SystemId = SystemId(H256::repeat_byte(0xc3));

/// One more.
pub const DELTA: SystemId = SystemId(H256::repeat_byte(0xd4));

/// Chains alpha and gamma, which know each other and beta; and two histories of beta.
pub struct Forked {
	pub alpha: Chain,
	pub gamma: Chain,
	pub one: Chain,
	pub other: Chain,
}

pub fn gamma_chain() -> Chain {
	Chain::new(GAMMA, Voters::new(3, &[Ed25519Keyring::Ferdie]))
}

pub fn delta_chain() -> Chain {
	Chain::new(DELTA, Voters::new(4, &[Ed25519Keyring::One]))
}

/// A chain in its second block: the first one is what others know it by.
fn begun(mut chain: Chain) -> Chain {
	chain.seal();
	chain
}

/// The history of beta that others leave, with this block open.
pub fn plain_history(height: Height) -> Chain {
	let mut beta = begun(beta_chain());
	beta.knows(&begun(alpha_chain()));
	beta.knows(&begun(gamma_chain()));
	beta.knows(&begun(delta_chain()));
	beta.advance_to(height);
	beta
}

/// A history of beta that leaves the plain one in block `at`, which is open, by saying this.
pub fn history(at: Height, words: &str) -> Chain {
	let mut beta = plain_history(at);
	beta.announce(DigestItem::Other(words.into()));
	beta
}

/// The same, with this block open.
pub fn history_until(at: Height, words: &str, height: Height) -> Chain {
	let mut beta = history(at, words);
	beta.advance_to(height);
	beta
}

impl Forked {
	/// The histories part in block `at`, which is open on all of them; it is the second at the least.
	pub fn new(at: Height) -> Self {
		let (one, other) = (plain_history(at), history(at, "another history"));
		let (mut alpha, mut gamma) = (begun(alpha_chain()), begun(gamma_chain()));
		for chain in [&mut alpha, &mut gamma] {
			chain.knows(&begun(beta_chain()));
		}
		alpha.knows(&begun(gamma_chain()));
		gamma.knows(&begun(alpha_chain()));
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

	/// Alpha has seen the one history, gamma the other.
	pub fn seen(mut self) -> Self {
		show(&mut self.alpha, &self.one);
		show(&mut self.gamma, &self.other);
		self
	}

	/// Alpha is told of the other history, gamma of the one, by the newest header of each.
	pub fn exposed(mut self) -> Self {
		expose(&mut self.alpha, &self.other);
		expose(&mut self.gamma, &self.one);
		self
	}
}

/// Shows a chain the newest block of beta.
pub fn show(chain: &mut Chain, beta: &Chain) {
	let evidence = beta.evidence(beta.sealed(), chain, &[]);
	chain.submit(BETA, evidence, &[]).expect("it is a step");
}

/// A report of block `number` of a history, which those in charge sign, with the subtrees of its past.
pub fn report_of(
	history: &Chain,
	number: Height,
	differences: Vec<Difference>,
	common: Option<Height>,
) -> ForkReport {
	let block = history.block(number);
	ForkReport {
		header: block.header.clone(),
		justification: block.voters.justify(&block.header),
		signers: Signers { set_id: block.voters.set_id, authorities: None },
		ancestors: Vec::new(),
		common: common.map(|height| Common { height, path: history.path(height, number) }),
		differences,
		peaks: Some(history.peaks(number)),
	}
}

/// The same report, with the names of those who sign: they have been replaced.
pub fn by_past(report: ForkReport, voters: &Voters) -> ForkReport {
	let authorities = Some(voters.authorities());
	ForkReport { signers: Signers { set_id: voters.set_id, authorities }, ..report }
}

/// That the history before block `number` has another block at a lower height.
pub fn below(history: &Chain, height: Height, number: Height) -> Difference {
	let (hash, path) = (history.hash_at(height), history.path(height, number));
	Difference::Below { height, hash, path }
}

/// That the branch of a known block has another block than the reported header, at its height.
pub fn above(known: &Chain, number: Height, under: Height) -> Difference {
	let (hash, path) = (known.hash_at(number), known.path(number, under));
	Difference::Above { under, hash, path }
}

/// The headers below block `number`, down to the one at height `lowest`.
pub fn ancestors(history: &Chain, number: Height, lowest: Height) -> Vec<Header> {
	(lowest..number).rev().map(|n| history.block(n).header.clone()).collect()
}

/// A report by its ancestors down to the one at height `lowest`: the block below that is another
/// one.
pub fn by_descent(history: &Chain, number: Height, lowest: Height) -> ForkReport {
	let report = report_of(history, number, vec![Difference::Descent(lowest - 1)], None);
	ForkReport { ancestors: ancestors(history, number, lowest), ..report }
}

/// What a chain knows of beta's histories.
pub fn known(reader: &mut Chain) -> Known {
	reader.run(|| Ribp::known(BETA)).expect("beta is known")
}

/// The hashes that it knows of the one that it follows.
fn known_hashes(known: &Known) -> BTreeMap<Height, H256> {
	let view = &known.system.view;
	let recent = (view.lowest()..=view.number()).filter_map(|n| Some((n, view.hash_at(n)?)));
	known.marks.iter().map(|mark| (mark.number, mark.hash)).chain(recent).collect()
}

/// The whole report of block `number` of a history to a chain, none of whose other branches is higher.
pub fn exposing(reader: &mut Chain, history: &Chain, number: Height) -> ForkReport {
	let known = known(reader);
	let hashes = known_hashes(&known);
	let differs = |(height, hash): &(&Height, &H256)| history.hash_at(**height) != **hash;
	let (at, _) = hashes.range(..=number).find(differs).expect("the histories differ");
	let common = hashes.range(..at).next_back().map(|(height, _)| *height);
	let at_height = |height: Height| match height == number {
		true => Difference::Height,
		false => below(history, height, number),
	};
	let tips = known.branches().map(|branch| branch.tip.number);
	let differences = [*at].into_iter().chain(tips).map(at_height).collect();
	let report = report_of(history, number, differences, common);
	let voters = &history.block(number).voters;
	match voters.set_id == known.system.set.set_id {
		true => report,
		false => by_past(report, voters),
	}
}

/// Reports the newest block of a history to a chain that follows another one.
#[track_caller]
pub fn expose(reader: &mut Chain, history: &Chain) {
	let report = exposing(reader, history, history.sealed());
	submit_report(reader, report).expect("it is another history");
}

pub fn fork_call(report: ForkReport) -> Call<Test> {
	Call::report_fork { system: BETA, report }
}

pub fn submit_report(chain: &mut Chain, report: ForkReport) -> DispatchResultWithPostInfo {
	chain.dispatch(RuntimeOrigin::signed(CAROL), fork_call(report))
}

#[track_caller]
fn refuse_report(chain: &mut Chain, report: ForkReport, error: Error<Test>) {
	chain.refuse(fork_call(report), error);
}

fn choose(chain: &mut Chain, branch: Option<H256>) -> DispatchResultWithPostInfo {
	chain.dispatch(RuntimeOrigin::root(), Call::choose_branch { system: BETA, branch })
}

pub fn status(chain: &mut Chain) -> Status {
	chain.run(|| Systems::<Test>::get(BETA)).expect("beta is known").status
}

/// The branches of beta that are open, besides the one that a chain follows.
pub fn open_branches(chain: &mut Chain) -> Vec<Branch> {
	let open = chain.run(|| Forks::<Test>::get(BETA));
	open.map(|open| open.branches.to_vec()).unwrap_or_default()
}

/// Whether a chain follows this history of beta, as far as it knows.
pub fn follows(chain: &mut Chain, history: &Chain) -> bool {
	let view = chain.view_of(BETA);
	view.number() <= history.sealed() && history.hash_at(view.number()) == view.head()
}
