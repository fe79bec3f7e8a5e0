//! Passes the version and the target on to the command line.

fn main() {
	substrate_build_script_utils::generate_cargo_keys();
}
