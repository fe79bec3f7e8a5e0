//! Another history of a system than the known one, made into a report: of two endpoints that contradict
//! each other, of a chain that was shown another branch of the own one, or of what this node has kept.
//!
//! A report says why its header is on none of the branches that its reader knows. Whatever shows
//! that is looked for: the header's past, as a node on its branch tells it; its ancestors, one by
//! one, if these are few; what a known block states of the header's height, by a node of that one's
//! branch; and who signs. Where nodes tell no subtrees of their history, hashes and ancestors are
//! left. Nothing is believed: each answer is judged as the reader will judge it.

use super::{
	finality::opened,
	keep::{kept, kept_set},
	past::Past,
};
use crate::{
	chains::{
		difference::{lineage, Blocks, Differing, Shown},
		statement::known_statement,
	},
	Branch, Config, Height, Known, Mark, SystemId,
};
use alloc::{vec, vec::Vec};
use ribp_light_client::{
	minimize, next_set, verify_finality, AuthoritySet, Common, Difference, ForkReport, Header,
	Justification, Signers,
};
use ribp_peer::{Client, PeerError};
use ribp_protocol::Frontier;
use sp_core::H256;

/// The most ancestors of a header that are asked for.
const MOST_ANCESTORS: u32 = 64;

/// The newest kept pieces among which one is looked for that differs.
const LOOKED_AT: usize = 256;

/// The lowest of these of which a report is made, should nothing come of the first.
const TRIED: usize = 4;

/// What a node's history comes to that is another than the known one.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(super) enum OtherHistory {
	/// It is proven.
	Reported(ForkReport),
	/// It is one that is open or refused: by a block of this height.
	Known(Height),
	/// It has another block of this height, and nobody tells what proves it.
	Unproven(Height),
}

/// Votes for a header, as many as it takes, and who gives them.
struct Signed {
	set: AuthoritySet,
	/// Their last block, if they have handed over.
	end: Option<Mark>,
	justification: Justification,
}

impl Known {
	fn followed(&self) -> Blocks<'_> {
		Blocks::followed(&self.system.view, &self.marks)
	}

	/// Who is in charge, if these votes are of them, or of those who were before, as far as this node
	/// has kept who they are.
	fn signed(
		&self,
		system: SystemId,
		header: &Header,
		justification: &Justification,
	) -> Option<Signed> {
		let signed = |set: AuthoritySet, end| {
			let justification = minimize(justification.clone(), &set);
			let is_final = verify_finality(header, &justification, &set).is_ok();
			is_final.then_some(Signed { set, end, justification })
		};
		let is_since = |since: Height| since < header.number;
		let present = Some(&self.system).filter(|system| is_since(system.set_since));
		present.and_then(|record| signed(record.set.clone(), None)).or_else(|| {
			let mut past = self.past_sets.iter().filter(|(_, past)| is_since(past.since));
			past.find_map(|(id, past)| {
				let set = kept_set(system, *id).filter(|set| past.is_of(&set.authorities))?;
				signed(set, Some(past.end))
			})
		})
	}

	/// The height of a block of the node's chain that is on a branch which is known and not followed.
	fn known_branch(&self, newest: Height, client: &Client) -> Option<Height> {
		let mut blocks: Vec<_> = self
			.branches()
			.flat_map(|Branch { tip, parting, .. }| {
				let parted = parting.map(|parting| (parting.height, parting.hash));
				[(tip.number, tip.hash)].into_iter().chain(parted)
			})
			.filter(|(height, _)| *height <= newest)
			.collect();
		blocks.sort();
		let heights: Vec<_> = blocks.iter().map(|(height, _)| *height).collect();
		let theirs = client.hashes_at(&heights).ok()?;
		let mut same = blocks.into_iter().zip(theirs).filter(|((_, hash), theirs)| hash == theirs);
		same.next_back().map(|((height, _), _)| height)
	}
}

/// What is another one in the finalized history of a node, the first of these, than in the one that
/// is known of a system. None if nothing is. The others may be on any branch.
pub(super) fn contradiction<T: Config>(
	system: SystemId,
	known: &Known,
	nodes: &[Client],
) -> Result<Option<OtherHistory>, PeerError> {
	let Some(client) = nodes.first() else { return Ok(None) };
	let Some(newest) = client.header(client.finalized_head()?)? else { return Ok(None) };
	let followed = known.followed();
	let mut heights = followed.heights();
	heights.retain(|height| *height <= newest.number);
	let theirs = client.hashes_at(&heights)?;
	let same = |(height, hash): &(&Height, &H256)| followed.hash_at(**height) == Some(**hash);
	let common = heights.iter().zip(&theirs).take_while(same).count();
	let other = heights.get(common).filter(|_| common < theirs.len()).copied();
	// Those who are known have finalized the lowest block that is another one or, if they handed over
	// before, the last one that is not. Where there is none, it may be who signs.
	let same = heights[..common].last().copied();
	let asked = [Some(other.unwrap_or(newest.number)), same.filter(|_| other.is_some())];
	for number in asked.into_iter().flatten() {
		let Some((header, votes)) = final_from(number, &newest, client)? else { continue };
		if let Some(report) = report::<T>(system, known, (&header, &votes), nodes) {
			return Ok(Some(OtherHistory::Reported(report)));
		}
	}
	Ok(other.map(|other| match known.known_branch(newest.number, client) {
		Some(height) => OtherHistory::Known(height),
		None => OtherHistory::Unproven(other),
	}))
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
/// another one. `nodes` are of the system, should they tell what the proofs take.
pub(super) fn kept_contradiction<T: Config>(
	system: SystemId,
	theirs: &Known,
	nodes: &[Client],
) -> Option<ForkReport> {
	let report = |header: &_, votes: &_| report::<T>(system, theirs, (header, votes), nodes);
	// A node that is on the same branch finds where any height is another that is known there.
	let newest = kept::<T>(system).next();
	let newest = newest.and_then(|piece| report(&piece.header, &piece.justification));
	if newest.as_ref().is_some_and(|report| report.common.is_some()) {
		return newest;
	}
	let followed = theirs.followed();
	let pieces = kept::<T>(system).take(LOOKED_AT).filter(|piece| {
		let hash = followed.hash_at(piece.header.number);
		hash.is_some_and(|hash| hash != piece.header.hash())
	});
	// The lowest shows most; and what a node says of one must not keep another from being shown.
	let mut pieces: Vec<_> = pieces.collect();
	pieces.reverse();
	let mut lowest = pieces.into_iter().take(TRIED);
	lowest.find_map(|piece| report(&piece.header, &piece.justification)).or(newest)
}

/// The report of a header that is final to a chain that knows this of its system. None if it is on
/// a branch that is known there, or nobody tells that it is not.
pub(super) fn report<T: Config>(
	system: SystemId,
	known: &Known,
	(header, votes): (&Header, &Justification),
	nodes: &[Client],
) -> Option<ForkReport> {
	let hash = header.hash();
	if known.refused.iter().any(|branch| branch.tip.hash == hash) {
		return None;
	}
	let statement = known_statement::<T>(system, &known.system, header).ok()?;
	let Signed { set, end, justification } = known.signed(system, header, votes)?;
	let authorities = end.is_some().then(|| set.authorities.to_vec());
	let shown = Shown {
		header,
		hash,
		statement,
		lineage: lineage::<T>(header, &[]).ok()?,
		set_id: set.set_id,
		signed_end: end,
		hands_over: matches!(next_set(header, &set), Ok(Some(_))),
	};
	let is_own = |client: &&Client| client.block_hash(header.number).ok().flatten() == Some(hash);
	let past = |client| Past { client, history: known.system.view.history() };
	let own = nodes.iter().find(is_own).map(past);
	let signers = Signers { set_id: set.set_id, authorities };
	let mut suspect = Suspect { known, shown, signers, justification, nodes, own };
	suspect.report::<T>(&[]).or_else(|| {
		let ancestors = suspect.ancestors();
		suspect.shown.lineage = lineage::<T>(header, &ancestors).ok()?;
		suspect.report::<T>(&ancestors).filter(|_| !ancestors.is_empty())
	})
}

/// A final header that is to be told from all branches that a chain knows.
struct Suspect<'a> {
	known: &'a Known,
	shown: Shown<'a>,
	signers: Signers,
	justification: Justification,
	/// Of the system, on whatever branch.
	nodes: &'a [Client],
	/// The past of one that has the header.
	own: Option<Past<'a>>,
}

impl Suspect<'_> {
	fn number(&self) -> Height {
		self.shown.header.number
	}

	/// The report, by what nodes tell and these ancestors.
	fn report<T: Config>(&self, ancestors: &[Header]) -> Option<ForkReport> {
		let followed = self.known.followed();
		let difference = self.difference::<T>(&followed)?;
		let differing = self.shown.differs_from::<T>(&followed, &difference).ok()?;
		let mut differences = vec![difference];
		// Nobody may have said where it leaves the followed one, and what is before it.
		let is_it = |branch: &&Branch| branch.tip.hash == self.shown.hash;
		let reported = self.known.open.iter().find(is_it);
		if reported.is_none() {
			for branch in self.known.branches() {
				differences.push(self.unlike::<T>(branch, &followed, differing.as_ref())?);
			}
		}
		let origin = differing.and_then(|differing| self.origin(&followed, differing.height));
		if reported.is_some_and(|branch| branch.common.is_some() || origin.is_none()) {
			return None;
		}
		let (common, peaks) = origin.unzip();
		let descents = differences.iter().filter_map(|difference| match difference {
			Difference::Descent(height) => self.number().checked_sub(height + 1),
			_ => None,
		});
		let ancestors = ancestors.get(..descents.max().unwrap_or(0) as usize)?.to_vec();
		let (header, signers) = (self.shown.header.clone(), self.signers.clone());
		let justification = self.justification.clone();
		Some(ForkReport { header, justification, signers, ancestors, common, differences, peaks })
	}

	/// Why the header is not on a branch of which this is known: by the lowest block, if its own
	/// past is told.
	fn difference<T: Config>(&self, blocks: &Blocks) -> Option<Difference> {
		let is_so = |difference: &_| self.shown.differs_from::<T>(blocks, difference).is_ok();
		let below = self.below(blocks).filter(is_so);
		below
			.or_else(|| Some(Difference::Height).filter(is_so))
			.or_else(|| self.descent(blocks).filter(is_so))
			.or_else(|| self.above(blocks).filter(is_so))
			.or_else(|| Some(Difference::EraEnd).filter(is_so))
	}

	/// Why it is not on one that is open or refused.
	fn unlike<T: Config>(
		&self,
		branch: &Branch,
		followed: &Blocks,
		differing: Option<&Differing>,
	) -> Option<Difference> {
		let is_so = |difference: &_| {
			self.shown.is_unlike::<T>(branch, difference, followed, differing).is_ok()
		};
		let lower = Some(Difference::Lower).filter(is_so);
		lower
			.or_else(|| self.difference::<T>(&Blocks::of(branch)))
			.or_else(|| self.followed(branch, followed).filter(is_so))
			.or_else(|| Some(Difference::EraEnd).filter(is_so))
	}

	/// The lowest block of its past that is known to be another one on a branch.
	fn parting(&self, blocks: &Blocks) -> Option<(Height, H256)> {
		let mut heights = blocks.heights();
		heights.retain(|height| *height < self.number());
		let theirs = self.own.as_ref()?.client.hashes_at(&heights).ok()?;
		let mut theirs = heights.into_iter().zip(theirs);
		theirs.find(|(height, hash)| blocks.hash_at(*height) != Some(*hash))
	}

	/// That its past has another block.
	fn below(&self, blocks: &Blocks) -> Option<Difference> {
		let (height, hash) = self.parting(blocks)?;
		let path = self.own.as_ref()?.path(height, self.number()).ok()??;
		Some(Difference::Below { height, hash, path })
	}

	/// That it descends from another block, the lowest.
	fn descent(&self, blocks: &Blocks) -> Option<Difference> {
		let is_other = |height: &Height| {
			let ancestor = self.shown.ancestor(*height);
			ancestor.is_some_and(|ancestor| blocks.hash_at(*height) != Some(ancestor))
		};
		blocks.heights().into_iter().find(is_other).map(Difference::Descent)
	}

	/// That a known block states another one at its height.
	fn above(&self, blocks: &Blocks) -> Option<Difference> {
		let mark = blocks.marks().iter().find(|mark| mark.number > self.number())?;
		let (hash, path) = self.stated(self.number(), mark)?;
		Some(Difference::Above { under: mark.number, hash, path })
	}

	/// That the tip of a branch is on the followed one.
	fn followed(&self, branch: &Branch, followed: &Blocks) -> Option<Difference> {
		let tip = branch.tip;
		let mark = followed.marks().iter().find(|mark| mark.number >= tip.number)?;
		let path = match mark.number == tip.number {
			true => Vec::new(),
			false => self.stated(tip.number, mark)?.1,
		};
		Some(Difference::Followed { under: mark.number, path })
	}

	/// The block that a known one states at a lower height, and the path to it, by a node of that
	/// one's branch.
	fn stated(&self, height: Height, mark: &Mark) -> Option<(H256, Vec<H256>)> {
		let history = self.known.system.view.history();
		self.nodes.iter().find_map(|client| {
			let [hash, top] = client.hashes_at(&[height, mark.number]).ok()?[..] else {
				return None;
			};
			let past = Some(Past { client, history }).filter(|_| top == mark.hash)?;
			Some((hash, past.path(height, mark.number).ok()??))
		})
	}

	/// The highest block that is known below the difference, and what the header's history consists
	/// of. None if nobody tells, or what is told is not so.
	fn origin(&self, followed: &Blocks, height: Height) -> Option<(Common, Vec<H256>)> {
		let height = followed.below(height)?;
		let past = self.own.as_ref()?;
		let path = past.path(height, self.number()).ok()??;
		let peaks = past.peaks(self.number()).ok()??;
		let is_common = self.shown.includes((height, followed.hash_at(height)?), &path);
		let frontier = Frontier::new(self.number().checked_sub(past.first())?, peaks.clone())?;
		let is_sound = is_common && frontier.root() == self.shown.statement.history_root;
		is_sound.then_some((Common { height, path }, peaks))
	}

	/// Its ancestors, the parent first, down to the lowest of which a branch has another one and
	/// that is near enough. None are asked for of a header whose past is the followed branch's.
	fn ancestors(&self) -> Vec<Header> {
		let followed = self.known.followed();
		if self.own.is_some() && self.parting(&followed).is_none() {
			return Vec::new();
		}
		let others = self.known.branches().flat_map(|branch| Blocks::of(branch).heights());
		let back = |height: Height| self.number().checked_sub(height)?.checked_sub(1);
		let backs = followed.heights().into_iter().chain(others).filter_map(back);
		let Some(count) = backs.filter(|back| *back <= MOST_ANCESTORS).max() else {
			return Vec::new();
		};
		let walked = |client: &Client| {
			let mut hash = self.shown.header.parent_hash;
			let headers = (0..count).map_while(|_| {
				let header = client.header(hash).ok()??;
				hash = header.parent_hash;
				Some(header)
			});
			headers.collect::<Vec<_>>()
		};
		self.nodes.iter().map(walked).max_by_key(Vec::len).unwrap_or_default()
	}
}
