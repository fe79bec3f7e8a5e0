//! What a node does for its chain: each node's own setting, not the chain's.

use codec::{Decode, Encode};
use core::{
	fmt::{self, Display, Formatter},
	str::FromStr,
};
use sp_runtime::offchain::storage::StorageValueRef;

/// Key of the setting in the node's persistent offchain storage. The value is the [`Role`] in SCALE.
pub const ROLE_KEY: &[u8] = b"ribp/role";

/// What a node does for its chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub enum Role {
	/// It asks and tells other chains after each block that it has authored, and asks when nothing moves.
	#[default]
	Author,
	/// It asks when nothing moves, and tells what nobody has told: for nodes without keys, where authors
	/// have no way out.
	Relay,
	/// Nothing.
	Off,
}

impl Role {
	/// All roles.
	pub const ALL: [Self; 3] = [Self::Author, Self::Relay, Self::Off];

	/// Its name on the command line.
	pub fn name(self) -> &'static str {
		match self {
			Self::Author => "author",
			Self::Relay => "relay",
			Self::Off => "off",
		}
	}
}

impl Display for Role {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

/// A text is none of the roles' names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownRole;

impl Display for UnknownRole {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		f.write_str("expected author, relay or off")
	}
}

impl core::error::Error for UnknownRole {}

impl FromStr for Role {
	type Err = UnknownRole;

	fn from_str(name: &str) -> Result<Self, UnknownRole> {
		Self::ALL.into_iter().find(|role| role.name() == name).ok_or(UnknownRole)
	}
}

/// The role of this node; that of an author if the setting is missing, or unreadable.
pub fn role() -> Role {
	StorageValueRef::persistent(ROLE_KEY).get::<Role>().ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::offchain::{testing::TestOffchainExt, OffchainDbExt, OffchainStorage};
	use sp_io::TestExternalities;

	fn role_with(setting: Option<&[u8]>) -> Role {
		let (host, state) = TestOffchainExt::new();
		if let Some(value) = setting {
			state.write().persistent_storage.set(b"", ROLE_KEY, value);
		}
		let mut world = TestExternalities::default();
		world.register_extension(OffchainDbExt::new(host));
		world.execute_with(role)
	}

	#[test]
	fn the_worker_reads_the_role_that_the_node_wrote() {
		for role in Role::ALL {
			assert_eq!(role_with(Some(&role.encode())), role);
		}
		assert_eq!(Role::ALL.map(|role| role.encode()[0]), [0, 1, 2]);
	}

	#[test]
	fn a_node_without_the_setting_is_an_authors() {
		assert_eq!(role_with(None), Role::Author);
		assert_eq!(role_with(Some(&[9])), Role::Author);
	}

	#[test]
	fn each_role_has_the_name_by_which_it_is_found() {
		for role in Role::ALL {
			assert_eq!(role.name().parse(), Ok(role));
		}
		assert_eq!("authors".parse::<Role>(), Err(UnknownRole));
	}
}
