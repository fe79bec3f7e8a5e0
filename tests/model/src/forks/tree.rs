//! The peer's blocks, on all of its branches, and every proof that can be made of them.

use ribp_kit::past::extension;
use ribp_protocol::{ExtensionError, Height, History, Stated, Time, View};
use sp_core::H256;
use std::collections::BTreeMap;

/// Blocks between two that are told apart here, and one more: more than a window has.
pub const STRIDE: Height = 20;

/// The time that `STRIDE` blocks take, and an own one.
pub const TICK: Time = 20_000;

/// A block of the tree, by its place there; the first is the one that root has trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct At(pub u8);

/// Any block, also one between two of the tree: the next one of the tree, and how far above.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Id(u16);

/// A view that can come about, by its place among all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ViewAt(pub u8);

/// An authority set: the keys of two sets of one id may differ.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Set {
	pub id: u8,
	pub keys: char,
}

/// The set of this id that the peer has if it does not fork.
pub const fn set(id: u8) -> Set {
	Set { id, keys: 'h' }
}

/// Of what a header states the root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
	/// Its ancestors.
	Truth,
	/// The history up to another block in place of its ancestors up to that height.
	Weld(At),
}

/// What there is of the contract in the peer's state, whether or not under the keys that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
	/// The peer's leg is there.
	pub is_there: bool,
	/// Its log is committed.
	pub log: bool,
	pub has_ended: bool,
	/// It says that this is so of every contract that expires here in the leg's epoch.
	pub is_through: bool,
}

/// A final block, and what was signed with it.
#[derive(Clone, Copy, Debug)]
pub struct Block {
	pub name: &'static str,
	pub parent: At,
	pub number: Height,
	/// What it says of its time, in ticks.
	pub time: u8,
	/// From which own block on it is signed and public.
	pub from: u8,
	pub signer: Set,
	/// To whom it hands over.
	pub next: Option<Set>,
	pub root: Root,
	/// Whether the blocks before it, since its parent in the tree, are public.
	pub is_told: bool,
	pub complete_from: Height,
	pub facts: Facts,
	/// Signed with keys that were bought after all trust in them had ended.
	pub is_bought: bool,
}

/// All blocks and proofs.
pub struct Tree {
	blocks: Vec<Block>,
	/// By block: the ancestors, and what the root states.
	lines: Vec<Vec<Id>>,
	logs: Vec<Vec<Id>>,
	views: Vec<View>,
	recent: Vec<Vec<Id>>,
	first_views: Vec<ViewAt>,
	steps: BTreeMap<(ViewAt, At), Result<ViewAt, ExtensionError>>,
}

impl Id {
	pub fn hash(self) -> H256 {
		H256::from_low_u64_be(u64::from(self.0))
	}
}

impl Tree {
	pub fn new(blocks: Vec<Block>) -> Self {
		let (mut lines, mut logs): (Vec<Vec<Id>>, Vec<Vec<Id>>) = Default::default();
		for (place, block) in blocks.iter().enumerate() {
			let own = |height: Height| Id(place as u16 * 256 + (block.number - height) as u16);
			let mut line = match place {
				0 => Vec::new(),
				_ => continued(&lines, block.parent),
			};
			line.extend((line.len() as Height..block.number).map(own));
			let mut log = line.clone();
			if let Root::Weld(other) = block.root {
				let told = continued(&logs, other);
				log[..told.len()].copy_from_slice(&told);
			}
			lines.push(line);
			logs.push(log);
		}
		let mut tree = Self {
			blocks,
			lines,
			logs,
			views: Vec::new(),
			recent: Vec::new(),
			first_views: Vec::new(),
			steps: BTreeMap::new(),
		};
		tree.find_views();
		tree
	}

	/// Every view that extensions lead to, from any block that a reader may begin with.
	fn find_views(&mut self) {
		for at in self.all() {
			let Block { time, .. } = *self.block(at);
			let view = View::of(self.id(at).hash(), u64::from(time) * TICK, self.history(at));
			let place = self.add_view(view);
			self.first_views.push(place);
		}
		let mut next = 0;
		while next < self.views.len() {
			for at in self.all() {
				let view = self.extended(&self.views[next], at);
				let step = view.map(|view| self.add_view(view));
				self.steps.insert((ViewAt(next as u8), at), step);
			}
			next += 1;
		}
	}

	fn add_view(&mut self, view: View) -> ViewAt {
		if let Some(place) = self.views.iter().position(|known| *known == view) {
			return ViewAt(place as u8);
		}
		let head = self.all().find(|at| self.id(*at).hash() == view.head()).expect("a block; qed");
		let line = continued(&self.logs, head);
		self.recent.push(line[view.lowest() as usize..].to_vec());
		assert!(view
			.recent()
			.iter()
			.eq(&self.recent[self.views.len()].iter().map(|id| id.hash()).collect::<Vec<_>>()));
		self.views.push(view);
		ViewAt(self.views.len() as u8 - 1)
	}

	/// The view up to a newer block, by the only extension that can lead there.
	fn extended(&self, view: &View, at: At) -> Result<View, ExtensionError> {
		let Block { number, time, .. } = *self.block(at);
		let history = self.history(at);
		let log = &self.logs[usize::from(at.0)];
		let hash_at = |height: Height| log[height as usize].hash();
		let parent = self.lines[usize::from(at.0)][number as usize - 1].hash();
		let stated = Stated { number, parent, root: history.root() };
		let proof = extension(view.number(), number, hash_at);
		view.extended((self.id(at).hash(), u64::from(time) * TICK), stated, &proof)
	}

	/// The history whose root a block states.
	pub fn history(&self, at: At) -> History {
		let mut history = History::starting_at(0);
		for id in &self.logs[usize::from(at.0)] {
			history.push(id.hash(), |_, _| {}).expect("there is room; qed");
		}
		history
	}

	pub fn all(&self) -> impl Iterator<Item = At> {
		(0..self.blocks.len() as u8).map(At)
	}

	pub fn block(&self, At(place): At) -> &Block {
		&self.blocks[usize::from(place)]
	}

	pub fn id(&self, At(place): At) -> Id {
		Id(u16::from(place) * 256)
	}

	/// The block that a header's root has at a height; none from its own height on.
	pub fn stated(&self, At(place): At, height: Height) -> Option<Id> {
		self.logs[usize::from(place)].get(height as usize).copied()
	}

	/// The ancestor of a block at a height.
	pub fn ancestor(&self, At(place): At, height: Height) -> Option<Id> {
		self.lines[usize::from(place)].get(height as usize).copied()
	}

	/// Whether a block is another one, or one of its ancestors.
	pub fn is_on(&self, lower: At, upper: At) -> bool {
		lower == upper || self.ancestor(upper, self.block(lower).number) == Some(self.id(lower))
	}

	/// The highest block of the tree on the lines of both.
	pub fn meeting(&self, one: At, other: At) -> At {
		let on_both = |at: &At| self.is_on(*at, one) && self.is_on(*at, other);
		self.all().filter(on_both).max_by_key(|at| self.block(*at).number).unwrap_or(At(0))
	}

	/// Whether a header's root is of its ancestors, and everything below is public.
	pub fn is_open_book(&self, at: At) -> bool {
		let mut line = self.all().filter(|lower| self.is_on(*lower, at));
		line.all(|lower| self.block(lower).is_told && self.block(lower).root == Root::Truth)
	}

	/// Whether everything is public that the root of a header states.
	pub fn is_told(&self, at: At) -> bool {
		let stated = self.all().filter(|lower| {
			*lower == at || self.stated(at, self.block(*lower).number) == Some(self.id(*lower))
		});
		stated.into_iter().all(|lower| self.block(lower).is_told)
	}

	/// Whether the headers are public from a block down to one whose parent is at this height.
	pub fn is_line_told(&self, at: At, height: Height) -> bool {
		let mut line = self.all().filter(|lower| self.is_on(*lower, at));
		line.all(|lower| self.block(lower).is_told || self.block(lower).number <= height)
	}

	pub fn view(&self, ViewAt(place): ViewAt) -> &View {
		&self.views[usize::from(place)]
	}

	pub fn head(&self, view: ViewAt) -> At {
		let Id(id) = *self.recent[usize::from(view.0)].last().expect("views are never empty; qed");
		At((id / 256) as u8)
	}

	/// The hash of a view's window at a height.
	pub fn recent(&self, view: ViewAt, height: Height) -> Option<Id> {
		let index = height.checked_sub(self.view(view).lowest())?;
		self.recent[usize::from(view.0)].get(index as usize).copied()
	}

	/// The view that begins with a block.
	pub fn first_view(&self, At(place): At) -> ViewAt {
		self.first_views[usize::from(place)]
	}

	pub fn advanced(&self, view: ViewAt, to: At) -> Result<ViewAt, ExtensionError> {
		self.steps[&(view, to)]
	}
}

/// The line up to a block, with that block.
fn continued(lines: &[Vec<Id>], at: At) -> Vec<Id> {
	let mut line = lines[usize::from(at.0)].clone();
	line.push(Id(u16::from(at.0) * 256));
	line
}
