//! Who is connected with whom.

use rand::{seq::SliceRandom, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How the systems of a network are connected. A connection goes both ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topology {
	/// Everybody with everybody: the paper's.
	Mesh,
	/// Everybody with the one in the middle, and nobody else.
	Star,
	/// In a circle, everybody with the nearest ones on both sides.
	Ring {
		/// How many peers a system has.
		degree: u32,
	},
	/// Drawn by chance: circles through all systems, laid over each other. Hence connected.
	Random {
		/// How many peers a system has, less those that two circles agree on.
		degree: u32,
	},
}

/// Why a text names no topology.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TopologyError;

impl fmt::Display for TopologyError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		f.write_str("a topology is mesh, star, ring:D or random:D, with an even number of peers D")
	}
}

impl std::error::Error for TopologyError {}

impl FromStr for Topology {
	type Err = TopologyError;

	fn from_str(text: &str) -> Result<Self, TopologyError> {
		let even = |digits: &str| {
			let degree = digits.parse().ok().filter(|degree| degree % 2 == 0 && *degree > 0);
			degree.ok_or(TopologyError)
		};
		match text.split_once(':') {
			None if text == "mesh" => Ok(Self::Mesh),
			None if text == "star" => Ok(Self::Star),
			Some(("ring", degree)) => Ok(Self::Ring { degree: even(degree)? }),
			Some(("random", degree)) => Ok(Self::Random { degree: even(degree)? }),
			_ => Err(TopologyError),
		}
	}
}

impl fmt::Display for Topology {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		match self {
			Self::Mesh => f.write_str("mesh"),
			Self::Star => f.write_str("star"),
			Self::Ring { degree } => write!(f, "ring:{degree}"),
			Self::Random { degree } => write!(f, "random:{degree}"),
		}
	}
}

impl Topology {
	/// The peers that all systems of a network have together, if its chance comes from `seed`.
	pub fn count_peers(self, systems: u32, seed: u64) -> u64 {
		match self {
			Self::Mesh => u64::from(systems) * u64::from(systems.saturating_sub(1)),
			_ => {
				let all = self.peers(systems, &mut ChaCha8Rng::seed_from_u64(seed));
				all.iter().map(|peers| peers.len() as u64).sum()
			},
		}
	}

	/// The peers of each of `systems` systems, in order.
	pub fn peers(self, systems: u32, random: &mut impl RngCore) -> Vec<Vec<u32>> {
		let mut peers = vec![BTreeSet::new(); systems as usize];
		let mut connect = |one: u32, other: u32| {
			if one != other {
				peers[one as usize].insert(other);
				peers[other as usize].insert(one);
			}
		};
		match self {
			Self::Mesh => {
				(0..systems).for_each(|one| (0..one).for_each(|other| connect(one, other)));
			},
			Self::Star => (1..systems).for_each(|one| connect(one, 0)),
			Self::Ring { degree } => {
				for one in 0..systems {
					(1..=degree / 2).for_each(|step| connect(one, (one + step) % systems));
				}
			},
			Self::Random { degree } => {
				let mut circle: Vec<_> = (0..systems).collect();
				for _ in 0..degree / 2 {
					circle.shuffle(random);
					let next = circle.iter().cycle().skip(1);
					circle.iter().zip(next).for_each(|(one, other)| connect(*one, *other));
				}
			},
		}
		peers.into_iter().map(|peers| peers.into_iter().collect()).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn peers(topology: &str, systems: u32) -> Vec<Vec<u32>> {
		let topology: Topology = topology.parse().unwrap();
		topology.peers(systems, &mut ChaCha8Rng::seed_from_u64(1))
	}

	#[test]
	fn each_topology_connects_as_it_says() {
		assert_eq!(peers("mesh", 3), [vec![1, 2], vec![0, 2], vec![0, 1]]);
		assert_eq!(peers("star", 4), [vec![1, 2, 3], vec![0], vec![0], vec![0]]);
		assert_eq!(peers("ring:2", 4), [vec![1, 3], vec![0, 2], vec![1, 3], vec![0, 2]]);
		assert!(peers("ring:4", 20).iter().all(|peers| peers.len() == 4));
		assert!(peers("random:4", 20).iter().all(|peers| (2..=4).contains(&peers.len())));
	}

	#[test]
	fn a_small_network_has_no_more_peers_than_systems() {
		assert_eq!(peers("ring:8", 3), peers("mesh", 3));
		assert_eq!(peers("random:2", 1), [Vec::<u32>::new()]);
	}

	#[test]
	fn peers_are_counted_as_they_are_drawn() {
		for topology in ["mesh", "star", "ring:4", "random:16"] {
			let counted = topology.parse::<Topology>().unwrap().count_peers(20, 1);
			let drawn = peers(topology, 20);
			let drawn: usize = drawn.iter().map(Vec::len).sum();
			assert_eq!(counted, drawn as u64);
		}
	}

	#[test]
	fn who_is_connected_by_chance_is_connected_with_all() {
		let peers = peers("random:2", 30);
		let mut reached = BTreeSet::from([0]);
		for _ in 0..30 {
			let next: Vec<_> =
				reached.iter().flat_map(|one| peers[*one as usize].clone()).collect();
			reached.extend(next);
		}
		assert_eq!(reached.len(), 30);
	}

	#[test]
	fn a_topology_is_shown_as_it_is_read_and_refused_if_it_is_none() {
		for text in ["mesh", "star", "ring:8", "random:16"] {
			assert_eq!(text.parse::<Topology>().unwrap().to_string(), text);
		}
		for text in ["ring", "ring:3", "ring:0", "mesh:2", "tree", "random:x"] {
			assert_eq!(text.parse::<Topology>(), Err(TopologyError));
		}
	}
}
