//! What the same things cost while more and more contracts wait.

use super::{
	chain::{Chain, Weighing},
	cost::Cost,
	keys::Deal,
	market::{Genesis, Market},
	measure::median,
	ribp::{gather, open, registrations, Expiries},
	runtime::MAX_CONTRACTS,
	Side,
};
use pallet_ribp::{Commit, Height};

/// Blocks from a registration to its expiry: none comes while anything is measured.
const EXPIRY: Height = 50_000;
/// Contracts that are registered in one block.
const PER_BLOCK: usize = 10_000;
/// Contracts that the evidence commits.
pub const COMMITTED: usize = 10;

/// What is measured.
pub struct Plan {
	/// Times that each figure is measured.
	pub runs: u32,
	/// Numbers of contracts that wait on each chain, ascending, in hundreds.
	pub waiting: Vec<u32>,
	/// Accounts in the state of each chain that have nothing to do with it.
	pub accounts: u32,
	/// Validators of each chain.
	pub validators: u32,
}

/// What is done while contracts wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
	/// A block without extrinsics, all of it.
	EmptyBlock,
	/// Evidence that commits [`COMMITTED`] contracts.
	Commits,
	/// One more registration.
	Registration,
}

impl Work {
	/// All of them, in the order in which they are shown.
	pub const ALL: [Self; 3] = [Self::EmptyBlock, Self::Commits, Self::Registration];
}

/// A chain on which contracts wait, and what its next block may have.
struct Stand {
	waiting: u32,
	chain: Chain,
	commits: Vec<Vec<u8>>,
	registration: Vec<Vec<u8>>,
}

impl Stand {
	/// As the chain alpha of a market stands, if `deal` is made next.
	fn of(market: &mut Market, waiting: u32, deal: &Deal) -> Self {
		let terms = Expiries::after(market, EXPIRY);
		let deal = std::slice::from_ref(deal);
		let registration = registrations(market, Side::Alpha, deal, terms, Commit::OnMatch);
		let validators = market.validators.clone();
		let (chain, peer) = market.pair_mut(Side::Alpha);
		let contracts = open(chain, peer.system);
		assert_eq!(contracts.len(), waiting as usize, "all wait");
		let apart = contracts.len() / COMMITTED;
		let commits = gather(chain, peer, &validators, contracts.into_iter().step_by(apart));
		assert_eq!(commits.len(), 1, "it is one piece of evidence");
		Self { waiting, chain: chain.clone(), commits, registration }
	}

	fn cost(&self, work: Work) -> Cost {
		match work {
			Work::EmptyBlock => self.chain.cost_of_empty_block(),
			Work::Commits => self.chain.cost(&self.commits),
			Work::Registration => self.chain.cost(&self.registration),
		}
	}
}

/// What something costs while a number of contracts wait.
pub struct Figures {
	/// The number of contracts.
	pub waiting: u32,
	/// What is done meanwhile.
	pub work: Work,
	/// One of each run.
	pub costs: Vec<Cost>,
}

impl Figures {
	/// The median, in microseconds.
	pub fn time_us(&self) -> f64 {
		median(self.costs.iter().map(|cost| cost.time_ns() / 1_000.0))
	}

	/// The median of the ratio to another time in the same run.
	pub fn time_ratio(&self, other: &Self) -> f64 {
		let both = self.costs.iter().zip(&other.costs);
		median(both.map(|(cost, other)| cost.time_ns() / other.time_ns()))
	}

	/// Bytes that weigh on the block's storage proof; the same in every run.
	pub fn proof_bytes(&self) -> f64 {
		self.costs[0].proof_bytes
	}

	/// Bytes of the extrinsic.
	pub fn extrinsic_bytes(&self) -> f64 {
		self.costs[0].extrinsic_bytes
	}
}

/// Measures all numbers in turn; `tell` hears of every number that wait, and of every run.
pub fn measure(plan: &Plan, mut tell: impl FnMut(String)) -> Vec<Figures> {
	let stands = stands(plan, &mut tell);
	let cases = || stands.iter().flat_map(|stand| Work::ALL.map(|work| (stand, work)));
	let figure =
		|(stand, work): (&Stand, _)| Figures { waiting: stand.waiting, work, costs: Vec::new() };
	let mut figures: Vec<_> = cases().map(figure).collect();
	// The first time fills the caches, and counts for nothing.
	for (stand, work) in cases() {
		stand.cost(work);
	}
	for run in 0..plan.runs {
		tell(format!("run {} of {}", run + 1, plan.runs));
		for (figures, (stand, work)) in figures.iter_mut().zip(cases()) {
			figures.costs.push(stand.cost(work));
		}
	}
	figures
}

/// The same chain with each number of waiting contracts; as many wait on the other one.
fn stands(plan: &Plan, mut tell: impl FnMut(String)) -> Vec<Stand> {
	let most = plan.waiting.iter().copied().max().unwrap_or(0);
	let pairs = most / MAX_CONTRACTS;
	let numbers = |pair| MAX_CONTRACTS * pair..MAX_CONTRACTS * (pair + 1);
	let deals: Vec<_> = (0..=pairs).flat_map(|pair| Deal::of_pair(pair, numbers(pair))).collect();
	let genesis = Genesis::new(&deals, plan.accounts, plan.validators);
	let mut market = Market::new(&genesis, Weighing::Proofs);
	let mut before = 0;
	let stand = |now: u32| {
		tell(format!("{now} contracts register on each chain"));
		fill(&mut market, &deals[before..now as usize]);
		before = now as usize;
		// Of two who have registered nothing.
		Stand::of(&mut market, now, &deals[most as usize])
	};
	plan.waiting.iter().copied().map(stand).collect()
}

/// The deals are registered on both chains, a hundred by each extrinsic. An empty block follows: the
/// events of a block weigh on the next one's proof.
fn fill(market: &mut Market, deals: &[Deal]) {
	for deals in deals.chunks(PER_BLOCK) {
		let terms = Expiries::after(market, EXPIRY);
		for side in Side::BOTH {
			let extrinsics = registrations(market, side, deals, terms, Commit::OnMatch);
			market.chain_mut(side).extend(&extrinsics);
		}
	}
	for side in Side::BOTH {
		market.chain_mut(side).extend(&[]);
	}
}
