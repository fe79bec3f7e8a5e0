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
	/// Of the benchmark of that name; `a` from 1 to 256; `p` from 0 to 8.
	fn renew_system(a: u32, p: u32) -> Weight;
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
	fn force_reverse() -> Weight;
	/// Of the benchmark of that name.
	fn force_forget() -> Weight;
	/// Of the benchmark of that name; `v` from 1 to 256.
	fn evidence_votes(v: u32) -> Weight;
	/// Of the benchmark of that name; `a` from 0 to 256.
	fn evidence_ancestries(a: u32) -> Weight;
	/// Of the benchmark of that name; `m` from 0 to 4096.
	fn evidence_missed(m: u32) -> Weight;
	/// Of the benchmark of that name; `p` from 0 to 8.
	fn evidence_past_sets(p: u32) -> Weight;
	/// Of the benchmark of that name; `b` from 0 to 503808.
	fn evidence_digest(b: u32) -> Weight;
	/// Of the benchmark of that name; `b` from 0 to 503808.
	fn evidence_bytes(b: u32) -> Weight;
	/// Of the benchmark of that name; `n` from 1604 to 4096.
	fn evidence_nodes(n: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_commit(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_unlock(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_reverse(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 400.
	fn evidence_forget(c: u32) -> Weight;
	/// Of the benchmark of that name; `i` from 1 to 4.
	fn evidence_items(i: u32) -> Weight;
	/// Of the benchmark of that name; `m` from 1 to 4096.
	fn submit_missed(m: u32) -> Weight;
	/// Of the benchmark of that name; `e` from 0 to 100.
	fn on_initialize(e: u32) -> Weight;
}

/// The weights for the runtime `T`.
pub type SubstrateWeight<T> = DbWeights<<T as frame_system::Config>::DbWeight>;

/// The weights for a runtime with these database weights.
pub struct DbWeights<D>(PhantomData<D>);

impl<D: Get<RuntimeDbWeight>> WeightInfo for DbWeights<D> {
	fn register_system(a: u32) -> Weight {
		// At least 18_054 ns.
		Weight::from_parts(20_914_634, 22_048)
			// Standard error: 534.
			.saturating_add(Weight::from_parts(107_736, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(1))
	}

	fn renew_system(a: u32, p: u32) -> Weight {
		// At least 83_987 ns.
		Weight::from_parts(70_532_860, 32_412)
			// Standard error: 1_991.
			.saturating_add(Weight::from_parts(107_977, 0).saturating_mul(a.into()))
			// Standard error: 59_580.
			.saturating_add(Weight::from_parts(2_405_222, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(7))
			.saturating_add(D::get().writes(1_u64.saturating_mul(p.into())))
	}

	fn pause() -> Weight {
		// At least 96_079 ns.
		Weight::from_parts(102_241_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn set_conditions() -> Weight {
		// At least 123_560 ns.
		Weight::from_parts(127_478_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn resume() -> Weight {
		// At least 93_805 ns.
		Weight::from_parts(98_063_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn register() -> Weight {
		// At least 308_555 ns.
		Weight::from_parts(321_439_000, 22_048)
			.saturating_add(D::get().reads(11))
			.saturating_add(D::get().writes(8))
	}

	fn cancel() -> Weight {
		// At least 98_103 ns.
		Weight::from_parts(102_081_000, 3_917)
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().writes(7))
	}

	fn force_reverse() -> Weight {
		// At least 114_243 ns.
		Weight::from_parts(118_832_000, 6_196)
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().writes(8))
	}

	fn force_forget() -> Weight {
		// At least 99_295 ns.
		Weight::from_parts(103_092_000, 3_917)
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().writes(9))
	}

	fn evidence_votes(v: u32) -> Weight {
		// At least 512_906 ns.
		Weight::from_parts(561_419_510, 30_453)
			// Standard error: 165_183.
			.saturating_add(Weight::from_parts(47_060_312, 0).saturating_mul(v.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_ancestries(a: u32) -> Weight {
		// At least 497_407 ns.
		Weight::from_parts(544_217_393, 30_453)
			// Standard error: 15_810.
			.saturating_add(Weight::from_parts(3_549_156, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_missed(m: u32) -> Weight {
		// At least 506_765 ns.
		Weight::from_parts(701_211_616, 30_453)
			// Standard error: 3_250.
			.saturating_add(Weight::from_parts(973_837, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_past_sets(p: u32) -> Weight {
		// At least 429_741 ns.
		Weight::from_parts(455_722_750, 30_482)
			// Standard error: 239_823.
			.saturating_add(Weight::from_parts(35_981_276, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(D::get().writes(3))
			.saturating_add(Weight::from_parts(0, 12_777).saturating_mul(p.into()))
	}

	fn evidence_digest(b: u32) -> Weight {
		// At least 499_882 ns.
		Weight::from_parts(599_546_021, 30_453)
			// Standard error: 25.
			.saturating_add(Weight::from_parts(4_890, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_bytes(b: u32) -> Weight {
		// At least 490_063 ns.
		Weight::from_parts(563_508_977, 30_453)
			// Standard error: 8.
			.saturating_add(Weight::from_parts(4_142, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_nodes(n: u32) -> Weight {
		// At least 53_458_334 ns.
		Weight::from_parts(50_648_141_575, 2_083_390)
			// Standard error: 265_650.
			.saturating_add(Weight::from_parts(3_374_407, 0).saturating_mul(n.into()))
			.saturating_add(D::get().reads(2005))
			.saturating_add(D::get().writes(3206))
	}

	fn evidence_commit(c: u32) -> Weight {
		// At least 3_161_164 ns.
		Weight::from_parts(4_165_293_321, 22_048)
			// Standard error: 2_490_211.
			.saturating_add(Weight::from_parts(277_153_901, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(5))
			.saturating_add(D::get().writes(8_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_unlock(c: u32) -> Weight {
		// At least 3_357_140 ns.
		Weight::from_parts(2_972_333_078, 22_048)
			// Standard error: 1_164_050.
			.saturating_add(Weight::from_parts(422_155_778, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().reads(4_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(6))
			.saturating_add(D::get().writes(6_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_927).saturating_mul(c.into()))
	}

	fn evidence_reverse(c: u32) -> Weight {
		// At least 3_502_320 ns.
		Weight::from_parts(3_931_014_320, 22_048)
			// Standard error: 2_627_594.
			.saturating_add(Weight::from_parts(438_354_222, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(6))
			.saturating_add(D::get().writes(8_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_forget(c: u32) -> Weight {
		// At least 3_196_140 ns.
		Weight::from_parts(3_301_220_286, 22_048)
			// Standard error: 1_162_101.
			.saturating_add(Weight::from_parts(276_136_861, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(5))
			.saturating_add(D::get().writes(9_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_927).saturating_mul(c.into()))
	}

	fn evidence_items(i: u32) -> Weight {
		// At least 3_159_751 ns.
		Weight::from_parts(3_356_290_746, 22_048)
			// Standard error: 9_250_305.
			.saturating_add(Weight::from_parts(141_758_606, 0).saturating_mul(i.into()))
			.saturating_add(D::get().reads(9))
			.saturating_add(D::get().writes(13))
	}

	fn submit_missed(m: u32) -> Weight {
		// At least 261_498 ns.
		Weight::from_parts(271_336_313, 22_048)
			// Standard error: 1_765.
			.saturating_add(Weight::from_parts(794_554, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(3))
	}

	fn on_initialize(e: u32) -> Weight {
		// At least 21_110 ns.
		Weight::from_parts(21_840_000, 32_412)
			// Standard error: 273_246.
			.saturating_add(Weight::from_parts(161_452_521, 0).saturating_mul(e.into()))
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().reads(7_u64.saturating_mul(e.into())))
			.saturating_add(D::get().writes(3))
			.saturating_add(D::get().writes(9_u64.saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 5_102).saturating_mul(e.into()))
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

	fn force_reverse() -> Weight {
		DbWeights::<RocksDbWeight>::force_reverse()
	}

	fn force_forget() -> Weight {
		DbWeights::<RocksDbWeight>::force_forget()
	}

	fn evidence_votes(v: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_votes(v)
	}

	fn evidence_ancestries(a: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_ancestries(a)
	}

	fn evidence_missed(m: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_missed(m)
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

	fn evidence_forget(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_forget(c)
	}

	fn evidence_items(i: u32) -> Weight {
		DbWeights::<RocksDbWeight>::evidence_items(i)
	}

	fn submit_missed(m: u32) -> Weight {
		DbWeights::<RocksDbWeight>::submit_missed(m)
	}

	fn on_initialize(e: u32) -> Weight {
		DbWeights::<RocksDbWeight>::on_initialize(e)
	}
}
