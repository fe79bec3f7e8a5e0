//! Standalone Aura and GRANDPA node of the RIBP dev chains.

#![warn(missing_docs)]

mod chain_spec;
mod cli;
mod command;
mod consensus;
mod rpc;
mod running;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
