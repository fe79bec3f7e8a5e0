//! The same exchanges by all rivals, in turn, many times.

use super::{
	chain::Weighing,
	cost::{Bill, Cost, Counts},
	keys::{Deal, Traders},
	market::{Genesis, Market},
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
	/// Who is measured.
	pub rival: Rival,
	/// Who makes the deals.
	pub traders: Traders,
	/// The number of exchanges in flight.
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

	/// Leaves of both chains' tries that each exchange writes.
	pub fn leaves(&self) -> f64 {
		self.bills[0].cost().leaves / f64::from(self.batch)
	}

	/// Times that each exchange moves a balance, besides the transactions' fees.
	pub fn moves(&self) -> f64 {
		self.bills[0].cost().moves / f64::from(self.batch)
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
				leaves: first.cost.leaves / each,
				moves: first.cost.moves / each,
			};
			(first.name, cost)
		};
		(0..self.bills[0].steps.len()).map(step).collect()
	}
}

/// The middle value; of an even number, the upper one of the two. There must be one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
	let mut values: Vec<_> = values.collect();
	values.sort_unstable_by(f64::total_cmp);
	values[values.len() / 2]
}

/// All figures of a plan.
pub struct Measured {
	/// Batch by batch, and rival by rival in each: first by many traders, then by two.
	pub figures: Vec<Figures>,
	/// What an extrinsic costs that is signed and does nothing.
	pub idle: Cost,
	/// What it takes in every block to extend a chain's view of itself, which is nobody's exchange,
	/// in microseconds.
	pub own_view_us: f64,
}

impl Measured {
	/// The figures of some traders.
	pub fn of(&self, traders: Traders) -> impl Iterator<Item = &Figures> + Clone {
		self.figures.iter().filter(move |figures| figures.traders == traders)
	}

	/// A rival's figures at one number of exchanges in flight, if they were measured.
	pub fn find(&self, traders: Traders, rival: Rival, batch: u32) -> Option<&Figures> {
		self.of(traders).find(|figures| figures.rival == rival && figures.batch == batch)
	}
}

/// Measures; `tell` hears of every run.
pub fn measure(plan: &Plan, mut tell: impl FnMut(Traders, u32, u32)) -> Measured {
	let largest = plan.batches.iter().copied().max().unwrap_or(0);
	let make = |traders| Deal::first(largest, traders);
	let deals = make(Traders::Many);
	let genesis = Genesis::new(&deals, plan.accounts, plan.validators);
	let mut figures = Vec::new();
	for traders in Traders::ALL {
		let deals = make(traders);
		// One deal is always one between two.
		let batches = plan.batches.iter().filter(|batch| traders == Traders::Many || **batch > 1);
		for batch in batches.copied() {
			let tell = |run| tell(traders, batch, run);
			let bills = alternate(&genesis, &deals[..batch as usize], plan.runs, tell);
			let of_batch = Rival::ALL.into_iter().zip(bills);
			figures.extend(of_batch.map(|(rival, bills)| Figures { rival, traders, batch, bills }));
		}
	}
	let market = Market::new(&genesis, Weighing::Nothing);
	let own_view = (0..plan.runs).map(|_| market.time_own_view() / 1_000.0);
	Measured { figures, own_view_us: median(own_view), idle: idle(&genesis, &deals, plan.runs) }
}

/// What the same deals cost by each rival in each run; in each, another one begins.
fn alternate(
	genesis: &Genesis,
	deals: &[Deal],
	runs: u32,
	mut tell: impl FnMut(u32),
) -> [Vec<Bill>; Rival::ALL.len()] {
	let mut bills = Rival::ALL.map(|_| Vec::new());
	for run in 0..runs {
		tell(run);
		let weighing = if run == 0 { Weighing::Proofs } else { Weighing::Nothing };
		for turn in 0..Rival::ALL.len() {
			let next = (turn + run as usize) % Rival::ALL.len();
			let mut market = Market::new(genesis, weighing);
			bills[next].push(Rival::ALL[next].exchange(&mut market, deals));
			market.check(deals, Rival::ALL[next].most_rent());
		}
	}
	bills
}

/// The median cost of each of a block full of signed extrinsics that do nothing.
fn idle(genesis: &Genesis, deals: &[Deal], runs: u32) -> Cost {
	let costs: Vec<_> = (0..runs)
		.map(|_| {
			let mut market = Market::new(genesis, Weighing::Proofs);
			let chain = market.chain_mut(Side::Alpha);
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
		leaves: each(|cost| cost.leaves),
		moves: each(|cost| cost.moves),
	}
}
