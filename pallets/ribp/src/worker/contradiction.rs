//! Another history of a system than the known one, made into a report: of two endpoints that contradict
//! each other, of a chain that was shown another branch of the own one, or of what this node has kept.

use super::{
	finality::opened,
	keep::{kept, kept_set, Piece},
	past::Past,
};
use crate::{statement_of, Branch, Config, Height, Known, Proven, SystemId};
use alloc::vec::Vec;
use ribp_light_client::{
	minimize, verify_finality, AuthoritySet, Common, Difference, ForkReport, Header, Justification,
	Signers,
};
use ribp_peer::{Client, PeerError};
use ribp_protocol::{Frontier, History, Statement};
use sp_core::H256;

impl Known {
	/// The hash at a height of the branch that is followed, if it is known.
	pub(super) fn hash_at(&self, height: Height) -> Option<H256> {
		let marked = || self.marks.iter().find(|mark| mark.number == height).map(|mark| mark.hash);
		self.system.view.hash_at(height).or_else(marked)
	}

	/// The highest height below this one of which the hash is known.
	fn below(&self, height: Height) -> Option<Height> {
		self.heights().into_iter().rev().find(|known| *known < height)
	}

	/// All heights of which the hash is known, the lowest first.
	fn heights(&self) -> Vec<Height> {
		let view = &self.system.view;
		let marked = self.marks.iter().map(|mark| mark.number).filter(|n| *n < view.lowest());
		marked.chain(view.lowest()..=view.number()).collect()
	}

	/// Whether those who sign a header had handed over before, by what is known.
	fn had_handed_over(&self, signers: &Signers, header: &Header) -> bool {
		let past = self.past_sets.iter().find(|(id, _)| *id == signers.set_id);
		let is_other = self.hash_at(header.number) != Some(header.hash());
		is_other && past.is_some_and(|(_, past)| header.number > past.end.number)
	}

	/// Who is in charge, if these votes are of them, or of those who were before, as far as this node
	/// has kept who they are; and the votes that it takes.
	fn signed(
		&self,
		system: SystemId,
		header: &Header,
		justification: &Justification,
	) -> Option<(Signers, Justification)> {
		let proven = |set: &AuthoritySet| {
			let votes = minimize(justification.clone(), set);
			verify_finality(header, &votes, set).is_ok().then_some(votes)
		};
		let present = &self.system.set;
		if header.number > self.system.set_since {
			if let Some(votes) = proven(present) {
				return Some((Signers { set_id: present.set_id, authorities: None }, votes));
			}
		}
		self.past_sets.iter().filter(|(_, past)| past.since < header.number).find_map(
			|(id, past)| {
				let set = kept_set(system, *id).filter(|set| past.is_of(&set.authorities))?;
				let votes = proven(&set)?;
				Some((
					Signers { set_id: *id, authorities: Some(set.authorities.into_inner()) },
					votes,
				))
			},
		)
	}
}

/// The newest kept pieces among which one is looked for that differs.
const LOOKED_AT: usize = 256;

/// The lowest of these of which a report is made, should nothing come of the first.
const TRIED: usize = 4;

/// What proves that the node's finalized history is another than the one that is known of a system.
/// None if it is not, or cannot be shown to be.
pub(super) fn contradiction(
	system: SystemId,
	known: &Known,
	client: &Client,
) -> Result<Option<ForkReport>, PeerError> {
	let Some(newest) = client.header(client.finalized_head()?)? else { return Ok(None) };
	let at = match differing(known, newest.number, client)? {
		Some(block) => block.height,
		None if known.past_sets.is_empty() => return Ok(None),
		// It may be who signs.
		None => newest.number,
	};
	let Some(proven) = final_from(at, &newest, client)? else { return Ok(None) };
	report_by(system, known, proven, client)
}

/// The lowest block of a node's chain that is known to be another one.
struct Differing {
	height: Height,
	hash: H256,
}

/// That block, if there is one up to this height.
fn differing(
	known: &Known,
	up_to: Height,
	client: &Client,
) -> Result<Option<Differing>, PeerError> {
	let heights: Vec<_> = known.heights().into_iter().filter(|height| *height <= up_to).collect();
	let theirs = client.hashes_at(&heights)?;
	let mut differing =
		heights.into_iter().zip(theirs).map(|(height, hash)| Differing { height, hash });
	Ok(differing.find(|block| known.hash_at(block.height) != Some(block.hash)))
}

/// The report of a final header, with all that a node tells of its past. None if the node is not on its
/// branch.
fn report_by(
	system: SystemId,
	known: &Known,
	(header, justification): (Header, Justification),
	client: &Client,
) -> Result<Option<ForkReport>, PeerError> {
	let past = Past { client, first: known.system.view.history().first };
	let number = header.number;
	if client.block_hash(number)? != Some(header.hash()) {
		return Ok(None);
	}
	let Some(Differing { height, hash }) = differing(known, number, client)? else {
		return report(system, known, Some(&past), (header, justification), None);
	};
	let difference = match height == number {
		true => Difference::Height,
		false => match past.path(height, number)? {
			Some(path) => Difference::Below { height, hash, path },
			None => return Ok(None),
		},
	};
	report(system, known, Some(&past), (header, justification), Some((height, difference)))
}

/// A header from this height on that is final, and the votes for it.
fn final_from(
	at: Height,
	newest: &Header,
	client: &Client,
) -> Result<Option<(Header, Justification)>, PeerError> {
	let finality = match client.prove_finality(at) {
		// Not final: no history yet.
		Err(PeerError::NotFinalized { .. }) => None,
		Err(error) if error.is_too_large() => client.prove_finality(newest.number)?,
		other => other?,
	};
	finality.map(|finality| opened(finality, client)).transpose().map(Option::flatten)
}

/// What this node has kept of the branch that its chain follows, as a report to a chain that knows
/// another one. `client` is of a node of the system, should it tell what the proofs take.
pub(super) fn kept_contradiction<T: Config>(
	system: SystemId,
	theirs: &Known,
	client: Option<&Client>,
) -> Result<Option<ForkReport>, PeerError> {
	// A node that is on the same branch finds where any height is another that is known there.
	if let (Some(client), Some(newest)) = (client, kept::<T>(system).next()) {
		let report = report_by(system, theirs, (newest.header, newest.justification), client);
		// What cannot be asked is left out.
		if let Ok(Some(report)) = report {
			return Ok(Some(report));
		}
	}
	let differs = |piece: &Piece| {
		let hash = theirs.hash_at(piece.header.number);
		hash.is_some_and(|hash| hash != piece.header.hash())
	};
	// The lowest shows most; and what a node says of one must not keep another from being shown.
	let mut pieces: Vec<_> = kept::<T>(system).take(LOOKED_AT).filter(differs).collect();
	pieces.reverse();
	for Piece { header, justification, .. } in pieces.into_iter().take(TRIED) {
		let report = proven_contradiction(system, theirs, (header, justification), client)?;
		if report.is_some() {
			return Ok(report);
		}
	}
	Ok(None)
}

/// The tip of a branch that the own chain has open, as a report to a chain that follows another one.
/// `client` is of a node of the system, should it be on either branch.
pub(super) fn stored_contradiction(
	system: SystemId,
	theirs: &Known,
	proven: Proven,
	client: Option<&Client>,
) -> Result<Option<ForkReport>, PeerError> {
	let Proven { header, justification, .. } = proven;
	proven_contradiction(system, theirs, (header, justification), client)
}

/// A header that is final, as a report: with all that the node tells of it or, if that is none of its
/// branch, by what is known of the header's height.
fn proven_contradiction(
	system: SystemId,
	theirs: &Known,
	(header, justification): (Header, Justification),
	client: Option<&Client>,
) -> Result<Option<ForkReport>, PeerError> {
	let proven = || (header.clone(), justification.clone());
	let whole = client.map(|client| report_by(system, theirs, proven(), client));
	// What cannot be asked is left out.
	if let Some(Ok(Some(report))) = whole {
		return Ok(Some(report));
	}
	let at = header.number;
	let difference = match (theirs.hash_at(at), client) {
		(Some(hash), _) => (hash != header.hash()).then_some(Difference::Height),
		(None, Some(client)) => above(theirs, &header, client)?,
		(None, None) => None,
	};
	report(system, theirs, None, proven(), difference.map(|difference| (at, difference)))
}

/// That the branch which `theirs` knows has another block at the height of a header, if the node is on
/// that branch.
fn above(
	theirs: &Known,
	header: &Header,
	client: &Client,
) -> Result<Option<Difference>, PeerError> {
	let number = header.number;
	let Some(mark) = theirs.marks.iter().find(|mark| mark.number > number) else { return Ok(None) };
	let [hash, marked] = client.hashes_at(&[number, mark.number])?[..] else { return Ok(None) };
	if marked != mark.hash || hash == header.hash() {
		return Ok(None);
	}
	let first = theirs.system.view.history().first;
	let path = Past { client, first }.path(number, mark.number)?;
	let leads =
		|path: &Vec<_>| History::includes(first, mark.number, mark.root, (number, hash), path);
	let path = path.filter(leads);
	Ok(path.map(|path| Difference::Above { under: mark.number, hash, path }))
}

/// The report of a header that is on another branch than the followed one, from this height on; or whose
/// authorities had handed over before, if it is not said why. None if it is on one that is known, or
/// nobody tells that it is not. Whatever a node tells is made sure of: it may lie.
fn report(
	system: SystemId,
	known: &Known,
	past: Option<&Past>,
	(header, justification): (Header, Justification),
	difference: Option<(Height, Difference)>,
) -> Result<Option<ForkReport>, PeerError> {
	let Some((signers, justification)) = known.signed(system, &header, &justification) else {
		return Ok(None);
	};
	let (at, difference) = match difference {
		Some((at, difference)) => (Some(at), difference),
		None if known.had_handed_over(&signers, &header) => (None, Difference::EraEnd),
		None => return Ok(None),
	};
	let mut differences = alloc::vec![difference];
	let hash = header.hash();
	// Nobody may have said where it leaves the other, and what is before it.
	let is_reported = |branch: &Branch| branch.tip.hash == hash && branch.common.is_none();
	let is_reported = known.open.iter().any(is_reported);
	for branch in known.branches().filter(|_| !is_reported) {
		match unlike(branch, (&header, at), past)? {
			Some(difference) => differences.push(difference),
			None => return Ok(None),
		}
	}
	let stated = Stated::of(&header);
	if !differences.iter().all(|difference| stated.has(difference)) {
		return Ok(None);
	}
	let below = at.and_then(|at| known.below(at));
	let origin = match (below, past) {
		(Some(height), Some(past)) => origin(known, past, &stated, height)?,
		_ => None,
	};
	if is_reported && origin.is_none() {
		return Ok(None);
	}
	let (common, peaks) = origin.unzip();
	let ancestors = Vec::new();
	Ok(Some(ForkReport { header, justification, signers, ancestors, common, differences, peaks }))
}

/// The highest block that is known below the difference, and what the header's history consists of. None
/// if the node does not tell, or what it tells is not so.
fn origin(
	known: &Known,
	past: &Past,
	stated: &Stated,
	height: Height,
) -> Result<Option<(Common, Vec<H256>)>, PeerError> {
	let (Some(path), Some(peaks)) = (past.path(height, stated.number)?, past.peaks(stated.number)?)
	else {
		return Ok(None);
	};
	let has_block = known.hash_at(height).is_some_and(|hash| stated.includes(height, hash, &path));
	let is_sound = has_block && stated.consists_of(&peaks);
	Ok(is_sound.then_some((Common { height, path }, peaks)))
}

/// What a header states of the blocks before it; nothing if it is not understood.
struct Stated {
	number: Height,
	statement: Option<Statement>,
}

impl Stated {
	fn of(header: &Header) -> Self {
		Self { number: header.number, statement: statement_of(header) }
	}

	/// Whether a difference shows what it says, as far as that is of this header.
	fn has(&self, difference: &Difference) -> bool {
		match difference {
			Difference::Below { height, hash, path } => self.includes(*height, *hash, path),
			_ => true,
		}
	}

	fn includes(&self, height: Height, hash: H256, path: &[H256]) -> bool {
		self.statement.as_ref().is_some_and(|Statement { first, history_root, .. }| {
			History::includes(*first, self.number, *history_root, (height, hash), path)
		})
	}

	fn consists_of(&self, peaks: &[H256]) -> bool {
		self.statement.as_ref().is_some_and(|Statement { first, history_root, .. }| {
			let size = self.number.saturating_sub(*first);
			let frontier = Frontier::new(size, peaks.to_vec());
			frontier.is_some_and(|frontier| frontier.root() == *history_root)
		})
	}
}

/// Why a header, which leaves the followed branch at this height, is not on another one, if that can be
/// told.
fn unlike(
	branch: &Branch,
	(header, at): (&Header, Option<Height>),
	past: Option<&Past>,
) -> Result<Option<Difference>, PeerError> {
	let (number, Branch { tip, parting, common, .. }) = (header.number, branch);
	let is_lower = |at| match (parting, common) {
		(Some(_), Some(common)) => at <= *common,
		(Some(parting), None) => at < parting.height,
		(None, _) => number < tip.number,
	};
	if at.is_some_and(is_lower) {
		return Ok(Some(Difference::Lower));
	}
	let parted = parting.map(|parting| (parting.height, parting.hash));
	for (height, hash) in [(tip.number, tip.hash)].into_iter().chain(parted) {
		if height == number && hash != header.hash() {
			return Ok(Some(Difference::Height));
		}
		let Some(past) = past.filter(|_| height < number) else { continue };
		let theirs = past.client.hashes_at(&[height])?.first().copied();
		let Some(theirs) = theirs.filter(|theirs| *theirs != hash) else { continue };
		if let Some(path) = past.path(height, number)? {
			return Ok(Some(Difference::Below { height, hash: theirs, path }));
		}
	}
	Ok(None)
}
