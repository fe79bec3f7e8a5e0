//! A way to a state in which a promise about forks is broken, for people to read.

use super::{
	super::run::Trace,
	exploration::{Event, Exploration},
	judge::{Difference, Report},
	promises::Promise,
	reader::{Reader, Status},
	tree::{At, Block, Root, Tree},
	witnesses::Witness,
};
use ribp_protocol::{Fact, Stage, Standing};
use std::fmt::Write;

/// The peer's blocks, what happened line by line, and what the reader knows in the end.
///
/// Where it is the end that never comes, the wise end is told too.
pub fn describe(model: &Exploration, trace: &Trace<Exploration>, promise: Promise) -> String {
	let tree = &model.tree;
	let mut text: String = tree.all().map(|at| block(tree, at)).collect();
	for Witness { name: own, known_since, heads, contracts } in &model.plan.witnesses {
		let heads: Vec<_> = heads.iter().map(|at| name(tree, *at)).collect();
		let heads = heads.join(" or ");
		let _ = writeln!(
			text,
			"  {own}: known since own block {known_since}, at {heads}, with {contracts} contracts"
		);
	}
	text += "\n  step  own block\n";
	let mut count = 0;
	let mut tell = |reader: &Reader, event| {
		count += 1;
		let what = happened(model, event);
		format!("  {count:>4}  {:<3} {what}\n", reader.now)
	};
	for (reader, event) in trace {
		let Some(event) = event else { break };
		text += &tell(reader, *event);
	}
	let Some((last, _)) = trace.last() else { return text };
	text += "\n  in the end\n";
	text += &ending(tree, last);
	if promise == Promise::GoesOn {
		for top in &model.plan.good {
			let _ = writeln!(text, "\n  from here on the peer goes on from {}", name(tree, *top));
			let end = model.finish_told(last, *top, |event, reader| text += &tell(reader, event));
			text += &ending(tree, &end);
		}
	}
	text
}

fn name(tree: &Tree, at: At) -> &'static str {
	tree.block(at).name
}

fn block(tree: &Tree, at: At) -> String {
	let Block {
		name: own, parent, number, from, signer, next, root, is_told, complete_from, ..
	} = *tree.block(at);
	let mut text = format!("  {own}: block {number}, signed by set {}{}", signer.id, signer.keys);
	if at != At(0) {
		let _ = write!(text, " in own block {from}, after {}", name(tree, parent));
	}
	if let Some(next) = next {
		let _ = write!(text, "; hands over to set {}{}", next.id, next.keys);
	}
	if let Root::Weld(other) = root {
		let _ = write!(text, "; states the history of {}", name(tree, other));
	}
	if !is_told {
		text += "; what is below is withheld";
	}
	if complete_from > 0 {
		let _ = write!(text, "; complete from {complete_from}");
	}
	text + "\n"
}

fn happened(model: &Exploration, event: Event) -> String {
	let tree = &model.tree;
	let name = |at| name(tree, at);
	let who = |witness| model.plan.witnesses[usize::from(witness)].name;
	let branch = |backs: Option<At>| match backs {
		None => "the followed branch".into(),
		Some(tip) => format!("the branch of {}", name(tip)),
	};
	match event {
		Event::Seal => "the next block opens".into(),
		Event::Learn(at) => format!("{} arrives", name(at)),
		Event::HandOver(at) => format!("those are in charge to whom {} hands over", name(at)),
		Event::Register => "a user registers".into(),
		Event::Hear(at) => format!("evidence of what {} says of all contracts", name(at)),
		Event::Move(at) => format!("evidence of {} moves the contract", name(at)),
		Event::Report(Report { at, difference, is_whole }) => {
			let past = if is_whole { "with its past" } else { "without its past" };
			format!("{} is reported {past}: {}", name(at), differing(tree, difference))
		},
		Event::Refuse(at) => format!("{} is shown, and every report of it is refused", name(at)),
		Event::Testify { witness, head, backs } => {
			format!("{} shows that its head {} is on {}", who(witness), name(head), branch(backs))
		},
		Event::Refute { witness, backs } => {
			format!("it is shown that the head of {} is on {} as well", who(witness), branch(backs))
		},
		Event::Choose(None) => "root chooses the followed branch".into(),
		Event::Choose(Some(at)) => format!("root chooses the branch of {}", name(at)),
		Event::Pause => "root pauses the peer".into(),
		Event::Resume => "root resumes the peer".into(),
		Event::Renew(at) => format!("root names {} as the anchor", name(at)),
	}
}

fn differing(tree: &Tree, difference: Difference) -> String {
	match difference {
		Difference::Height => "another block is known at its height".into(),
		Difference::Below(height) => format!("its history has another block {height}"),
		Difference::Above(under) => format!("{} has another block there", name(tree, under)),
		Difference::Descent(height) => format!("it descends from another block {height}"),
		Difference::EraEnd => "those who sign it had handed over".into(),
	}
}

fn ending(tree: &Tree, reader: &Reader) -> String {
	let status = match reader.status {
		Status::Active if !reader.is_active() => "cooling down",
		Status::Active => "active",
		Status::Paused => "paused",
		Status::Forked => "forked",
	};
	let contract = match reader.standing {
		None if reader.is_known => "swept".into(),
		None => "never registered".into(),
		Some(Standing { stage: Stage::Committed { at }, fact }) => {
			let known = match fact {
				None => "",
				Some(Fact::Committed) => ", to settle",
				Some(Fact::NotCommitted) => ", to be reversed",
				Some(Fact::Forgotten) => ", and forgotten by the peer",
			};
			format!("committed at {at}{known}")
		},
		Some(Standing { stage: Stage::Ended(outcome), .. }) => {
			format!("{outcome:?}").to_lowercase()
		},
		Some(Standing { stage, .. }) => format!("{stage:?}").to_lowercase(),
	};
	let names = |all: &[super::reader::Branch]| {
		let names: Vec<_> = all.iter().map(|branch| name(tree, branch.tip)).collect();
		names.join(" ")
	};
	format!(
		"    own block {}, {status}; follows {}; open: {}; refused: {}; the contract: {contract}\n",
		reader.now,
		name(tree, tree.head(reader.view)),
		names(reader.opened()),
		names(&reader.refused),
	)
}
