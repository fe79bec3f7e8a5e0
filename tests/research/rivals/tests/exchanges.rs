//! Every rival really exchanges what was agreed on, and takes what it is said to take.

use ribp_rivals::{
	chain::Weighing,
	cost::{Bill, Cost},
	growth::{self, Work},
	keys::{Deal, Traders},
	market::{Genesis, Market},
	measure::{measure, Plan},
	Rival,
};

const BATCH: u32 = 3;
const SMALL: Plan = Plan { runs: 1, batches: Vec::new(), accounts: 10, validators: 4 };

fn exchanged(rival: Rival, traders: Traders) -> Bill {
	let deals = Deal::first(BATCH, traders);
	let genesis = Genesis::new(&deals, SMALL.accounts, SMALL.validators);
	let mut market = Market::new(&genesis, Weighing::Nothing);
	let bill = rival.exchange(&mut market, &deals);
	market.check(&deals, rival.most_rent());
	bill
}

#[test]
fn two_registrations_move_the_value_on_both_chains() {
	for (rival, submitted, looks) in [(Rival::Ribp, 2, BATCH), (Rival::OnMatch, 4, 0)] {
		let bill = exchanged(rival, Traders::Many);
		let [all, settled] = [bill.counts(), bill.counts_until_settled()];
		assert_eq!((settled.submitted, settled.requests), (submitted, submitted), "{rival:?}");
		assert_eq!((all.user_signed, all.looks), (2 * BATCH, looks), "{rival:?}");
		assert_eq!(all.submitted - settled.submitted, 4, "two of each chain, for all of an epoch");
	}
}

#[test]
fn two_locks_and_two_claims_move_the_value_on_both_chains() {
	let counts = exchanged(Rival::HashLock, Traders::Many).counts();
	assert_eq!((counts.user_signed, counts.submitted), (4 * BATCH, 0));
}

#[test]
fn messages_in_both_directions_move_the_value_on_both_chains() {
	let bill = exchanged(Rival::Bridge, Traders::Many);
	let [all, settled] = [bill.counts(), bill.counts_until_settled()];
	assert_eq!((all.user_signed, all.submitted, settled.submitted), (2 * BATCH, 7, 5));
}

#[test]
fn two_users_sign_once_for_many() {
	let signed = [(Rival::Ribp, 2), (Rival::OnMatch, 2), (Rival::HashLock, 4), (Rival::Bridge, 2)];
	for (rival, signed) in signed {
		assert_eq!(exchanged(rival, Traders::Two).counts().user_signed, signed, "{}", rival.name());
	}
}

#[test]
#[should_panic(expected = "free and")]
fn value_that_has_not_moved_is_noticed() {
	let deals = Deal::first(1, Traders::Many);
	let genesis = Genesis::new(&deals, SMALL.accounts, SMALL.validators);
	Market::new(&genesis, Weighing::Nothing).check(&deals, Rival::Ribp.most_rent());
}

#[test]
fn what_is_shared_is_paid_once() {
	let measured = measure(&Plan { batches: vec![1, BATCH], ..SMALL }, |_, _, _| ());
	let [one, three] = [1, BATCH]
		.map(|batch| measured.find(Traders::Many, Rival::Ribp, batch).expect("it is there"));
	assert_eq!(one.counts().requests, three.counts().requests);
	assert!(three.proof_bytes() < one.proof_bytes());
	assert!(three.extrinsic_bytes() < one.extrinsic_bytes());
}

#[test]
fn steps_add_up() {
	let measured = measure(&Plan { runs: 3, batches: vec![BATCH], ..SMALL }, |_, _, _| ());
	assert!(measured.own_view_us > 0.0 && measured.idle.time_ns() > 0.0);
	for figures in &measured.figures {
		let (all, settled) = (figures.counts(), figures.counts_until_settled());
		let steps = figures.steps();
		let [proof, bytes] = [
			steps.iter().map(|(_, cost)| cost.proof_bytes).sum::<f64>() - figures.proof_bytes(),
			steps.iter().map(|(_, cost)| cost.extrinsic_bytes).sum::<f64>()
				- figures.extrinsic_bytes(),
		];
		let name = format!("{}, {}", figures.rival.name(), figures.traders.name());
		assert!(proof.abs() < 1.0 && bytes.abs() < 1.0, "{name}: {steps:?}");
		// What it takes to sweep, and to end a block, is the difference between two, and little.
		let timed = |(step, cost): &(&str, Cost)| *step == "sweep" || cost.apply_ns > 0.0;
		assert!(steps.iter().all(|step| !step.0.is_empty() && timed(step)), "{name}");
		let (leaves, moves) = (figures.leaves(), figures.moves());
		assert!(leaves >= 2.0 && moves >= 2.0, "{name}: {leaves} leaves, {moves} moves");
		assert!(settled.submitted <= all.submitted && settled.user_signed == all.user_signed);
		assert!(figures.time_us().is_finite() && figures.time_ratio(figures) == 1.0, "{name}");
	}
}

#[test]
fn only_tries_grow_with_the_waiting_list() {
	let waiting = vec![100, 200];
	let plan = growth::Plan { runs: 1, waiting, accounts: 10, validators: 4 };
	let figures = growth::measure(&plan, |_| ());
	assert_eq!(figures.len(), 2 * Work::ALL.len());
	for work in Work::ALL {
		let of_work: Vec<_> = figures.iter().filter(|figures| figures.work == work).collect();
		let [few, many] = of_work[..] else { panic!("{} of {work:?}", of_work.len()) };
		assert!(few.waiting < many.waiting);
		// What ends a block is the difference of two, and may be nothing; what is in it takes time.
		let costs = || few.costs.iter().chain(&many.costs);
		assert!(costs().count() == 2 && costs().all(|cost| cost.apply_ns > 0.0));
		assert!(many.proof_bytes() < 1.5 * few.proof_bytes(), "{work:?}");
		assert!(many.extrinsic_bytes() < 1.5 * few.extrinsic_bytes().max(1.0), "{work:?}");
	}
}
