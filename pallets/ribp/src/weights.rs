//! What the calls cost. Written by `scripts/weights.sh`: do not edit.
//!
//! Measured by `frame-omni-bencher` with the benchmarks in `benchmarking.rs`, in 20 steps of
//! 5 repetitions each. `cost.rs` adds up what evidence costs.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Weights of the pallet's calls, of their parts, and of its hook.
pub trait WeightInfo {
	/// Of the benchmark of that name; `a` from 1 to 256.
	fn register_system(a: u32) -> Weight;
	/// Of the benchmark of that name; `a` from 1 to 256; `p` from 0 to 32.
	fn renew_system(a: u32, p: u32) -> Weight;
	/// Of the benchmark of that name.
	fn remove_system() -> Weight;
	/// Of the benchmark of that name.
	fn choose_branch() -> Weight;
	/// Of the benchmark of that name; `b` from 0 to 19.
	fn report_fork(b: u32) -> Weight;
	/// Of the benchmark of that name.
	fn report_tally() -> Weight;
	/// Of the benchmark of that name.
	fn refute_tally() -> Weight;
	/// Of the benchmark of that name; `c` from 0 to 400.
	fn count_reliance(c: u32) -> Weight;
	/// Of the benchmark of that name.
	fn decide_fork() -> Weight;
	/// Of the benchmark of that name.
	fn pause() -> Weight;
	/// Of the benchmark of that name.
	fn set_conditions() -> Weight;
	/// Of the benchmark of that name.
	fn resume() -> Weight;
	/// Of the benchmark of that name.
	fn register() -> Weight;
	/// Of the benchmark of that name.
	fn cancel() -> Weight;
	/// Of the benchmark of that name.
	fn claim() -> Weight;
	/// Of the benchmark of that name.
	fn force_reverse() -> Weight;
	/// Of the benchmark of that name.
	fn force_forget() -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn conclude(c: u32) -> Weight;
	/// Of the benchmark of that name; `v` from 1 to 256.
	fn evidence_votes(v: u32) -> Weight;
	/// Of the benchmark of that name; `a` from 0 to 256.
	fn evidence_ancestries(a: u32) -> Weight;
	/// Of the benchmark of that name; `h` from 0 to 73.
	fn evidence_hashes(h: u32) -> Weight;
	/// Of the benchmark of that name; `m` from 1 to 288.
	fn evidence_remembered(m: u32) -> Weight;
	/// Of the benchmark of that name; `p` from 0 to 31.
	fn evidence_past_sets(p: u32) -> Weight;
	/// Of the benchmark of that name; `b` from 0 to 503808.
	fn evidence_digest(b: u32) -> Weight;
	/// Of the benchmark of that name; `b` from 0 to 503808.
	fn evidence_bytes(b: u32) -> Weight;
	/// Of the benchmark of that name; `n` from 1203 to 4096.
	fn evidence_nodes(n: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_commit(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_unlock(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_reverse(c: u32) -> Weight;
	/// Of the benchmark of that name; `i` from 1 to 4.
	fn evidence_items(i: u32) -> Weight;
	/// Of the benchmark of that name; `e` from 0 to 100.
	fn on_initialize(e: u32) -> Weight;
}

/// The weights for the runtime `T`.
pub type SubstrateWeight<T> = DbWeights<<T as frame_system::Config>::DbWeight>;

/// The weights for a runtime with these database weights.
pub struct DbWeights<D>(PhantomData<D>);

impl<D: Get<RuntimeDbWeight>> WeightInfo for DbWeights<D> {
	fn register_system(a: u32) -> Weight {
		// At least 18_394 ns.
		Weight::from_parts(28_616_932, 22_048)
			// Standard error: 799.
			.saturating_add(Weight::from_parts(156_793, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(2))
	}

	fn renew_system(a: u32, p: u32) -> Weight {
		// Estimated.
		Weight::from_parts(2_000_000_000, 700_000)
			.saturating_add(Weight::from_parts(170_000, 0).saturating_mul(a.into()))
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(71))
			.saturating_add(D::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(D::get().writes(334))
			.saturating_add(D::get().writes(1_u64.saturating_mul(p.into())))
	}

	fn remove_system() -> Weight {
		// Estimated.
		Weight::from_parts(2_000_000_000, 700_000)
			.saturating_add(D::get().reads(102))
			.saturating_add(D::get().writes(366))
	}

	fn choose_branch() -> Weight {
		// Estimated.
		Weight::from_parts(2_500_000_000, 700_000)
			.saturating_add(D::get().reads(391))
			.saturating_add(D::get().writes(371))
	}

	fn report_fork(b: u32) -> Weight {
		// Estimated.
		Weight::from_parts(2_500_000_000, 700_000)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(291))
			.saturating_add(D::get().writes(5))
	}

	fn report_tally() -> Weight {
		// Estimated.
		Weight::from_parts(1_200_000_000, 400_000)
			.saturating_add(D::get().reads(70))
			.saturating_add(D::get().writes(6))
	}

	fn refute_tally() -> Weight {
		// Estimated.
		Weight::from_parts(250_000_000, 60_000)
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(1))
	}

	fn count_reliance(c: u32) -> Weight {
		// Estimated.
		Weight::from_parts(200_000_000, 60_000)
			.saturating_add(Weight::from_parts(6_000_000, 2_600).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(1_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(2))
	}

	fn decide_fork() -> Weight {
		// Estimated.
		Weight::from_parts(4_500_000_000, 2_000_000)
			.saturating_add(D::get().reads(456))
			.saturating_add(D::get().writes(371))
	}

	fn pause() -> Weight {
		// At least 93_444 ns.
		Weight::from_parts(106_088_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn set_conditions() -> Weight {
		// At least 123_942 ns.
		Weight::from_parts(145_522_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn resume() -> Weight {
		// At least 91_941 ns.
		Weight::from_parts(102_310_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn register() -> Weight {
		// Estimated.
		Weight::from_parts(250_000_000, 22_048)
			.saturating_add(D::get().reads(9))
			.saturating_add(D::get().writes(6))
	}

	fn cancel() -> Weight {
		// Estimated.
		Weight::from_parts(180_000_000, 15_000)
			.saturating_add(D::get().reads(8))
			.saturating_add(D::get().writes(7))
	}

	fn claim() -> Weight {
		// Estimated.
		Weight::from_parts(120_000_000, 9_000)
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().writes(7))
	}

	fn force_reverse() -> Weight {
		// Estimated.
		Weight::from_parts(160_000_000, 12_000)
			.saturating_add(D::get().reads(8))
			.saturating_add(D::get().writes(7))
	}

	fn force_forget() -> Weight {
		// Estimated.
		Weight::from_parts(100_000_000, 9_000)
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().writes(3))
	}

	fn conclude(c: u32) -> Weight {
		// Estimated.
		Weight::from_parts(120_000_000, 30_453)
			.saturating_add(Weight::from_parts(150_000_000, 5_200).saturating_mul(c.into()))
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().reads(3_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(4))
			.saturating_add(D::get().writes(3_u64.saturating_mul(c.into())))
	}

	fn evidence_votes(v: u32) -> Weight {
		// At least 503_218 ns.
		Weight::from_parts(672_482_454, 30_453)
			// Standard error: 352_974.
			.saturating_add(Weight::from_parts(47_835_205, 0).saturating_mul(v.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_ancestries(a: u32) -> Weight {
		// At least 481_107 ns.
		Weight::from_parts(523_422_892, 30_453)
			// Standard error: 11_912.
			.saturating_add(Weight::from_parts(3_242_222, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_hashes(h: u32) -> Weight {
		// Estimated.
		Weight::from_parts(738_519_993, 30_453)
			.saturating_add(Weight::from_parts(1_500_000, 0).saturating_mul(h.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_remembered(m: u32) -> Weight {
		// Estimated.
		Weight::from_parts(500_000_000, 30_453)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(D::get().writes(8))
			.saturating_add(Weight::from_parts(0, 2_600).saturating_mul(m.into()))
	}

	fn evidence_past_sets(p: u32) -> Weight {
		// At least 423_169 ns.
		Weight::from_parts(462_314_689, 30_482)
			// Standard error: 328_376.
			.saturating_add(Weight::from_parts(67_801_949, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(D::get().writes(3))
			.saturating_add(Weight::from_parts(0, 12_777).saturating_mul(p.into()))
	}

	fn evidence_digest(b: u32) -> Weight {
		// At least 486_507 ns.
		Weight::from_parts(568_288_144, 30_453)
			// Standard error: 20.
			.saturating_add(Weight::from_parts(4_986, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_bytes(b: u32) -> Weight {
		// At least 493_961 ns.
		Weight::from_parts(568_807_894, 30_453)
			// Standard error: 17.
			.saturating_add(Weight::from_parts(3_960, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_nodes(n: u32) -> Weight {
		// At least 53_977_662 ns.
		Weight::from_parts(53_307_531_964, 2_083_390)
			// Standard error: 861_062.
			.saturating_add(Weight::from_parts(2_380_811, 0).saturating_mul(n.into()))
			.saturating_add(D::get().reads(2005))
			.saturating_add(D::get().writes(3206))
	}

	fn evidence_commit(c: u32) -> Weight {
		// Estimated.
		Weight::from_parts(2_158_834_761, 30_453)
			.saturating_add(Weight::from_parts(160_000_000, 3_100).saturating_mul(c.into()))
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().reads(1_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(6))
			.saturating_add(D::get().writes(1_u64.saturating_mul(c.into())))
	}

	fn evidence_unlock(c: u32) -> Weight {
		// Estimated.
		Weight::from_parts(3_311_958_898, 30_453)
			.saturating_add(Weight::from_parts(230_000_000, 5_200).saturating_mul(c.into()))
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().reads(3_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(8))
			.saturating_add(D::get().writes(3_u64.saturating_mul(c.into())))
	}

	fn evidence_reverse(c: u32) -> Weight {
		// Estimated.
		Weight::from_parts(3_211_512_249, 30_453)
			.saturating_add(Weight::from_parts(230_000_000, 5_200).saturating_mul(c.into()))
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().reads(3_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(8))
			.saturating_add(D::get().writes(3_u64.saturating_mul(c.into())))
	}

	fn evidence_items(i: u32) -> Weight {
		// At least 2_658_086 ns.
		Weight::from_parts(2_944_447_567, 22_048)
			// Standard error: 8_863_323.
			.saturating_add(Weight::from_parts(80_041_875, 0).saturating_mul(i.into()))
			.saturating_add(D::get().reads(9))
			.saturating_add(D::get().writes(13))
	}

	fn on_initialize(e: u32) -> Weight {
		// Estimated.
		Weight::from_parts(60_000_000, 32_412)
			.saturating_add(Weight::from_parts(30_000_000, 3_100).saturating_mul(e.into()))
			.saturating_add(D::get().reads(40))
			.saturating_add(D::get().reads(1_u64.saturating_mul(e.into())))
			.saturating_add(D::get().writes(3))
			.saturating_add(D::get().writes(1_u64.saturating_mul(e.into())))
	}
}

/// For tests.
impl WeightInfo for () {
	fn register_system(a: u32) -> Weight {
		DbWeights::<RocksDbWeight>::register_system(a)
	}

	fn renew_system(a: u32, p: u32) -> Weight {
		DbWeights::<RocksDbWeight>::renew_system(a, p)
	}

	fn remove_system() -> Weight {
		DbWeights::<RocksDbWeight>::remove_system()
	}

	fn choose_branch() -> Weight {
		DbWeights::<RocksDbWeight>::choose_branch()
	}

	fn report_fork(b: u32) -> Weight {
		DbWeights::<RocksDbWeight>::report_fork(b)
	}

	fn report_tally() -> Weight {
		DbWeights::<RocksDbWeight>::report_tally()
	}

	fn refute_tally() -> Weight {
		DbWeights::<RocksDbWeight>::refute_tally()
	}

	fn count_reliance(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::count_reliance(c)
	}

	fn decide_fork() -> Weight {
		DbWeights::<RocksDbWeight>::decide_fork()
	}

	fn pause() -> Weight {
		DbWeights::<RocksDbWeight>::pause()
	}

	fn set_conditions() -> Weight {
		DbWeights::<RocksDbWeight>::set_conditions()
	}

	fn resume() -> Weight {
		DbWeights::<RocksDbWeight>::resume()
	}

	fn register() -> Weight {
		DbWeights::<RocksDbWeight>::register()
	}

	fn cancel() -> Weight {
		DbWeights::<RocksDbWeight>::cancel()
	}

	fn claim() -> Weight {
		DbWeights::<RocksDbWeight>::claim()
	}

	fn force_reverse() -> Weight {
		DbWeights::<RocksDbWeight>::force_reverse()
	}

	fn force_forget() -> Weight {
		DbWeights::<RocksDbWeight>::force_forget()
	}

	fn conclude(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::conclude(c)
	}

	fn evidence_votes(v: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_votes(v)
	}

	fn evidence_ancestries(a: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_ancestries(a)
	}

	fn evidence_hashes(h: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_hashes(h)
	}

	fn evidence_remembered(m: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_remembered(m)
	}

	fn evidence_past_sets(p: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_past_sets(p)
	}

	fn evidence_digest(b: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_digest(b)
	}

	fn evidence_bytes(b: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_bytes(b)
	}

	fn evidence_nodes(n: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_nodes(n)
	}

	fn evidence_commit(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_commit(c)
	}

	fn evidence_unlock(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_unlock(c)
	}

	fn evidence_reverse(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_reverse(c)
	}

	fn evidence_items(i: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_items(i)
	}

	fn on_initialize(e: u32) -> Weight {
		DbWeights::<RocksDbWeight>::on_initialize(e)
	}
}
