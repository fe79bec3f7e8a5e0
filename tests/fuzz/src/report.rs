//! Reports of forks, to a chain that follows one of two branches.

use crate::{
	chains::{set_of, Chain, CHAINS, CHANGE, FORK, LENGTH},
	input::Input,
	memory,
	reader::{world, Reader, RuntimeOrigin, SHOWN},
};
use codec::{DecodeAll, DecodeWithMemLimit, Encode};
use frame_support::storage::{with_transaction, TransactionOutcome};
use pallet_ribp::{BranchEnds, Common, Difference, ForkReport, Forks, Pallet, Signers};
use ribp_protocol::Height;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_runtime::DispatchError;
use std::cell::RefCell;

thread_local! {
	static READER: RefCell<TestExternalities> = RefCell::new(world());
}

/// The lowest block that the reader knows of those that differ between the branches, and the highest
/// of the others.
const DIFFERENT: Height = CHANGE;
const COMMON: Height = SHOWN[1];

/// Decodes and judges a report.
pub fn report(data: &[u8]) {
	let mut input = Input::new(data);
	let raw = input.byte() == 0;
	let bytes = if raw { input.rest().to_vec() } else { program(&mut input) };
	READER.with_borrow_mut(|reader| {
		reader.execute_with(|| memory::bounded(bytes.len(), || judge(&bytes)));
	});
}

fn ours() -> &'static Chain {
	&CHAINS[0]
}

fn other_branch() -> &'static Chain {
	&CHAINS[2]
}

/// The bytes of a report whose parts come from any block of any chain.
fn program(input: &mut Input<'_>) -> Vec<u8> {
	let chain = match input.byte() {
		0..=0x9f => other_branch(),
		0xa0..=0xdf => ours(),
		_ => &CHAINS[1],
	};
	let number = some_height(input);
	let faults = input.byte();
	let mut report = true_report(chain, number);
	if faults & 1 != 0 {
		report.justification = chain.block(some_height(input)).justification.clone();
	}
	if faults & 2 != 0 {
		report.signers = signers_of(some_height(input));
	}
	if faults & 4 != 0 {
		report.signers.authorities =
			input.byte().is_multiple_of(2).then(|| set_of(number).authorities.to_vec());
	}
	if faults & 8 != 0 {
		report.differences =
			(0..input.index(3)).map(|_| some_difference(input, chain, number)).collect();
	}
	if faults & 128 != 0 {
		let from = input.pick(&*CHAINS);
		let lowest = number.saturating_sub(input.index(LENGTH as usize) as Height).max(1);
		report.ancestors = (lowest..number).rev().map(|n| from.block(n).header.clone()).collect();
	}
	if faults & 16 != 0 {
		report.common = some_common(input, chain, number);
	}
	if faults & 32 != 0 {
		let peaks = |number| input.pick(&*CHAINS).block(number).history.frontier.peaks().to_vec();
		report.peaks = Some(number).filter(|_| faults & 64 == 0).map(peaks);
	}
	let mut bytes = report.encode();
	input.spoil(&mut bytes);
	bytes
}

fn some_height(input: &mut Input<'_>) -> Height {
	input.index(LENGTH as usize + 1) as Height
}

/// What there is to report of a block of the other branch.
pub fn true_report(chain: &Chain, number: Height) -> ForkReport {
	let block = chain.block(number);
	let difference = match number {
		DIFFERENT => Difference::Height,
		0..DIFFERENT => above(ours(), number, DIFFERENT),
		_ => below(chain, DIFFERENT, number),
	};
	ForkReport {
		header: block.header.clone(),
		justification: block.justification.clone(),
		signers: signers_of(number),
		ancestors: Vec::new(),
		common: Some(Common { height: COMMON, path: chain.path(COMMON, number) }),
		differences: vec![difference],
		peaks: Some(block.history.frontier.peaks().to_vec()),
	}
}

fn signers_of(number: Height) -> Signers {
	let set = set_of(number);
	let authorities = (number <= CHANGE).then(|| set.authorities.to_vec());
	Signers { set_id: set.set_id, authorities }
}

fn above(chain: &Chain, number: Height, under: Height) -> Difference {
	Difference::Above { under, hash: chain.hash_at(number), path: chain.path(number, under) }
}

fn below(chain: &Chain, height: Height, number: Height) -> Difference {
	Difference::Below { height, hash: chain.hash_at(height), path: chain.path(height, number) }
}

/// Any difference that one might claim of a header.
fn some_difference(input: &mut Input<'_>, chain: &Chain, number: Height) -> Difference {
	let from = if input.byte().is_multiple_of(2) { chain } else { input.pick(&*CHAINS) };
	match input.byte() % 7 {
		0 => Difference::Height,
		1 => above(from, number, *input.pick(&SHOWN)),
		2 => below(from, some_height(input), number),
		3 => Difference::Descent(some_height(input)),
		4 => Difference::EraEnd,
		5 => {
			let under = *input.pick(&SHOWN);
			Difference::Followed { under, path: from.path(some_height(input), under) }
		},
		_ => Difference::Lower,
	}
}

fn some_common(input: &mut Input<'_>, chain: &Chain, number: Height) -> Option<Common> {
	let height = match input.byte() % 3 {
		0 => return None,
		1 => *input.pick(&SHOWN),
		_ => some_height(input),
	};
	Some(Common { height, path: chain.path(height, number) })
}

fn judge(bytes: &[u8]) {
	let Ok(report) = ForkReport::decode_all(&mut &bytes[..]) else { return };
	assert_eq!(report.encode(), bytes, "one report, one encoding");
	let limited = ForkReport::decode_with_mem_limit(&mut &bytes[..], 64 * bytes.len());
	assert!(limited.is_err() || limited.as_ref() == Ok(&report));
	let number = report.header.number;
	let truth = (FORK..=LENGTH).contains(&number).then(|| true_report(other_branch(), number));
	let is_true = truth.as_ref() == Some(&report);
	let hash = report.header.hash();
	let is_other = other_branch().has(&report.header) && !ours().has(&report.header);
	let verdict = with_transaction(|| {
		let origin = RuntimeOrigin::signed(1);
		let verdict = Pallet::<Reader>::report_fork(origin, ours().system, report).map(drop);
		if verdict.is_ok() {
			assert!(is_other, "an honest chain is accused");
			check(number, hash);
		}
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(verdict.map_err(|e| e.error)))
	});
	let verdict = verdict.expect("it is inside; qed");
	assert!(!is_true || verdict.is_ok(), "a fork is not seen: {verdict:?}");
}

/// What is recorded of the branch is true.
fn check(number: Height, hash: H256) {
	let open = Forks::<Reader>::get(ours().system).expect("it was just opened; qed");
	let [branch] = &open.branches[..] else { panic!("one branch is open") };
	let block = other_branch().block(number);
	assert_eq!((branch.tip.number, branch.tip.hash), (number, hash));
	assert_eq!(branch.tip.root, block.history.root());
	assert!(branch.common.is_none_or(|common| common < FORK), "the branches have parted before");
	if let Some(end) = BranchEnds::<Reader>::get(ours().system, hash) {
		assert_eq!(*end.view.history(), block.history);
	}
}
