//! From arguments to a running node or command.

use ribp_runtime::{opaque::Block, Hash};
use sc_cli::SubstrateCli;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker};
use sc_service::{ChainSpec, Configuration, PartialComponents, TaskManager};

use crate::{
	chain_spec,
	cli::{Cli, Run, Subcommand},
	running, service,
};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"RIBP node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the README of this project".into()
	}

	fn copyright_start_year() -> i32 {
		2025
	}

	fn load_spec(&self, chain: &str) -> Result<Box<dyn ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(chain)?))
	}
}

/// Does what the command line says.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => running::until_signal(&cli, &cli.run, |config| start(config, &cli.run)),
		Some(Subcommand::GenesisHash(command)) => {
			println!("{:?}", chain_spec::genesis_hash(&chain_spec::load(&command.chain)?)?);
			Ok(())
		},
		Some(Subcommand::Ribp(command)) => command.run(),
		Some(Subcommand::Key(command)) => command.run(&cli),
		Some(Subcommand::ExportChainSpec(command)) => {
			let spec = chain_spec::describe(&command.chain)?;
			command.run(Box::new(spec))
		},
		Some(Subcommand::ExportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let PartialComponents { client, task_manager, .. } =
					service::parts(&config, Some(&service::compiled_runtimes(&config)))?;
				Ok((command.run(client, config.database), task_manager))
			})
		},
		Some(Subcommand::ImportBlocks(command)) => {
			cli.create_runner(command)?.async_run(|config| {
				let PartialComponents { client, task_manager, import_queue, .. } =
					service::parts(&config, Some(&service::compiled_runtimes(&config)))?;
				Ok((command.run(client, import_queue), task_manager))
			})
		},
		Some(Subcommand::PurgeChain(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		},
		Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, backend, .. } =
				service::parts(&config, Some(&service::compiled_runtimes(&config)))?;
			let revert_grandpa = Box::new(|client, _, blocks| {
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((command.run(client, backend, Some(revert_grandpa)), task_manager))
		}),
	}
}

fn start(config: Configuration, run: &Run) -> sc_cli::Result<TaskManager> {
	let default = || (!run.is_temporary()).then(|| service::compiled_runtimes(&config));
	let compiled = run.compiled_runtimes.clone().or_else(default);
	let (ribp, compiled) = (&run.ribp, compiled.as_deref());
	let tasks = match config.network.network_backend {
		NetworkBackendType::Libp2p => {
			service::start::<NetworkWorker<Block, Hash>>(config, ribp, compiled)
		},
		NetworkBackendType::Litep2p => {
			service::start::<Litep2pNetworkBackend>(config, ribp, compiled)
		},
	}?;
	Ok(tasks)
}
