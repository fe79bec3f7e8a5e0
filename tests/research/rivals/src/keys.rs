//! Who trades what with whom, and who relays.

use super::{
	runtime::{AccountId, Balance, EXISTENTIAL_DEPOSIT},
	Side,
};
use sp_core::{sr25519, Pair, H256};
use sp_io::hashing::blake2_256;
use std::ops::Range;

/// What everybody has on each chain at first.
pub const ENDOWMENT: Balance = 1_000_000 * EXISTENTIAL_DEPOSIT;

/// Somebody with a key, the same on both chains.
#[derive(Clone)]
pub struct User(sr25519::Pair);

impl PartialEq for User {
	fn eq(&self, other: &Self) -> bool {
		self.0.public() == other.0.public()
	}
}

impl User {
	fn new(role: &str, number: u32) -> Self {
		Self(sr25519::Pair::from_seed(&blake2_256(format!("{role} {number}").as_bytes())))
	}

	/// Whoever carries messages of the bridge.
	pub fn relayer() -> Self {
		Self::new("relayer", 0)
	}

	/// The account that the key controls.
	pub fn account(&self) -> AccountId {
		self.0.public().into()
	}

	/// Signs with the key.
	pub fn sign(&self, payload: &[u8]) -> sr25519::Signature {
		self.0.sign(payload)
	}
}

/// Who makes the deals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Traders {
	/// Nobody takes part in two.
	Many,
	/// The same two make all of them, and sign for a hundred at a time where they can.
	Two,
}

impl Traders {
	/// Both, in the order in which they are measured.
	pub const ALL: [Self; 2] = [Self::Many, Self::Two];

	/// What they are called in the figures.
	pub fn name(self) -> &'static str {
		match self {
			Self::Many => "each exchange between two other users",
			Self::Two => "all exchanges between the same two users",
		}
	}
}

/// Goods on alpha for a price on beta.
#[derive(Clone)]
pub struct Deal {
	/// What tells it from other deals.
	pub number: u32,
	/// Who pays the goods on alpha and gets the price on beta.
	pub seller: User,
	/// Who pays the price on beta and gets the goods on alpha.
	pub buyer: User,
	/// What is paid on alpha.
	pub goods: Balance,
	/// What is paid on beta.
	pub price: Balance,
}

impl Deal {
	/// The first `count` deals.
	pub fn first(count: u32, traders: Traders) -> Vec<Self> {
		let numbers = 0..count;
		match traders {
			Traders::Many => {
				numbers.flat_map(|number| Self::of_pair(number, number..number + 1)).collect()
			},
			Traders::Two => Self::of_pair(0, numbers).collect(),
		}
	}

	/// Deals of one seller with one buyer.
	pub fn of_pair(pair: u32, numbers: Range<u32>) -> impl Iterator<Item = Self> {
		let [seller, buyer] = ["seller", "buyer"].map(|role| User::new(role, pair));
		numbers.map(move |number| Self {
			number,
			seller: seller.clone(),
			buyer: buyer.clone(),
			goods: 100 * EXISTENTIAL_DEPOSIT + Balance::from(number),
			price: 40 * EXISTENTIAL_DEPOSIT + Balance::from(number),
		})
	}

	/// A name that no other deal has.
	pub fn id(&self) -> H256 {
		blake2_256(format!("deal {}", self.number).as_bytes()).into()
	}

	/// Who pays on a chain.
	pub fn payer(&self, side: Side) -> &User {
		match side {
			Side::Alpha => &self.seller,
			Side::Beta => &self.buyer,
		}
	}

	/// Who is paid on a chain.
	pub fn payee(&self, side: Side) -> &User {
		self.payer(side.other())
	}

	/// What is paid on a chain.
	pub fn amount(&self, side: Side) -> Balance {
		match side {
			Side::Alpha => self.goods,
			Side::Beta => self.price,
		}
	}
}

/// An account that only makes the state larger.
pub fn bystander(number: u32) -> AccountId {
	blake2_256(format!("bystander {number}").as_bytes()).into()
}
