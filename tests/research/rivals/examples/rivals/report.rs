//! The figures as text, and as JSON.

use crate::goals::goals;
use ribp_rivals::{
	cost::Cost,
	keys::Traders,
	measure::{Figures, Measured, Plan},
};
use serde_json::{json, Value};

const NOTES: &str = "\
Time is that of decoding and applying all extrinsics of an exchange on both chains - signatures,
evidence's dispatch, fees - and of the state root that they change; an empty block's
is taken off. It is that of natively compiled code on a state in memory. Proof bytes are the nodes of
both chains' own tries that their blocks read or change for it, each once a block.
Leaves are entries of either state that are made, changed or removed, each once a block; moves are
those of balances, the rent included and the transactions' fees left out.
pallet-ribp: a block's import is counted; the pool's validations, which verify evidence as well, are
  not. The exchange settles early. The buyer looks whether the goods are registered for good, and answers
  firmly. Where both register at the same time, nobody has to look, and each chain is told twice.
  Counted to the end, when both halves are swept; what all contracts of an epoch share, so do these.
  Not counted: gossip.
Hash lock: each user has to look at the other lock, and the buyer for the secret: three looks at
  least. Nobody proves anything to a chain. Not counted: cancelling, and the wallets that watch.
Bridge: headers, messages and delivery receipts by the bridge pallets' public calls, one relayer for
  both directions, one header for all that can be proven by it. The desk that turns messages into an
  exchange is the smallest possible: no expiry, no way back if the buyer never accepts. Not counted:
  relayers' rewards, the import of headers that change authorities, XCM, the transaction pool.
Submitted (by nodes or relayers), requests and waits for finality: until settled / to the end. A request
is one question of a node or relayer for a block's finality with what is in its state; a look is one of
a user. Where the same two users make all exchanges, each signs once for up to a hundred: register_batch,
and utility.batch_all for the others.";

pub fn print(plan: &Plan, measured: &Measured) {
	println!(
		"One settled exchange on both chains, median of {} runs; {} validators and {} other accounts \
		 on each chain",
		plan.runs, plan.validators, plan.accounts,
	);
	for traders in Traders::ALL.into_iter().filter(|which| measured.of(*which).count() > 0) {
		print_figures(measured, traders);
		print_ratios(measured, traders);
		print_steps(measured, traders);
	}
	let Measured { idle, own_view_us, .. } = measured;
	println!(
		"\nA signed extrinsic that does nothing: {:.0} µs, proof {:.0} B.\n\
		 Every block of a chain with pallet-ribp extends its view of itself: {own_view_us:.1} µs.\n\n\
		 {NOTES}\n\nGoals",
		idle.time_ns() / 1_000.0,
		idle.proof_bytes,
	);
	for goal in goals(measured) {
		let verdict = if goal.is_reached() { "reached" } else { "NOT reached" };
		println!("  {}: {:.2}, at most {:.2}: {verdict}", goal.name, goal.measured, goal.most);
	}
}

fn print_figures(measured: &Measured, traders: Traders) {
	println!(
		"\n{}\n\n{:>9}  {:<13} {:>9} {:>9} {:>11} {:>7} {:>6} {:>11} {:>6} {:>13} {:>13} {:>13}",
		capitalized(traders.name()),
		"in flight",
		"by",
		"time µs",
		"proof B",
		"extrinsic B",
		"leaves",
		"moves",
		"user-signed",
		"looks",
		"submitted",
		"requests",
		"finality",
	);
	for figures in measured.of(traders) {
		let [all, settled] = [figures.counts(), figures.counts_until_settled()];
		let each = |count: u32| f64::from(count) / f64::from(figures.batch);
		let both = |settled: u32, all: u32| format!("{:.2} / {:.2}", each(settled), each(all));
		println!(
			"{:>9}  {:<13} {:>9.0} {:>9.0} {:>11.0} {:>7.1} {:>6.1} {:>11.2} {:>6.2} {:>13} {:>13} \
			 {:>13}",
			figures.batch,
			figures.rival.name(),
			figures.time_us(),
			figures.proof_bytes(),
			figures.extrinsic_bytes(),
			figures.leaves(),
			figures.moves(),
			each(all.user_signed),
			each(all.looks),
			both(settled.submitted, all.submitted),
			both(settled.requests, all.requests),
			format!("{} / {}", settled.rounds, all.rounds),
		);
	}
}

fn capitalized(text: &str) -> String {
	let mut letters = text.chars();
	letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Our figures by those of a rival.
struct Ratio<'a> {
	ours: &'a Figures,
	theirs: &'a Figures,
}

impl Ratio<'_> {
	fn time(&self) -> f64 {
		self.ours.time_ratio(self.theirs)
	}

	fn proof(&self) -> f64 {
		self.ours.proof_bytes() / self.theirs.proof_bytes()
	}

	fn proof_and_extrinsics(&self) -> f64 {
		let bytes = |of: &Figures| of.proof_bytes() + of.extrinsic_bytes();
		bytes(self.ours) / bytes(self.theirs)
	}
}

fn ratios(measured: &Measured, traders: Traders) -> impl Iterator<Item = Ratio<'_>> {
	let ours = measured.of(traders).filter(|ours| ours.rival.is_ours());
	ours.flat_map(move |ours| {
		let others = measured.of(traders).filter(move |theirs| theirs.batch == ours.batch);
		let others = others.filter(|theirs| !theirs.rival.is_ours());
		others.map(move |theirs| Ratio { ours, theirs })
	})
}

fn print_ratios(measured: &Measured, traders: Traders) {
	println!("\nRatios: pallet-ribp, in either way, by each rival");
	for ratio in ratios(measured, traders) {
		println!(
			"{:>9}  {:<13} by {:<9} time {:>5.2}, proof {:>5.2}, proof and extrinsics {:>5.2}",
			ratio.ours.batch,
			ratio.ours.rival.name(),
			ratio.theirs.rival.name(),
			ratio.time(),
			ratio.proof(),
			ratio.proof_and_extrinsics(),
		);
	}
}

fn print_steps(measured: &Measured, traders: Traders) {
	let batches = || measured.of(traders).map(|figures| figures.batch);
	let Some(batch) = batches().find(|batch| *batch == 100).or(batches().last()) else { return };
	println!("\nSteps of each exchange at {batch} in flight");
	for figures in measured.of(traders).filter(|figures| figures.batch == batch) {
		for (name, cost) in figures.steps() {
			println!(
				"  {:<13} {name:<16} apply {:>6.0} µs, state root {:>5.0} µs, proof {:>5.0} B, \
				 extrinsics {:>5.0} B, leaves {:>4.1}, moves {:>3.1}",
				figures.rival.name(),
				cost.apply_ns / 1_000.0,
				cost.seal_ns / 1_000.0,
				cost.proof_bytes,
				cost.extrinsic_bytes,
				cost.leaves,
				cost.moves,
			);
		}
	}
}

pub fn json(plan: &Plan, measured: &Measured) -> String {
	let figures: Vec<_> = measured.figures.iter().map(json_of).collect();
	let ratio = |ratio: Ratio<'_>| {
		json!({
			"users": ratio.ours.traders.name(),
			"in_flight": ratio.ours.batch,
			"of": ratio.ours.rival.name(),
			"by": ratio.theirs.rival.name(),
			"time": ratio.time(),
			"proof": ratio.proof(),
			"proof_and_extrinsics": ratio.proof_and_extrinsics(),
		})
	};
	let ratios = Traders::ALL.into_iter().flat_map(|traders| ratios(measured, traders).map(ratio));
	let goals = goals(measured).into_iter().map(|goal| {
		let is_reached = goal.is_reached();
		json!({
			"goal": goal.name, "most": goal.most, "measured": goal.measured, "reached": is_reached,
		})
	});
	let all = json!({
		"runs": plan.runs,
		"validators": plan.validators,
		"other_accounts": plan.accounts,
		"figures": figures,
		"ratios": ratios.collect::<Vec<_>>(),
		"idle_signed_extrinsic": json_of_cost(&measured.idle),
		"own_view_us_per_block": measured.own_view_us,
		"goals": goals.collect::<Vec<_>>(),
		"notes": NOTES,
	});
	format!("{all:#}\n")
}

fn json_of(figures: &Figures) -> Value {
	let [all, settled] = [figures.counts(), figures.counts_until_settled()];
	let each = |count: u32| f64::from(count) / f64::from(figures.batch);
	let step = |(name, cost)| json!({ "step": name, "cost": json_of_cost(&cost) });
	json!({
		"users": figures.traders.name(),
		"in_flight": figures.batch,
		"by": figures.rival.name(),
		"time_us": figures.time_us(),
		"proof_bytes": figures.proof_bytes(),
		"extrinsic_bytes": figures.extrinsic_bytes(),
		"leaves": figures.leaves(),
		"moves": figures.moves(),
		"user_signed": each(all.user_signed),
		"looks": each(all.looks),
		"submitted": { "until_settled": each(settled.submitted), "to_the_end": each(all.submitted) },
		"requests": { "until_settled": each(settled.requests), "to_the_end": each(all.requests) },
		"finality_rounds": { "until_settled": settled.rounds, "to_the_end": all.rounds },
		"steps": figures.steps().into_iter().map(step).collect::<Vec<_>>(),
	})
}

fn json_of_cost(cost: &Cost) -> Value {
	json!({
		"apply_us": cost.apply_ns / 1_000.0,
		"state_root_us": cost.seal_ns / 1_000.0,
		"proof_bytes": cost.proof_bytes,
		"extrinsic_bytes": cost.extrinsic_bytes,
		"leaves": cost.leaves,
		"moves": cost.moves,
	})
}
