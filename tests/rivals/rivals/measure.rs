//! The same exchanges by all rivals, in turn, many times.

use super::{
	chain::Weighing,
	cost::{Bill, Cost, Counts},
	keys::Deal,
	world::{Genesis, World},
	Rival, Side,
};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
	/// Times that each rival makes each batch.
	pub runs: u32,
	/// Numbers of exchanges in flight.
	pub batches: Vec<u32>,
	/// Accounts in the state of each chain that have nothing to do with it.
	pub accounts: u32,
	/// Validators of each chain.
	pub validators: u32,
}

/// What one rival costs at one number of exchanges in flight.
#[derive(Debug)]
pub struct Figures {
	pub rival: Rival,
	pub batch: u32,
	/// One of each run. The first one knows the sizes of proofs, which are always the same.
	bills: Vec<Bill>,
}

impl Figures {
	/// What each exchange takes in the run `run`, in microseconds.
	fn time_in(&self, run: usize) -> f64 {
		self.micros(self.bills[run].cost().time_ns())
	}

	fn micros(&self, nanos: f64) -> f64 {
		nanos / 1_000.0 / f64::from(self.batch)
	}

	/// The median of what each exchange takes, in microseconds.
	pub fn time_us(&self) -> f64 {
		median((0..self.bills.len()).map(|run| self.time_in(run)))
	}

	/// The median of the ratio to a rival's time in the same run.
	pub fn time_ratio(&self, rival: &Self) -> f64 {
		median((0..self.bills.len()).map(|run| self.time_in(run) / rival.time_in(run)))
	}

	/// Bytes of each exchange that weigh on the blocks' storage proofs.
	pub fn proof_bytes(&self) -> f64 {
		self.bills[0].cost().proof_bytes / f64::from(self.batch)
	}

	/// Bytes of each exchange's extrinsics.
	pub fn extrinsic_bytes(&self) -> f64 {
		self.bills[0].cost().extrinsic_bytes / f64::from(self.batch)
	}

	/// All of what the batch takes.
	pub fn counts(&self) -> Counts {
		self.bills[0].counts()
	}

	/// What the batch takes until all value is where it belongs.
	pub fn counts_until_settled(&self) -> Counts {
		self.bills[0].counts_until_settled()
	}

	/// The steps with what each exchange costs in them; times are medians.
	pub fn steps(&self) -> Vec<(&'static str, Cost)> {
		let each = f64::from(self.batch);
		let step = |number: usize| {
			let costs = self.bills.iter().map(|bill| bill.steps[number].cost);
			let first = &self.bills[0].steps[number];
			let cost = Cost {
				apply_ns: median(costs.clone().map(|cost| cost.apply_ns)) / each,
				seal_ns: median(costs.map(|cost| cost.seal_ns)) / each,
				proof_bytes: first.cost.proof_bytes / each,
				extrinsic_bytes: first.cost.extrinsic_bytes / each,
			};
			(first.name, cost)
		};
		(0..self.bills[0].steps.len()).map(step).collect()
	}
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
	let mut values: Vec<_> = values.collect();
	values.sort_unstable_by(f64::total_cmp);
	values[values.len() / 2]
}

/// All figures of a plan: batch by batch, and rival by rival in each.
pub struct Measured {
	pub figures: Vec<Figures>,
	/// What an extrinsic costs that is signed and does nothing.
	pub idle: Cost,
	/// What it takes in every block to extend a chain's view of itself, which is nobody's exchange,
	/// in microseconds.
	pub own_view_us: f64,
}

/// Measures; `tell` hears of every run.
pub fn measure(plan: &Plan, mut tell: impl FnMut(u32, u32)) -> Measured {
	let largest = plan.batches.iter().copied().max().unwrap_or(0);
	let deals = Deal::first(largest);
	let genesis = Genesis::new(&deals, plan.accounts, plan.validators);
	let mut figures = Vec::new();
	for batch in plan.batches.iter().copied() {
		let mut of_batch = Rival::ALL.map(|rival| Figures { rival, batch, bills: Vec::new() });
		for run in 0..plan.runs {
			tell(batch, run);
			let weighing = if run == 0 { Weighing::Proofs } else { Weighing::Nothing };
			// Nobody is always the first.
			for turn in 0..Rival::ALL.len() {
				let figures = &mut of_batch[(turn + run as usize) % Rival::ALL.len()];
				let deals = &deals[..batch as usize];
				figures.bills.push(exchange(figures.rival, &genesis, weighing, deals));
			}
		}
		figures.extend(of_batch);
	}
	let mut world = World::new(&genesis, Weighing::Nothing);
	let own_view = (0..=plan.runs).map(|_| world.chain(Side::Alpha).time_own_view() / 1_000.0);
	Measured { figures, own_view_us: median(own_view), idle: idle(&genesis, &deals, plan.runs) }
}

/// The median cost of each of a block full of signed extrinsics that do nothing.
fn idle(genesis: &Genesis, deals: &[Deal], runs: u32) -> Cost {
	let costs: Vec<_> = (0..runs)
		.map(|_| {
			let mut world = World::new(genesis, Weighing::Proofs);
			let chain = world.chain(Side::Alpha);
			let remark = frame_system::Call::remark { remark: Vec::new() };
			let sign = |deal: &Deal| chain.signed(&deal.seller, 0, remark.clone());
			let extrinsics: Vec<_> = deals.iter().map(sign).collect();
			chain.author(&extrinsics)
		})
		.collect();
	let each = |part: fn(&Cost) -> f64| median(costs.iter().map(part)) / deals.len() as f64;
	Cost {
		apply_ns: each(|cost| cost.apply_ns),
		seal_ns: each(|cost| cost.seal_ns),
		proof_bytes: each(|cost| cost.proof_bytes),
		extrinsic_bytes: each(|cost| cost.extrinsic_bytes),
	}
}

fn exchange(rival: Rival, genesis: &Genesis, weighing: Weighing, deals: &[Deal]) -> Bill {
	let mut world = World::new(genesis, weighing);
	let bill = rival.exchange(&mut world, deals);
	world.check(deals);
	bill
}
