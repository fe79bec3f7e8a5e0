//! What two users agree on: a contract, as each of the two chains is to hold it.

use super::{
	keys::{account, User, TRADERS},
	schedule::{Offer, Twist},
};
use pallet_ribp::{Action, ActionOf, Height, Log, SystemId};
use ribp_runtime::{Balance, Item, Runtime, RuntimeCall, EXISTENTIAL_DEPOSIT};
use sp_core::H256;

/// One half of an exchange, as its payer registers it.
pub type Half = ribp_kit::exchange::Half<ActionOf<Runtime>>;

/// An exchange: what one delivers on alpha, and the other pays for it on beta.
pub type Exchange = ribp_kit::exchange::Exchange<ActionOf<Runtime>>;

pub fn registration(half: &Half) -> RuntimeCall {
	let Half { contract, log, settlement } = half.clone();
	pallet_ribp::Call::register { contract, log, settlement }.into()
}

pub fn cancellation(half: &Half) -> RuntimeCall {
	pallet_ribp::Call::cancel { peer: half.contract.peer, id: half.id() }.into()
}

/// The user whose value it is about.
pub fn payer(half: &Half) -> User {
	let Action::Transfer { from, .. } = &half.log.action;
	let payer = TRADERS.into_iter().find(|trader| account(*trader) == *from);
	payer.expect("only traders pay; qed")
}

/// What it is worth.
pub fn amount(half: &Half) -> Balance {
	let Action::Transfer { items, .. } = &half.log.action;
	let amount = |item: &Item| match item {
		Item::Token(amount) => *amount,
		other => unreachable!("users exchange tokens, not {other:?}"),
	};
	items.iter().map(amount).sum()
}

/// What was agreed on when the chains had these heights and the payers this much to spend.
pub fn agreed(
	number: u64,
	Offer { payers, receivers, parts, .. }: &Offer,
	systems: [SystemId; 2],
	heights: [Height; 2],
	funds: [Balance; 2],
) -> Exchange {
	let logs = [0, 1].map(|at| {
		let share = funds[at] / 100 * Balance::from(parts[at].percent);
		let amount = share.max(EXISTENTIAL_DEPOSIT);
		let (from, to) = (account(payers[at]), account(receivers[at]));
		let items = vec![Item::Token(amount)].try_into().expect("it is one; qed");
		let action = Action::Transfer { from, to, items };
		Log { system: systems[at], action, salt: H256::from_low_u64_be(number) }
	});
	let expiries = [0, 1].map(|at| heights[at] + parts[at].expiry);
	let [delivery, payment] = parts.map(|part| part.settlement);
	Exchange::new(logs, expiries).settling(delivery, payment)
}

/// The same with a misunderstanding; `previous` is the exchange before.
pub fn twisted(exchange: Exchange, twist: Twist, previous: Option<&Exchange>) -> Exchange {
	let Exchange { delivery, payment } = exchange;
	match (twist, previous) {
		(Twist::OtherExpiry, _) => {
			let payment = payment.with_contract(|contract| contract.h2 += 1);
			Exchange { delivery, payment }
		},
		(Twist::OtherAmount, _) => {
			let mut log = payment.log.clone();
			let Action::Transfer { items, .. } = &mut log.action;
			let Item::Token(amount) = &mut items[0] else { unreachable!("it is an amount") };
			*amount += 1;
			Exchange { delivery, payment: payment.with_log(log) }
		},
		(Twist::SameLogAgain, Some(previous)) => {
			let delivery = delivery.with_log(previous.delivery.log.clone());
			let payment = Half { contract: delivery.mirror(), ..payment };
			Exchange { delivery, payment }
		},
		(Twist::SameLogAgain, None) => Exchange { delivery, payment },
	}
}
