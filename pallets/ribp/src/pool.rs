//! What the transaction pool takes, free of charge.
//!
//! The pool asks everything of a message that its call will ask, against the newest block: what is
//! forged, stale or useless reaches no block. In the block itself nothing is asked before the call,
//! which judges again: otherwise every proof would be read twice. What others have moved of a message
//! meanwhile is passed over, and a message of which nothing is left fails there, once, since the pool
//! keeps one for each tag. An author can put useless messages into its own blocks, free of charge: such a block
//! weighs no more than a full one, and changes no more than an empty one.

use crate::{Config, Error, Pallet};
use codec::Encode;
use frame_support::weights::Weight;
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError,
	TransactionValidityWithRefund, ValidTransaction,
};

/// Blocks for which a message stays in the pool.
const LONGEVITY: u64 = 16;

/// Before transactions that pay: messages are free, useful by their authorization, and what others
/// wait for.
pub(crate) const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

impl<T: Config> Pallet<T> {
	/// Whether the pool, or a block, may take a message: of those with a tag in common, the one of
	/// highest priority. `kind` tells its tags from others.
	///
	/// By the tag of a message in a block, a pool drops those that it has made useless.
	pub(crate) fn authorize(
		source: TransactionSource,
		(kind, tags): (&'static str, impl IntoIterator<Item = impl Encode>),
		judge: impl FnOnce() -> Result<TransactionPriority, Error<T>>,
	) -> TransactionValidityWithRefund {
		let priority = match source {
			TransactionSource::InBlock => PRIORITY,
			TransactionSource::Local | TransactionSource::External => judge().map_err(refuse)?,
		};
		let valid = ValidTransaction::with_tag_prefix(kind)
			.priority(priority)
			.longevity(LONGEVITY)
			.propagate(true);
		let valid = tags.into_iter().fold(valid, |valid, tag| valid.and_provides(tag)).build()?;
		Ok((valid, Weight::zero()))
	}
}

fn refuse<T: Config>(error: Error<T>) -> TransactionValidityError {
	let index = error.encode().first().copied().unwrap_or(u8::MAX);
	InvalidTransaction::Custom(index).into()
}
