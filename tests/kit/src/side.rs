//! One of the two chains.

/// One of the two chains that exchange.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
	/// Where goods are delivered.
	Alpha,
	/// Where they are paid.
	Beta,
}

impl Side {
	/// Alpha, then beta.
	pub const BOTH: [Self; 2] = [Self::Alpha, Self::Beta];

	/// The name of the chain, and of its genesis preset.
	pub fn name(self) -> &'static str {
		match self {
			Self::Alpha => "alpha",
			Self::Beta => "beta",
		}
	}

	/// The chain with which this one exchanges.
	pub fn other(self) -> Self {
		match self {
			Self::Alpha => Self::Beta,
			Self::Beta => Self::Alpha,
		}
	}

	/// What alpha and beta have, as this chain sees it: its own, and its peer's.
	pub fn pair<T>(self, [alpha, beta]: [T; 2]) -> (T, T) {
		match self {
			Self::Alpha => (alpha, beta),
			Self::Beta => (beta, alpha),
		}
	}
}
