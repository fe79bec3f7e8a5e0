//! A system that tells one of the others another history (section 5.2).

use ribp_protocol::Height;

/// A fork: from a block on, a system shows its victim a branch that nobody else sees.
///
/// It tells everybody the branch that is meant for them, after every block: it wants to be believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fork {
	/// The system that forks: the paper's Eve.
	pub system: u32,
	/// Who is deceived: the paper's A.
	pub victim: u32,
	/// The first block that there are two of.
	pub at: Height,
	/// What the victim does.
	pub victim_does: Victim,
}

/// What the victim of a fork does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Victim {
	/// It tells others what it believes, as everybody does.
	Tells,
	/// It tells nobody: its nodes are in Eve's hands ("not sending view lists update").
	KeepsSilent,
}
