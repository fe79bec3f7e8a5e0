//! Compiles the runtime to Wasm next to the native build.

#[cfg(feature = "std")]
fn main() {
	substrate_wasm_builder::WasmBuilder::build_using_defaults();
}

/// The inner, `no_std` build is the Wasm build itself.
#[cfg(not(feature = "std"))]
fn main() {}
