//! What is sent to a peer, made from what this node has kept.

use super::super::keep::{Kept, Proven};
use crate::{Config, Evidence, ForkProof, Height, Lineage, Older, System, View};
use alloc::{format, string::String, vec::Vec};
use frame_support::traits::Get;
use ribp_light_client::next_set;
use ribp_protocol::Head;

/// What proves itself to a peer.
#[allow(clippy::large_enum_variant, reason = "there are few at a time")]
pub(super) enum Message {
	/// A newer view.
	View(Evidence),
	/// Another history than the peer follows, and the hashes that link its own view with it.
	Fork(ForkProof, Older),
}

impl Message {
	/// The function of the peer's runtime API that wraps it into a transaction.
	pub fn function(&self) -> &'static str {
		match self {
			Self::View(_) => "RibpApi_evidence_extrinsic",
			Self::Fork(..) => "RibpApi_fork_extrinsic",
		}
	}

	pub fn describe(&self) -> String {
		match self {
			Self::View(evidence) => format!("its view up to #{}", evidence.header.number),
			Self::Fork(proof, _) => format!("another history, by #{}", proof.header.number),
		}
	}

	/// Whether a chain takes it that knows this of the system, and takes views that advance by
	/// `step` blocks, or with which the authorities change.
	pub fn is_step(&self, theirs: &System, step: Height) -> bool {
		let Self::View(Evidence { header, .. }) = self else { return true };
		let is_far = |view: &View| header.number.saturating_sub(view.number) >= step;
		let hands_over = || matches!(next_set(header, &theirs.set), Ok(Some(_)));
		theirs.view.as_ref().is_none_or(is_far) || hands_over()
	}
}

impl Kept {
	/// Whether it holds another hash than this one at its height.
	pub fn contradicts(&self, head: &Head) -> bool {
		self.run.hash_at(head.number).is_some_and(|hash| hash != head.hash)
	}
}

/// The newest kept evidence that a chain can judge which knows this of the system.
///
/// If that is more ahead than one message bridges, an older one that is not; and if there is none,
/// the missed hashes follow later, piece by piece, from the system itself.
pub(super) fn evidence_for<T: Config>(kept: &Kept, theirs: &System) -> Option<Message> {
	let next = theirs.known().max(theirs.set_since).saturating_add(1);
	let judged = |proven: &&Proven| proven.set_id == theirs.set.set_id;
	let missed = |proven: &Proven| {
		let known = theirs.view.as_ref().filter(|_| !proven.proof.is_empty());
		known.map_or(0, |view| proven.first.saturating_sub(view.number).saturating_sub(1))
	};
	let within_reach = |proven: &&Proven| missed(proven) <= T::MaxMissed::get();
	let newest = kept.following(next).filter(judged)?;
	let bridged = kept.from(next).filter(judged).find(within_reach);
	let proven = bridged.unwrap_or(newest);
	let missed = match missed(proven) {
		1.. if bridged.is_some() => {
			kept.run.part(theirs.known().saturating_add(1), proven.first)?.hashes
		},
		_ => Vec::new(),
	};
	let Proven { header, justification, proof, .. } = proven.clone();
	Some(Message::View(Evidence { header, justification: Some(justification), proof, missed }))
}

/// The proof that the kept history is another than that of `theirs`, the peer's view.
pub(super) fn fork_for<T: Config>(kept: &Kept, theirs: &View) -> Option<Message> {
	let differs = |at: &Height| {
		let (ours, other) = (kept.run.hash_at(*at), theirs.hash_at(*at));
		ours.is_some() && other.is_some() && ours != other
	};
	let at = (theirs.first()..=theirs.number).find(differs)?;
	// Where the window begins with a difference, they part lower: as far down as is kept.
	let most = T::MaxMissed::get() / 2;
	let lowest = match at > theirs.first() {
		true => at.saturating_sub(1),
		false => at.saturating_sub(most),
	};
	let lowest = lowest.max(kept.run.first);
	let up_from = |height: Height| height.saturating_add(T::MaxMissed::get());
	let near = kept.showing(at, up_from(lowest));
	let proven = near.or_else(|| kept.showing(at, up_from(at)))?;
	let lowest = lowest.max(proven.first.saturating_sub(T::MaxMissed::get()));
	let older = match lowest < proven.first {
		true => kept.run.part(lowest, proven.first)?.into_older(),
		false => Older::default(),
	};
	let Proven { header, justification, proof, .. } = proven.clone();
	let lineage = Lineage::State { proof, older };
	Some(Message::Fork(ForkProof { header, justification, lineage }, Older::default()))
}
