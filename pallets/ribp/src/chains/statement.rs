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
	header: &Header,
) -> Result<Statement, Error<T>> {
	let statement = Statement::of(&header.digest)?;
	ensure!(statement.system == system, Error::<T>::HeaderOfOtherSystem);
	ensure!(statement.complete_from <= header.number, Error::<T>::StatementMalformed);
	ensure!(statement.first <= header.number, Error::<T>::StatementMalformed);
	Ok(statement)
}

/// The same, if it goes on from what is recorded of the system.
pub(crate) fn known_statement<T: Config>(
	system: SystemId,
	record: &System,
	header: &Header,
) -> Result<Statement, Error<T>> {
	let statement = statement_about(system, header)?;
	let is_there = statement.storage_prefix == record.storage_prefix;
	ensure!(is_there, Error::<T>::StoragePrefixChanged);
	// A pallet that was removed and added, or renamed over an empty storage.
	let goes_on = statement.first == record.view.history().first;
	ensure!(goes_on, Error::<T>::HistoryRestarted);
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
