//! Prometheus metrics. They are what the node has seen last, read when somebody asks for them.

use ribp_peer::{
	status::{Endpoint, EndpointResult, Fault, MessageKind, RequestCount, TellingResult},
	Role,
};
use std::{collections::BTreeMap, sync::Arc};
use substrate_prometheus_endpoint::{
	register as add, MetricSource, Opts, PrometheusError, Registry, SourcedCounter, SourcedGauge,
};

use crate::{
	monitor::{Monitor, View},
	records::Records,
	status::PeerStatus,
};

/// A chain as labels have it: the beginning of its genesis hash is what people look for.
fn label(peer: &PeerStatus) -> String {
	format!("{:?}", peer.system)
}

const MILLISECONDS: f64 = 1_000.0;

/// Values with their labels, besides that of the peer.
type Values = Vec<(Vec<String>, f64)>;

/// A metric: its name, what it says, its labels and where its values come from. What ends in `_total` only rises.
struct Metric {
	name: &'static str,
	help: &'static str,
	labels: &'static [&'static str],
	values: fn(&View) -> Values,
}

#[derive(Clone)]
struct Source {
	monitor: Arc<Monitor>,
	values: fn(&View) -> Values,
}

impl MetricSource for Source {
	type N = f64;

	fn collect(&self, mut set: impl FnMut(&[&str], f64)) {
		let Some(view) = self.monitor.last() else { return };
		for (labels, value) in (self.values)(&view) {
			set(&labels.iter().map(String::as_str).collect::<Vec<_>>(), value);
		}
	}
}

/// Adds all metrics to a registry.
pub fn register(registry: &Registry, monitor: Arc<Monitor>) -> Result<(), PrometheusError> {
	for Metric { name, help, labels, values } in METRICS {
		let opts =
			Opts::new(*name, *help).variable_labels(labels.iter().map(|l| l.to_string()).collect());
		let source = Source { monitor: monitor.clone(), values: *values };
		match name.ends_with("_total") {
			true => drop(add(SourcedCounter::new(&opts, source)?, registry)?),
			false => drop(add(SourcedGauge::new(&opts, source)?, registry)?),
		}
	}
	Ok(())
}

/// One value of the own chain.
fn own(value: impl Into<f64>) -> Values {
	vec![(Vec::new(), value.into())]
}

/// One value of each peer.
fn each(view: &View, value: impl Fn(&PeerStatus) -> f64) -> Values {
	view.status.peers.iter().map(|peer| (vec![label(peer)], value(peer))).collect()
}

/// One value of each peer of which there is one.
fn some(view: &View, value: impl Fn(&PeerStatus) -> Option<f64>) -> Values {
	view.status.peers.iter().filter_map(|peer| Some((vec![label(peer)], value(peer)?))).collect()
}

/// Of each peer a 1 for the name that holds, and 0 for the others.
fn one_of(view: &View, names: &[&str], holds: impl Fn(&PeerStatus, &str) -> f64) -> Values {
	let of_peer = |peer| names.iter().map(move |name| (peer, *name));
	let pairs = view.status.peers.iter().flat_map(of_peer);
	pairs.map(|(peer, name)| (vec![label(peer), name.to_string()], holds(peer, name))).collect()
}

/// Values that the worker has reported of each peer, with their further labels.
fn reported<L: Into<Vec<String>>>(
	view: &View,
	values: impl Fn(&Records) -> Vec<(L, f64)>,
) -> Values {
	let pairs = view.status.peers.iter().zip(&view.records);
	let of_peer = |(peer, records): (&PeerStatus, &Records)| {
		let with_peer =
			|(labels, value): (L, f64)| ([vec![label(peer)], labels.into()].concat(), value);
		values(records).into_iter().map(with_peer).collect::<Vec<_>>()
	};
	pairs.flat_map(of_peer).collect()
}

const NO_LABELS: [String; 0] = [];
const BUSINESS: [&str; 4] = ["active", "paused", "forked", "coolingDown"];
const STAGES: [&str; 3] = ["registered", "cancelling", "committed"];
const WAITS: [&str; 9] = [
	"paused",
	"forked",
	"coolingDown",
	"trustExpired",
	"peerRegistration",
	"peerCommitment",
	"verdict",
	"forgotten",
	"conclusion",
];

const METRICS: &[Metric] = &[
	Metric {
		name: "ribp_role",
		help: "What this node does about exchanges with other chains: 1 for its role",
		labels: &["role"],
		values: |view| {
			let is = |role: Role| f64::from(u8::from(role.name() == view.status.role));
			Role::ALL.map(|role| (vec![role.name().to_string()], is(role))).to_vec()
		},
	},
	Metric {
		name: "ribp_owed",
		help: "Items that could not move when their contracts ended, and that nobody has claimed",
		labels: &[],
		values: |view| own(view.status.owed),
	},
	Metric {
		name: "ribp_business",
		help: "Whether there is business with another chain: 1 for the present status",
		labels: &["peer", "status"],
		values: |view| {
			one_of(view, &BUSINESS, |peer, name| f64::from(u8::from(peer.business == name)))
		},
	},
	Metric {
		name: "ribp_view_height",
		help: "Height of the newest block of another chain that is known",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.known.into()),
	},
	Metric {
		name: "ribp_view_age_seconds",
		help: "By how much that block is older than the own best one, by the chains' timestamps",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.age as f64 / MILLISECONDS),
	},
	Metric {
		name: "ribp_view_advanced_blocks",
		help: "Own blocks since that block was learned",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.advanced_ago.into()),
	},
	Metric {
		name: "ribp_set_id",
		help: "Id of the authority set that is believed to finalize another chain's next blocks",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.set_id as f64),
	},
	Metric {
		name: "ribp_trust_left_seconds",
		help: "Time for which the known block of another chain is still followed",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.trust_left as f64 / MILLISECONDS),
	},
	Metric {
		name: "ribp_entries",
		help: "Legs with another chain that are stored, with those that have ended",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.entries.into()),
	},
	Metric {
		name: "ribp_open",
		help: "Legs with another chain that have not ended",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.open.into()),
	},
	Metric {
		name: "ribp_contracts",
		help: "Legs with another chain that have not ended, by stage, as they were last counted",
		labels: &["peer", "stage"],
		values: |view| one_of(view, &STAGES, |peer, name| {
			let counted = peer.counted.as_ref();
			counted.and_then(|all| all.stages.get(name)).copied().unwrap_or(0).into()
		}),
	},
	Metric {
		name: "ribp_waiting",
		help: "Legs with another chain that have not ended, by what they wait for, as they were last counted",
		labels: &["peer", "waits"],
		values: |view| one_of(view, &WAITS, |peer, name| {
			let counted = peer.counted.as_ref();
			counted.and_then(|all| all.waits.get(name)).copied().unwrap_or(0).into()
		}),
	},
	Metric {
		name: "ribp_oldest_waiting_blocks",
		help: "Own blocks for which this node has seen a leg where it is, at the most",
		labels: &["peer"],
		values: |view| some(view, |peer| Some(peer.counted.as_ref()?.oldest.into())),
	},
	Metric {
		name: "ribp_nearest_expiry_blocks",
		help: "Own blocks until the nearest expiry of a leg that has not ended",
		labels: &["peer"],
		values: |view| some(view, |peer| peer.nearest_expiry.map(|blocks| blocks as f64)),
	},
	Metric {
		name: "ribp_open_branches",
		help: "Branches of another chain about which nothing is decided, besides the followed one",
		labels: &["peer"],
		values: |view| {
			each(view, |peer| peer.fork.as_ref().map_or(0, |fork| fork.branches).into())
		},
	},
	Metric {
		name: "ribp_fork_decided_blocks",
		help: "Own blocks until a branch is chosen without root, while a fork is open",
		labels: &["peer"],
		values: |view| {
			some(view, |peer| peer.fork.as_ref()?.decided_in.map(f64::from))
		},
	},
	Metric {
		name: "ribp_quiet_blocks",
		help: "Own blocks until anything moves again after a verdict on a fork",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.quiet_left.into()),
	},
	Metric {
		name: "ribp_archive_pieces",
		help: "Pieces of what was proven of another chain that nodes keep",
		labels: &["peer"],
		values: |view| each(view, |peer| peer.kept.into()),
	},
	Metric {
		name: "ribp_rounds_total",
		help: "Rounds of asking another chain, by what they came to",
		labels: &["peer", "result"],
		values: |view| reported(view, |records| {
			let all = records.rounds.iter().flat_map(|rounds| rounds.results.iter());
			all.map(|(result, count)| ([result.name().to_string()], count as f64)).collect()
		}),
	},
	Metric {
		name: "ribp_failed_rounds",
		help: "Rounds with another chain that failed since the last one that did not",
		labels: &["peer"],
		values: |view| reported(view, |records| {
			records.rounds.iter().map(|rounds| (NO_LABELS, rounds.failures.into())).collect()
		}),
	},
	Metric {
		name: "ribp_pause_blocks",
		help: "Own blocks for which another chain is left alone",
		labels: &["peer"],
		values: |view| {
			let height = view.status.height;
			reported(view, |records| {
				let left = |until: u32| f64::from(until.saturating_sub(height));
				records.rounds.iter().map(|rounds| (NO_LABELS, left(rounds.not_before))).collect()
			})
		},
	},
	Metric {
		name: "ribp_messages_total",
		help: "Messages to the own transaction pool, by what became of them",
		labels: &["peer", "fate"],
		values: |view| reported(view, |records| {
			let all = records.rounds.iter().flat_map(|rounds| rounds.fates.iter());
			all.map(|(fate, count)| ([fate.name().to_string()], count as f64)).collect()
		}),
	},
	Metric {
		name: "ribp_refusals_total",
		help: "Messages that the own transaction pool has refused, by error",
		labels: &["peer", "error"],
		values: |view| reported(view, |records| {
			let rounds = records.rounds.iter().flat_map(|rounds| &rounds.refusals);
			let all = rounds.chain(records.concluding.iter().flat_map(|time| &time.refusals));
			// Both kinds of messages can be refused for the same reason.
			let mut sums = BTreeMap::<&String, f64>::new();
			all.for_each(|(error, count)| *sums.entry(error).or_default() += *count as f64);
			sums.into_iter().map(|(error, count)| ([error.clone()], count)).collect()
		}),
	},
	Metric {
		name: "ribp_conclusions_total",
		help: "Looks for contracts that time alone ends, by what they came to",
		labels: &["peer", "result"],
		values: |view| reported(view, |records| {
			let all = records.concluding.iter().flat_map(|time| time.results.iter());
			all.map(|(result, count)| ([result.name().to_string()], count as f64)).collect()
		}),
	},
	Metric {
		name: "ribp_gossip_total",
		help: "Telling another chain what it lacks, by what it came to",
		labels: &["peer", "result"],
		values: |view| reported(view, |records| {
			let all = records.telling.iter().flat_map(|telling| telling.results.iter());
			all.map(|(result, count)| ([result.name().to_string()], count as f64)).collect()
		}),
	},
	Metric {
		name: "ribp_gossip_messages_total",
		help: "Messages to another chain, by kind and by what became of them",
		labels: &["peer", "kind", "result"],
		values: |view| reported(view, |records| {
			let all = records.telling.iter().flat_map(|telling| telling.counts.iter());
			let names = |(kind, result): (MessageKind, TellingResult)| {
				[kind.name().to_string(), result.name().to_string()]
			};
			all.map(|(which, count)| (names(which), count as f64)).collect()
		}),
	},
	Metric {
		name: "ribp_endpoint_finalized_height",
		help: "The highest final block that an endpoint has shown",
		labels: &["peer", "endpoint"],
		values: |view| reported(view, |records| {
			let height = |one: &Endpoint| Some(([place(one)], one.finalized?.into()));
			endpoints(records).filter_map(height).collect()
		}),
	},
	Metric {
		name: "ribp_endpoint_latency_seconds",
		help: "How long an endpoint took to answer on average when it was last asked",
		labels: &["peer", "endpoint"],
		values: |view| reported(view, |records| {
			let latency = |one: &Endpoint| ([place(one)], f64::from(one.latency) / MILLISECONDS);
			endpoints(records).map(latency).collect()
		}),
	},
	Metric {
		name: "ribp_endpoint_results_total",
		help: "Asking an endpoint, by what it came to",
		labels: &["peer", "endpoint", "result"],
		values: |view| reported(view, |records| {
			let of_one = |one: &Endpoint| {
				let names = |result: EndpointResult| [place(one), result.name().to_string()];
				let all = one.results.iter();
				all.map(|(result, count)| (names(result), count as f64)).collect::<Vec<_>>()
			};
			endpoints(records).flat_map(of_one).collect()
		}),
	},
	Metric {
		name: "ribp_requests_total",
		help: "Requests to an endpoint, by method and result",
		labels: &["peer", "endpoint", "method", "result"],
		values: |view| requests(view, |request| request.count as f64),
	},
	Metric {
		name: "ribp_request_seconds_total",
		help: "How long requests to an endpoint took together, by method and result",
		labels: &["peer", "endpoint", "method", "result"],
		values: |view| requests(view, |request| request.took as f64 / MILLISECONDS),
	},
];

fn endpoints(records: &Records) -> impl Iterator<Item = &Endpoint> {
	records.rounds.iter().flat_map(|rounds| &rounds.endpoints)
}

/// An endpoint as labels have it. Two on one host are told apart by a piece of the hash of their addresses.
fn place(endpoint: &Endpoint) -> String {
	let [first, second, ..] = endpoint.id;
	format!("{}#{first:02x}{second:02x}", endpoint.host)
}

fn requests(view: &View, value: fn(&RequestCount) -> f64) -> Values {
	reported(view, |records| {
		let of_one = |one: &Endpoint| {
			let labels = |request: &RequestCount| {
				let result = request.fault.map_or("ok", Fault::name);
				[place(one), request.method.name().to_string(), result.into()]
			};
			let all = one.requests.iter();
			all.map(|request| (labels(request), value(request))).collect::<Vec<_>>()
		};
		endpoints(records).flat_map(of_one).collect()
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::monitor::tests::{contract, Fake, BETA};
	use pallet_ribp::Stage;
	use ribp_peer::status::{rounds_key, to_bytes, Fate, Method, RoundResult, Rounds};
	use substrate_prometheus_endpoint::prometheus::{Encoder, TextEncoder};

	fn text(registry: &Registry) -> String {
		let mut buffer = Vec::new();
		TextEncoder::new().encode(&registry.gather(), &mut buffer).unwrap();
		String::from_utf8(buffer).unwrap()
	}

	/// What the worker reports of beta.
	fn rounds() -> Rounds {
		let mut rounds = Rounds { not_before: 14, failures: 3, ..Rounds::default() };
		rounds.results.add(RoundResult::Failed, 3);
		rounds.fates.add(Fate::Effective, 7);
		rounds.refusals = vec![("SystemForked".into(), 2)];
		let requests = vec![
			RequestCount { method: Method::Header, fault: None, count: 5, took: 1_500 },
			RequestCount {
				method: Method::Header,
				fault: Some(Fault::Deadline),
				count: 1,
				took: 3_000,
			},
		];
		rounds.endpoints = vec![Endpoint {
			id: [0xab; 16],
			host: "rpc.example:443".into(),
			finalized: Some(90),
			latency: 250,
			requests,
			..Endpoint::default()
		}];
		rounds
	}

	#[test]
	fn nothing_is_told_before_anything_was_seen() {
		let (_, monitor) = Fake::with(Vec::new());
		let registry = Registry::new();
		register(&registry, Arc::new(monitor)).unwrap();
		assert!(!text(&registry).contains("{peer"));
	}

	#[test]
	fn metrics_have_what_the_chain_and_the_worker_tell() {
		let (chain, monitor) = Fake::with(vec![contract(0, Stage::Registered)]);
		chain.keep(rounds_key(BETA.0), to_bytes(&rounds()));
		monitor.look().unwrap();
		let registry = Registry::new();
		register(&registry, Arc::new(monitor)).unwrap();
		let text = text(&registry);
		let peer = format!("peer=\"{:?}\"", BETA.0);
		let endpoint = "endpoint=\"rpc.example:443#abab\"";
		for line in [
			format!("ribp_contracts{{{peer},stage=\"registered\"}} 1"),
			format!("ribp_contracts{{{peer},stage=\"committed\"}} 0"),
			format!("ribp_waiting{{{peer},waits=\"peerRegistration\"}} 1"),
			format!("ribp_business{{{peer},status=\"active\"}} 1"),
			format!("ribp_rounds_total{{{peer},result=\"failed\"}} 3"),
			format!("ribp_failed_rounds{{{peer}}} 3"),
			format!("ribp_pause_blocks{{{peer}}} 4"),
			format!("ribp_messages_total{{{peer},fate=\"effective\"}} 7"),
			format!("ribp_refusals_total{{{peer},error=\"SystemForked\"}} 2"),
			format!("ribp_endpoint_finalized_height{{{peer},{endpoint}}} 90"),
			format!("ribp_endpoint_latency_seconds{{{peer},{endpoint}}} 0.25"),
			format!(
				"ribp_requests_total{{{peer},{endpoint},method=\"chain_getHeader\",result=\"ok\"}} 5"
			),
			format!(
				"ribp_request_seconds_total{{{peer},{endpoint},method=\"chain_getHeader\",result=\"deadline\"}} 3"
			),
		] {
			assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
		}
		assert!(text.contains("# TYPE ribp_rounds_total counter"));
		assert!(text.contains("# TYPE ribp_open gauge"));
	}
}
