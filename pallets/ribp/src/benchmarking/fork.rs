//! Other branches of the peer's history, in the world that is worst for them: all is remembered that
//! can be.

use super::{
	peer::{hash_at, remember, roots, Recipe, FIRST, PEER},
	witness::hear,
};
use crate::{
	chains::{
		forks::{self, MAX_REFUSED},
		known::MAX_MARKS,
		witnesses::MAX_WITNESSES,
	},
	types::MAX_BRANCHES,
	Branch, Common, Config, Difference, ForkReport, Forks, Height, Mark, RefusedBranches, Signers,
};
use alloc::{vec, vec::Vec};
use ribp_protocol::{bag, leaf, node};
use sp_core::H256;

/// The most branches that are known, besides the one that is followed and one that is reported.
pub const MOST_OTHERS: u32 = MAX_REFUSED + MAX_BRANCHES - 1;

/// The block at which each branch differs from the others, the only one that is known of it.
const PARTING: Height = FIRST + 1;
/// A height that gives a history a subtree of nearly every size, and so the longest paths.
const HIGH: Height = Height::MAX - 1;

/// A tree of blocks, by its first two.
pub struct Tree {
	pub root: H256,
	peaks: Vec<H256>,
	/// The path of each of the two, but for the other one.
	rest: Vec<H256>,
	pair: [H256; 2],
}

impl Tree {
	pub fn of(size: u32, pair: [H256; 2]) -> Self {
		let level = size.ilog2();
		let mut rest: Vec<_> = roots(level - 1).collect();
		let [first, second] = pair.map(leaf);
		let peak = rest.iter().fold(node(first, second), |left, right| node(left, *right));
		let peaks: Vec<_> = [peak].into_iter().chain(roots(size.count_ones() - 1)).collect();
		if peaks.len() > 1 {
			rest.push(bag(&peaks[1..]));
		}
		Self { root: bag(&peaks), peaks, rest, pair }
	}

	fn path(&self, sibling: H256) -> Vec<H256> {
		[leaf(sibling)].into_iter().chain(self.rest.iter().copied()).collect()
	}

	pub fn path_of_first(&self) -> Vec<H256> {
		self.path(self.pair[1])
	}

	pub fn path_of_second(&self) -> Vec<H256> {
		self.path(self.pair[0])
	}
}

/// Remembers all marks, and makes so many branches known: refused ones first, then open ones.
pub fn prepare<T: Config>(others: u32) {
	remember::<T>(FIRST..FIRST + MAX_MARKS, H256::zero());
	let refused = others.min(MAX_REFUSED);
	refuse::<T>(refused);
	(refused..others).for_each(|number| open::<T>(&brief::<T>(number)));
}

/// As many branches as can be are open, one of them up to a high block, and as many are refused.
/// As many witnesses as are heard stand for the followed one. Returns the hash of that block.
pub fn prepare_open<T: Config>() -> H256 {
	remember::<T>(FIRST..FIRST + MAX_MARKS, H256::zero());
	(1..MAX_BRANCHES).for_each(|number| open::<T>(&brief::<T>(number)));
	let high = full::<T>(Recipe::default());
	open::<T>(&high);
	refuse::<T>(MAX_REFUSED);
	hear::<T>(PEER, MAX_WITNESSES, None);
	high.header.hash()
}

fn open<T: Config>(report: &ForkReport) {
	forks::report_fork::<T>(PEER, report).expect("nothing is wrong with it; qed");
}

fn refuse<T: Config>(count: u32) {
	let branch = |number: u32| {
		let hash = H256::from_low_u64_be(number.into());
		let tip = Mark { number: PARTING, hash, root: H256::zero(), time: 0 };
		Branch { tip, parting: None, common: None, set_id: 0 }
	};
	let branches: Vec<_> = (0..count).map(branch).collect();
	RefusedBranches::<T>::insert(PEER, frame_support::BoundedVec::truncate_from(branches));
}

/// How many branches are known besides the one that is followed.
fn others<T: Config>() -> usize {
	let open = Forks::<T>::get(PEER).map_or(0, |open| open.branches.len());
	open + RefusedBranches::<T>::get(PEER).len()
}

/// A report of a branch that is known by the block at which it differs.
fn brief<T: Config>(number: u32) -> ForkReport {
	let recipe = Recipe { announced: 0, ..Recipe::default() };
	let (header, _) = recipe.block(PARTING, hash_at(number), Vec::new());
	ForkReport {
		justification: recipe.justify::<T>(&header),
		header,
		signers: in_charge::<T>(),
		ancestors: Vec::new(),
		common: None,
		differences: vec![Difference::Height; 1 + others::<T>()],
		peaks: None,
	}
}

/// A report with the longest paths, of a branch that can be followed.
pub fn full<T: Config>(recipe: Recipe) -> ForkReport {
	let hash = H256::repeat_byte(0xff);
	let tree = Tree::of(HIGH - FIRST, [hash_at(FIRST), hash]);
	let (header, _) = recipe.block(HIGH, tree.root, Vec::new());
	let difference = Difference::Below { height: PARTING, hash, path: tree.path_of_second() };
	ForkReport {
		justification: recipe.justify::<T>(&header),
		header,
		signers: in_charge::<T>(),
		ancestors: Vec::new(),
		common: Some(Common { height: FIRST, path: tree.path_of_first() }),
		differences: vec![difference; 1 + others::<T>()],
		peaks: Some(tree.peaks),
	}
}

fn in_charge<T: Config>() -> Signers {
	Signers { set_id: super::peer::set_id::<T>(), authorities: None }
}
