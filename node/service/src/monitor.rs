//! Looks at the own chain after each block, at little cost, and keeps what it has seen for metrics and RPC.

use futures::{Stream, StreamExt};
use pallet_ribp::{Overview, PendingPage, Place, SystemId};
use ribp_peer::Role;
use sc_client_api::BlockImportNotification;
use serde::Serialize;
use serde_json::Value;
use sp_core::H256;
use sp_runtime::traits::Block as BlockT;
use std::{
	collections::{BTreeMap, HashMap},
	mem::take,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::time::sleep;

use crate::{
	chain::Chain,
	records::{self, Records},
	status::{stage_name, waits_name, Counted, Pending, Status},
	LOG_TARGET,
};

/// Legs that are looked at after a block, of each chain: what is counted is older the more there are.
const PAGE: u32 = 250;
/// How long is waited after a look, however fast blocks come.
const PAUSE: Duration = Duration::from_secs(1);
/// Blocks that are taken for one, where they come faster.
const AT_ONCE: usize = 1_000;
/// Most contracts in one answer.
pub const MAX_PENDING: u32 = 10_000;

/// What a node sees of exchanges with other chains.
pub struct Monitor {
	chain: Arc<dyn Chain>,
	role: Role,
	seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
	view: Option<Arc<View>>,
	walks: BTreeMap<SystemId, Walk>,
}

/// What was seen at one time.
pub struct View {
	/// Of the chain.
	pub status: Status,
	/// What the worker reports of each peer, in the same order.
	pub records: Vec<Records>,
}

impl Monitor {
	/// Of a node with this role.
	pub fn new(chain: Arc<dyn Chain>, role: Role) -> Self {
		Self { chain, role, seen: Mutex::default() }
	}

	/// What was seen last, if anything.
	pub fn last(&self) -> Option<Arc<View>> {
		self.seen().view.clone()
	}

	/// How it stands now.
	pub fn status(&self) -> Result<Status, String> {
		let overview = self.chain.overview()?;
		let counted = self.seen().counted();
		let mut status = self.view(overview, &counted).status;
		status.worker = json(&records::worker(&*self.chain));
		for peer in &mut status.peers {
			peer.worker = json(&Records::of(&*self.chain, peer.system));
		}
		Ok(status)
	}

	fn view(&self, overview: Overview, counted: &BTreeMap<H256, Counted>) -> View {
		let status = Status::of(overview, self.role, counted);
		let records = status.peers.iter().map(|peer| Records::of(&*self.chain, peer.system));
		View { records: records.collect(), status }
	}

	/// Contracts that have not ended and why they do not move, no more than `most`; of one chain, or of all.
	pub fn pending(&self, of: Option<H256>, most: u32) -> Result<Vec<Pending>, String> {
		let most = most.min(MAX_PENDING) as usize;
		let systems = self.chain.overview()?.peers.into_iter().map(|peer| peer.system);
		let mut found = Vec::new();
		for system in systems.filter(|system| of.is_none_or(|of| of == system.0)) {
			let records = Records::of(&*self.chain, system.0);
			let mut after = None;
			while found.len() < most {
				let PendingPage { contracts, next } = self.chain.pending(system, after, PAGE)?;
				let some = contracts.into_iter().map(|one| Pending::of(system.0, one, &records));
				found.extend(some.take(most - found.len()));
				after = next;
				if after.is_none() {
					break;
				}
			}
		}
		Ok(found)
	}

	/// Looks at the chain once.
	pub fn look(&self) -> Result<(), String> {
		let overview = self.chain.overview()?;
		let systems: Vec<_> = overview.peers.iter().map(|peer| peer.system).collect();
		// Not while others wait for what was seen.
		let mut walks = take(&mut self.seen().walks);
		walks.retain(|system, _| systems.contains(system));
		for system in systems {
			let walk = walks.entry(system).or_default();
			walk.take(self.chain.pending(system, walk.at, PAGE)?, overview.now);
		}
		let mut seen = self.seen();
		seen.walks = walks;
		seen.view = Some(Arc::new(self.view(overview, &seen.counted())));
		Ok(())
	}

	/// Looks after each block that becomes the best one.
	pub async fn follow<Block: BlockT>(
		self: Arc<Self>,
		blocks: impl Stream<Item = BlockImportNotification<Block>> + Unpin,
	) {
		let mut blocks = blocks.ready_chunks(AT_ONCE);
		loop {
			if let Err(error) = self.look() {
				log::debug!(target: LOG_TARGET, "exchanges cannot be looked at: {error}");
			}
			sleep(PAUSE).await;
			loop {
				match blocks.next().await {
					Some(new) if new.iter().any(|block| block.is_new_best) => break,
					Some(_) => {},
					None => return,
				}
			}
		}
	}

	fn seen(&self) -> MutexGuard<'_, Seen> {
		self.seen.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

fn json(record: &impl Serialize) -> Value {
	serde_json::to_value(record).unwrap_or_default()
}

impl Seen {
	fn counted(&self) -> BTreeMap<H256, Counted> {
		let counted = |(system, walk): (&SystemId, &Walk)| Some((system.0, walk.counted.clone()?));
		self.walks.iter().filter_map(counted).collect()
	}
}

/// Where a contract was seen, and at which own height first.
type Sighting = (&'static str, u32);

/// A walk through the legs with a chain, a page after each block.
#[derive(Default)]
struct Walk {
	/// Where it goes on.
	at: Option<Place>,
	counting: Counted,
	sightings: HashMap<H256, Sighting>,
	/// Those of the last walk.
	before: HashMap<H256, Sighting>,
	/// What the last walk has counted.
	counted: Option<Counted>,
}

impl Walk {
	/// Goes on by a page, at this own height.
	fn take(&mut self, page: PendingPage, now: u32) {
		for contract in page.contracts {
			let stage = stage_name(contract.stage);
			let before = self.before.get(&contract.id.hash).filter(|(at, _)| *at == stage);
			let since = before.map_or(now, |(_, since)| *since);
			self.sightings.insert(contract.id.hash, (stage, since));
			let Counted { stages, waits, oldest } = &mut self.counting;
			*stages.entry(stage.into()).or_default() += 1;
			*waits.entry(waits_name(contract.waits).into()).or_default() += 1;
			*oldest = (*oldest).max(now.saturating_sub(since));
		}
		self.at = page.next;
		if self.at.is_none() {
			self.before = take(&mut self.sightings);
			self.counted = Some(take(&mut self.counting));
		}
	}
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;
	use pallet_ribp::{
		ContractId, Epoch, PeerOverview, PendingContract, Stage, Status as Business, Waits,
	};

	pub(crate) const BETA: SystemId = SystemId(H256::repeat_byte(0xb));
	const GAMMA: SystemId = SystemId(H256::repeat_byte(0xc));

	/// A chain with the same contracts with beta and with gamma.
	pub(crate) struct Fake {
		contracts: Mutex<Vec<PendingContract>>,
		now: Mutex<u32>,
		kept: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
	}

	pub(crate) fn contract(number: u64, stage: Stage) -> PendingContract {
		let id = ContractId { epochs: [Epoch(1); 2], hash: H256::from_low_u64_be(number) };
		let waits = Waits::PeerRegistration;
		PendingContract { id, stage, waits, expiry: 9, peer_expiry: 9, relied: None }
	}

	fn peer(system: SystemId) -> PeerOverview {
		PeerOverview {
			system,
			status: Business::Active,
			is_closing: false,
			known: 1,
			head: H256::zero(),
			time: 0,
			advanced_at: 1,
			set_id: 1,
			trusted_until: 0,
			quiet_until: 0,
			fork: None,
			entries: 0,
			open: 0,
			nearest_expiry: None,
			kept: 0,
		}
	}

	impl Fake {
		pub(crate) fn with(contracts: Vec<PendingContract>) -> (Arc<Self>, Monitor) {
			let fake = Arc::new(Self {
				contracts: Mutex::new(contracts),
				now: Mutex::new(10),
				kept: Mutex::default(),
			});
			(fake.clone(), Monitor::new(fake, Role::Author))
		}
	}

	impl Fake {
		/// Keeps what the worker would keep.
		pub(crate) fn keep(&self, key: Vec<u8>, value: Vec<u8>) {
			self.kept.lock().unwrap().insert(key, value);
		}
	}

	impl Chain for Fake {
		fn overview(&self) -> Result<Overview, String> {
			let (system, now) = (SystemId(H256::zero()), *self.now.lock().unwrap());
			Ok(Overview { system, now, time: 0, owed: 0, peers: vec![peer(BETA), peer(GAMMA)] })
		}

		fn pending(
			&self,
			_: SystemId,
			after: Option<Place>,
			most: u32,
		) -> Result<PendingPage, String> {
			let all = self.contracts.lock().unwrap();
			let start = after.map_or(0, |(_, last)| last.to_low_u64_be() as usize + 1);
			let page: Vec<_> = all.iter().skip(start).take(most as usize).cloned().collect();
			let end = (start + page.len()).saturating_sub(1);
			let next = (page.len() == most as usize)
				.then(|| (Epoch(1), H256::from_low_u64_be(end as u64)));
			Ok(PendingPage { contracts: page, next })
		}

		fn kept(&self, key: &[u8]) -> Option<Vec<u8>> {
			self.kept.lock().unwrap().get(key).cloned()
		}
	}

	#[test]
	fn contracts_are_counted_a_page_at_a_time() {
		let count = 2 * u64::from(PAGE) + 3;
		let (_, monitor) =
			Fake::with((0..count).map(|number| contract(number, Stage::Registered)).collect());
		let counted = || monitor.last().and_then(|view| view.status.peers[0].counted.clone());
		for _ in 0..2 {
			monitor.look().unwrap();
			assert_eq!(counted(), None, "there are more");
		}
		monitor.look().unwrap();
		let counted = counted().unwrap();
		assert_eq!(counted.stages, BTreeMap::from([("registered".into(), count as u32)]));
		assert_eq!(counted.waits, BTreeMap::from([("peerRegistration".into(), count as u32)]));
	}

	#[test]
	fn the_oldest_is_the_one_that_was_seen_longest_where_it_is() {
		let (fake, monitor) =
			Fake::with(vec![contract(0, Stage::Registered), contract(1, Stage::Registered)]);
		let oldest = || monitor.last().unwrap().status.peers[0].counted.clone().unwrap().oldest;
		monitor.look().unwrap();
		assert_eq!(oldest(), 0);
		*fake.now.lock().unwrap() = 15;
		fake.contracts.lock().unwrap()[0] = contract(0, Stage::Committed { at: 14 });
		monitor.look().unwrap();
		assert_eq!(oldest(), 5);
		*fake.now.lock().unwrap() = 17;
		fake.contracts.lock().unwrap().truncate(1);
		monitor.look().unwrap();
		assert_eq!(oldest(), 2, "the other one has moved");
	}

	#[test]
	fn what_waits_is_told_of_one_chain_or_of_all_up_to_a_number() {
		let count = u64::from(PAGE) + 3;
		let (_, monitor) =
			Fake::with((0..count).map(|number| contract(number, Stage::Registered)).collect());
		let found = |of, most| monitor.pending(of, most).unwrap().len() as u64;
		assert_eq!(found(None, MAX_PENDING), 2 * count);
		assert_eq!(found(Some(BETA.0), MAX_PENDING), count);
		assert_eq!(found(None, PAGE + 4), count + 1);
		assert_eq!(found(Some(H256::zero()), MAX_PENDING), 0);
	}
}
