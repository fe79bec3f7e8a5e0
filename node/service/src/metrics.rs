//! Prometheus metrics. They are what the node has seen last, read when somebody asks for them.

use ribp_peer::Role;
use std::sync::Arc;
use substrate_prometheus_endpoint::{
	register as add, MetricSource, Opts, PrometheusError, Registry, SourcedGauge,
};

use crate::{
	monitor::Monitor,
	status::{PeerStatus, Status},
};

/// A chain as labels have it: the beginning of its genesis hash is what people look for.
fn label(peer: &PeerStatus) -> String {
	format!("{:?}", peer.system)
}

const MILLISECONDS: f64 = 1_000.0;

/// Values with their labels, besides that of the peer.
type Values = Vec<(Vec<String>, f64)>;

/// A metric: its name, what it says, its labels and where its values come from.
struct Metric {
	name: &'static str,
	help: &'static str,
	labels: &'static [&'static str],
	values: fn(&Status) -> Values,
}

#[derive(Clone)]
struct Source {
	monitor: Arc<Monitor>,
	values: fn(&Status) -> Values,
}

impl MetricSource for Source {
	type N = f64;

	fn collect(&self, mut set: impl FnMut(&[&str], f64)) {
		let Some(status) = self.monitor.last() else { return };
		for (labels, value) in (self.values)(&status) {
			set(&labels.iter().map(String::as_str).collect::<Vec<_>>(), value);
		}
	}
}

/// Adds all metrics to a registry.
pub fn register(registry: &Registry, monitor: Arc<Monitor>) -> Result<(), PrometheusError> {
	for Metric { name, help, labels, values } in METRICS {
		let opts = Opts::new(*name, *help).variable_labels(labels.iter().map(|l| l.to_string()).collect());
		let source = Source { monitor: monitor.clone(), values: *values };
		add(SourcedGauge::new(&opts, source)?, registry)?;
	}
	Ok(())
}

/// One value of the own chain.
fn own(value: impl Into<f64>) -> Values {
	vec![(Vec::new(), value.into())]
}

/// One value of each peer.
fn each(status: &Status, value: impl Fn(&PeerStatus) -> f64) -> Values {
	status.peers.iter().map(|peer| (vec![label(peer)], value(peer))).collect()
}

/// One value of each peer of which there is one.
fn some(status: &Status, value: impl Fn(&PeerStatus) -> Option<f64>) -> Values {
	status.peers.iter().filter_map(|peer| Some((vec![label(peer)], value(peer)?))).collect()
}

/// Of each peer a 1 for the name that holds, and 0 for the others.
fn one_of(status: &Status, names: &[&str], holds: impl Fn(&PeerStatus, &str) -> f64) -> Values {
	let of_peer = |peer| names.iter().map(move |name| (peer, *name));
	let pairs = status.peers.iter().flat_map(of_peer);
	pairs.map(|(peer, name)| (vec![label(peer), name.to_string()], holds(peer, name))).collect()
}

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
		values: |status| {
			let is = |role: Role| f64::from(u8::from(role.name() == status.role));
			Role::ALL.map(|role| (vec![role.name().into()], is(role))).to_vec()
		},
	},
	Metric {
		name: "ribp_owed",
		help: "Items that could not move when their contracts ended, and that nobody has claimed",
		labels: &[],
		values: |status| own(status.owed),
	},
	Metric {
		name: "ribp_business",
		help: "Whether there is business with another chain: 1 for the present status",
		labels: &["peer", "status"],
		values: |status| {
			one_of(status, &BUSINESS, |peer, name| f64::from(u8::from(peer.business == name)))
		},
	},
	Metric {
		name: "ribp_view_height",
		help: "Height of the newest block of another chain that is known",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.known.into()),
	},
	Metric {
		name: "ribp_view_age_seconds",
		help: "By how much that block is older than the own best one, by the chains' timestamps",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.age as f64 / MILLISECONDS),
	},
	Metric {
		name: "ribp_view_advanced_blocks",
		help: "Own blocks since that block was learned",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.advanced_ago.into()),
	},
	Metric {
		name: "ribp_set_id",
		help: "Id of the authority set that is believed to finalize another chain's next blocks",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.set_id as f64),
	},
	Metric {
		name: "ribp_trust_left_seconds",
		help: "Time for which the known block of another chain is still followed",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.trust_left as f64 / MILLISECONDS),
	},
	Metric {
		name: "ribp_entries",
		help: "Legs with another chain that are stored, with those that have ended",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.entries.into()),
	},
	Metric {
		name: "ribp_open",
		help: "Legs with another chain that have not ended",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.open.into()),
	},
	Metric {
		name: "ribp_contracts",
		help: "Legs with another chain that have not ended, by stage, as they were last counted",
		labels: &["peer", "stage"],
		values: |status| one_of(status, &STAGES, |peer, name| {
			let counted = peer.counted.as_ref();
			counted.and_then(|all| all.stages.get(name)).copied().unwrap_or(0).into()
		}),
	},
	Metric {
		name: "ribp_waiting",
		help: "Legs with another chain that have not ended, by what they wait for, as they were last counted",
		labels: &["peer", "waits"],
		values: |status| one_of(status, &WAITS, |peer, name| {
			let counted = peer.counted.as_ref();
			counted.and_then(|all| all.waits.get(name)).copied().unwrap_or(0).into()
		}),
	},
	Metric {
		name: "ribp_oldest_waiting_blocks",
		help: "Own blocks for which this node has seen a leg where it is, at the most",
		labels: &["peer"],
		values: |status| some(status, |peer| Some(peer.counted.as_ref()?.oldest.into())),
	},
	Metric {
		name: "ribp_nearest_expiry_blocks",
		help: "Own blocks until the nearest expiry of a leg that has not ended",
		labels: &["peer"],
		values: |status| some(status, |peer| peer.nearest_expiry.map(|blocks| blocks as f64)),
	},
	Metric {
		name: "ribp_open_branches",
		help: "Branches of another chain about which nothing is decided, besides the followed one",
		labels: &["peer"],
		values: |status| {
			each(status, |peer| peer.fork.as_ref().map_or(0, |fork| fork.branches).into())
		},
	},
	Metric {
		name: "ribp_fork_decided_blocks",
		help: "Own blocks until a branch is chosen without root, while a fork is open",
		labels: &["peer"],
		values: |status| {
			some(status, |peer| peer.fork.as_ref()?.decided_in.map(f64::from))
		},
	},
	Metric {
		name: "ribp_quiet_blocks",
		help: "Own blocks until anything moves again after a verdict on a fork",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.quiet_left.into()),
	},
	Metric {
		name: "ribp_archive_pieces",
		help: "Pieces of what was proven of another chain that nodes keep",
		labels: &["peer"],
		values: |status| each(status, |peer| peer.kept.into()),
	},
];
