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
		// At least 17_884 ns.
		Weight::from_parts(20_731_877, 22_048)
			// Standard error: 498.
			.saturating_add(Weight::from_parts(105_031, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(1))
	}

	fn renew_system(a: u32, p: u32) -> Weight {
		// At least 86_652 ns.
		Weight::from_parts(81_877_051, 32_412)
			// Standard error: 3_193.
			.saturating_add(Weight::from_parts(110_688, 0).saturating_mul(a.into()))
			// Standard error: 95_525.
			.saturating_add(Weight::from_parts(2_274_772, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(7))
			.saturating_add(D::get().writes(1_u64.saturating_mul(p.into())))
	}

	fn pause() -> Weight {
		// At least 94_977 ns.
		Weight::from_parts(108_633_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn set_conditions() -> Weight {
		// At least 123_340 ns.
		Weight::from_parts(130_363_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn resume() -> Weight {
		// At least 95_057 ns.
		Weight::from_parts(110_727_000, 22_048)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn register() -> Weight {
		// At least 312_323 ns.
		Weight::from_parts(345_785_000, 22_048)
			.saturating_add(D::get().reads(11))
			.saturating_add(D::get().writes(8))
	}

	fn cancel() -> Weight {
		// At least 98_053 ns.
		Weight::from_parts(104_785_000, 3_917)
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().writes(7))
	}

	fn force_reverse() -> Weight {
		// At least 113_261 ns.
		Weight::from_parts(119_423_000, 6_196)
			.saturating_add(D::get().reads(7))
			.saturating_add(D::get().writes(8))
	}

	fn force_forget() -> Weight {
		// At least 98_964 ns.
		Weight::from_parts(103_583_000, 3_917)
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().writes(9))
	}

	fn evidence_votes(v: u32) -> Weight {
		// At least 519_969 ns.
		Weight::from_parts(645_345_124, 30_453)
			// Standard error: 320_651.
			.saturating_add(Weight::from_parts(47_315_870, 0).saturating_mul(v.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_ancestries(a: u32) -> Weight {
		// At least 505_152 ns.
		Weight::from_parts(551_540_502, 30_453)
			// Standard error: 16_361.
			.saturating_add(Weight::from_parts(3_458_900, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_missed(m: u32) -> Weight {
		// At least 501_225 ns.
		Weight::from_parts(757_393_176, 30_453)
			// Standard error: 6_119.
			.saturating_add(Weight::from_parts(987_335, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_past_sets(p: u32) -> Weight {
		// At least 439_039 ns.
		Weight::from_parts(479_821_928, 30_482)
			// Standard error: 1_068_746.
			.saturating_add(Weight::from_parts(87_593_563, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(D::get().writes(3))
			.saturating_add(D::get().writes(1_u64.saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 12_777).saturating_mul(p.into()))
	}

	fn evidence_digest(b: u32) -> Weight {
		// At least 517_655 ns.
		Weight::from_parts(942_436_787, 30_453)
			// Standard error: 146.
			.saturating_add(Weight::from_parts(5_921, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_bytes(b: u32) -> Weight {
		// At least 510_972 ns.
		Weight::from_parts(652_202_087, 30_453)
			// Standard error: 45.
			.saturating_add(Weight::from_parts(4_842, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn evidence_nodes(n: u32) -> Weight {
		// At least 56_759_158 ns.
		Weight::from_parts(50_536_436_374, 2_083_390)
			// Standard error: 1_282_190.
			.saturating_add(Weight::from_parts(5_891_713, 0).saturating_mul(n.into()))
			.saturating_add(D::get().reads(2005))
			.saturating_add(D::get().writes(3206))
	}

	fn evidence_commit(c: u32) -> Weight {
		// At least 3_292_890 ns.
		Weight::from_parts(3_298_885_659, 22_048)
			// Standard error: 7_839_507.
			.saturating_add(Weight::from_parts(277_115_745, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(5))
			.saturating_add(D::get().writes(8_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_unlock(c: u32) -> Weight {
		// At least 3_095_061 ns.
		Weight::from_parts(1_592_198_060, 22_048)
			// Standard error: 4_127_376.
			.saturating_add(Weight::from_parts(315_428_119, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().reads(4_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(6))
			.saturating_add(D::get().writes(6_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_927).saturating_mul(c.into()))
	}

	fn evidence_reverse(c: u32) -> Weight {
		// At least 3_110_870 ns.
		Weight::from_parts(5_026_626_205, 22_048)
			// Standard error: 3_417_758.
			.saturating_add(Weight::from_parts(310_497_832, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(6))
			.saturating_add(D::get().writes(8_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_forget(c: u32) -> Weight {
		// At least 2_915_366 ns.
		Weight::from_parts(3_446_345_917, 22_048)
			// Standard error: 1_053_263.
			.saturating_add(Weight::from_parts(193_706_187, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(5))
			.saturating_add(D::get().writes(9_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_927).saturating_mul(c.into()))
	}

	fn evidence_items(i: u32) -> Weight {
		// At least 2_838_262 ns.
		Weight::from_parts(2_858_947_737, 22_048)
			// Standard error: 3_334_461.
			.saturating_add(Weight::from_parts(100_474_840, 0).saturating_mul(i.into()))
			.saturating_add(D::get().reads(9))
			.saturating_add(D::get().writes(13))
	}

	fn submit_missed(m: u32) -> Weight {
		// At least 253_181 ns.
		Weight::from_parts(264_258_568, 22_048)
			// Standard error: 1_955.
			.saturating_add(Weight::from_parts(762_032, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(3))
	}

	fn on_initialize(e: u32) -> Weight {
		// At least 28_223 ns.
		Weight::from_parts(30_226_000, 32_412)
			// Standard error: 229_915.
			.saturating_add(Weight::from_parts(160_076_245, 0).saturating_mul(e.into()))
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
