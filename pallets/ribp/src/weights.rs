//! What the calls cost.
//!
//! Upper bounds by a model: storage accesses at the runtime's database weights, and for each unit
//! of foreign bytes a time above what it was measured to take natively on a 2-core machine (36 µs
//! for a vote with its signature, 0.9 µs for a node of a storage proof with what is read from it),
//! times [`WASM_FACTOR`].

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::WEIGHT_REF_TIME_PER_MICROS, RuntimeDbWeight, Weight},
};

/// By how much Wasm is slower than native code here, at most.
const WASM_FACTOR: u64 = 3;

/// Bytes that are decoded and hashed in a microsecond, at least.
const BYTES_PER_MICRO: u64 = 50;

/// Largest SCALE size of a stored system: a full authority set and a full view.
const SYSTEM_SIZE: u64 = 20_000;

/// Size that one more key adds to a storage proof of the own state.
const KEY_SIZE: u64 = 3_000;

/// Weights of the pallet's calls and of its hook.
pub trait WeightInfo {
	/// `a`: authorities in the anchor.
	fn register_system(a: u32) -> Weight;
	/// One contract.
	fn register() -> Weight;
	/// One contract, also when it is ended by force.
	fn cancel() -> Weight;
	/// One system, also when it is resumed.
	fn pause() -> Weight;
	/// `b`: bytes, of which `v` votes, `a` ancestry headers, `n` proof nodes, `m` missed hashes and
	/// `c` contracts.
	fn submit_evidence(b: u32, v: u32, a: u32, n: u32, m: u32, c: u32) -> Weight;
	/// `m`: missed hashes.
	fn submit_missed(m: u32) -> Weight;
	/// `e`: contracts that expire, and heights that are looked at for them.
	fn on_initialize(e: u32) -> Weight;
}

/// The weights for a runtime with these database weights.
pub struct SubstrateWeight<D>(PhantomData<D>);

impl<D: Get<RuntimeDbWeight>> SubstrateWeight<D> {
	fn build(micros: u64, reads: u64, writes: u64, proof_size: u64) -> Weight {
		let time = micros.saturating_mul(WASM_FACTOR).saturating_mul(WEIGHT_REF_TIME_PER_MICROS);
		let keys = reads.saturating_mul(KEY_SIZE);
		Weight::from_parts(time, proof_size.saturating_add(keys))
			.saturating_add(D::get().reads_writes(reads, writes))
	}
}

impl<D: Get<RuntimeDbWeight>> WeightInfo for SubstrateWeight<D> {
	fn register_system(a: u32) -> Weight {
		Self::build(20 + u64::from(a), 2, 1, SYSTEM_SIZE)
	}

	fn register() -> Weight {
		Self::build(250, 9, 7, SYSTEM_SIZE)
	}

	fn cancel() -> Weight {
		Self::build(150, 8, 9, 0)
	}

	fn pause() -> Weight {
		Self::build(20, 1, 1, SYSTEM_SIZE)
	}

	fn submit_evidence(b: u32, v: u32, a: u32, n: u32, m: u32, c: u32) -> Weight {
		let units = |count: u32, micros: u64| u64::from(count).saturating_mul(micros);
		let micros = 100
			+ u64::from(b) / BYTES_PER_MICRO
			+ units(v, 50)
			+ units(a, 5)
			+ units(n, 4)
			+ units(m, 1)
			+ units(c, 100);
		let contracts = u64::from(c);
		Self::build(
			micros,
			contracts.saturating_mul(8).saturating_add(5),
			contracts.saturating_mul(8).saturating_add(4),
			SYSTEM_SIZE,
		)
	}

	fn submit_missed(m: u32) -> Weight {
		Self::build(100 + u64::from(m), 2, 2, 2 * SYSTEM_SIZE)
	}

	fn on_initialize(e: u32) -> Weight {
		let expired = u64::from(e);
		Self::build(
			60 + expired.saturating_mul(150),
			expired.saturating_mul(7).saturating_add(3),
			expired.saturating_mul(8).saturating_add(2),
			10_000,
		)
	}
}

impl WeightInfo for () {
	fn register_system(a: u32) -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::register_system(a)
	}

	fn register() -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::register()
	}

	fn cancel() -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::cancel()
	}

	fn pause() -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::pause()
	}

	fn submit_evidence(b: u32, v: u32, a: u32, n: u32, m: u32, c: u32) -> Weight {
		type Weights = SubstrateWeight<frame_support::weights::constants::RocksDbWeight>;
		Weights::submit_evidence(b, v, a, n, m, c)
	}

	fn submit_missed(m: u32) -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::submit_missed(m)
	}

	fn on_initialize(e: u32) -> Weight {
		SubstrateWeight::<frame_support::weights::constants::RocksDbWeight>::on_initialize(e)
	}
}
