//! The blocks of a forking peer, on real chains: what evidence and reports are made of.

use super::{
	model::forks::{
		judge::{Difference as Differing, Report},
		tree::{At, Tree},
	},
	network::chain::Chain,
};
use pallet_ribp::{
	Branch, Common, ContractId, Difference, Evidence, ForkReport, Height, Known, Link, Signers,
	SystemId,
};
use ribp_kit::{evidence::wanted, ledger::Block};
use ribp_light_client::{minimize, AuthoritySet, Justification};
use ribp_protocol::View;
use ribp_runtime::Grandpa;
use sp_core::H256;
use std::collections::BTreeMap;

/// The history up to each block of a tree.
pub struct Branches {
	histories: Vec<Chain>,
	/// What the hashes of the model's blocks are on the real chains.
	hashes: BTreeMap<H256, H256>,
}

/// With as many votes as it takes.
pub fn justify(block: &Block) -> Justification {
	minimize(block.justify_by_all(), &block.voters.authority_set())
}

impl Branches {
	/// From the first block of the tree on; `grow` makes what comes after each other one's parent.
	pub fn new(tree: &Tree, first: Chain, grow: impl Fn(At, &mut Chain)) -> Self {
		let mut histories = vec![first];
		for at in tree.all().skip(1) {
			let parent = tree.block(at).parent;
			let mut history = histories[usize::from(parent.0)].branch_at(tree.block(parent).number);
			grow(at, &mut history);
			histories.push(history);
		}
		let mut hashes = BTreeMap::new();
		for (at, history) in tree.all().zip(&histories) {
			hashes.insert(tree.id(at).hash(), history.head());
			for height in 0..tree.block(at).number {
				let id = tree.ancestor(at, height).expect("it is below");
				hashes.insert(id.hash(), history.hash_at(height));
			}
		}
		Self { histories, hashes }
	}

	pub fn history(&self, At(place): At) -> &Chain {
		&self.histories[usize::from(place)]
	}

	/// The real hash of a block of the model.
	pub fn hash(&self, of_model: H256) -> H256 {
		self.hashes[&of_model]
	}

	pub fn evidence(
		&self,
		at: At,
		known: &View,
		reader: SystemId,
		contracts: &[ContractId],
	) -> Evidence {
		let history = self.history(at);
		let keys = wanted(reader, history.system, contracts);
		let (number, head) = (history.sealed(), known.number());
		if number >= head || history.is_known(number, known) {
			return history.evidence(number, known, keys, justify);
		}
		// By a path of the followed branch, whether or not it has the block.
		let followed = self.histories.iter().find(|history| history.head() == known.head());
		let path = followed.expect("heads are blocks of the tree").path(number, head);
		let block = history.block(number);
		let proof = block.prove(&Vec::from_iter(keys));
		let (header, link) = (block.header.clone(), Link::Below { under: head, path });
		Evidence { header, link, proof: if contracts.is_empty() { Vec::new() } else { proof } }
	}

	/// A report as the model has it, to a chain that knows this.
	pub fn report(&self, known: &Known, Report { at, difference, is_whole }: Report) -> ForkReport {
		let shown = self.history(at);
		let number = shown.sealed();
		let block = shown.block(number);
		let (differs_at, difference) = match difference {
			Differing::Height => (Some(number), Difference::Height),
			Differing::Below(height) => (Some(height), below(shown, height)),
			Differing::Above(mark) => (Some(number), above(self.history(mark), number)),
			Differing::Descent(height) => (Some(height), Difference::Descent(height)),
			Differing::EraEnd => (None, Difference::EraEnd),
		};
		let lowest = match difference {
			Difference::Descent(height) => height + 1,
			_ => number,
		};
		let ancestors = (lowest..number).rev().map(|height| shown.block(height).header.clone());
		let is_completed = known.open.iter().any(|branch| branch.tip.hash == shown.head());
		let others: Vec<_> = known.branches().filter(|_| !is_completed).collect();
		let others = others.into_iter().map(|branch| self.unlike(known, branch, shown, differs_at));
		let known_heights = heights(known).filter(|height| Some(*height) < differs_at);
		let common = known_heights.max().unwrap_or(0);
		ForkReport {
			header: block.header.clone(),
			justification: justify(block),
			signers: signers(known, shown),
			ancestors: ancestors.collect(),
			common: is_whole.then(|| Common { height: common, path: shown.path(common, number) }),
			differences: [difference].into_iter().chain(others).collect(),
			peaks: is_whole.then(|| shown.peaks(number)),
		}
	}

	/// Why a block is not on another branch, if there is a reason.
	fn unlike(
		&self,
		known: &Known,
		branch: &Branch,
		shown: &Chain,
		differs_at: Option<Height>,
	) -> Difference {
		let Branch { tip, parting, common, .. } = branch;
		let number = shown.sealed();
		let leaves_at = parting.map_or(tip.number, |parting| parting.height);
		let is_lower = differs_at.is_some_and(|height| match common {
			Some(common) => height <= *common,
			None => number < tip.number && height < leaves_at,
		});
		if is_lower {
			return Difference::Lower;
		}
		let parted = parting.iter().map(|parting| (parting.height, parting.hash));
		let blocks = parted.chain([(tip.number, tip.hash)]);
		let mut differing = blocks
			.filter(|(height, hash)| *height <= number && shown.hash_at(*height) != *hash)
			.map(|(height, _)| height);
		if let Some(height) = differing.next() {
			return if height == number { Difference::Height } else { below(shown, height) };
		}
		let history = self.histories.iter().find(|history| history.head() == tip.hash);
		let history = history.expect("tips are blocks of the tree");
		if tip.number > number && history.hash_at(number) != shown.head() {
			return above(history, number);
		}
		let marked = known.marks.iter().find_map(|mark| {
			let history = self.histories.iter().find(|history| history.head() == mark.hash)?;
			let has_tip = mark.number >= tip.number && history.hash_at(tip.number) == tip.hash;
			has_tip.then_some((mark.number, history))
		});
		match marked {
			Some((under, _)) if under == tip.number => {
				Difference::Followed { under, path: Vec::new() }
			},
			Some((under, history)) => {
				Difference::Followed { under, path: history.path(tip.number, under) }
			},
			// It is on that branch, and will be refused for it.
			None => Difference::Height,
		}
	}
}

/// Who signs the last block of a history: named, unless they are in charge of what is followed.
fn signers(known: &Known, shown: &Chain) -> Signers {
	let set_id = shown.block(shown.sealed()).voters.set_id;
	let authorities = shown.query_at(shown.sealed() - 1, Grandpa::grandpa_authorities);
	let set = AuthoritySet::new(set_id, authorities.clone());
	let is_in_charge = known.system.set == set.expect("the runtime's authorities are a set; qed");
	Signers { set_id, authorities: (!is_in_charge).then_some(authorities) }
}

/// All heights of which a hash is known.
fn heights(known: &Known) -> impl Iterator<Item = Height> + '_ {
	let view = &known.system.view;
	let marked = known.marks.iter().map(|mark| mark.number);
	(view.lowest()..=view.number()).chain(marked)
}

/// That the history of a header has another block there.
fn below(shown: &Chain, height: Height) -> Difference {
	let (hash, path) = (shown.hash_at(height), shown.path(height, shown.sealed()));
	Difference::Below { height, hash, path }
}

/// That the last block of a history states another one at a lower height.
fn above(history: &Chain, number: Height) -> Difference {
	let under = history.sealed();
	Difference::Above { under, hash: history.hash_at(number), path: history.path(number, under) }
}
