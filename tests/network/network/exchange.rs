//! What two users agree on: a contract, and what each of them registers of it.

use super::{
	chain::Purse,
	genesis::GOLD,
	keys::{account, User, TRADERS},
	schedule::{Means, Offer, Twist},
};
use pallet_ribp::{Action, ActionOf, AssetAmount, Commit, Height, Log, Settlement, SystemId};
use ribp_runtime::{AccountId, Balance, Item, Runtime, RuntimeCall, EXISTENTIAL_DEPOSIT};
use sp_core::H256;

/// One half of an exchange, as its payer registers it.
pub type Half = ribp_kit::exchange::Half<ActionOf<Runtime>>;

/// An exchange: what one delivers on alpha, and the other pays for it on beta.
pub type Exchange = ribp_kit::exchange::Exchange<ActionOf<Runtime>>;

pub fn registration(half: &Half, commit: Commit) -> RuntimeCall {
	let Half { contract, log, .. } = half.clone();
	pallet_ribp::Call::register { contract, log, commit }.into()
}

pub fn cancellation(half: &Half) -> RuntimeCall {
	pallet_ribp::Call::cancel { peer: half.terms().peer.system, id: half.id() }.into()
}

/// The user whose value it is about.
pub fn payer(half: &Half) -> User {
	let Action::Transfer { from, .. } = &half.log.action;
	let payer = TRADERS.into_iter().find(|trader| account(*trader) == *from);
	payer.expect("only traders pay; qed")
}

/// What was agreed on when the chains had these heights and the payers this much to spend.
pub fn agreed(
	number: u64,
	Offer { payers, receivers, parts, .. }: &Offer,
	systems: [SystemId; 2],
	heights: [Height; 2],
	funds: [Purse; 2],
) -> Exchange {
	let logs = [0, 1].map(|at| {
		let share = |of: Balance| of / 100 * Balance::from(parts[at].percent);
		let token = Item::Token(share(funds[at].free).max(EXISTENTIAL_DEPOSIT));
		let gold = AssetAmount { id: GOLD, amount: share(funds[at].gold).max(1) };
		let items = match parts[at].means {
			Means::Token => vec![token],
			Means::Gold => vec![Item::Asset(gold)],
			Means::Both => vec![Item::Asset(gold), token],
		};
		let (from, to): (AccountId, AccountId) = (account(payers[at]), account(receivers[at]));
		let items = items.try_into().expect("they are two at most; qed");
		Log { system: systems[at], action: Action::Transfer { from, to, items } }
	});
	let expiries = [0, 1].map(|at| heights[at] + parts[at].expiry);
	let exchange = Exchange::new(logs, expiries, H256::from_low_u64_be(number));
	exchange.with_legs(|delivery, payment| {
		for (leg, part) in [delivery, payment].into_iter().zip(parts) {
			(leg.settlement, leg.notice) = (part.settlement, part.notice);
		}
	})
}

/// The same with a misunderstanding; `previous` is the exchange before.
pub fn twisted(exchange: Exchange, twist: Twist, previous: Option<&Exchange>) -> Exchange {
	let Exchange { delivery, payment } = exchange;
	match (twist, previous) {
		(Twist::OtherExpiry, _) => {
			let payment = payment.with_peer_leg(|leg| leg.expiry += 1);
			Exchange { delivery, payment }
		},
		(Twist::OtherAmount, _) => {
			let mut log = payment.log.clone();
			let Action::Transfer { items, .. } = &mut log.action;
			match &mut items[0] {
				Item::Token(amount) => *amount += 1,
				Item::Asset(gold) => gold.amount += 1,
				other => unreachable!("users exchange amounts, not {other:?}"),
			}
			Exchange { delivery, payment: payment.with_log(log) }
		},
		(Twist::OtherSettlement, _) => {
			let payment = payment.with_leg(|leg| {
				leg.settlement = match leg.settlement {
					Settlement::Early => Settlement::AtExpiry,
					Settlement::AtExpiry => Settlement::Early,
				}
			});
			Exchange { delivery, payment }
		},
		(Twist::OtherReference, _) => {
			let payment = payment.with_contract(|contract| contract.reference.0[0] ^= 1);
			Exchange { delivery, payment }
		},
		(Twist::SameLogAgain, Some(previous)) => {
			Exchange { delivery, payment }.delivering(previous.delivery.log.clone())
		},
		(Twist::SameLogAgain, None) => Exchange { delivery, payment },
	}
}
