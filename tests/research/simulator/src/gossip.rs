//! Who tells whom what, and what becomes of it (sections 4.2, 4.3 and 5.2).

use crate::{
	config::{Exchange, Relay},
	fork::{Fork, Victim},
	identity::{header_hash, index, History},
	list::{Difference, Digest, Merged},
	network::{Network, Text},
	view::View,
};
use codec::Encode;
use rand::RngCore;
use ribp_protocol::{is_told, Head, Height, SystemId};
use sp_core::H256;
use std::sync::Arc;

/// Bytes of a message that only asks.
const REQUEST_BYTES: u64 = 32;

/// What has happened in a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
	/// Nothing of note.
	Block,
	/// A contract has ended.
	End,
}

/// Why a peer is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
	Block,
	End,
	Relay,
	Urgent,
}

impl Network {
	/// What a system tells after a block.
	pub(crate) fn gossip(&mut self, from: u32, occasion: Occasion) {
		if self.is_silent(from) {
			return;
		}
		let peers = self.systems[from as usize].peers.clone();
		if let Some(hidden) = self.systems[from as usize].hidden.clone() {
			return self.deceive(from, &peers, hidden);
		}
		match occasion {
			Occasion::End => self.tell(from, &peers, Cause::End),
			Occasion::Block => {
				let told = self.draw(&peers);
				self.tell(from, &told, Cause::Block);
			},
		}
	}

	/// The peers whose turn it is by chance.
	fn draw(&mut self, peers: &[u32]) -> Vec<u32> {
		let (rate, random) = (self.config.rate, &mut self.random);
		peers.iter().copied().filter(|_| is_told(rate, random.next_u64())).collect()
	}

	fn tell(&mut self, from: u32, peers: &[u32], cause: Cause) {
		if peers.is_empty() {
			return;
		}
		let count = peers.len() as u64;
		let sent = &mut self.tally.sent[from as usize];
		sent.told += count;
		match cause {
			Cause::Block => {},
			Cause::End => sent.after_end += count,
			Cause::Relay => sent.relayed += count,
			Cause::Urgent => sent.urgent += count,
		}
		match self.config.exchange {
			Exchange::Lists => {
				let list = self.list(from);
				peers.iter().for_each(|to| self.send_views(from, *to, list.clone()));
			},
			Exchange::Digests | Exchange::BothWays => {
				peers.iter().for_each(|to| self.send(from, *to, Text::AskDigest, REQUEST_BYTES));
			},
		}
	}

	/// All views of a system, its own too.
	fn list(&self, of: u32) -> Arc<Vec<View>> {
		let system = &self.systems[of as usize];
		let views = system.followed.iter().filter_map(|followed| system.views.view(*followed));
		Arc::new(views.cloned().collect())
	}

	fn send_views(&mut self, from: u32, to: u32, views: Arc<Vec<View>>) {
		let bytes = views.iter().map(|view| self.proven_size(view)).sum();
		self.tally.sent[from as usize].views += views.len() as u64;
		self.send(from, to, Text::Views(views), bytes);
	}

	fn send(&mut self, from: u32, to: u32, text: Text, bytes: u64) {
		let sent = &mut self.tally.sent[from as usize];
		sent.messages += 1;
		sent.bytes += bytes;
		self.post(from, to, text);
	}

	/// Answers a request for the digest.
	pub(crate) fn send_digest(&mut self, from: u32, to: u32) {
		let system = &self.systems[from as usize];
		if self.is_silent(from) || system.hidden.is_some() {
			return;
		}
		let digest = system.views.digest();
		let bytes = digest.encoded_size() as u64;
		self.send(from, to, Text::Digest(digest), bytes);
	}

	/// Sends what a digest shows to be needed, and asks for what it shows to be newer.
	pub(crate) fn send_differences(&mut self, from: u32, to: u32, digest: &Digest) {
		let differences = self.systems[from as usize].views.differences(digest);
		let (behind, ahead): (Vec<_>, Vec<_>) = differences
			.into_iter()
			.partition(|(_, difference)| matches!(difference, Difference::Behind));
		let ahead: Vec<_> = ahead.into_iter().map(|(system, _)| system).collect();
		self.send_wanted(from, to, &ahead);
		let wanted: Vec<_> = behind.into_iter().map(|(system, _)| system).collect();
		if self.config.exchange == Exchange::BothWays && !wanted.is_empty() {
			let bytes = wanted.encoded_size() as u64;
			self.send(from, to, Text::AskViews(wanted), bytes);
		}
	}

	/// Sends these views.
	pub(crate) fn send_wanted(&mut self, from: u32, to: u32, wanted: &[SystemId]) {
		let list = &self.systems[from as usize].views;
		let views: Vec<_> = wanted.iter().filter_map(|id| list.view(*id).cloned()).collect();
		if !views.is_empty() {
			self.send_views(from, to, Arc::new(views));
		}
	}

	/// Takes in views, and passes on what is new as the network's rules say.
	pub(crate) fn receive(&mut self, from: u32, to: u32, views: &[View]) {
		let (mut has_changed, mut is_behind) = (false, false);
		for view in views {
			let system = &mut self.systems[to as usize];
			let merged = system.views.merge(view.clone(), &[]);
			self.tally.merges.count(&merged);
			match merged {
				Merged::Extended => has_changed = true,
				Merged::Older => is_behind |= self.is_far_behind(to, view),
				Merged::Gap { .. } => self.ask_missed(to, view),
				Merged::Fork { .. } => self.learn_of_fork(to),
				Merged::Same | Merged::UnknownSystem | Merged::Refused(_) => {},
			}
		}
		if self.is_silent(to) || self.systems[to as usize].hidden.is_some() {
			return;
		}
		if is_behind && self.config.exchange == Exchange::Lists {
			self.tell(to, &[from], Cause::Urgent);
		}
		if has_changed && self.config.relay == Relay::AtOnce {
			let others = self.systems[to as usize].peers.iter().copied();
			let others: Vec<_> = others.filter(|peer| *peer != from).collect();
			let told = self.draw(&others);
			self.tell(to, &told, Cause::Relay);
		}
	}

	/// Whether the sender of an older view has to be told at once.
	fn is_far_behind(&self, to: u32, view: &View) -> bool {
		let system = &self.systems[to as usize];
		if system.believed(view.system) <= view.number.saturating_add(self.config.window) {
			return false;
		}
		let head = view.head().map(|hash| Head { number: view.number, hash });
		let digest = Digest::from([(view.system, head)]);
		system.views.differences(&digest).values().any(Difference::is_urgent)
	}

	/// Asks a system for the hashes between what is believed of it and a view that was heard of.
	fn ask_missed(&mut self, from: u32, view: &View) {
		let patience = u64::from(2 * self.config.latency.most_ms + 1);
		let clock = self.clock;
		let system = &mut self.systems[from as usize];
		let asked = system.catching_up.get(&view.system);
		if asked.is_some_and(|until| clock < *until) {
			return;
		}
		system.catching_up.insert(view.system, clock + patience);
		let after = system.believed(view.system);
		self.tally.sent[from as usize].catch_ups += 1;
		self.post(from, index(view.system), Text::AskMissed(after, view.clone()));
	}

	/// Answers: of its own history, a system can tell every hash.
	pub(crate) fn send_missed(&mut self, to: u32, from: u32, after: Height, view: View) {
		let fork = self.config.fork.filter(|fork| fork.system == from && fork.victim == to);
		let hash = |number| {
			let is_hidden = fork.is_some_and(|fork| number >= fork.at);
			let history = if is_hidden { History::Hidden } else { History::Told };
			header_hash(from, history, number)
		};
		let hashes = (after + 1..view.first()).map(hash).collect();
		self.post(from, to, Text::Missed(hashes, view));
	}

	/// Takes in the view that missed hashes lead to.
	pub(crate) fn catch_up(&mut self, to: u32, view: View, missed: &[H256]) {
		let system = &mut self.systems[to as usize];
		system.catching_up.remove(&view.system);
		// Meanwhile a newer one may have come: then fewer are missed, or none.
		let needed = view.first().saturating_sub(system.believed(view.system) + 1) as usize;
		let missed = &missed[missed.len().saturating_sub(needed)..];
		let merged = system.views.merge(view, missed);
		self.tally.merges.count(&merged);
	}

	/// Shows each peer the branch that is meant for it.
	fn deceive(&mut self, from: u32, peers: &[u32], hidden: View) {
		let told = Arc::new(vec![self.systems[from as usize].view.clone()]);
		let hidden = Arc::new(vec![hidden]);
		let victim = self.config.fork.map(|Fork { victim, .. }| victim);
		for peer in peers {
			let views = if Some(*peer) == victim { &hidden } else { &told };
			self.send_views(from, *peer, views.clone());
		}
	}

	fn is_silent(&self, index: u32) -> bool {
		let is_held = |fork: Fork| fork.victim == index && fork.victim_does == Victim::KeepsSilent;
		self.config.fork.is_some_and(is_held)
	}

	/// Who learns of a fork tells all of its peers, whatever the rates (DESIGN, section 5).
	pub(crate) fn learn_of_fork(&mut self, who: u32) {
		let Some(fork) = self.config.fork else { return };
		let system = &mut self.systems[who as usize];
		if who == fork.system || std::mem::replace(&mut system.knows_fork, true) {
			return;
		}
		let clock = self.clock;
		let exposure = &mut self.exposure;
		exposure.known_by += 1;
		exposure.first_ms.get_or_insert(clock);
		if who == fork.victim {
			exposure.victim_ms = Some(clock);
		}
		if exposure.known_by + 1 == self.config.systems {
			exposure.all_ms = Some(clock);
		}
		if !self.is_silent(who) {
			let peers = self.systems[who as usize].peers.clone();
			peers.into_iter().for_each(|to| self.post(who, to, Text::Fork));
		}
	}
}
