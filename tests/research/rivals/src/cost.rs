//! What is counted.

use std::ops::{Add, AddAssign, Sub};

/// What it costs to execute extrinsics.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cost {
	/// Time to decode and apply them, signatures and authorization included, in nanoseconds.
	pub apply_ns: f64,
	/// Time that they add to the end of their blocks, above all to the state root, in nanoseconds.
	pub seal_ns: f64,
	/// Size of the trie nodes of their own chain's state that they add to the proofs of their blocks.
	pub proof_bytes: f64,
	/// Their own size.
	pub extrinsic_bytes: f64,
	/// Leaves of their own chain's trie that they write: entries that are made, changed or removed,
	/// each once a block.
	pub leaves: f64,
	/// Times that they move a balance, besides the transactions' fees.
	pub moves: f64,
}

impl Cost {
	/// All the time that they take, in nanoseconds.
	pub fn time_ns(&self) -> f64 {
		self.apply_ns + self.seal_ns
	}

	fn zip(self, other: Self, op: impl Fn(f64, f64) -> f64) -> Self {
		Self {
			apply_ns: op(self.apply_ns, other.apply_ns),
			seal_ns: op(self.seal_ns, other.seal_ns),
			proof_bytes: op(self.proof_bytes, other.proof_bytes),
			extrinsic_bytes: op(self.extrinsic_bytes, other.extrinsic_bytes),
			leaves: op(self.leaves, other.leaves),
			moves: op(self.moves, other.moves),
		}
	}
}

impl Add for Cost {
	type Output = Self;

	fn add(self, other: Self) -> Self {
		self.zip(other, |one, another| one + another)
	}
}

impl Sub for Cost {
	type Output = Self;

	fn sub(self, other: Self) -> Self {
		self.zip(other, |one, another| one - another)
	}
}

/// What happens between two waits for finality.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
	/// Extrinsics that users sign.
	pub user_signed: u32,
	/// Extrinsics that nodes or relayers submit.
	pub submitted: u32,
	/// Times that a node or a relayer asks one chain for what the other chain needs to know: the
	/// finality of a block and what is in its state count as one.
	pub requests: u32,
	/// Times that a user looks at the other chain before signing.
	pub looks: u32,
	/// Waits for finality before it.
	pub rounds: u32,
}

impl AddAssign for Counts {
	fn add_assign(&mut self, other: Self) {
		self.user_signed += other.user_signed;
		self.submitted += other.submitted;
		self.requests += other.requests;
		self.looks += other.looks;
		self.rounds += other.rounds;
	}
}

/// Whether value still moves in a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
	/// The exchange is not settled without it.
	Settle,
	/// Only frees storage, or tells that something has arrived.
	CleanUp,
}

/// One step of an exchange, on one or both chains.
#[derive(Clone, Debug)]
pub struct Step {
	/// What is done, in a few words.
	pub name: &'static str,
	/// What it is for.
	pub purpose: Purpose,
	/// What all its extrinsics cost.
	pub cost: Cost,
	/// What it takes beside time and space.
	pub counts: Counts,
}

/// What a batch of exchanges costs, step by step.
#[derive(Clone, Default, Debug)]
pub struct Bill {
	/// In the order in which they are taken.
	pub steps: Vec<Step>,
}

impl Bill {
	/// Starts a step.
	pub fn step(&mut self, name: &'static str, purpose: Purpose) -> &mut Step {
		let (cost, counts) = (Cost::default(), Counts::default());
		self.steps.push(Step { name, purpose, cost, counts });
		self.steps.last_mut().expect("it was just pushed; qed")
	}

	/// The cost of all of it.
	pub fn cost(&self) -> Cost {
		self.steps.iter().fold(Cost::default(), |sum, step| sum + step.cost)
	}

	/// All of it.
	pub fn counts(&self) -> Counts {
		self.count(|_| true)
	}

	/// What it takes until all value is where it belongs.
	pub fn counts_until_settled(&self) -> Counts {
		self.count(|step| step.purpose == Purpose::Settle)
	}

	fn count(&self, counts: impl Fn(&Step) -> bool) -> Counts {
		let mut sum = Counts::default();
		self.steps.iter().filter(|step| counts(step)).for_each(|step| sum += step.counts);
		sum
	}
}
