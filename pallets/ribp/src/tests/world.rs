//! Two chains that know each other, and what their users agree on.

use super::chain::*;
use crate::{
	mock::{
		AccountId, Balance, Item, Ribp, RuntimeCall, RuntimeOrigin, Test, MAX_EXPIRY, RETENTION,
	},
	Action, ActionOf, Call, ContractId, Epoch, EpochSet, Error, Evidence, Height, Log, SystemId,
	Terms, EPOCH_BLOCKS,
};
use frame_support::{
	assert_noop,
	pallet_prelude::{DispatchResultWithPostInfo, TransactionSource},
	traits::Authorize,
};
use ribp_kit::evidence::leg_key;
use ribp_light_client::testing::Ed25519Keyring;
use sp_core::H256;
use sp_runtime::transaction_validity::{TransactionValidityError, ValidTransaction};

pub const ALPHA: SystemId = SystemId(H256::repeat_byte(0xa1));
pub const BETA: SystemId = SystemId(H256::repeat_byte(0xb2));
/// Finalized by the keys that finalize beta.
pub const TWIN: SystemId = SystemId(H256::repeat_byte(0xb3));

pub const BETA_VOTERS: [Ed25519Keyring; 4] =
	[Ed25519Keyring::Bob, Ed25519Keyring::Charlie, Ed25519Keyring::Dave, Ed25519Keyring::Eve];

pub fn alpha_chain() -> Chain {
	Chain::new(ALPHA, Voters::new(0, &[Ed25519Keyring::Alice]))
}

pub fn beta_chain() -> Chain {
	Chain::new(BETA, Voters::new(5, &BETA_VOTERS))
}

pub fn transfer(from: AccountId, to: AccountId, items: &[Item]) -> ActionOf<Test> {
	let items = items.to_vec().try_into().expect("there are few");
	Action::Transfer { from, to, items }
}

/// One side of an exchange, as its payer registers it.
pub type Half = ribp_kit::exchange::Half<ActionOf<Test>>;

/// What the mock's payers do with a half.
pub trait Registrable {
	fn payer(&self) -> AccountId;

	fn call(&self) -> Call<Test>;

	/// Where the payer's chain has its leg.
	fn key(&self) -> Vec<u8>;

	/// The same contract, save that the log does something else.
	fn with_action(&self, from: AccountId, to: AccountId, amount: Balance) -> Self;
}

impl Registrable for Half {
	fn payer(&self) -> AccountId {
		let Action::Transfer { from, .. } = self.log.action;
		from
	}

	fn call(&self) -> Call<Test> {
		let Self { contract, log, commit } = self.clone();
		Call::register { contract, log, commit }
	}

	fn key(&self) -> Vec<u8> {
		let Terms { own, peer } = self.terms();
		leg_key(peer.system, Epoch::of(own.expiry), self.id().hash)
	}

	fn with_action(&self, from: AccountId, to: AccountId, amount: Balance) -> Self {
		let action = transfer(from, to, &[Item::Token(amount)]);
		self.with_log(Log { action, ..self.log.clone() })
	}
}

/// Alice delivers to Bob on alpha, and Bob pays Alice on beta.
pub type Exchange = ribp_kit::exchange::Exchange<ActionOf<Test>>;

/// What Alice and Bob agree on; all of it settles early on both sides.
pub trait Agreed: Sized {
	/// An exchange of these items for those, with the delivery on any chain.
	fn of(own: SystemId, items: [&[Item]; 2], number: u8, h1: Height, h2: Height) -> Self;

	/// One of several exchanges, with the delivery on another chain than alpha.
	fn between(own: SystemId, number: u8, h1: Height, h2: Height) -> Self {
		Self::of(own, [&[Item::Token(100)], &[Item::Token(40)]], number, h1, h2)
	}

	/// One of several exchanges, all of different references.
	fn numbered(number: u8, h1: Height, h2: Height) -> Self {
		Self::between(ALPHA, number, h1, h2)
	}

	fn until(h1: Height, h2: Height) -> Self {
		Self::numbered(0, h1, h2)
	}

	/// One whose registrations stand for long, and are shown by old blocks.
	fn patient(h1: Height, h2: Height) -> Self;
}

impl Agreed for Exchange {
	fn of(own: SystemId, items: [&[Item]; 2], number: u8, h1: Height, h2: Height) -> Self {
		let log = |system, action| Log { system, action };
		let delivered = log(own, transfer(ALICE, BOB, items[0]));
		let paid = log(BETA, transfer(BOB, ALICE, items[1]));
		Self::new([delivered, paid], [h1, h2], H256::repeat_byte(number))
	}

	fn patient(h1: Height, h2: Height) -> Self {
		Self::until(h1, h2).with_legs(|alpha, beta| {
			(alpha.notice, beta.notice) = (MAX_EXPIRY, MAX_EXPIRY);
		})
	}
}

/// Chains alpha and beta.
pub type World = ribp_kit::world::World<Chain>;

/// What happens to alpha and beta.
pub trait WorldExt: Sized {
	/// Each has been told of the other's first block, in its second one, which is open.
	fn new() -> Self;

	/// With both halves registered, each by its payer, in a sealed block.
	fn registered(self, exchange: &Exchange) -> Self;

	/// With both logs committed, in a sealed block.
	fn committed(self, exchange: &Exchange) -> Self;

	/// With the blocks at this height open on both chains.
	fn at(self, height: Height) -> Self;

	fn advance_to(&mut self, height: Height);

	/// Both chains tell each other what they say of all contracts, until nothing is left of any.
	fn sweep(&mut self);

	fn seal(&mut self);

	/// Evidence of beta's newest block for alpha.
	fn evidence(&mut self, contracts: &[ContractId]) -> Evidence;

	fn evidence_at(&mut self, number: Height, contracts: &[ContractId]) -> Evidence;

	/// Brings alpha evidence of beta's newest block.
	fn tell_alpha(&mut self, contracts: &[ContractId]) -> DispatchResultWithPostInfo;

	/// Brings beta evidence of alpha's newest block.
	fn tell_beta(&mut self, contracts: &[ContractId]) -> DispatchResultWithPostInfo;

	/// Submits evidence of beta to alpha.
	fn submit(
		&mut self,
		evidence: Evidence,
		contracts: &[ContractId],
	) -> DispatchResultWithPostInfo;

	/// Asserts that alpha refuses evidence of beta by this name: the call, which changes nothing,
	/// and the authorization, from which the transaction pool learns the reason.
	#[track_caller]
	fn refuse(&mut self, evidence: &Evidence, contracts: &[ContractId], error: Error<Test>);

	#[track_caller]
	fn refuse_of(
		&mut self,
		of: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
		error: Error<Test>,
	);

	/// What alpha's transaction pool is told about a call.
	fn authorize(&mut self, call: Call<Test>)
		-> Result<ValidTransaction, TransactionValidityError>;

	/// Asserts that alpha refuses to register this half by this name, and that nothing changes.
	#[track_caller]
	fn refuse_registration(&mut self, half: &Half, error: Error<Test>);
}

impl WorldExt for World {
	fn new() -> Self {
		let (mut alpha, mut beta) = (alpha_chain(), beta_chain());
		alpha.seal();
		beta.seal();
		alpha.knows(&beta);
		beta.knows(&alpha);
		Self { alpha, beta }
	}

	fn registered(mut self, exchange: &Exchange) -> Self {
		self.alpha.register(&exchange.delivery).expect("the delivery can be registered");
		self.beta.register(&exchange.payment).expect("the payment can be registered");
		self.seal();
		self
	}

	fn committed(mut self, exchange: &Exchange) -> Self {
		self.tell_alpha(&[exchange.delivery.id()]).expect("the delivery can be committed");
		self.tell_beta(&[exchange.payment.id()]).expect("the payment can be committed");
		self.seal();
		self
	}

	fn at(mut self, height: Height) -> Self {
		self.advance_to(height);
		self
	}

	fn advance_to(&mut self, height: Height) {
		self.alpha.advance_to(height);
		self.beta.advance_to(height);
	}

	fn sweep(&mut self) {
		let is_swept = |world: &mut Self| {
			world.alpha.lane(BETA).entries == 0 && world.beta.lane(ALPHA).entries == 0
		};
		// Both epochs, twice the retention, and a few blocks to tell.
		let most = MAX_EXPIRY + 2 * (EPOCH_BLOCKS + RETENTION);
		for _ in 0..most {
			self.seal();
			// Most blocks say nothing new.
			let evidence = self.beta.said(self.beta.sealed(), &mut self.alpha);
			let _nothing_new = self.submit(evidence, &[]);
			let evidence = self.alpha.said(self.alpha.sealed(), &mut self.beta);
			let _nothing_new = self.beta.submit(ALPHA, evidence, &[]);
			if is_swept(self) {
				return;
			}
		}
		panic!("something is left: {:?}, {:?}", self.alpha.lane(BETA), self.beta.lane(ALPHA));
	}

	fn seal(&mut self) {
		self.alpha.seal();
		self.beta.seal();
	}

	fn evidence(&mut self, contracts: &[ContractId]) -> Evidence {
		self.evidence_at(self.beta.sealed(), contracts)
	}

	fn evidence_at(&mut self, number: Height, contracts: &[ContractId]) -> Evidence {
		self.beta.evidence(number, &mut self.alpha, contracts)
	}

	fn tell_alpha(&mut self, contracts: &[ContractId]) -> DispatchResultWithPostInfo {
		let evidence = self.evidence(contracts);
		self.submit(evidence, contracts)
	}

	fn tell_beta(&mut self, contracts: &[ContractId]) -> DispatchResultWithPostInfo {
		let evidence = self.alpha.evidence(self.alpha.sealed(), &mut self.beta, contracts);
		self.beta.submit(ALPHA, evidence, contracts)
	}

	fn submit(
		&mut self,
		evidence: Evidence,
		contracts: &[ContractId],
	) -> DispatchResultWithPostInfo {
		self.alpha.submit(BETA, evidence, contracts)
	}

	#[track_caller]
	fn refuse(&mut self, evidence: &Evidence, contracts: &[ContractId], error: Error<Test>) {
		self.refuse_of(BETA, evidence, contracts, error)
	}

	#[track_caller]
	fn refuse_of(
		&mut self,
		of: SystemId,
		evidence: &Evidence,
		contracts: &[ContractId],
		error: Error<Test>,
	) {
		let call = self.alpha.submission(of, evidence.clone(), contracts);
		self.alpha.refuse(call, error);
	}

	fn authorize(
		&mut self,
		call: Call<Test>,
	) -> Result<ValidTransaction, TransactionValidityError> {
		let call = RuntimeCall::from(call);
		let verdict = self.alpha.run(|| call.authorize(TransactionSource::External));
		verdict.expect("the call is one that is authorized").map(|(valid, _)| valid)
	}

	#[track_caller]
	fn refuse_registration(&mut self, half: &Half, error: Error<Test>) {
		self.alpha.run(|| {
			let Half { contract, log, commit } = half.clone();
			let origin = RuntimeOrigin::signed(half.payer());
			assert_noop!(Ribp::register(origin, contract, log, commit), error);
		});
	}
}

/// All epochs before `below` but for these.
pub fn epochs(below: u32, gaps: &[u32]) -> EpochSet {
	let gaps = gaps.iter().copied().map(Epoch).collect();
	EpochSet::new(Epoch(below), gaps).expect("it is a set")
}

/// The id of a contract that nobody has.
pub fn unknown_id(byte: u8) -> ContractId {
	ContractId { epochs: [Epoch(0); 2], hash: H256::repeat_byte(byte) }
}

/// A world in which evidence could commit alpha's half, that half's id, and such evidence.
pub fn ready() -> (World, ContractId, Evidence) {
	let swap = Exchange::until(20, 20);
	let mut world = World::new().registered(&swap);
	let id = swap.delivery.id();
	let evidence = world.evidence(&[id]);
	(world, id, evidence)
}
