//! The two chains, and what root makes them know of each other.

use super::{
	chain::{Chain, Weighing},
	cost::Step,
	keys::{bystander, Deal, User, ENDOWMENT},
	runtime::{
		Balance, Balances, BridgeGrandpa, Ribp, RuntimeGenesisConfig, RuntimeOrigin, System, FEES,
	},
	state::State,
	twin::lane,
	Side,
};
use bp_header_chain::InitializationData;
use bp_runtime::BasicOperatingMode;
use frame_support::traits::fungible::Inspect;
use ribp_kit::{voters::Voters, world::World};
use sp_runtime::{BuildStorage, Digest, DigestItem};
use std::{
	collections::{BTreeMap, BTreeSet},
	ops::{Deref, DerefMut},
};

/// The number of the validators' set.
const SET_ID: u64 = 7;

/// The two chains before their first blocks, from which any number of markets begins.
pub struct Genesis {
	state: State,
	validators: u32,
}

impl Genesis {
	/// As many deals can be made, and as many other accounts are in the state.
	pub fn new(deals: &[Deal], bystanders: u32, validators: u32) -> Self {
		let mut config = RuntimeGenesisConfig::default();
		let traders: BTreeSet<_> =
			deals.iter().flat_map(|deal| [deal.seller.account(), deal.buyer.account()]).collect();
		let others = (0..bystanders).map(bystander).chain([User::relayer().account()]);
		config.balances.balances =
			traders.into_iter().chain(others).map(|who| (who, ENDOWMENT)).collect();
		config.bridge_messages.opened_lanes = vec![lane()];
		let storage = config.build_storage().expect("the genesis is valid; qed");
		Self { state: storage.into(), validators }
	}
}

/// Two chains that know each other.
pub struct Market {
	chains: World<Chain>,
	/// Who finalizes either of them.
	pub validators: Voters,
}

impl Deref for Market {
	type Target = World<Chain>;

	fn deref(&self) -> &World<Chain> {
		&self.chains
	}
}

impl DerefMut for Market {
	fn deref_mut(&mut self) -> &mut World<Chain> {
		&mut self.chains
	}
}

impl Market {
	/// Two chains that begin with this state, each with the other one made known by root.
	pub fn new(genesis: &Genesis, weighing: Weighing) -> Self {
		let chains = World::of(|side| {
			let name = DigestItem::Other(vec![side as u8]);
			Chain::new(genesis.state.clone(), Digest { logs: vec![name] }, weighing)
		});
		let validators = Voters::numbered(SET_ID, genesis.validators);
		let mut market = Self { chains, validators };
		for side in Side::BOTH {
			// In its first block a chain knows its name, in its second one the time.
			market.chain_mut(side).author(&[]);
			market.chain_mut(side).author(&[]);
		}
		for side in Side::BOTH {
			market.introduce(side);
		}
		for side in Side::BOTH {
			market.chain_mut(side).author(&[]);
		}
		market
	}

	/// Root of one chain makes the other one known, for each rival that has to know it.
	fn introduce(&mut self, side: Side) {
		let peer = self.chains.chain(side.other());
		let (system, header) = (peer.system, peer.head.clone());
		let authorities = self.validators.authorities();
		let anchor = peer.query(|| Ribp::trust_anchor(header.clone(), SET_ID, authorities.clone()));
		self.chain_mut(side).govern(|| {
			let anchor = anchor.expect("it is the header of the newest block; qed");
			Ribp::register_system(RuntimeOrigin::root(), system, anchor).expect("it is unknown");
			let data = InitializationData {
				header: Box::new(header),
				authority_list: authorities,
				set_id: SET_ID,
				operating_mode: BasicOperatingMode::Normal,
			};
			BridgeGrandpa::initialize(RuntimeOrigin::root(), data).expect("it is the first time");
		});
	}

	/// How long one of the chains takes in every block to extend its view of itself, in nanoseconds.
	pub fn time_own_view(&self) -> f64 {
		self.chains.alpha.time_own_view()
	}

	/// Makes a block of what users have signed.
	pub fn author_signed(&mut self, side: Side, extrinsics: &[Vec<u8>], step: &mut Step) {
		step.cost = step.cost + self.chain_mut(side).author(extrinsics);
		step.counts.user_signed += extrinsics.len() as u32;
	}

	/// Makes a block of what nodes or relayers have submitted.
	pub fn author_submitted(&mut self, side: Side, extrinsics: &[Vec<u8>], step: &mut Step) {
		step.cost = step.cost + self.chain_mut(side).author(extrinsics);
		step.counts.submitted += extrinsics.len() as u32;
	}

	/// Makes sure that every deal is settled: on both chains, what was agreed on is free with who is
	/// paid, and nothing is held of who has paid. Fees are all that is missing, and `most_rent` at most
	/// for each payment.
	pub fn check(&mut self, deals: &[Deal], most_rent: Balance) {
		for side in Side::BOTH {
			let mut due = BTreeMap::new();
			let mut rents = BTreeMap::new();
			for deal in deals {
				let (payer, payee) = (deal.payer(side).account(), deal.payee(side).account());
				*rents.entry(payer.clone()).or_insert(0) += most_rent;
				*due.entry(payer).or_insert(ENDOWMENT) -= deal.amount(side);
				*due.entry(payee).or_insert(ENDOWMENT) += deal.amount(side);
			}
			self.chain_mut(side).query(|| {
				for (who, due) in due {
					let due = due - FEES * Balance::from(System::account_nonce(&who));
					let least = due - rents.get(&who).copied().unwrap_or(0);
					let (free, all) = (Balances::free_balance(&who), Balances::total_balance(&who));
					let is_right = (least..=due).contains(&free) && free == all;
					assert!(is_right, "{side:?}: {who} has {free} free and {all} in all of {due}");
				}
			});
		}
	}
}
