//! What the model and a real chain are compared by that follows a forking peer.

use super::{
	branches::Branches,
	model::forks::{
		exploration::Exploration,
		reader::{self, Reader},
	},
	Tally,
};
use pallet_ribp::{
	BranchEnds, ContractId, EntryOf, Fact, Forks, Height, Known, Legs, Mark, Reliance, Stage,
	Status, SystemId,
};
use ribp_protocol::Own;
use ribp_runtime::{Ribp, Runtime};
use sp_core::H256;

/// What is compared.
#[derive(PartialEq, Eq, Debug)]
pub struct Believed {
	status: Status,
	/// What it was when the fork was opened.
	before: Option<Status>,
	head: H256,
	/// Until when nothing moves, if that has not come.
	quiet_until: Option<Own>,
	marks: Vec<(Height, H256)>,
	/// Height after which the authorities are in charge.
	set_since: Height,
	/// The same of those before them, the newest first, and their last blocks.
	past: Vec<(Height, H256)>,
	open: Vec<Branch>,
	refused: Vec<Branch>,
	leg: Option<(Stage, Option<Fact>)>,
}

#[derive(PartialEq, Eq, Debug)]
struct Branch {
	tip: H256,
	/// The height, and both blocks.
	parting: Option<(Height, [H256; 2])>,
	common: Option<Height>,
	can_be_followed: bool,
}

fn status(of_model: reader::Status) -> Status {
	match of_model {
		reader::Status::Active => Status::Active,
		reader::Status::Paused => Status::Paused,
		reader::Status::Forked => Status::Forked,
	}
}

/// Notes what a step has come to.
pub fn count(tally: &mut Tally, before: &Reader, after: &Reader) {
	let mut note = |name: String| *tally.entry(name).or_default() += 1;
	let [old, new] = [before, after].map(|reader| reader.standing.map(|it| it.stage));
	if let (true, Some(Stage::Ended(outcome))) = (old != new, new) {
		note(format!("{outcome:?}"));
	}
	let has_fact = |reader: &Reader| reader.standing.is_some_and(|it| it.fact.is_some());
	let is_open = matches!(new, Some(Stage::Committed { .. }));
	if is_open && has_fact(before) && !has_fact(after) {
		note("forgotten".into());
	}
	if before.past.len() < after.past.len() {
		note("handed over".into());
	}
	match (before.opened().len(), after.opened().len()) {
		(1, 2) => note("two branches are open".into()),
		(one, other) if one == other && before.open != after.open => note("completed".into()),
		(1.., 0) if after.refused.len() > before.refused.len() => {
			let is_kept = before.view == after.view;
			note(if is_kept { "kept" } else { "adopted" }.into());
		},
		_ => {},
	}
}

impl Believed {
	pub fn of_model(model: &Exploration, reader: &Reader, branches: &Branches) -> Self {
		let tree = &model.tree;
		let hash = |id: super::model::forks::tree::Id| branches.hash(id.hash());
		let branch = |branch: &reader::Branch| Branch {
			tip: hash(tree.id(branch.tip)),
			parting: branch.parting.map(|it| (it.height, [hash(it.theirs), hash(it.followed)])),
			common: branch.common,
			can_be_followed: branch.end.is_some(),
		};
		let mark = |at| (tree.block(at).number, hash(tree.id(at)));
		let past = |past: &reader::Past| (past.since, hash(tree.id(past.end)));
		Self {
			status: status(reader.status),
			before: reader.open.as_ref().map(|open| status(open.before)),
			head: hash(tree.id(tree.head(reader.view))),
			quiet_until: Some(reader.quiet_until)
				.filter(|until| *until > reader.now)
				.map(|until| model.height(until)),
			marks: reader.marks(tree).into_iter().map(mark).collect(),
			set_since: reader.set_since,
			past: model.past_sets(reader).map(past).collect(),
			open: reader.opened().iter().map(branch).collect(),
			refused: reader.refused.iter().map(branch).collect(),
			leg: reader.standing.map(|standing| (standing.stage, standing.fact)),
		}
	}

	/// Asks the chain, whose open block is `now`.
	pub fn of_chain(system: SystemId, id: ContractId, now: Own) -> Self {
		let Known { system: record, marks, past_sets, open, refused } =
			Ribp::known(system).expect("it is known");
		let branch = |branch: &pallet_ribp::Branch| Branch {
			tip: branch.tip.hash,
			parting: branch.parting.map(|it| (it.height, [it.hash, it.followed])),
			common: branch.common,
			can_be_followed: BranchEnds::<Runtime>::contains_key(system, branch.tip.hash),
		};
		let mark = |Mark { number, hash, .. }: Mark| (number, hash);
		let is_on = |relied: Reliance| {
			relied.since > record.branch_since || relied.height <= record.branch_from
		};
		let mut legs = Legs::<Runtime>::iter_prefix_values((system,));
		let leg: Option<EntryOf<Runtime>> = legs.find(|leg| leg.contract.id() == id);
		let leg = leg.map(|leg| (leg.stage, leg.fact.filter(|_| leg.relied.is_some_and(is_on))));
		Self {
			status: record.status,
			before: Forks::<Runtime>::get(system).map(|open| open.before),
			head: record.view.head(),
			quiet_until: Some(Own(record.quiet_until)).filter(|until| *until > now),
			marks: marks.into_iter().map(mark).collect(),
			set_since: record.set_since,
			past: past_sets.into_iter().map(|(_, past)| (past.since, past.end.hash)).collect(),
			open: open.iter().map(branch).collect(),
			refused: refused.iter().map(branch).collect(),
			leg,
		}
	}
}
