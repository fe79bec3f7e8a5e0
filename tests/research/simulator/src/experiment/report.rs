//! What was found, for programs and for people.

use super::{Claim, Scale, Study};
use serde::Serialize;
use std::fmt::Write;

/// Where the text of the paper leads astray, and what is done instead.
pub const NOTES: [&str; 5] = [
	"The paper says that 3_1_9 sends messages \"with possibility 1%\". Its third number is the rate \
	 of silence, 0.9, so that is 10 %.",
	"A gap is counted after every block, when all messages of that instant have arrived: the blocks \
	 by which a view is behind its chain. The paper does not say when it looks. Without latency, what \
	 is told again at once crosses the whole network in that instant: gaps are far below the paper's \
	 bound.",
	"Tasks are registered on both chains, so that a block holds a contract log at the given rate, \
	 and a block has room for one. Expiries are as far away as ribp-protocol takes for safe.",
	"The pallet also asks until it may forget an ended contract, which the paper's chains keep \
	 forever, and once a block until a registration is answered: that is why its way takes more \
	 requests where tasks are rare, and fewer where one proof serves many.",
	"Times stand in report.json only: a CSV is the same, byte for byte, whenever it is made with the \
	 same seed.",
];

/// All that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
	/// "full" or "quick".
	pub extent: &'static str,
	/// Where all chance came from.
	pub seed: u64,
	/// Networks that were simulated at the same time.
	pub threads: usize,
	/// How long it took.
	pub seconds: f64,
	/// Blocks that all systems made.
	pub system_blocks: u64,
	/// How many of them in a second.
	pub system_blocks_per_second: f64,
	/// Blocks of each of the paper's networks.
	pub sweep_blocks: u32,
	/// How many of the paper's networks there were.
	pub networks: usize,
	/// The paper's claims.
	pub claims: Vec<Claim>,
	/// What became of tasks.
	pub tasks: Tasks,
	/// What else was found.
	pub studies: Vec<Finding>,
	/// The largest run.
	pub scale: Scale,
	/// How to read all that.
	pub notes: [&'static str; 5],
}

/// What became of the tasks of the paper's networks and of the largest run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Tasks {
	/// Both halves settled.
	pub settled: u64,
	/// Neither half has an effect.
	pub failed: u64,
	/// One half settled and the other did not.
	pub broken: u64,
}

/// What a study has found, and where it stands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding {
	/// The name of its files.
	pub name: &'static str,
	/// What it shows.
	pub title: String,
	/// What was found.
	pub finding: String,
	/// Its files.
	pub files: [String; 3],
}

impl From<&Study> for Finding {
	fn from(study: &Study) -> Self {
		let Study { name, figure, finding, .. } = study;
		let files = ["svg", "png", "csv"].map(|kind| format!("{name}.{kind}"));
		Self { name, title: figure.title.clone(), finding: finding.clone(), files }
	}
}

impl Report {
	/// The report as JSON.
	pub fn json(&self) -> serde_json::Result<String> {
		serde_json::to_string_pretty(self).map(|json| json + "\n")
	}

	/// How many claims hold.
	pub fn holding(&self) -> usize {
		self.claims.iter().filter(|claim| claim.holds).count()
	}

	/// The report in words, as Markdown.
	pub fn markdown(&self) -> String {
		let mut text = String::new();
		self.write(&mut text).expect("a string takes any text; qed");
		text
	}

	fn write(&self, text: &mut String) -> std::fmt::Result {
		writeln!(text, "# The experiment of section 6\n")?;
		writeln!(
			text,
			"{} networks of {} blocks ({} run, seed {}); {} blocks of systems in {:.0} s, {:.0} a \
			 second on {} threads.\n",
			self.networks,
			self.sweep_blocks,
			self.extent,
			self.seed,
			self.system_blocks,
			self.seconds,
			self.system_blocks_per_second,
			self.threads,
		)?;
		self.write_claims(text)?;
		let Tasks { settled, failed, broken } = self.tasks;
		writeln!(text, "## The promise\n")?;
		writeln!(
			text,
			"Of {} tasks {settled} settled on both chains, {failed} had an effect on neither, and \
			 {broken} on one only.\n",
			settled + failed + broken
		)?;
		writeln!(text, "## Figures\n")?;
		for Finding { name, title, finding, .. } in &self.studies {
			writeln!(text, "### {title}\n\n![{title}]({name}.svg)\n")?;
			writeln!(text, "{finding} Data: [{name}.csv]({name}.csv).\n")?;
		}
		writeln!(text, "## Notes\n")?;
		self.notes.iter().try_for_each(|note| writeln!(text, "- {note}"))
	}

	fn write_claims(&self, text: &mut String) -> std::fmt::Result {
		writeln!(text, "## The paper's claims\n")?;
		writeln!(text, "{} of {} hold.\n", self.holding(), self.claims.len())?;
		writeln!(text, "| claim | the paper | measured | holds |\n|---|---|---|---|")?;
		for Claim { claim, paper, measured, holds, .. } in &self.claims {
			let holds = if *holds { "yes" } else { "**no**" };
			writeln!(text, "| {claim} | \"{paper}\" | {measured} | {holds} |")?;
		}
		writeln!(text, "\nWhat decides:\n")?;
		for Claim { claim, criterion, .. } in &self.claims {
			writeln!(text, "- *{claim}*: {criterion}.")?;
		}
		let differing = || self.claims.iter().filter(|claim| !claim.holds);
		if differing().next().is_some() {
			writeln!(text, "\nWhere it differs:\n")?;
		}
		for Claim { claim, why, .. } in differing() {
			let why = why.as_deref();
			let why = why.unwrap_or("The measured figures stand above; there is no known reason.");
			writeln!(text, "- *{claim}*: {why}")?;
		}
		writeln!(text)
	}
}
