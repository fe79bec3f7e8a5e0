//! What systems ask each other about contracts, and what they are answered.

use ribp_protocol::{ContractId, Corridor, Height, Stage};

/// Answers from one final block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
	/// Its height.
	pub at: Height,
	/// Where each contract stands that was asked about, if it is there.
	pub shown: Vec<(ContractId, Option<Stage>)>,
	/// What the block says of all contracts with who has asked.
	pub corridor: Corridor,
}
