//! What the paper's experiment leaves open: one chart each.

mod checks;
mod exchange;
mod exposure;
mod fork;
mod latency;
mod rate;
mod size;
mod topology;

use super::{Extent, Failure, Study, Watch};

/// All further studies, in order.
pub(super) const STUDIES: [fn(&Extent, &dyn Watch) -> Result<Study, Failure>; 9] = [
	checks::study,
	exchange::study,
	latency::study,
	size::study,
	topology::study,
	rate::study,
	fork::hidden,
	exposure::times,
	exposure::expiries,
];
