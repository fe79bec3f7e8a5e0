//! What a header of another chain says of that chain, and whether it is the one that is meant.

use crate::{Config, Error, System, SystemId};
use frame_support::ensure;
use ribp_light_client::Header;
use ribp_protocol::{Statement, StatementError};

/// What a header says of `system`.
///
/// Refuses a header that says nothing, or nothing that is understood: what another version of the
/// protocol keeps elsewhere must never be taken for absent.
pub(crate) fn statement_about<T: Config>(
	system: SystemId,
	record: &System,
	header: &Header,
) -> Result<Statement, Error<T>> {
	let statement = Statement::of(&header.digest)?;
	ensure!(statement.system == system, Error::<T>::HeaderOfOtherSystem);
	let is_there = statement.storage_prefix == record.storage_prefix;
	ensure!(is_there, Error::<T>::StoragePrefixChanged);
	Ok(statement)
}

impl<T: Config> From<StatementError> for Error<T> {
	fn from(error: StatementError) -> Self {
		match error {
			StatementError::Missing => Self::StatementMissing,
			StatementError::Repeated => Self::StatementRepeated,
			StatementError::Malformed => Self::StatementMalformed,
			StatementError::VersionNotSupported(_) => Self::VersionNotSupported,
		}
	}
}
