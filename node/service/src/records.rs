//! What the offchain worker reports of itself.

use codec::Decode;
use ribp_peer::status::{
	concluding_key, from_bytes, rounds_key, telling_key, Concluding, Rounds, Telling, Worker,
	WORKER_KEY,
};
use serde::Serialize;
use sp_core::H256;

use crate::chain::Chain;

/// What it has come to with one peer, as far as it has reported.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Records {
	/// Asking it.
	pub rounds: Option<Rounds>,
	/// Telling it.
	pub telling: Option<Telling>,
	/// Contracts that time ends.
	pub concluding: Option<Concluding>,
}

impl Records {
	/// Of the peer with this genesis hash.
	pub fn of(chain: &dyn Chain, system: H256) -> Self {
		Self {
			rounds: read(chain, &rounds_key(system)),
			telling: read(chain, &telling_key(system)),
			concluding: read(chain, &concluding_key(system)),
		}
	}

	/// What the last round in which the peer was asked came to, in words.
	pub fn round(&self) -> Option<String> {
		let rounds = self.rounds.as_ref()?;
		let result = rounds.asked.as_ref().or(rounds.last.as_ref())?.result.name();
		let of_endpoint = |endpoint: &ribp_peer::status::Endpoint| {
			format!("{}: {}", endpoint.host, endpoint.last.name())
		};
		let endpoints: Vec<_> = rounds.endpoints.iter().map(of_endpoint).collect();
		Some(match endpoints.is_empty() {
			true => result.into(),
			false => format!("{result} ({})", endpoints.join(", ")),
		})
	}

	/// Why a contract did not move when the worker looked at it last, in words.
	pub fn standing(&self, contract: H256) -> Option<String> {
		let waiting = &self.rounds.as_ref()?.waiting;
		let found = waiting.iter().find(|one| one.contract == contract)?;
		let error = found.error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
		let by = match found.number {
			0 => String::new(),
			number => format!(" by its block #{number}"),
		};
		Some(format!("{}{error}{by}", found.standing.name()))
	}
}

/// What the worker as a whole has reported.
pub fn worker(chain: &dyn Chain) -> Option<Worker> {
	read(chain, WORKER_KEY)
}

fn read<R: Decode>(chain: &dyn Chain, key: &[u8]) -> Option<R> {
	from_bytes(&chain.kept(key)?)
}
