//! How much is measured.

use ribp_protocol::Height;

/// The ranges that the experiment covers, and how long it looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extent {
	/// Where all chance comes from.
	pub seed: u64,
	/// n of the paper's networks.
	pub scales: Vec<u32>,
	/// Greater n, with the rates of 5_1_7 but for one: the cost grows fast.
	pub wide_scales: Vec<u32>,
	/// Their rates, of tasks and of silence, in tenths.
	pub tenths: Vec<u32>,
	/// Blocks of each of them.
	pub sweep_blocks: Height,
	/// Blocks of a network of the further studies.
	pub study_blocks: Height,
	/// n where lists and digests are compared.
	pub exchange_sizes: Vec<u32>,
	/// The longest latencies, in milliseconds.
	pub latencies: Vec<u32>,
	/// n where networks are large.
	pub sizes: Vec<u32>,
	/// Views that all systems of a large network take in together, at most: what limits its blocks.
	pub size_views: u64,
	/// n of the sparse networks.
	pub sparse_systems: u32,
	/// n where the least q' is looked for.
	pub rate_sizes: Vec<u32>,
	/// Forks for each point of a curve.
	pub trials: u32,
	/// Systems of the largest run.
	pub scale_systems: u32,
	/// Its blocks.
	pub scale_blocks: Height,
	/// n where the cost of a block is measured and each follows its peers.
	pub cost_sizes: Vec<u32>,
	/// The same where everybody follows everybody.
	pub cost_mesh_sizes: Vec<u32>,
	/// Blocks of all systems together where the cost of one of them is measured.
	pub cost_blocks: u64,
}

impl Extent {
	/// The paper's ranges and 10,000 blocks; half an hour on two cores.
	pub fn full(seed: u64) -> Self {
		Self {
			seed,
			scales: vec![3, 5, 7, 9],
			wide_scales: vec![11, 13],
			tenths: (1..=9).collect(),
			sweep_blocks: 10_000,
			study_blocks: 4_000,
			exchange_sizes: vec![3, 5, 10, 20, 40],
			latencies: vec![5, 10, 20, 50, 100, 200],
			sizes: vec![10, 20, 50, 100, 200, 500, 1_000],
			size_views: 60_000_000,
			sparse_systems: 100,
			rate_sizes: vec![3, 5, 10, 20, 40],
			trials: 4_000,
			scale_systems: 1_000,
			scale_blocks: 10_000,
			cost_sizes: vec![10, 30, 100, 300, 1_000],
			cost_mesh_sizes: vec![10, 20, 40, 80],
			cost_blocks: 200_000,
		}
	}

	/// The same ranges with fewer points and blocks; two minutes on two cores.
	pub fn quick(seed: u64) -> Self {
		Self {
			wide_scales: vec![11],
			tenths: vec![1, 3, 5, 7, 9],
			sweep_blocks: 1_000,
			study_blocks: 500,
			exchange_sizes: vec![3, 5, 10, 20],
			size_views: 3_000_000,
			sparse_systems: 50,
			rate_sizes: vec![3, 5, 10, 20],
			trials: 400,
			scale_blocks: 200,
			cost_blocks: 20_000,
			..Self::full(seed)
		}
	}
}
