//! What the transaction pool takes, free of charge.
//!
//! The pool asks everything of a message that its call will ask, against the newest block: what is
//! forged, stale or useless reaches no block. In the block itself nothing is asked before the call,
//! which judges again: otherwise every proof would be read twice. What others have moved of a message
//! meanwhile is passed over, and a message of which nothing is left fails there, once.
//!
//! # Places
//!
//! The pool keeps one message for each tag, and takes another one instead only if that has a higher
//! priority than all of those together that it would take the place of.
//!
//! | message | its tags | of two |
//! |---|---|---|
//! | evidence of a newer header | the system's step | the newer header, then what moves more |
//! | evidence of a known header or one below | each contract | what moves more |
//! | the same about no contract | the system's corridor | the newer header |
//! | contracts that end by time | each contract | what moves more |
//! | what a witness says of a fork | witness and fork | the newer header |
//! | that a witness stands for nothing | witness and fork | the first: all come to the same |
//! | the report of a fork | system and header | the first: all stop the business |
//!
//! Nobody keeps contracts from being moved by these rules. Whoever takes the place of evidence of a newer
//! header advances the view as far, at least: what that evidence would have moved is then proven by a
//! header that is known. Whoever takes the place of a message about one contract moves that contract, and
//! nobody takes that of a full one. So what the known head moves and others have left behind goes in
//! messages about one contract each, or in full ones, and is delayed by one block at most.
//!
//! Evidence of known headers comes first in a block, then that of newer ones: these move the window of
//! hashes that are known.
//!
//! # What is free
//!
//! In one block, for each system: one newer header with its votes, one message about its corridor, and
//! messages each of which moves a contract that no other one does when the pool looks at it. A contract
//! moves three times in its life at most, and is paid for when it is registered. An account that signs
//! evidence is asked the same, and pays for what is refused. An author can put useless messages into its own
//! blocks, free of charge: such a block weighs no more than a full one, and changes no more than a view.

use crate::{Config, Error, Height, Pallet};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidityError,
	TransactionValidityWithRefund, ValidTransaction,
};

/// Blocks for which a message stays in the pool.
const LONGEVITY: u64 = 16;

/// Before transactions that pay: messages are free, useful by their authorization, and what others
/// wait for.
pub(crate) const PRIORITY: TransactionPriority = TransactionPriority::MAX / 2;

/// The priority of a message that moves contracts with so much work: as much as of those that it takes the
/// place of, together.
pub(crate) fn by_work<T: Config>(work: u32) -> TransactionPriority {
	let most = T::MaxContracts::get();
	let each = PRIORITY / u64::from(most).saturating_add(1);
	// Nothing outbids a full message.
	each.saturating_mul(work.min(most).into())
}

/// The priority of evidence of a header so far ahead of the known one: the farther the higher, whatever
/// it moves. After what moves anything by a known header.
pub(crate) fn by_step<T: Config>(ahead: Height, work: u32) -> TransactionPriority {
	let scale = u64::from(T::MaxContracts::get()).saturating_add(1);
	let rank = u64::from(ahead).saturating_mul(scale).saturating_add(work.into());
	let least = by_work::<T>(1) / 2;
	least.saturating_add(rank.min(least.saturating_sub(1)))
}

impl<T: Config> Pallet<T> {
	/// Whether the pool, or a block, may take a message. `kind` tells its tags from others.
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
