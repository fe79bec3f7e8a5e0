//! What is sent to a peer, made from what this node has kept.

use super::super::{
	keep::{kept, Piece},
	past::Past,
};
use crate::{Config, Evidence, ForkReport, Height, Link, System, SystemId};
use alloc::{collections::BTreeMap, format, string::String};
use ribp_light_client::next_set;
use ribp_peer::Client;
use ribp_protocol::{leaf, root_of, Extension, Outline, Stated, Statement, Subtree};

/// The newest pieces that are looked at to make an extension.
const PIECES: usize = 32;

/// What proves itself to a peer.
#[allow(clippy::large_enum_variant, reason = "there are few at a time")]
pub(super) enum Message {
	/// A newer view.
	View(Evidence),
	/// Another history than the peer follows.
	Fork(ForkReport),
}

impl Message {
	/// The function of the peer's runtime API that wraps it into a transaction.
	pub fn function(&self) -> &'static str {
		match self {
			Self::View(_) => "RibpApi_evidence_extrinsic",
			Self::Fork(_) => "RibpApi_fork_extrinsic",
		}
	}

	pub fn describe(&self) -> String {
		match self {
			Self::View(evidence) => format!("its view up to #{}", evidence.header.number),
			Self::Fork(report) => format!("another history, by #{}", report.header.number),
		}
	}

	/// Whether a chain takes it that knows this of the system, and takes views that advance by
	/// `step` blocks, or with which the authorities change.
	pub fn is_step(&self, theirs: &System, step: Height) -> bool {
		let Self::View(Evidence { header, .. }) = self else { return true };
		let hands_over = || matches!(next_set(header, &theirs.set), Ok(Some(_)));
		header.number.saturating_sub(theirs.known()) >= step || hands_over()
	}
}

/// The newest kept evidence that a chain can judge which knows this of the system. None if nothing
/// newer is kept, or nobody tells what leads there from what that chain knows: `nodes` are of the
/// system.
pub(super) fn evidence_for<T: Config>(
	system: SystemId,
	theirs: &System,
	nodes: &[Client],
) -> Option<Evidence> {
	let known = theirs.known();
	let newer = |piece: &Piece| piece.header.number > known;
	let mut judged = kept::<T>(system).take_while(newer).filter(|p| p.set_id == theirs.set.set_id);
	let Piece { header, justification, .. } = judged.next()?;
	let statement = Statement::of(&header.digest).ok()?;
	let (number, parent) = (header.number, header.parent_hash);
	let stated = Stated { number, parent, root: statement.history_root };
	let head = (header.hash(), 0);
	// A node of the system may be on another branch than what was kept.
	let leads_there = |extension: &Extension| theirs.view.extended(head, stated, extension).is_ok();
	let history = theirs.view.history();
	let told = |client| Past { client, history }.extension(system, known, number).ok()?;
	let told = || nodes.iter().filter_map(told).find(leads_there);
	let kept = kept_extension::<T>(system, theirs, number).filter(leads_there);
	let extension = kept.or_else(told)?;
	let link = Link::Above { justification, extension };
	Some(Evidence { header, link, proof: Default::default() })
}

/// What leads from a known head to a newer one, as far as it is kept: made of what has led to the kept
/// headers. The known head is one of those, or close below.
fn kept_extension<T: Config>(
	system: SystemId,
	theirs: &System,
	number: Height,
) -> Option<Extension> {
	let (first, known) = (theirs.view.history().first, theirs.known());
	let Outline { nodes, tail } = Outline::of(first, known, number)?;
	let mut hashes = BTreeMap::new();
	let mut roots = BTreeMap::new();
	let pieces = kept::<T>(system).take(PIECES);
	for piece in pieces.take_while(|piece| piece.header.number > known) {
		hashes.extend(piece.hashes());
		roots.extend(piece.subtrees(first));
	}
	let hash_at = |height: Height| hashes.get(&height).copied();
	let known = |subtree: Subtree| {
		let block = (subtree.level == 0).then(|| hash_at(first.checked_add(subtree.index)?));
		block.flatten().map(leaf).or_else(|| roots.get(&subtree).copied())
	};
	let nodes = nodes.into_iter().map(|subtree| root_of(subtree, &known));
	let (nodes, tail) = (nodes.collect::<Option<_>>()?, tail.map(hash_at).collect::<Option<_>>()?);
	Some(Extension { nodes, tail })
}
