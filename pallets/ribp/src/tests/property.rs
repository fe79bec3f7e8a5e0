//! The promise, for random exchanges, orders of blocks and deliveries of evidence.

use super::{chain::*, world::*};
use crate::{
	mock::{Test, EXPOSURE, MIN_NOTICE},
	Commit, ContractId, Error, Evidence, Height, Outcome, Settlement,
};
use proptest::{
	prelude::*,
	sample::select,
	test_runner::{Config, RngSeed, TestRunner},
};
use ribp_kit::side::Side;
use std::{cell::RefCell, collections::BTreeMap};

const SEED: u64 = 20_090_101;
const CASES: u32 = 48;

/// What happens next.
#[derive(Clone, Debug)]
enum Act {
	/// A block is sealed.
	Seal(Side),
	/// One half of one exchange is registered, if it still can be.
	Register(Side, usize),
	/// The payer of one half wants the value back.
	Cancel(Side, usize),
	/// Somebody ends one half by time.
	Conclude(Side, usize),
	/// Evidence for this side is made, of one of the other's last blocks and about one waiting
	/// contract or about all of them.
	Fetch { reader: Side, age: Height, contract: Option<usize> },
	/// Evidence that was made some time ago arrives, for the first time or again.
	Deliver(usize),
}

fn side() -> impl Strategy<Value = Side> {
	prop_oneof![Just(Side::Alpha), Just(Side::Beta)]
}

fn act() -> impl Strategy<Value = Act> {
	let contract = prop::option::weighted(0.8, 0..3usize);
	prop_oneof![
		6 => side().prop_map(Act::Seal),
		6 => (side(), 0..3usize).prop_map(|(side, index)| Act::Register(side, index)),
		1 => (side(), 0..3usize).prop_map(|(side, index)| Act::Cancel(side, index)),
		2 => (side(), 0..3usize).prop_map(|(side, index)| Act::Conclude(side, index)),
		10 => (side(), 0..4u32, contract)
			.prop_map(|(reader, age, contract)| Act::Fetch { reader, age: age / 2, contract }),
		12 => (0..4usize).prop_map(Act::Deliver),
	]
}

fn exchanges() -> impl Strategy<Value = Vec<Exchange>> {
	let settlement = || prop_oneof![Just(Settlement::Early), Just(Settlement::AtExpiry)];
	let commit = || prop::bool::weighted(0.3);
	let notice = || select(&[MIN_NOTICE, 9, 14][..]);
	let terms = (5..14u32, 5..14u32, settlement(), settlement(), notice(), [commit(), commit()]);
	prop::collection::vec(terms, 1..=3).prop_map(|terms| {
		let numbered = terms.into_iter().enumerate();
		numbered
			.map(|(number, (h1, h2, delivery, payment, notice, firm))| {
				let swap = Exchange::numbered(number as u8, h1, h2).settling(delivery, payment);
				let mut swap = swap.with_legs(|alpha, beta| {
					(alpha.notice, beta.notice) = (notice, notice);
				});
				for (half, is_firm) in [&mut swap.delivery, &mut swap.payment].into_iter().zip(firm)
				{
					half.commit = if is_firm { Commit::Now } else { Commit::OnMatch };
				}
				swap
			})
			.collect()
	})
}

/// Evidence on its way.
#[derive(Clone)]
struct Letter {
	reader: Side,
	evidence: Evidence,
	contracts: Vec<ContractId>,
}

struct Run {
	world: World,
	exchanges: Vec<Exchange>,
	/// The newest last.
	letters: Vec<Letter>,
}

impl Run {
	fn new(exchanges: Vec<Exchange>) -> Self {
		Self { world: World::new(), exchanges, letters: Vec::new() }
	}

	/// The reader of evidence, and the chain that it is about.
	fn pair(&mut self, reader: Side) -> (&mut Chain, &mut Chain) {
		reader.pair([&mut self.world.alpha, &mut self.world.beta])
	}

	fn act(&mut self, act: Act) {
		match act {
			Act::Seal(side) => self.pair(side).0.seal(),
			Act::Register(side, index) => {
				let index = index % self.exchanges.len();
				let exchange = self.exchanges[index].clone();
				let _late_or_twice = self.pair(side).0.register(exchange.half(side));
			},
			Act::Cancel(side, index) => {
				let exchange = self.exchanges[index % self.exchanges.len()].clone();
				let _too_late = self.pair(side).0.cancel(exchange.half(side));
			},
			Act::Conclude(side, index) => {
				let exchange = self.exchanges[index % self.exchanges.len()].clone();
				let _too_early = self.pair(side).0.conclude_half(exchange.half(side));
			},
			Act::Fetch { reader, age, contract } => {
				let (chain, peer) = self.pair(reader);
				let number = peer.sealed().saturating_sub(age).max(1);
				let mut contracts = chain.open(peer.system);
				if let (Some(index), false) = (contract, contracts.is_empty()) {
					contracts = vec![contracts[index % contracts.len()]];
				}
				let evidence = peer.evidence(number, chain, &contracts);
				self.letters.push(Letter { reader, evidence, contracts });
			},
			Act::Deliver(age) => {
				let newest_first = self.letters.iter().rev();
				if let Some(letter) = newest_first.clone().nth(age).cloned() {
					self.deliver(letter);
				}
			},
		}
	}

	fn deliver(&mut self, Letter { reader, evidence, contracts }: Letter) {
		let (chain, peer) = self.pair(reader);
		if let Err(refused) = chain.submit(peer.system, evidence, &contracts) {
			let honest = [
				Error::<Test>::NothingToGain,
				Error::UnknownContract,
				Error::ContractExpired,
				Error::PeerNotRegistered,
				Error::PeerNotCommitted,
				Error::BeforeExpiry,
				Error::EvidenceStale,
				Error::NotComplete,
				Error::AlreadyEnded,
				// The view or the contract has moved since the evidence was made.
				Error::JustificationNotNeeded,
				Error::ExtensionMiscounted,
				Error::IncompleteProof,
				Error::UnusedProofNodes,
			];
			let is_honest = honest.into_iter().any(|error| refused.error == error.into());
			assert!(is_honest, "honest evidence is refused as {:?}", refused.error);
		}
	}

	/// Lets both expiries of every contract pass, and brings everybody the evidence that is left.
	fn finish(&mut self) {
		let expiries = self.exchanges.iter().flat_map(|e| e.delivery.contract.legs);
		let end = expiries.map(|leg| leg.expiry).max().expect("there is an exchange") + 4;
		self.world.advance_to(end);
		for _ in 0..4 + EXPOSURE {
			for reader in Side::BOTH {
				self.end_everything(reader);
			}
			self.world.seal();
		}
		self.world.sweep();
		self.world.alpha.assert_empty();
		self.world.beta.assert_empty();
	}

	fn end_everything(&mut self, reader: Side) {
		let (chain, peer) = self.pair(reader);
		let (head, other) = (peer.sealed(), peer.system);
		for id in chain.open(other) {
			let (chain, peer) = self.pair(reader);
			if chain.conclude(other, &[id]).is_err() {
				let evidence = peer.evidence(head, chain, &[id]);
				self.deliver(Letter { reader, evidence, contracts: vec![id] });
			}
		}
	}

	/// Whether each exchange has taken effect; panics unless both chains say the same.
	fn judge(&mut self, endings: &mut Endings) {
		let mut settled = 0;
		for exchange in self.exchanges.clone() {
			let delivery = self.world.alpha.outcome(&exchange.delivery);
			let payment = self.world.beta.outcome(&exchange.payment);
			settled += match (delivery, payment) {
				(Some(Outcome::Settled), Some(Outcome::Settled)) => 1,
				(Some(Outcome::Settled), _) | (_, Some(Outcome::Settled)) => {
					panic!("one side only has taken effect: {exchange:?} {delivery:?} {payment:?}")
				},
				(None, Some(other)) | (Some(other), None) => {
					let is_firm = |half: &Half| half.commit == Commit::Now;
					let firm = is_firm(&exchange.delivery) || is_firm(&exchange.payment);
					let never_committed = matches!(other, Outcome::Expired | Outcome::Cancelled);
					assert!(never_committed || firm, "it cannot commit without the other");
					0
				},
				_ => 0,
			};
			let name = |outcome| format!("{outcome:?}");
			*endings.entry((name(delivery), name(payment))).or_default() += 1;
		}
		self.check_balances(settled);
	}

	fn check_balances(&mut self, settled: u64) {
		let World { alpha, beta } = &mut self.world;
		let free = |chain: &mut Chain| [ALICE, BOB, CAROL].map(|who| chain.free(who));
		let (delivered, paid) = (100 * settled, 40 * settled);
		assert_eq!(free(alpha), [ENDOWMENT - delivered, ENDOWMENT + delivered, ENDOWMENT]);
		assert_eq!(free(beta), [ENDOWMENT + paid, ENDOWMENT - paid, ENDOWMENT]);
		assert_eq!((alpha.taken(), beta.taken()), (0, 0));
	}
}

/// How often exchanges ended how, on alpha and on beta.
type Endings = BTreeMap<(String, String), u32>;

#[test]
fn both_logs_stand_or_neither_has_an_effect() {
	let config = Config {
		cases: CASES,
		rng_seed: RngSeed::Fixed(SEED),
		failure_persistence: None,
		..Config::default()
	};
	let endings = RefCell::new(Endings::new());
	let strategy = (exchanges(), prop::collection::vec(act(), 20..120));
	let result = TestRunner::new(config).run(&strategy, |(exchanges, acts)| {
		let mut run = Run::new(exchanges);
		acts.into_iter().for_each(|act| run.act(act));
		run.finish();
		run.judge(&mut endings.borrow_mut());
		Ok(())
	});
	result.unwrap_or_else(|failure| panic!("seed {SEED}: {failure}"));
	assert_is_rich(&endings.into_inner());
}

/// Cases that never commit anything would prove nothing.
fn assert_is_rich(endings: &Endings) {
	let count = |one: &str, other: &str| {
		let of = |a: &str, b: &str| endings.get(&(a.into(), b.into())).copied().unwrap_or_default();
		if one == other {
			of(one, one)
		} else {
			of(one, other) + of(other, one)
		}
	};
	let (settled, reversed, expired) = ("Some(Settled)", "Some(Reversed)", "Some(Expired)");
	assert!(count(settled, settled) >= 5, "{endings:?}");
	assert!(count(reversed, expired) >= 5, "{endings:?}");
	assert!(count(expired, expired) >= 1, "{endings:?}");
	assert!(count(expired, "None") >= 1, "{endings:?}");
}
