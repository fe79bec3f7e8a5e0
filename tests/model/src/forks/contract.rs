//! The one contract of the model: what evidence of the peer's blocks makes of it, what is said of it,
//! and when it is swept.

use super::{
	super::{
		lane::{Epochs, Heard, RETENTION},
		variants::Variant as Books,
	},
	exploration::{Exploration, Plan},
	reader::{Fault, Reader},
	root::EXPOSURE,
	tree::{At, Block, Facts},
	variants::Variant,
};
use ribp_kit::exchange::Exchange;
use ribp_protocol::{
	by_evidence, by_time, BlockTimes, Commit, Epoch, Exposed, Fact, Height, Log, Notice, Outcome,
	Own, Peer, Seen, Shown, Stage, Standing, SystemId, TermLimits, Terms, EPOCH_BLOCKS,
};
use sp_core::H256;

const OWN: SystemId = SystemId(H256::repeat_byte(0xa1));
const PEER: SystemId = SystemId(H256::repeat_byte(0xb2));

/// Nobody cancels.
const NOTICE: Notice = Notice(0);

/// The last height at which the leg may commit: its epoch is over in the next block.
const EXPIRY: Height = EPOCH_BLOCKS - 1;

/// The contract as the reader holds it: only the newest block shows that the peer's leg is registered.
pub fn terms(Plan { expiries, settlement, .. }: &Plan) -> Terms {
	let log = |system| Log { system, action: 1_u64 };
	Exchange::new([log(OWN), log(PEER)], [EXPIRY, expiries[1]], H256::zero())
		.settling(*settlement, *settlement)
		.with_legs(|own, peer| (own.notice, peer.notice) = (0, 0))
		.delivery
		.terms()
}

impl Exploration {
	/// The height of an own block.
	pub fn height(&self, now: u8) -> Own {
		Own(EXPIRY + Height::from(now) - self.plan.expiries[0])
	}

	fn epochs(&self) -> (Epoch, Epoch) {
		(Epoch::of(self.terms.own.expiry), Epoch::of(self.terms.peer.expiry))
	}

	/// Whether a leg can be registered, were its epoch not closed.
	pub fn is_free(&self, reader: &Reader) -> bool {
		let known = Peer(self.tree.block(self.tree.head(reader.view)).number);
		let limits = TermLimits {
			min: 1,
			peer_min: 1,
			max: Height::MAX,
			skew: Height::MAX,
			times: BlockTimes::ALIKE,
			notice: 0,
		};
		let is_in_time = || self.terms.check(self.height(reader.now), known, limits).is_ok();
		reader.is_active() && reader.standing.is_none() && is_in_time()
	}

	pub fn is_closed(&self, reader: &Reader) -> bool {
		reader.lane.said().through.contains(self.epochs().1)
	}

	/// The reader with a leg; none if that is refused.
	pub fn registered(&self, reader: &Reader) -> Option<Reader> {
		let is_closed = self.plan.variant != Variant::RegisterReopened && self.is_closed(reader);
		(self.is_free(reader) && !is_closed).then(|| {
			let standing = Some(Standing::new(Commit::OnMatch, self.height(reader.now)));
			Reader { standing, is_known: true, ..reader.clone() }
		})
	}

	/// The reader that believes what evidence is of: a block that is known, or newer.
	fn believing(&self, reader: &Reader, at: At) -> Option<Reader> {
		if !reader.is_active() || self.is_other(reader, at) {
			return None;
		}
		match self.is_known(reader, at) {
			true => Some(reader.clone()),
			false => self.learnt(reader, at),
		}
	}

	/// The reader after evidence of a block about the contract; none if that moves nothing.
	pub fn moved(&self, reader: &Reader, at: At) -> Option<Reader> {
		let standing = reader.standing?;
		let mut reader = self.believing(reader, at)?;
		let block = self.tree.block(at);
		let head = self.tree.block(self.tree.head(reader.view)).number;
		let shown = Shown { at: Peer(block.number), head: Peer(head), leg: self.shown(block) };
		let now = self.height(reader.now);
		let next = by_evidence(&self.terms, standing, now, NOTICE, &shown).ok()?;
		self.blame(&mut reader, at, next);
		self.hear(&mut reader, at);
		(reader.relied, reader.since) = (Some(block.number), reader.now);
		self.put(&mut reader, next);
		Some(reader)
	}

	/// The reader after evidence of what a block says of all contracts; none if that is not new.
	pub fn told(&self, reader: &Reader, at: At) -> Option<Reader> {
		let mut reader = self.believing(reader, at)?;
		self.hear(&mut reader, at).then_some(reader)
	}

	/// The pallet's `hear`; whether the block says something new.
	fn hear(&self, reader: &mut Reader, at: At) -> bool {
		let Block { number, facts, .. } = *self.tree.block(at);
		let (own, _) = self.epochs();
		let through = Epochs::before(if facts.is_through { own.next() } else { own });
		let Own(now) = self.height(reader.now);
		let has_legs = self.plan.sweeps && reader.standing.is_some();
		let is_news = has_legs && reader.lane.is_news(through, now);
		if is_news {
			let is_at_once = self.plan.variant == Variant::SweepAtOnce;
			let since = if is_at_once { 0 } else { now };
			reader.lane.hear(Heard { through, at: number, since });
			reader.ghost.told.entry(at).or_insert(reader.now);
		}
		is_news
	}

	/// What the keys that are read have: nothing of what has been moved to others.
	fn shown(&self, block: &Block) -> Seen {
		let h2 = self.terms.peer.expiry;
		match block.facts {
			_ if block.complete_from > 0 => Seen::Nothing {
				is_complete: self.plan.variant == Variant::CompletenessIgnored
					|| block.complete_from <= h2,
			},
			Facts { log: true, has_ended: false, .. } => {
				Seen::Leg(Stage::Committed { at: block.number.min(h2) })
			},
			Facts { log: true, .. } => Seen::Leg(Stage::Ended(Outcome::Settled)),
			Facts { is_there: false, .. } => Seen::Nothing { is_complete: true },
			Facts { has_ended: false, .. } => Seen::Leg(Stage::Registered),
			Facts { .. } => Seen::Leg(Stage::Ended(Outcome::Expired)),
		}
	}

	/// Whether a block is in the window, or below a mark that states it.
	pub fn is_known(&self, reader: &Reader, at: At) -> bool {
		let (number, id) = (self.tree.block(at).number, Some(self.tree.id(at)));
		let mut marks = reader.marks(&self.tree).into_iter();
		self.tree.recent(reader.view, number) == id
			|| marks.any(|mark| self.tree.stated(mark, number) == id)
	}

	fn blame(&self, reader: &mut Reader, at: At, next: Standing) {
		let Facts { log, .. } = self.tree.block(at).facts;
		let is_wrong = match (next.stage, next.fact) {
			(Stage::Ended(Outcome::Settled), _) | (_, Some(Fact::Committed)) => !log,
			(Stage::Ended(Outcome::Reversed), _) | (_, Some(Fact::NotCommitted)) => log,
			_ => false,
		};
		let faults = [
			(is_wrong, Fault::MovedWrongly),
			(reader.ghost.is_unheard, Fault::MovedUnheard),
			(reader.ghost.is_stopped, Fault::MovedWhilePaused),
		];
		faults.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, fault)| reader.blame(fault));
	}

	/// The leg comes to this. The pallet's `end`: it goes at once if its epoch has gone without it.
	fn put(&self, reader: &mut Reader, next: Standing) {
		reader.standing = Some(next);
		if !next.stage.has_ended() {
			return;
		}
		let (own, _) = self.epochs();
		let has_swept = reader.lane.has_swept(own);
		let goes = match self.plan.variant {
			Variant::LateGoes => has_swept,
			_ => reader.lane.goes(own, self.height(reader.now).0),
		};
		if goes {
			self.sweep(reader);
		}
	}

	/// What time alone makes of the contract: the verdict is that of the branch that is followed by now.
	pub fn conclude(&self, reader: &mut Reader) {
		let Some(standing) = reader.standing else { return };
		let exposure = match self.plan.variant {
			Variant::NoExposure => 0,
			_ => EXPOSURE,
		};
		let until = reader.is_active().then(|| self.height(reader.since + exposure));
		let exposed = Exposed { until };
		let now = self.height(reader.now);
		let Some(outcome) = by_time(&self.terms, standing, now, NOTICE, exposed) else {
			return;
		};
		let next = Stage::Ended(outcome).into();
		if standing.fact.is_some() {
			let head = self.tree.head(reader.view);
			self.blame(reader, head, next);
		}
		self.put(reader, next);
	}

	/// When a block opens, says what is true of the contract, and sweeps: the pallet's `tend`.
	pub fn tend(&self, reader: &mut Reader) {
		let is_heedless = self.plan.variant == Variant::SweepForked;
		if !self.plan.sweeps || !(reader.is_active() || is_heedless) {
			return;
		}
		let (own, peer) = self.epochs();
		let is_open = reader.standing.is_some() && !reader.has_ended();
		let known = self.tree.block(self.tree.head(reader.view)).number;
		let Own(now) = self.height(reader.now);
		reader.lane.grow(Books::Sound, known, is_open.then_some(peer).into_iter());
		reader.lane.sweep(Books::Sound, now, usize::from(reader.standing.is_some()));
		reader.lane.forget_times(now);
		let is_old = |since: u8| now >= self.height(since).0.saturating_add(RETENTION);
		reader.ghost.told.values_mut().filter(|since| is_old(**since)).for_each(|since| *since = 0);
		if reader.has_ended() && reader.lane.has_swept(own) {
			self.sweep(reader);
		}
	}

	fn sweep(&self, reader: &mut Reader) {
		reader.standing = None;
		reader.lane.give_up(self.epochs().0);
		let head = self.tree.head(reader.view);
		// The followed branch has said that it needs nothing more, and everybody had time to show another.
		let is_old =
			|since: u8| self.height(reader.now).0 >= self.height(since).0.saturating_add(RETENTION);
		let is_due = reader.ghost.told.iter().any(|(at, since)| {
			let is_said = self.tree.block(*at).facts.is_through && self.tree.is_on(*at, head);
			is_said && is_old(*since)
		});
		let is_still = reader.open.is_some() || reader.now < reader.ghost.quiet_until;
		if !is_due || is_still {
			reader.blame(Fault::SweptTooSoon);
		}
		reader.ghost.told.clear();
	}

	/// Whether what is said of the contract is true.
	pub fn says_truly(&self, reader: &Reader) -> bool {
		let (own, peer) = self.epochs();
		let said = reader.lane.said();
		match reader.standing {
			Some(standing) => standing.stage.has_ended() || !said.through.contains(peer),
			None => !reader.is_known || said.swept.contains(own),
		}
	}
}
