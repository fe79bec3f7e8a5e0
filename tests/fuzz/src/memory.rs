//! How much memory the code under test takes.

#![allow(unsafe_code)] // A global allocator cannot be written without.

use std::{
	alloc::{GlobalAlloc, Layout, System},
	sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Bytes of memory that a byte of input may cost: the smallest things that are decoded are empty
/// lists and unit digest items, one byte each, and a list that grows is there twice.
const FACTOR: usize = 128;

/// What may be taken for an empty input: buffers, and the first piece of a list of any length.
const BASE: usize = 256 * 1024;

struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let taken = TAKEN.fetch_add(layout.size(), Relaxed) + layout.size();
		MOST.fetch_max(taken, Relaxed);
		// SAFETY: the caller's promise is handed on.
		unsafe { System.alloc(layout) }
	}

	unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
		TAKEN.fetch_sub(layout.size(), Relaxed);
		// SAFETY: the caller's promise is handed on.
		unsafe { System.dealloc(pointer, layout) }
	}
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs `work` on an input of this many bytes, within the memory that such an input may cost.
pub fn bounded<R>(input: usize, work: impl FnOnce() -> R) -> R {
	let before = TAKEN.load(Relaxed);
	MOST.store(before, Relaxed);
	let result = work();
	let taken = MOST.load(Relaxed) - before;
	let limit = BASE + FACTOR * input;
	assert!(taken <= limit, "{taken} bytes of memory for {input} bytes of input");
	result
}
