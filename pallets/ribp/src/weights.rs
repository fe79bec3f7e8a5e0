//! What the calls cost. Renewed by `scripts/weights.sh`: do not edit.
//!
//! Measured with the benchmarks in `benchmarking.rs`, in 20 steps of 5 repetitions each, in Wasm, by
//! the `benchmark pallet` command of frame-benchmarking-cli 64.0.0, in thread time. `cost.rs` adds up
//! what evidence costs.

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
	fn resume() -> Weight;
	/// Of the benchmark of that name.
	fn set_conditions() -> Weight;
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
	/// Of the benchmark of that name; `n` from 404 to 4096.
	fn evidence_nodes(n: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn evidence_commit(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn evidence_unlock(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn evidence_reverse(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn evidence_forget(c: u32) -> Weight;
	/// Of the benchmark of that name; `i` from 1 to 4.
	fn evidence_items(i: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn authorize_commit(c: u32) -> Weight;
	/// Of the benchmark of that name; `c` from 1 to 100.
	fn authorize_reverse(c: u32) -> Weight;
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
		// At least 11_109 ns.
		Weight::from_parts(13_340_227, 22_044)
			// Standard error: 462.
			.saturating_add(Weight::from_parts(113_423, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(1))
	}

	fn renew_system(a: u32, p: u32) -> Weight {
		// At least 51_549 ns.
		Weight::from_parts(104_547_072, 22_044)
			// Standard error: 6_286.
			.saturating_add(Weight::from_parts(128_620, 0).saturating_mul(a.into()))
			// Standard error: 187_435.
			.saturating_add(Weight::from_parts(2_363_871, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(3))
			.saturating_add(D::get().writes(1_u64.saturating_mul(p.into())))
	}

	fn pause() -> Weight {
		// At least 66_491 ns.
		Weight::from_parts(136_288_000, 22_044)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn resume() -> Weight {
		// At least 60_698 ns.
		Weight::from_parts(135_667_000, 22_044)
			.saturating_add(D::get().reads(1))
			.saturating_add(D::get().writes(1))
	}

	fn set_conditions() -> Weight {
		// Not measured yet: as `resume`, and two milliseconds for long multiplications.
		Weight::from_parts(2_140_000_000, 22_044)
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().writes(1))
	}

	fn register() -> Weight {
		// At least 223_652 ns.
		Weight::from_parts(331_718_000, 22_044)
			.saturating_add(D::get().reads(11))
			.saturating_add(D::get().writes(9))
	}

	fn cancel() -> Weight {
		// At least 63_701 ns.
		Weight::from_parts(137_537_000, 3_848)
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().writes(5))
	}

	fn force_reverse() -> Weight {
		// At least 72_876 ns.
		Weight::from_parts(141_352_000, 6_196)
			.saturating_add(D::get().reads(5))
			.saturating_add(D::get().writes(6))
	}

	fn force_forget() -> Weight {
		// At least 71_866 ns.
		Weight::from_parts(143_587_000, 3_848)
			.saturating_add(D::get().reads(6))
			.saturating_add(D::get().writes(9))
	}

	fn evidence_votes(v: u32) -> Weight {
		// At least 366_960 ns.
		Weight::from_parts(510_160_487, 22_044)
			// Standard error: 209_818.
			.saturating_add(Weight::from_parts(40_830_799, 0).saturating_mul(v.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(4))
	}

	fn evidence_ancestries(a: u32) -> Weight {
		// At least 308_737 ns.
		Weight::from_parts(392_518_091, 22_044)
			// Standard error: 12_781.
			.saturating_add(Weight::from_parts(1_795_274, 0).saturating_mul(a.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(4))
	}

	fn evidence_missed(m: u32) -> Weight {
		// At least 321_641 ns.
		Weight::from_parts(412_334_840, 22_044)
			// Standard error: 2_125.
			.saturating_add(Weight::from_parts(525_540, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(4))
	}

	fn evidence_past_sets(p: u32) -> Weight {
		// At least 248_804 ns.
		Weight::from_parts(332_399_845, 22_044)
			// Standard error: 530_004.
			.saturating_add(Weight::from_parts(27_400_009, 0).saturating_mul(p.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(D::get().writes(2))
			.saturating_add(Weight::from_parts(0, 12_777).saturating_mul(p.into()))
	}

	fn evidence_digest(b: u32) -> Weight {
		// At least 438_747 ns.
		Weight::from_parts(532_033_923, 22_044)
			// Standard error: 48.
			.saturating_add(Weight::from_parts(3_286, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(4))
	}

	fn evidence_bytes(b: u32) -> Weight {
		// At least 439_616 ns.
		Weight::from_parts(564_523_729, 22_044)
			// Standard error: 25.
			.saturating_add(Weight::from_parts(2_476, 0).saturating_mul(b.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(4))
	}

	fn evidence_nodes(n: u32) -> Weight {
		// At least 10_609_292 ns.
		Weight::from_parts(9_968_800_250, 521_590)
			// Standard error: 82_666.
			.saturating_add(Weight::from_parts(2_384_411, 0).saturating_mul(n.into()))
			.saturating_add(D::get().reads(403))
			.saturating_add(D::get().writes(604))
	}

	fn evidence_commit(c: u32) -> Weight {
		// At least 1_998_842 ns.
		Weight::from_parts(1_509_023_835, 22_044)
			// Standard error: 1_575_482.
			.saturating_add(Weight::from_parts(302_270_625, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(4))
			.saturating_add(D::get().writes(7_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_unlock(c: u32) -> Weight {
		// At least 2_375_248 ns.
		Weight::from_parts(2_873_263_256, 22_044)
			// Standard error: 2_507_400.
			.saturating_add(Weight::from_parts(251_942_490, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(3_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(4))
			.saturating_add(D::get().writes(4_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_858).saturating_mul(c.into()))
	}

	fn evidence_reverse(c: u32) -> Weight {
		// At least 1_827_674 ns.
		Weight::from_parts(1_764_651_371, 22_044)
			// Standard error: 2_124_163.
			.saturating_add(Weight::from_parts(285_946_338, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(4_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(4))
			.saturating_add(D::get().writes(6_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 5_206).saturating_mul(c.into()))
	}

	fn evidence_forget(c: u32) -> Weight {
		// At least 1_788_231 ns.
		Weight::from_parts(1_682_923_954, 22_044)
			// Standard error: 1_949_740.
			.saturating_add(Weight::from_parts(199_672_476, 0).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
			.saturating_add(D::get().writes(4))
			.saturating_add(D::get().writes(9_u64.saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2_858).saturating_mul(c.into()))
	}

	fn authorize_commit(c: u32) -> Weight {
		// Not measured yet: as the call, without its writes.
		Weight::from_parts(1_764_651_371, 22_044)
			.saturating_add(Weight::from_parts(302_270_625, 5_206).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(5_u64.saturating_mul(c.into())))
	}

	fn authorize_reverse(c: u32) -> Weight {
		// Not measured yet: as the call, without its writes.
		Weight::from_parts(1_764_651_371, 22_044)
			.saturating_add(Weight::from_parts(285_946_338, 5_206).saturating_mul(c.into()))
			.saturating_add(D::get().reads(3))
			.saturating_add(D::get().reads(4_u64.saturating_mul(c.into())))
	}

	fn evidence_items(i: u32) -> Weight {
		// Not measured yet: as much as another contract's.
		Weight::from_parts(1_509_023_835, 22_044)
			.saturating_add(Weight::from_parts(302_270_625, 5_206).saturating_mul(i.into()))
			.saturating_add(D::get().reads(5_u64.saturating_mul(i.into())))
			.saturating_add(D::get().writes(7_u64.saturating_mul(i.into())))
	}

	fn submit_missed(m: u32) -> Weight {
		// At least 170_478 ns.
		Weight::from_parts(215_421_679, 22_044)
			// Standard error: 1_726.
			.saturating_add(Weight::from_parts(409_134, 0).saturating_mul(m.into()))
			.saturating_add(D::get().reads(2))
			.saturating_add(D::get().writes(2))
	}

	fn on_initialize(e: u32) -> Weight {
		// At least 12_277 ns.
		Weight::from_parts(13_127_000, 9_748)
			// Standard error: 464_878.
			.saturating_add(Weight::from_parts(109_642_371, 0).saturating_mul(e.into()))
			.saturating_add(D::get().reads(4))
			.saturating_add(D::get().reads(6_u64.saturating_mul(e.into())))
			.saturating_add(D::get().writes(2))
			.saturating_add(D::get().writes(7_u64.saturating_mul(e.into())))
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

	fn resume() -> Weight {
		DbWeights::<RocksDbWeight>::resume()
	}

	fn set_conditions() -> Weight {
		DbWeights::<RocksDbWeight>::set_conditions()
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

	fn authorize_commit(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::authorize_commit(c)
	}

	fn authorize_reverse(c: u32) -> Weight {
		DbWeights::<RocksDbWeight>::authorize_reverse(c)
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
