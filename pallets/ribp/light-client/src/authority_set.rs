//! Who finalizes a chain, and how many of them it takes.

use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, Error as CodecError, Input, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_consensus_grandpa::AuthorityId;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// The most authorities a set may have: each can cost one signature check.
pub const MAX_AUTHORITIES: u32 = 256;

type Authorities = BoundedVec<(AuthorityId, u64), ConstU32<MAX_AUTHORITIES>>;

/// The voters of one GRANDPA set, each with its weight, and the set's id.
///
/// Make one with [`AuthoritySet::new`]; decoding refuses what `new` refuses.
#[derive(Clone, PartialEq, Eq, Debug, Encode, TypeInfo, MaxEncodedLen)]
pub struct AuthoritySet {
	/// The set's number on its chain. Signatures cover it; it grows by one with every change.
	pub set_id: u64,
	/// Each voter and its weight, in the order of the chain that announced them.
	pub authorities: Authorities,
}

/// Why a list of authorities is no authority set.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum AuthoritySetError {
	/// Nobody is in the set.
	Empty,
	/// The set is larger than [`MAX_AUTHORITIES`].
	TooMany {
		/// How many there are.
		authorities: u32,
		/// How many there may be.
		limit: u32,
	},
	/// An authority is listed twice.
	DuplicateAuthority,
	/// An authority has no weight.
	ZeroWeight,
	/// The weights do not add up within 64 bits.
	WeightOverflow,
	/// The set before this one had the last possible id.
	SetIdOverflow,
}

impl AuthoritySetError {
	fn describe(&self) -> &'static str {
		match self {
			Self::Empty => "authority set is empty",
			Self::TooMany { .. } => "authority set is too large",
			Self::DuplicateAuthority => "authority is listed twice",
			Self::ZeroWeight => "authority has no weight",
			Self::WeightOverflow => "weights of the authority set overflow",
			Self::SetIdOverflow => "authority set id overflows",
		}
	}
}

impl AuthoritySet {
	/// The set `set_id` with these authorities and their weights.
	pub fn new(
		set_id: u64,
		authorities: Vec<(AuthorityId, u64)>,
	) -> Result<Self, AuthoritySetError> {
		let count = authorities.len();
		let authorities = Authorities::try_from(authorities).map_err(|_| {
			let authorities = u32::try_from(count).unwrap_or(u32::MAX);
			AuthoritySetError::TooMany { authorities, limit: MAX_AUTHORITIES }
		})?;
		if authorities.is_empty() {
			return Err(AuthoritySetError::Empty);
		}
		let mut total = 0u64;
		let mut seen = BTreeSet::new();
		for (authority, weight) in &authorities {
			if *weight == 0 {
				return Err(AuthoritySetError::ZeroWeight);
			}
			if !seen.insert(authority) {
				return Err(AuthoritySetError::DuplicateAuthority);
			}
			total = total.checked_add(*weight).ok_or(AuthoritySetError::WeightOverflow)?;
		}
		Ok(Self { set_id, authorities })
	}

	/// The set that takes over from this one: these authorities under the next id.
	pub fn successor(
		&self,
		authorities: Vec<(AuthorityId, u64)>,
	) -> Result<Self, AuthoritySetError> {
		let set_id = self.set_id.checked_add(1).ok_or(AuthoritySetError::SetIdOverflow)?;
		Self::new(set_id, authorities)
	}

	/// The weight of all authorities together.
	pub fn total_weight(&self) -> u64 {
		self.authorities.iter().fold(0, |total, (_, weight)| total.saturating_add(*weight))
	}

	/// The weight that finalizes: more than two thirds of the total, as GRANDPA rounds it.
	pub fn threshold(&self) -> u64 {
		let total = self.total_weight();
		let faulty = total.saturating_sub(1) / 3;
		// An empty set, which only a literal can make, must not be satisfied by silence.
		total.saturating_sub(faulty).max(1)
	}
}

impl Decode for AuthoritySet {
	fn decode<I: Input>(input: &mut I) -> Result<Self, CodecError> {
		let set_id = u64::decode(input)?;
		let authorities = Authorities::decode(input)?;
		Self::new(set_id, authorities.into_inner())
			.map_err(|invalid| CodecError::from(invalid.describe()))
	}
}

impl DecodeWithMemTracking for AuthoritySet {}
