//! What comes of a chain whose validators finalize two histories.
//!
//! They make the false one from some final block on. The other chain may be shown nothing else
//! meanwhile. Then somebody exposes them, root of the other chain chooses the true history, and
//! whoever shows the false one again is refused.

use super::{
	chain::Chain,
	facts::Fact,
	fork::Case,
	keys::ROOT,
	refusals::name_of_invalid,
	report::Tally,
	run::Run,
	schedule::Deceit,
	station::Queued,
	transaction::Transaction,
	violation::{demand, Checked},
	worker::is_followed,
	Side, Tick,
};
use pallet_ribp::{BranchEnds, Call, Forks, Height, Status, System as SystemRecord};
use ribp_runtime::{validators, Hash, Runtime, RuntimeCall};
use sp_runtime::transaction_validity::TransactionSource;

/// Ticks that root, and whoever reports, give a call to take effect.
const PATIENCE: Tick = 3;

/// A history that the validators of a chain have finalized besides the true one.
pub struct FalseHistory {
	pub chain: Chain,
	/// The last block that both histories have.
	pub common: Height,
	/// What goes into its next block.
	queue: Vec<Transaction>,
	/// When somebody acts on it again.
	next_act: Tick,
	/// How often root has tried to choose.
	choices: u32,
	/// How often it was shown again.
	repetitions: u32,
}

impl FalseHistory {
	fn of(chain: &Chain, deceit: &Deceit) -> Self {
		let common = chain.finalized().saturating_sub(deceit.back).max(1);
		let mark = frame_system::Call::remark { remark: b"another history".to_vec() };
		let mut queue = vec![Transaction::Signed(ROOT, RuntimeCall::System(mark))];
		if let Some(validators) = deceit.elects.map(super::users::elected) {
			let call = validators::Call::<Runtime>::set_validators { validators };
			let call = pallet_sudo::Call::sudo { call: Box::new(call.into()) };
			queue.push(Transaction::Signed(ROOT, call.into()));
		}
		let chain = chain.branch_at(common);
		Self { chain, common, queue, next_act: 0, choices: 0, repetitions: 0 }
	}

	/// Makes and finalizes its next block.
	fn extend(&mut self, slot: u64) -> Checked {
		let results = self.chain.author(slot, self.queue.clone())?;
		let mut results = results.iter();
		self.queue.retain(|_| results.next().is_some_and(Result::is_err));
		self.chain.finalize(self.chain.sealed());
		Ok(())
	}
}

impl Run {
	/// What happens in a tick because of the false history, if there is to be one.
	pub fn deceive(&mut self, deceit: Option<&Deceit>) -> Checked {
		let Some(deceit) = deceit.filter(|deceit| deceit.parts <= self.now) else { return Ok(()) };
		let (slot, now) = (self.slot(), self.now);
		let liar = deceit.liar;
		if self.falsehood.is_none() {
			let history = FalseHistory::of(&self.station(liar).chain, deceit);
			self.falsehood = Some(history);
		}
		let Some(mut history) = self.falsehood.take() else { return Ok(()) };
		let done = (|| {
			if now < deceit.shown + deceit.lasts {
				history.extend(slot)?;
			}
			if now < deceit.shown {
				self.mislead(deceit, &history.chain);
				return Ok(());
			}
			if now < history.next_act {
				return Ok(());
			}
			history.next_act = now + PATIENCE;
			self.expose(deceit, &mut history)
		})();
		self.falsehood = Some(history);
		done
	}

	/// Whether the other chain is shown nothing but the false history at present.
	pub fn is_eclipsed(&self, deceit: Option<&Deceit>, reader: Side) -> bool {
		deceit.is_some_and(|deceit| {
			let during = deceit.parts..deceit.shown;
			deceit.eclipses && deceit.liar != reader && during.contains(&self.now)
		})
	}

	/// Whether a fork is open on either chain.
	pub fn is_forked(&mut self) -> bool {
		Side::BOTH.into_iter().any(|side| {
			let peer = self.system(side.other());
			let record = self.station(side).chain.record_of(peer);
			record.is_some_and(|record| record.status == Status::Forked)
		})
	}

	/// The nodes of the other chain follow the only history that they are shown.
	fn mislead(&mut self, deceit: &Deceit, history: &Chain) {
		let reader = deceit.liar.other();
		if deceit.eclipses {
			let station = &mut self.stations[reader as usize];
			let (chain, rng) = (&mut station.chain, &mut self.rng);
			let letter = match deceit.convinces {
				true => station.worker.work(chain, history, &station.pace, rng),
				false => station.worker.step(chain, history, rng),
			};
			if let Some(letter) = letter {
				self.transport.send(self.now, letter);
			}
		}
	}

	fn expose(&mut self, deceit: &Deceit, history: &mut FalseHistory) -> Checked {
		let (reader, liar) = (deceit.liar.other(), deceit.liar);
		let system = self.system(liar);
		let Some(record) = self.station(reader).chain.record_of(system) else { return Ok(()) };
		let facts = || self.stations[reader as usize].chain.facts();
		let was_forked = facts().any(|(_, fact)| *fact == Fact::Forked);
		let last = facts().filter(|(_, fact)| matches!(fact, Fact::BranchChosen | Fact::Renewed));
		let is_chosen = last.last().is_some_and(|(_, fact)| *fact == Fact::BranchChosen);
		match record.status {
			Status::Forked if self.now >= deceit.shown + deceit.lasts => {
				self.choose(reader, &record, history);
				Ok(())
			},
			Status::Forked => Ok(()),
			_ if !was_forked => {
				self.report(reader, history);
				Ok(())
			},
			_ if is_chosen => {
				history.repetitions += 1;
				history.next_act = self.now + PATIENCE * history.repetitions;
				self.repeat(reader, history)
			},
			_ => Ok(()),
		}
	}

	/// Somebody shows the other chain a block of the history that it does not follow.
	fn report(&mut self, reader: Side, history: &FalseHistory) {
		let system = self.system(reader.other());
		let (station, liar) = reader.pair(self.stations.each_mut());
		let Some(known) = station.chain.known(system) else { return };
		let follows_truth = is_followed(&known.system, &liar.chain);
		let (shown, other) = match follows_truth {
			true => (&history.chain, &liar.chain),
			false => (&liar.chain, &history.chain),
		};
		let case = Case { known: &known, shown, other };
		let Some(number) = case.any_block(history.common, &mut self.rng) else { return };
		let Some(report) = case.report(number, &mut self.rng) else { return };
		let name = if follows_truth { "the false history" } else { "the true history" };
		Tally::count(&mut self.tally.reports, name);
		let transaction = station.chain.query(|| Transaction::of_report(system, report));
		station.queue.push(Queued { transaction, is_forged: false });
	}

	/// Root of the other chain chooses the true history.
	fn choose(&mut self, reader: Side, record: &SystemRecord, history: &mut FalseHistory) {
		let system = self.system(reader.other());
		let (station, liar) = reader.pair(self.stations.each_mut());
		let open = station.chain.query(|| Forks::<Runtime>::get(system));
		let branches = open.map(|open| open.branches).unwrap_or_default();
		let true_tip = branches.into_iter().map(|branch| branch.tip).find(|tip| {
			tip.number <= liar.chain.sealed() && liar.chain.hash_at(tip.number) == tip.hash
		});
		let can_follow =
			|tip: &Hash| station.chain.query(|| BranchEnds::<Runtime>::contains_key(system, tip));
		let branch = match is_followed(record, &liar.chain) {
			true => Some(None),
			false => true_tip.map(|tip| tip.hash).filter(can_follow).map(Some),
		};
		history.choices += 1;
		// A verdict takes trust; a new anchor is trusted in any case.
		match branch.filter(|_| history.choices <= 2) {
			Some(branch) => {
				let name = if branch.is_some() { "adopts" } else { "stays" };
				Tally::count(&mut self.tally.verdicts, name);
				self.as_root(reader, Call::choose_branch { system, branch });
			},
			None => {
				Tally::count(&mut self.tally.verdicts, "renews");
				self.renew(reader);
			},
		}
	}

	/// Somebody shows a block of the refused history again: nobody is impressed.
	fn repeat(&mut self, reader: Side, history: &FalseHistory) -> Checked {
		let system = self.system(reader.other());
		let (station, liar) = reader.pair(self.stations.each_mut());
		let Some(known) = station.chain.known(system) else { return Ok(()) };
		let case = Case { known: &known, shown: &history.chain, other: &liar.chain };
		let Some(number) = case.any_block(history.common, &mut self.rng) else { return Ok(()) };
		let Some(report) = case.repeated(number, &mut self.rng) else { return Ok(()) };
		let extrinsic =
			station.chain.query(|| Transaction::of_report(system, report.clone()).extrinsic());
		let verdict = station.chain.validate(TransactionSource::External, extrinsic);
		let side = reader.name();
		let Err(invalid) = verdict else {
			demand!(false, "{side} believes a refused history: {report:?}, of {known:?}");
			return Ok(());
		};
		Tally::count(&mut self.tally.repetitions_refused, name_of_invalid(invalid));
		Ok(())
	}
}
