//! Two chains that alpha has known for long, and that say what they have counted of beta's fork.

use super::*;
use crate::{
	chains::witnesses::Said,
	evidence::tally_key,
	mock::{ChosenBy, BLOCK_TIME, EXPOSURE, LAX},
	Evidence, ForkChoice, Mark, Policy, Tallies, Tally, Testimonies, Testimony,
};
use frame_support::traits::PalletInfoAccess;

/// Own blocks from a report to the verdict.
pub const GRACE: Height = EXPOSURE;
/// How many contracts of one witness count.
pub const MOST: u32 = 3;
/// The block in which alpha is told of the other history. In those up to `HEARD` witnesses are heard.
pub const TOLD: Height = 13;
pub const HEARD: Height = TOLD + GRACE / 2;
pub const VERDICT: Height = TOLD + GRACE;
/// Where the histories part.
pub const PARTING: Height = 9;

pub const RULE: ForkChoice = ForkChoice::MostReliedOn { grace: GRACE, most: MOST };
/// Alpha knows the witnesses since its second block.
const TRUST: Height = TOLD - 3;

/// Chain alpha follows the one history of beta, gamma and delta the other.
pub struct Court {
	pub alpha: Chain,
	pub witnesses: [Chain; 2],
	pub one: Chain,
	pub other: Chain,
}

/// Beta before its histories part. It has changed its authorities.
fn beta() -> Chain {
	let mut beta = plain_history(4);
	beta.hand_over(&BETA_VOTERS);
	beta.advance_to(PARTING);
	beta
}

/// A third history, which parts from both in the same block.
pub fn third_history(words: &str, height: Height) -> Chain {
	let mut beta = beta();
	beta.announce(DigestItem::Other(words.into()));
	beta.advance_to(height);
	beta
}

/// Brings evidence of one block of beta, or of another chain, which is a step.
#[track_caller]
fn show_block(reader: &mut Chain, other: &Chain, number: Height) {
	let evidence = other.evidence(number, reader, &[]);
	reader.submit(other.system, evidence, &[]).expect("it is a step");
}

/// So many contracts of each chain, committed by the block in which beta's histories part.
fn rely(chains: &mut [Chain], beta: &mut Chain, counts: &[u8]) {
	let mut halves = Vec::new();
	for (place, (chain, count)) in chains.iter_mut().zip(counts).enumerate() {
		let number = |each: u8| 10 * place as u8 + each;
		let swaps = (0..*count).map(|each| Exchange::between(chain.system, number(each), 80, 80));
		let swaps: Vec<_> = swaps.collect();
		for swap in &swaps {
			chain.register(&swap.delivery).expect("the delivery can be registered");
			beta.register(&swap.payment).expect("the payment can be registered");
		}
		let mut ids: Vec<_> = swaps.iter().map(|swap| swap.delivery.id()).collect();
		ids.sort();
		halves.push(ids);
	}
	beta.seal();
	for (chain, ids) in chains.iter_mut().zip(halves) {
		chain.seal();
		let evidence = beta.evidence(PARTING, chain, &ids);
		chain.submit(BETA, evidence, &ids).expect("they can be committed, or it is a step");
	}
}

impl Court {
	/// Alpha has so many contracts that rely on the one history, and each witness on the other.
	pub fn new(own: u8, theirs: [u8; 2]) -> Self {
		Self::under(RULE, own, theirs)
	}

	pub fn under(rule: ForkChoice, own: u8, theirs: [u8; 2]) -> Self {
		let (mut one, mut other) = (beta(), beta());
		other.announce(DigestItem::Other("another history".into()));
		let [alpha, gamma, delta] = [alpha_chain(), gamma_chain(), delta_chain()].map(begun);
		let mut chains = [alpha, gamma, delta];
		for chain in &mut chains {
			chain.run(|| ChosenBy::set(&rule));
			chain.knows(&begun(beta_chain()));
		}
		let [alpha, gamma, delta] = &mut chains;
		for witness in [&*gamma, &*delta] {
			alpha.knows(witness);
			let policy = Policy { trust_period: u64::from(TRUST) * BLOCK_TIME, ..LAX };
			let call = Call::set_policy { system: witness.system, policy };
			alpha.dispatch(RuntimeOrigin::root(), call).expect("it is stricter");
		}
		for chain in &mut chains {
			chain.advance_to(8);
			show_block(chain, &one, 4);
		}
		let [alpha, gamma, delta] = &mut chains;
		show_block(alpha, gamma, 7);
		show_block(alpha, delta, 7);
		for chain in &mut chains {
			chain.advance_to(PARTING);
		}
		let (alpha, witnesses) = chains.split_at_mut(1);
		rely(alpha, &mut one, &[own]);
		rely(witnesses, &mut other, &theirs);
		let [alpha, gamma, delta] = chains;
		let mut court = Self { alpha, witnesses: [gamma, delta], one, other };
		court.advance_to(TOLD);
		court
	}

	pub fn advance_to(&mut self, height: Height) {
		let Self { alpha, witnesses, one, other } = self;
		for chain in [alpha, one, other].into_iter().chain(witnesses) {
			chain.advance_to(height);
		}
	}

	/// All are told of the history that they do not follow, and have counted.
	pub fn told(mut self) -> Self {
		expose(&mut self.alpha, &self.other);
		for witness in &mut self.witnesses {
			expose(witness, &self.one);
		}
		self.advance_to(TOLD + 2);
		self
	}

	/// The tip of the other history that alpha knows, if it has been told of no more.
	pub fn tip(&mut self) -> H256 {
		open_branches(&mut self.alpha)[0].tip.hash
	}

	/// Evidence for alpha of what a witness has counted.
	pub fn evidence(&mut self, place: usize) -> Evidence {
		let witness = &self.witnesses[place];
		self.evidence_at(place, witness.sealed())
	}

	pub fn evidence_at(&mut self, place: usize, number: Height) -> Evidence {
		let witness = &self.witnesses[place];
		let keys = [tally_key(&Ribp::name_hash(), BETA)].into();
		witness.evidence_of(number, &self.alpha.view_of(witness.system), keys)
	}

	/// What a witness has counted.
	pub fn tally(&mut self, place: usize) -> Tally {
		self.witnesses[place].run(|| Tallies::<Test>::get(BETA)).expect("it has counted")
	}

	/// That a witness stands for the other history, as its head shows.
	pub fn call(&mut self, place: usize) -> Call<Test> {
		let evidence = self.evidence(place);
		let (head, tip) = (self.tally(place).head.number, open_branches(&mut self.alpha)[0].tip);
		let path = self.other.path(head, tip.number);
		let said = Said { forked: BETA, backs: Some(tip.hash), path: &path };
		self.call_with(place, evidence, said)
	}

	pub fn call_with(&self, place: usize, evidence: Evidence, said: Said) -> Call<Test> {
		let (witness, Said { forked, backs, path }) = (self.witnesses[place].system, said);
		Call::report_tally { witness, evidence, forked, backs, path: path.to_vec() }
	}

	/// Alpha hears that a witness stands for the other history.
	#[track_caller]
	pub fn testify(&mut self, place: usize) {
		let call = self.call(place);
		self.accept(call);
	}

	/// Alpha hears more of both witnesses, but not what they have counted.
	pub fn hear_more(&mut self) {
		let Self { alpha, witnesses, .. } = self;
		for witness in witnesses {
			show_block(alpha, witness, witness.sealed());
		}
	}

	/// Both witnesses are heard.
	#[track_caller]
	pub fn heard(mut self) -> Self {
		self.testify(0);
		self.testify(1);
		self
	}

	/// Asserts that a call is taken by the pool, and carries it out.
	#[track_caller]
	pub fn accept(&mut self, call: Call<Test>) {
		let runtime_call = RuntimeCall::from(call.clone());
		let verdict = self.alpha.run(|| runtime_call.authorize(TransactionSource::External));
		verdict.expect("the call is one that is authorized").expect("the pool takes it");
		self.alpha.dispatch(RuntimeOrigin::signed(CAROL), call).expect("it is carried out");
	}

	#[track_caller]
	pub fn refuse(&mut self, call: Call<Test>, error: Error<Test>) {
		self.alpha.refuse(call, error);
	}

	/// Asserts that a witness is refused by this name, whatever it says.
	#[track_caller]
	pub fn refuse_witness(&mut self, place: usize, error: Error<Test>) {
		let call = self.call(place);
		self.refuse(call, error);
	}

	/// A witness's runtime lies about what it has counted: from its next block on.
	pub fn lie(&mut self, place: usize, tally: Tally) {
		self.witnesses[place].corrupt(|| Tallies::<Test>::insert(BETA, tally));
		self.witnesses[place].seal();
	}

	/// Block `number` of a history, as a head that somebody has counted at.
	pub fn mark(history: &Chain, number: Height) -> Mark {
		let (hash, root) = (history.hash_at(number), history.history(number).root());
		Mark { number, hash, root, time: 0 }
	}

	pub fn testimony(&mut self, place: usize) -> Option<Testimony> {
		let witness = self.witnesses[place].system;
		self.alpha.run(|| Testimonies::<Test>::get(BETA, witness))
	}

	/// That the head of which a witness has said that it is on one branch is on the followed one, too.
	pub fn refutation(&mut self, place: usize, path: Vec<H256>) -> Call<Test> {
		let witness = self.witnesses[place].system;
		Call::refute_tally { witness, forked: BETA, is_on: None, path }
	}

	/// Asserts that the fork is decided in this block of alpha, for this history, and not before.
	#[track_caller]
	pub fn decided_at(&mut self, height: Height, adopts: bool) {
		self.alpha.advance_to(height - 1);
		assert_eq!(status(&mut self.alpha), Status::Forked);
		self.alpha.advance_to(height);
		assert_eq!(status(&mut self.alpha), Status::Active);
		let history = if adopts { &self.other } else { &self.one };
		assert!(follows(&mut self.alpha, history));
	}

	/// Asserts that the fork waits for people.
	#[track_caller]
	pub fn undecided_at(&mut self, height: Height) {
		self.alpha.advance_to(height);
		assert_eq!(status(&mut self.alpha), Status::Forked);
		assert!(follows(&mut self.alpha, &self.one));
	}
}
