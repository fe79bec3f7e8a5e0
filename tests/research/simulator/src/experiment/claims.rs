//! What section 6 of the paper claims, beside what is measured.

use super::{exponent, straightness, Dimension, Setting, Stop, Sweep};
use crate::Tally;
use serde::Serialize;

/// The greatest gap that the paper's k = 5 covers.
const WINDOW: u32 = 5;

/// "A slight part": the most that nine times the tasks may add.
const SLIGHT: f64 = 0.5;

/// What is below at the beginning of a line has nowhere to fall to.
const NOTICEABLE: f64 = 0.001;

/// The least R² of what counts as a straight line.
const STRAIGHT: f64 = 0.95;

/// A claim of the paper and the measured figures that decide it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Claim {
	/// What is claimed.
	pub claim: &'static str,
	/// The paper's words or figures.
	pub paper: &'static str,
	/// What was measured.
	pub measured: String,
	/// Whether that is what is claimed.
	pub holds: bool,
	/// What decides.
	pub criterion: String,
	/// Why it differs, if it does.
	pub why: Option<String>,
}

impl Claim {
	fn new(claim: &'static str, paper: &'static str) -> Self {
		let (measured, criterion) = (String::new(), String::new());
		Self { claim, paper, measured, holds: false, criterion, why: None }
	}

	fn decide(self, criterion: impl Into<String>, measured: String, holds: bool) -> Self {
		Self { criterion: criterion.into(), measured, holds, ..self }
	}

	/// The reason, in case that it does not hold.
	fn or_because(self, why: impl Into<String>) -> Self {
		Self { why: (!self.holds).then(|| why.into()), ..self }
	}
}

/// All of them, in the order of the paper.
pub fn claims(sweep: &Sweep) -> Vec<Claim> {
	vec![
		requests(sweep),
		redundancy(sweep),
		redundancy_grows(sweep),
		gossip_by_scale(sweep),
		gossip_by_tasks(sweep),
		gossip_by_rate(sweep),
		gap_by_scale(sweep),
		gap_by_tasks(sweep),
		gap_under_little_gossip(sweep),
		told(sweep),
		expected_gap(sweep),
		window(sweep),
	]
}

fn requests(sweep: &Sweep) -> Claim {
	let range = Range::of(sweep.all().map(|(_, tally)| tally.requests_per_task()));
	Claim::new(
		"a task that succeeds takes at least 4 requests",
		"one success cross-chain task requires at least 4 times cross-chain requests",
	)
	.decide(
		"requests for each settled task, 4 or more in every network",
		format!("{range} in {} networks", sweep.all().count()),
		range.least >= 4.0,
	)
}

fn redundancy(sweep: &Sweep) -> Claim {
	let all = || sweep.all().map(|(_, tally)| tally.redundancy());
	let range = Range::of(all());
	let is_claimed = |part: &f64| (0.25..=0.5).contains(part);
	let inside = all().filter(is_claimed).count();
	Claim::new(
		"25 to 50 % of the requests are redundant",
		"the redundant messages rate increase from 25% to 50%",
	)
	.decide(
		"requests after which nothing moved, for each one after which something did: from 25 to \
		 50 % in every network",
		format!("{} in all networks; {inside} of {} inside", range.percent(), all().count()),
		inside == all().count(),
	)
	.or_because(
		"A task needs four requests that move it, and one that is answered \"not yet\": the first \
		 one, which reaches the other chain before the mirror contract does. That is 25 %.",
	)
}

fn redundancy_grows(sweep: &Sweep) -> Claim {
	let ends = ends(sweep, Dimension::Tasks, Tally::redundancy);
	let more = ends.iter().filter(|ends| ends.last > ends.first).count();
	let percent = |of: fn(&Ends) -> f64| 100.0 * mean(&ends, of);
	let insistent = sweep.insistent().map(|(setting, tally)| {
		format!("{:.1} % at 0.{}", 100.0 * tally.redundancy(), setting.tasks)
	});
	let insistent: Vec<_> = insistent.collect();
	Claim::new(
		"more tasks make more requests redundant",
		"too many cross-chain tasks will delay the system and may cause more requests failed",
	)
	.decide(
		"at the highest task rate more than at the lowest, in every pair of scale and silence",
		format!(
			"{:.2} % at the lowest and {:.2} % at the highest rate on average; more in {more} of {} \
			 pairs",
			percent(|ends| ends.first),
			percent(|ends| ends.last),
			ends.len()
		),
		more == ends.len(),
	)
	.or_because(format!(
		"By section 4.2 a system that is told \"not yet\" waits until the other one asks. So one \
		 request is in vain however long registrations queue for their blocks. If it asks again \
		 after each block instead (\"whenever a new block is about to be created\"), queues cost \
		 requests, and the part grows as the paper says and beyond: in 5_t_7, {}.",
		insistent.join(", ")
	))
}

fn gossip_by_scale(sweep: &Sweep) -> Claim {
	let range = exponents(sweep, Dimension::Scale, messages);
	Claim::new(
		"gossip grows faster than linear with scale",
		"the scale will cause a big change to the required view update messages number that is \
		 growing faster than a linear function",
	)
	.decide(
		"messages of a system grow as a power of n above 1, in every pair of rates",
		format!("as n to the power of {range}"),
		range.least > 1.0,
	)
}

fn gossip_by_tasks(sweep: &Sweep) -> Claim {
	let ends = ends(sweep, Dimension::Tasks, messages);
	let added = |ends: &Ends| ends.last / ends.first - 1.0;
	let range = Range::of(ends.iter().map(added));
	let slight = ends.iter().filter(|ends| (0.0..=SLIGHT).contains(&added(ends))).count();
	let lines = [1, 5, 7, 9].map(|silence| {
		let line = sweep.line(Setting { silence, ..Setting::NAMED }, Dimension::Tasks);
		let ends = Ends::of(&line, messages).filter(|_| line.len() > 1);
		ends.map(|ends| format!("{:.1} % at a silence of 0.{silence}", 100.0 * added(&ends)))
	});
	let lines: Vec<_> = lines.into_iter().flatten().collect();
	Claim::new(
		"gossip grows slightly with the task rate",
		"the rate of cross-chain tasks per block only increase a slight part of updates messages",
	)
	.decide(
		format!(
			"from the lowest to the highest task rate, messages grow by 0 to {:.0} %, in every \
			 pair of scale and silence",
			100.0 * SLIGHT
		),
		format!(
			"by {}; {slight} of {} pairs inside; with 5 systems {}",
			range.percent(),
			ends.len(),
			lines.join(", ")
		),
		slight == ends.len(),
	)
	.or_because(
		"Who ends a task tells every peer (section 4.2), whatever q' is. Where q' is high that adds \
		 little; where systems are silent it is most of what is told. The paper does not say at \
		 which silence it looked.",
	)
}

fn gossip_by_rate(sweep: &Sweep) -> Claim {
	let lines = sweep.lines(Dimension::Silence);
	let straight = lines.iter().filter_map(|line| straightness(&points(line, messages)));
	let straight = Range::of(straight);
	let powers = exponents(sweep, Dimension::Silence, messages);
	Claim::new(
		"gossip grows linearly with the sending rate",
		"increasing rate of sending view update messages will significantly increase the volume of \
		 view update messages which follow a linear relation",
	)
	.decide(
		format!("a straight line explains {STRAIGHT} of the variance or more (R²), on every line"),
		format!("R² {straight}; as q' to the power of {powers}"),
		straight.least >= STRAIGHT,
	)
}

fn gap_by_scale(sweep: &Sweep) -> Claim {
	let falls = Falls::of(sweep, Dimension::Scale, gap);
	let named = points(&sweep.line(Setting::NAMED, Dimension::Scale), gap);
	Claim::new("the gap falls with scale", "the gap decreased as the scale goes larger").decide(
		format!(
			"the average gap of the largest network is below that of the smallest, in every pair of \
			 rates where that is {NOTICEABLE} or more"
		),
		format!("{falls}; with the rates of 5_1_7: {}", listed(&named)),
		falls.is_always(),
	)
}

fn gap_by_tasks(sweep: &Sweep) -> Claim {
	let means = Falls::of(sweep, Dimension::Tasks, gap);
	let variances = Falls::of(sweep, Dimension::Tasks, |tally| tally.gaps.variance());
	let line = sweep.line(Setting::NAMED, Dimension::Tasks);
	Claim::new(
		"the gap and its variance fall with the task rate",
		"the increase of cross-chain tasks results in both the expectation but also the variance of \
		 gap decrease",
	)
	.decide(
		format!(
			"each is lower at the highest task rate than at the lowest, in every pair of scale and \
			 silence where it is {NOTICEABLE} or more"
		),
		format!(
			"the gap: {means}; its variance: {variances}; the gap of 5_1_7 and with more tasks: {}",
			listed(&points(&line, gap))
		),
		means.is_always() && variances.is_always(),
	)
}

fn gap_under_little_gossip(sweep: &Sweep) -> Claim {
	let greatest = sweep.all().map(|(setting, _)| setting.silence).max().unwrap_or(0);
	let quiet = sweep.all().filter(|(setting, _)| setting.silence == greatest);
	let range = Range::of(quiet.map(|(_, tally)| gap(tally)));
	Claim::new(
		"very little gossip keeps the average gap low",
		"even a very limited view update messages are sending for each system the average gap of \
		 view can be very slow",
	)
	.decide(
		format!("the average gap is below {WINDOW}, the paper's k, in every network of the highest silence"),
		format!("{range} with a silence of 0.{greatest}"),
		range.greatest < f64::from(WINDOW),
	)
}

fn told(sweep: &Sweep) -> Claim {
	let told = sweep.named().told_by_chance(Setting::NAMED.systems - 1);
	Claim::new(
		"5_1_7 tells 1.2 systems after a block on average",
		"sending on average 1.2 systems each time",
	)
	.decide(
		"peers that are drawn after a block, within 5 % of 1.2",
		format!("{told:.3}"),
		(told - 1.2).abs() <= 0.05 * 1.2,
	)
}

fn expected_gap(sweep: &Sweep) -> Claim {
	let [gap, patient] = [sweep.named(), sweep.patient()].map(gap);
	Claim::new("5_1_7 has an expected gap below 3", "the expected gap will be less than 3").decide(
		"the average gap",
		format!(
			"{gap:.3}; if changed views are told again after the next block instead of at once, \
			 {patient:.3}"
		),
		gap < 3.0,
	)
}

fn window(sweep: &Sweep) -> Claim {
	let [gaps, patient] = [sweep.named(), sweep.patient()].map(|tally| {
		let gaps = &tally.gaps;
		let part = 100.0 * gaps.part_above(WINDOW);
		format!("at most {} blocks behind, {part:.4} % of the views more than 5", gaps.greatest())
	});
	Claim::new("k = 5 is enough for 5_1_7", "k can be set to 5 for the worst case")
		.decide(
			"no view is ever more than 5 blocks behind",
			format!("{gaps}; if changed views are told again after the next block only, {patient}"),
			sweep.named().gaps.greatest() <= WINDOW,
		)
		.or_because(
			"Chance has no worst case: a system may be told nothing for any time. How rare that is \
			 stands beside it; who is farther behind fetches the missed hashes (section 4.3).",
		)
}

fn messages(tally: &Tally) -> f64 {
	tally.per_block(tally.all_sent().messages)
}

fn gap(tally: &Tally) -> f64 {
	tally.gaps.mean()
}

fn points(line: &[Stop<'_>], measure: fn(&Tally) -> f64) -> Vec<(f64, f64)> {
	line.iter().map(|stop| (stop.place, measure(stop.tally))).collect()
}

fn listed(points: &[(f64, f64)]) -> String {
	let all: Vec<_> = points.iter().map(|(x, y)| format!("{y:.3} at {x}")).collect();
	all.join(", ")
}

/// A measure at both ends of a line.
struct Ends {
	first: f64,
	last: f64,
}

impl Ends {
	fn of(line: &[Stop<'_>], measure: fn(&Tally) -> f64) -> Option<Self> {
		let [first, last] = [line.first()?, line.last()?].map(|stop| measure(stop.tally));
		Some(Self { first, last })
	}
}

fn ends(sweep: &Sweep, along: Dimension, measure: fn(&Tally) -> f64) -> Vec<Ends> {
	let lines = sweep.lines(along);
	lines.iter().filter_map(|line| Ends::of(line, measure)).collect()
}

/// On how many lines a measure is lower at the end, of those where it is noticeable at all.
struct Falls {
	lower: usize,
	noticeable: usize,
	all: usize,
}

impl Falls {
	fn of(sweep: &Sweep, along: Dimension, measure: fn(&Tally) -> f64) -> Self {
		let ends = ends(sweep, along, measure);
		let noticeable = || ends.iter().filter(|ends| ends.first >= NOTICEABLE);
		let lower = noticeable().filter(|ends| ends.last < ends.first).count();
		Self { lower, noticeable: noticeable().count(), all: ends.len() }
	}

	fn is_always(&self) -> bool {
		self.noticeable > 0 && self.lower == self.noticeable
	}
}

impl std::fmt::Display for Falls {
	fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
		let Self { lower, noticeable, all } = self;
		write!(
			f,
			"lower in {lower} of {noticeable} pairs, and next to nothing in {}",
			all - noticeable
		)
	}
}

fn mean(ends: &[Ends], of: fn(&Ends) -> f64) -> f64 {
	ends.iter().map(of).sum::<f64>() / ends.len().max(1) as f64
}

fn exponents(sweep: &Sweep, along: Dimension, measure: fn(&Tally) -> f64) -> Range {
	let lines = sweep.lines(along);
	Range::of(lines.iter().filter_map(|line| exponent(&points(line, measure))))
}

/// The least and the greatest of some figures.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Range {
	least: f64,
	greatest: f64,
}

impl Range {
	fn of(figures: impl Iterator<Item = f64>) -> Self {
		let nothing = Self { least: f64::INFINITY, greatest: f64::NEG_INFINITY };
		figures.fold(nothing, |Self { least, greatest }, figure| Self {
			least: least.min(figure),
			greatest: greatest.max(figure),
		})
	}

	fn percent(self) -> String {
		format!("{:.1} to {:.1} %", 100.0 * self.least, 100.0 * self.greatest)
	}
}

impl std::fmt::Display for Range {
	fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
		write!(f, "{:.3} to {:.3}", self.least, self.greatest)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Sent;

	/// A tally of one system that made one block.
	fn tally(messages: u64, gap: u32) -> Tally {
		let sent = Sent { messages, checks: 5, useful_checks: 4, ..Sent::default() };
		let mut tally = Tally { system_blocks: 1, sent: vec![sent], ..Tally::default() };
		tally.tasks.settled = 1;
		// Half of the views are up to date, so that there is a variance.
		[0, gap].into_iter().for_each(|gap| tally.gaps.count(gap));
		tally
	}

	/// Networks with these messages and gaps by n, tasks and silence.
	fn sweep(messages: fn(Setting) -> u64, gap: fn(Setting) -> u32) -> Sweep {
		let mut settings = Vec::new();
		for systems in [3, 5, 9] {
			for tasks in [1, 9] {
				settings.extend([1, 5, 7].map(|silence| Setting { systems, tasks, silence }));
			}
		}
		Sweep::of(
			settings.into_iter().map(|setting| (setting, tally(messages(setting), gap(setting)))),
		)
	}

	fn as_the_paper() -> Sweep {
		let messages = |setting: Setting| {
			u64::from(setting.systems.pow(2) * (10 - setting.silence) * (90 + setting.tasks))
		};
		sweep(messages, |setting| 40 - 2 * setting.systems - setting.tasks)
	}

	fn holds(sweep: &Sweep, claim: fn(&Sweep) -> Claim) -> bool {
		let claim = claim(sweep);
		assert!(!claim.measured.is_empty() && !claim.criterion.is_empty());
		claim.holds
	}

	#[test]
	fn what_is_as_the_paper_says_holds() {
		let sweep = as_the_paper();
		for claim in [
			requests,
			redundancy,
			gossip_by_scale,
			gossip_by_tasks,
			gossip_by_rate,
			gap_by_scale,
			gap_by_tasks,
		] {
			assert!(holds(&sweep, claim), "{:?}", claim(&sweep));
		}
	}

	#[test]
	fn what_is_otherwise_does_not_hold() {
		let linear = sweep(|setting| u64::from(setting.systems), |_| 1);
		assert!(!holds(&linear, gossip_by_scale));
		assert!(!holds(&linear, gap_by_scale));
		assert!(!holds(&linear, gap_by_tasks));
		assert!(!holds(&linear, redundancy_grows));
		let steep = sweep(|setting| u64::from(setting.tasks), |setting| setting.systems);
		assert!(!holds(&steep, gossip_by_tasks));
		assert!(!holds(&steep, gap_by_scale));
		let jump = sweep(|setting| u64::from(setting.silence == 1) + 1, |_| 8);
		assert!(!holds(&jump, gossip_by_rate));
		assert!(!holds(&jump, expected_gap));
		assert!(!holds(&jump, window));
	}

	#[test]
	fn a_reason_is_given_only_for_what_differs() {
		for claim in claims(&as_the_paper()) {
			assert!(!claim.holds || claim.why.is_none(), "{claim:?}");
		}
	}
}
