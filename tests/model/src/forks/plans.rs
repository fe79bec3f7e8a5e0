//! What is explored of a peer that may fork.

use super::{
	exploration::Plan,
	tree::{set, At, Block, Facts, Root, Set, STRIDE},
	variants::Variant,
	witnesses::Witness,
};
use ribp_protocol::{ForkChoice, Settlement};

/// The block that root has trusted.
const ANCHOR: At = At(0);

/// The blocks of a plan, in the making.
struct Blocks(Vec<Block>);

impl Blocks {
	fn new() -> Self {
		let root = Block {
			name: "root",
			parent: ANCHOR,
			number: STRIDE,
			time: 1,
			from: 1,
			signer: set(0),
			next: None,
			root: Root::Truth,
			is_told: true,
			complete_from: 0,
			facts: Facts::default(),
			is_bought: false,
		};
		Self(vec![root])
	}

	/// A block as an honest peer has it on this level: made in time, with its past public; the contract
	/// is registered on level 2, committed on level 3, and has ended on level 4.
	fn add(&mut self, name: &'static str, parent: At, level: u8) -> At {
		self.0.push(Block {
			name,
			parent,
			number: STRIDE * u32::from(level),
			time: level,
			from: level,
			signer: self.heir(parent),
			facts: Facts {
				is_there: level >= 2,
				log: level >= 3,
				has_ended: level >= 4,
				is_through: level >= 4,
			},
			..self.0[0]
		});
		At(self.0.len() as u8 - 1)
	}

	/// The same on a branch on which the contract's log is not committed.
	fn add_other(&mut self, name: &'static str, parent: At, level: u8) -> At {
		let at = self.add(name, parent, level);
		self.edit(at).facts.log = false;
		at
	}

	fn heir(&self, parent: At) -> Set {
		let Block { signer, next, .. } = self.0[usize::from(parent.0)];
		next.unwrap_or(signer)
	}

	fn edit(&mut self, At(place): At) -> &mut Block {
		&mut self.0[usize::from(place)]
	}

	fn plan(self, name: &'static str, last: u8, good: Vec<At>) -> Plan {
		Plan {
			name,
			blocks: self.0,
			last,
			trust: 4,
			most_changes: 2,
			most_branches: 2,
			expiries: [3, 3 * STRIDE],
			settlement: Settlement::Early,
			is_registered: true,
			sweeps: false,
			root_chooses: true,
			root_pauses: false,
			root_renews: false,
			is_honest: false,
			good,
			choice: ForkChoice::ByGovernance,
			witnesses: Vec::new(),
			alike: 1,
			variant: Variant::Sound,
		}
	}
}

/// Two branches and a third that leaves one of them, all public.
fn branches() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a3 = blocks.add("a3", a2, 3);
	let a4 = blocks.add("a4", a3, 4);
	let b2 = blocks.add_other("b2", ANCHOR, 2);
	let b4 = blocks.add_other("b4", b2, 4);
	blocks.add_other("c3", a2, 3);
	blocks.plan("branches", 5, vec![a4, b4])
}

/// Two branches, and root in every mood.
fn moods() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add("a4", a2, 4);
	let b4 = blocks.add_other("b4", ANCHOR, 4);
	let plan = blocks.plan("moods", 5, vec![a4, b4]);
	Plan { root_pauses: true, root_renews: true, ..plan }
}

/// The followed branch is withheld and goes on over heights that it invents.
fn invented() -> Plan {
	let mut blocks = Blocks::new();
	let b2 = blocks.add("b2", ANCHOR, 2);
	let b3 = blocks.add("b3", b2, 3);
	let b4 = blocks.add("b4", b3, 4);
	let mut parent = ANCHOR;
	for (name, level, time) in [("w2", 2, 2), ("w5", 5, 3), ("w6", 6, 4)] {
		parent = blocks.add_other(name, parent, level);
		let block = blocks.edit(parent);
		(block.time, block.from, block.is_told) = (time, time, false);
	}
	blocks.plan("invented", 5, vec![b4])
}

/// A high decoy, of which the past is withheld, leaves the followed branch above the real fork.
fn decoy() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a3 = blocks.add("a3", a2, 3);
	let a4 = blocks.add("a4", a3, 4);
	blocks.add_other("b3", ANCHOR, 3);
	let d7 = blocks.add_other("d7", a3, 7);
	let block = blocks.edit(d7);
	(block.time, block.from, block.is_told) = (4, 4, false);
	blocks.plan("decoy", 5, vec![a4])
}

/// The peer's authorities hand over twice, and each of them signs another branch, too.
fn eras() -> Plan {
	let mut blocks = Blocks::new();
	let e2 = blocks.add("e2", ANCHOR, 2);
	blocks.edit(e2).next = Some(set(1));
	let e3 = blocks.add("e3", e2, 3);
	blocks.edit(e3).next = Some(set(2));
	let e4 = blocks.add("e4", e3, 4);
	blocks.add_other("b3", ANCHOR, 3);
	let c3 = blocks.add_other("c3", e2, 3);
	blocks.edit(c3).next = Some(Set { id: 2, keys: 'c' });
	blocks.add_other("c4", c3, 4);
	blocks.plan("eras", 5, vec![e4])
}

/// A peer of one branch hands over; the keys of those who have are bought when they are worth nothing.
fn honest() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let e3 = blocks.add("e3", a2, 3);
	blocks.edit(e3).next = Some(set(1));
	let a4 = blocks.add("a4", e3, 4);
	let a5 = blocks.add("a5", a4, 5);
	let trust = 3;
	for (name, level, time) in [("f4", 4, 7), ("g5", 5, 3)] {
		let at = blocks.add_other(name, a2, level);
		let block = blocks.edit(at);
		(block.time, block.from, block.is_bought) = (time, 3 + trust + 1, true);
	}
	let plan = blocks.plan("honest", 7, vec![a5]);
	Plan { trust, is_honest: true, root_renews: true, ..plan }
}

/// A header of one branch states the history of the other, so that it seems to follow both.
fn welded() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add("a4", a2, 4);
	let b2 = blocks.add_other("b2", ANCHOR, 2);
	let b3 = blocks.add_other("b3", b2, 3);
	blocks.edit(b3).root = Root::Weld(a2);
	blocks.plan("welded", 5, vec![a4])
}

/// The peer's state moves to other keys, on one branch only; and the contract comes late on another.
fn moved() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a3 = blocks.add("a3", a2, 3);
	let a4 = blocks.add("a4", a3, 4);
	let a5 = blocks.add("a5", a4, 5);
	for at in [a4, a5] {
		blocks.edit(at).complete_from = 3 * STRIDE + 5;
	}
	let b2 = blocks.add_other("b2", ANCHOR, 2);
	blocks.edit(b2).facts = Facts::default();
	let b3 = blocks.add_other("b3", b2, 3);
	let b5 = blocks.add_other("b5", b3, 5);
	let plan = blocks.plan("moved", 6, vec![a5, b5]);
	Plan { expiries: [4, 3 * STRIDE], trust: 5, ..plan }
}

/// Another branch than the one that shows the contract's fact has moved its state to other keys.
fn moved_elsewhere() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add_other("a4", a2, 4);
	blocks.edit(a4).facts.has_ended = false;
	let b4 = blocks.add("b4", a2, 4);
	blocks.edit(b4).complete_from = 3 * STRIDE + 5;
	let plan = blocks.plan("elsewhere", 6, vec![]);
	let settlement = Settlement::AtExpiry;
	Plan { expiries: [4, 3 * STRIDE], settlement, trust: 5, ..plan }
}

/// Both branches commit, and one of them needs for longer what is here.
fn needed() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add("a4", a2, 4);
	let b3 = blocks.add("b3", a2, 3);
	let b5 = blocks.add("b5", b3, 5);
	let plan = blocks.plan("needed", 8, vec![a4, b5]);
	Plan { expiries: [4, 3 * STRIDE], sweeps: true, trust: 7, ..plan }
}

/// The same, and the verdict waits.
fn judged() -> Plan {
	Plan { name: "judged", settlement: Settlement::AtExpiry, ..needed() }
}

/// The contract is registered when the followed branch is past its expiry there, or one that is lower
/// is followed.
fn closed() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add("a4", a2, 4);
	blocks.add_other("b2", ANCHOR, 2);
	for at in [a2, a4] {
		blocks.edit(at).facts = Facts { is_through: at == a4, ..Facts::default() };
	}
	let plan = blocks.plan("closed", 6, vec![a4]);
	Plan {
		expiries: [6, 3 * STRIDE],
		sweeps: true,
		is_registered: false,
		root_renews: true,
		trust: 7,
		..plan
	}
}

/// What real chains go through as well: three branches, root in every mood, and no time that matters.
pub fn real() -> [Plan; 2] {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let a4 = blocks.add("a4", a2, 4);
	let b2 = blocks.add_other("b2", ANCHOR, 2);
	let b4 = blocks.add_other("b4", b2, 4);
	blocks.add_other("c3", a2, 3);
	// What nobody tells the peer, it neither says nor ends.
	for block in &mut blocks.0 {
		(block.facts.has_ended, block.facts.is_through) = (false, false);
	}
	for at in [b2, b4] {
		blocks.edit(at).facts = Facts::default();
	}
	let plan = blocks.plan("early", 7, vec![a4, b4]);
	let plan = Plan { trust: 200, most_changes: 32, most_branches: 4, ..plan };
	let late = Plan { name: "late", settlement: Settlement::AtExpiry, ..plan.clone() };
	[plan, late]
}

/// The paper's rule may choose; of each chain, two contracts count.
const MOST_RELIED_ON: ForkChoice = ForkChoice::MostReliedOn { grace: 3, most: 2 };

/// A chain that has been known for long enough.
fn witness(name: &'static str, heads: impl Into<Vec<At>>, contracts: u32) -> Witness {
	Witness { name, known_since: -9, heads: heads.into(), contracts }
}

/// Others say what they stand for: an honest one for either branch, one that lies as it likes and one
/// that is made for it.
fn witnesses() -> Plan {
	let mut blocks = Blocks::new();
	let a2 = blocks.add("a2", ANCHOR, 2);
	let b3 = blocks.add_other("b3", ANCHOR, 3);
	let plan = blocks.plan("witnesses", 7, vec![b3]);
	let many = 9;
	let witnesses = vec![
		witness("one", [b3], 1),
		witness("two", [a2], 1),
		witness("mallory", [a2, b3], many),
		Witness { known_since: 2, ..witness("new", [b3], many) },
	];
	Plan { choice: MOST_RELIED_ON, witnesses, alike: 3, most_branches: 3, trust: 6, ..plan }
}

/// Two honest chains stand for a branch, and the root of a third one has their heads, too. People wait.
fn silenced() -> Plan {
	let mut blocks = Blocks::new();
	blocks.add("a2", ANCHOR, 2);
	let c2 = blocks.add_other("c2", ANCHOR, 2);
	let w3 = blocks.add_other("w3", ANCHOR, 3);
	let block = blocks.edit(w3);
	(block.root, block.time, block.from) = (Root::Weld(c2), 2, 2);
	blocks.0.iter_mut().for_each(|block| block.facts = Facts::default());
	let plan = blocks.plan("silenced", 5, vec![]);
	let witnesses = vec![witness("one", [c2], 1), witness("two", [c2], 1)];
	let plan = Plan { choice: MOST_RELIED_ON, witnesses, most_branches: 3, trust: 6, ..plan };
	Plan { root_chooses: false, ..plan }
}

/// Authorities that have handed over sign another branch, and two chains of theirs stand for it.
fn outvoted() -> Plan {
	let mut blocks = Blocks::new();
	let e2 = blocks.add("e2", ANCHOR, 2);
	blocks.edit(e2).next = Some(set(1));
	let e3 = blocks.add("e3", e2, 3);
	let b3 = blocks.add_other("b3", ANCHOR, 3);
	let plan = blocks.plan("outvoted", 7, vec![e3]);
	let witnesses = vec![witness("one", [b3], 2), witness("two", [b3], 2)];
	Plan { choice: MOST_RELIED_ON, witnesses, trust: 6, ..plan }
}

/// What continuous integration explores: the largest with less time.
pub fn small() -> Vec<Plan> {
	let mut plans = large();
	for plan in &mut plans {
		plan.last = match plan.name {
			"branches" => 4,
			"moved" => 5,
			_ => plan.last,
		};
	}
	plans
}

pub fn large() -> Vec<Plan> {
	vec![
		branches(),
		moods(),
		invented(),
		decoy(),
		eras(),
		honest(),
		welded(),
		moved(),
		moved_elsewhere(),
		needed(),
		judged(),
		closed(),
		witnesses(),
		silenced(),
		outvoted(),
	]
}

/// Where a variant shows what it does.
pub fn of(variant: Variant) -> Plan {
	let plan = match variant {
		Variant::Sound
		| Variant::OneGrace
		| Variant::NoCompletion
		| Variant::CompletedApart
		| Variant::LosersReopen => branches(),
		Variant::MarksFlushed => invented(),
		Variant::SetsEvicted => Plan { most_changes: 1, ..eras() },
		Variant::HandoverUnsigned => eras(),
		Variant::RetiredSigns | Variant::NoTrustPeriod | Variant::AgeSinceLearnt => honest(),
		Variant::CompletenessIgnored => moved(),
		Variant::RelianceKept => moved_elsewhere(),
		Variant::SweepAtOnce
		| Variant::ThroughKept
		| Variant::SweepForked
		| Variant::LateGoes
		| Variant::NoCoolDown => needed(),
		Variant::NoExposure => judged(),
		Variant::RegisterReopened => closed(),
		Variant::PauseRefused | Variant::AnchorFollows => moods(),
		Variant::TipOnly | Variant::StrippedHides => decoy(),
		Variant::ToldFromItself | Variant::RefusedFollowed => welded(),
		Variant::OneWitness
		| Variant::DustDecides
		| Variant::DustHolds
		| Variant::TieAdopts
		| Variant::NewWitnesses => witnesses(),
		Variant::HeardToTheEnd | Variant::LinkedCounts | Variant::DisputeIgnored => silenced(),
		Variant::FullDecides => Plan { most_branches: 1, ..witnesses() },
		Variant::RetiredAdopted => outvoted(),
	};
	Plan { variant, ..plan }
}
