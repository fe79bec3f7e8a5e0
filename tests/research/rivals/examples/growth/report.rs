//! The figures as text, as JSON, and as a drawing.

use crate::bars::{Chart, Group, Panel};
use ribp_rivals::growth::{Figures, Plan, Work, COMMITTED};
use serde_json::{json, Value};

const NOTES: &str = "\
All contracts are really registered, by register_batch, a hundred by each payer, and as many wait on
the other chain; none expires meanwhile. Time is that of natively compiled code on a state in memory.
An empty block's is all of it; evidence and a registration are what they add to it, authorization and
the state root included. Proof bytes are the nodes of the chain's own trie that are read or changed.
Logarithmic growth is expected: a trie is a level deeper with sixteen times as many entries, and so are
all proofs of it, those within the evidence included; and ten of a hundred contracts lie closer together
than ten of many, so that their proofs share more. What grew with the list itself would be a thousand
times as large with a thousand times as many contracts.";

fn name(work: Work) -> String {
	match work {
		Work::EmptyBlock => "empty block".into(),
		Work::Commits => format!("evidence, {COMMITTED} commits"),
		Work::Registration => "registration".into(),
	}
}

pub fn print(plan: &Plan, figures: &[Figures]) {
	println!(
		"Costs while contracts wait on both chains, median of {} runs; {} validators and {} other \
		 accounts on each chain\n\n{:>9}  {:<20} {:>9} {:>9} {:>11}",
		plan.runs,
		plan.validators,
		plan.accounts,
		"waiting",
		"what",
		"time µs",
		"proof B",
		"extrinsic B",
	);
	for of in figures {
		println!(
			"{:>9}  {:<20} {:>9.0} {:>9.0} {:>11.0}",
			of.waiting,
			name(of.work),
			of.time_us(),
			of.proof_bytes(),
			of.extrinsic_bytes(),
		);
	}
	if plan.waiting.len() > 1 {
		print_ratios(figures);
	}
	println!("\n{NOTES}");
}

fn print_ratios(figures: &[Figures]) {
	println!(
		"\nRatios: with most contracts waiting by with fewest; and what ten times as many add on the \
		 average"
	);
	for ratio in ratios(figures) {
		let Ratio { few, many } = ratio;
		println!(
			"  {:<20} {:>6} by {}: time {:.2}, proof {:.2}, extrinsic {:.2}; tenfold: {:+.0} µs, \
			 {:+.0} B, {:+.0} B",
			name(many.work),
			many.waiting,
			few.waiting,
			many.time_ratio(few),
			ratio.of(Figures::proof_bytes),
			ratio.of(Figures::extrinsic_bytes),
			ratio.per_tenfold(Figures::time_us),
			ratio.per_tenfold(Figures::proof_bytes),
			ratio.per_tenfold(Figures::extrinsic_bytes),
		);
	}
}

/// The same with fewest and with most contracts waiting.
struct Ratio<'a> {
	few: &'a Figures,
	many: &'a Figures,
}

impl Ratio<'_> {
	/// What is the same, were it nothing, has the ratio 1.
	fn of(&self, value: fn(&Figures) -> f64) -> f64 {
		let [few, many] = [self.few, self.many].map(value);
		if few == many {
			1.0
		} else {
			many / few
		}
	}

	/// What is added each time that ten times as many contracts wait.
	fn per_tenfold(&self, value: fn(&Figures) -> f64) -> f64 {
		let [few, many] = [self.few, self.many].map(value);
		let tenfolds = f64::from(self.many.waiting / self.few.waiting).log10();
		(many - few) / tenfolds.max(1.0)
	}
}

fn ratios(figures: &[Figures]) -> impl Iterator<Item = Ratio<'_>> {
	Work::ALL.into_iter().filter_map(|work| {
		let mut of_work = figures.iter().filter(|figures| figures.work == work);
		let few = of_work.next()?;
		Some(Ratio { few, many: of_work.next_back()? })
	})
}

pub fn json(plan: &Plan, figures: &[Figures]) -> String {
	let figure = |of: &Figures| {
		json!({
			"waiting": of.waiting,
			"what": name(of.work),
			"time_us": of.time_us(),
			"proof_bytes": of.proof_bytes(),
			"extrinsic_bytes": of.extrinsic_bytes(),
		})
	};
	let ratio = |ratio: Ratio<'_>| {
		let Ratio { few, many } = ratio;
		json!({
			"what": name(many.work),
			"waiting": [many.waiting, few.waiting],
			"time": many.time_ratio(few),
			"proof": ratio.of(Figures::proof_bytes),
			"extrinsic": ratio.of(Figures::extrinsic_bytes),
			"added_by_tenfold": {
				"time_us": ratio.per_tenfold(Figures::time_us),
				"proof_bytes": ratio.per_tenfold(Figures::proof_bytes),
				"extrinsic_bytes": ratio.per_tenfold(Figures::extrinsic_bytes),
			},
		})
	};
	let all = json!({
		"runs": plan.runs,
		"validators": plan.validators,
		"other_accounts": plan.accounts,
		"figures": figures.iter().map(figure).collect::<Vec<Value>>(),
		"ratios": ratios(figures).map(ratio).collect::<Vec<Value>>(),
		"notes": NOTES,
	});
	format!("{all:#}\n")
}

pub fn svg(figures: &[Figures]) -> String {
	let panel = |title: &str, unit, value: fn(&Figures) -> f64| {
		let group = |of_number: &[Figures]| Group {
			label: of_number[0].waiting.to_string(),
			values: of_number.iter().map(value).collect(),
		};
		let groups = figures.chunks(Work::ALL.len()).map(group).collect();
		Panel { title: title.into(), unit, groups }
	};
	let chart = Chart {
		legend: Work::ALL.map(name).to_vec(),
		axis: "contracts waiting on each chain",
		panels: vec![
			panel("Execution time", "milliseconds", |of| of.time_us() / 1_000.0),
			panel("Storage proof", "kilobytes", |of| of.proof_bytes() / 1_000.0),
		],
	};
	chart.svg()
}
