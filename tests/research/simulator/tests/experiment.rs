//! The whole experiment, made small: the same seed makes the same files, and it can be stopped.

use rayon::ThreadPoolBuilder;
use ribp_simulator::experiment::{
	experiment, Extent, Failure, Finding, Output, Report, Results, Study, Watch, NOTES, PARTS,
};
use std::{
	collections::BTreeMap,
	fs,
	ops::ControlFlow,
	path::PathBuf,
	sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Counts what it is told, and stops everything after so many blocks.
#[derive(Default)]
struct Counting {
	parts: AtomicUsize,
	blocks: AtomicU64,
	stop_after: Option<u64>,
}

impl Watch for Counting {
	fn begin(&self, _: &str, _: u64) {
		self.parts.fetch_add(1, Ordering::Relaxed);
	}

	fn advance(&self, system_blocks: u64) -> ControlFlow<()> {
		let made = self.blocks.fetch_add(system_blocks, Ordering::Relaxed) + system_blocks;
		match self.stop_after.is_some_and(|most| made > most) {
			true => ControlFlow::Break(()),
			false => ControlFlow::Continue(()),
		}
	}
}

fn small(seed: u64) -> Extent {
	Extent {
		scales: vec![3, 5],
		wide_scales: vec![7],
		tenths: vec![1, 7],
		sweep_blocks: 200,
		study_blocks: 120,
		exchange_sizes: vec![3, 6],
		latencies: vec![5, 200],
		sizes: vec![10, 20],
		size_views: 20_000,
		sparse_systems: 36,
		rate_sizes: vec![3, 5],
		trials: 10,
		scale_systems: 40,
		scale_blocks: 80,
		cost_sizes: vec![10, 20],
		cost_mesh_sizes: vec![10, 20],
		cost_blocks: 400,
		..Extent::quick(seed)
	}
}

fn results(seed: u64, threads: usize, watch: &Counting) -> Result<Results, Failure> {
	let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
	pool.install(|| experiment(&small(seed), watch, |_| Ok(())))
}

fn tables(results: &Results) -> BTreeMap<&'static str, String> {
	results.studies.iter().map(|study| (study.name, study.table.csv())).collect()
}

#[test]
fn the_same_seed_makes_the_same_csv_on_any_number_of_threads() {
	let watch = Counting::default();
	let one = results(1, 1, &watch).unwrap();
	assert_eq!(watch.parts.into_inner(), PARTS);
	let again = results(1, 3, &Counting::default()).unwrap();
	assert_eq!(tables(&one), tables(&again));
	assert_eq!(one.claims, again.claims);
	let other = results(2, 3, &Counting::default()).unwrap();
	for (name, table) in tables(&one) {
		assert_ne!(table, tables(&other)[name], "{name} does not depend on the seed");
	}
}

#[test]
fn every_study_has_a_table_a_figure_and_a_finding_and_no_task_breaks() {
	let results = results(1, 2, &Counting::default()).unwrap();
	for Study { name, figure, table, finding } in &results.studies {
		assert!(!table.is_empty() && !finding.is_empty(), "{name}");
		assert!(!finding.contains("NaN") && !finding.contains("inf"), "{name}: {finding}");
		let points = figure.panels.iter().flat_map(|panel| &panel.series);
		assert!(points.map(|series| series.points.len()).sum::<usize>() > 4, "{name}");
	}
	assert_eq!((results.tasks.broken, results.scale.tasks_broken), (0, 0));
	assert!(results.tasks.settled > 0 && results.scale.tasks_settled > 0);
}

#[test]
fn who_watches_can_stop_it() {
	let watch = Counting { stop_after: Some(1_000), ..Counting::default() };
	assert_eq!(results(1, 2, &watch).unwrap_err(), Failure::Stopped);
	assert!(watch.blocks.into_inner() < 2_000);
}

/// A folder of its own for a test, and nothing of it afterwards.
struct Folder(PathBuf);

impl Folder {
	fn new(name: &str) -> Self {
		Self(std::env::temp_dir().join(format!("ribp-{name}-{}", std::process::id())))
	}
}

impl Drop for Folder {
	fn drop(&mut self) {
		let _ = fs::remove_dir_all(&self.0);
	}
}

#[test]
fn files_and_report_are_written_and_an_old_report_goes_first() {
	let folder = Folder::new("experiment");
	let output = Output::new(&folder.0).unwrap();
	let results = results(1, 2, &Counting::default()).unwrap();
	results.studies.iter().for_each(|study| output.write_study(study).unwrap());
	let report = Report {
		extent: "small",
		seed: 1,
		threads: 2,
		seconds: 1.0,
		system_blocks: 1,
		system_blocks_per_second: 1.0,
		sweep_blocks: 200,
		networks: results.networks,
		claims: results.claims.clone(),
		tasks: results.tasks,
		studies: results.studies.iter().map(Finding::from).collect(),
		scale: results.scale.clone(),
		notes: NOTES,
	};
	output.write_report(&report).unwrap();
	for file in report.studies.iter().flat_map(|study| &study.files) {
		assert!(fs::metadata(folder.0.join(file)).unwrap().len() > 100, "{file}");
	}
	let json = fs::read_to_string(folder.0.join("report.json")).unwrap();
	let json: serde_json::Value = serde_json::from_str(&json).unwrap();
	for claim in json["claims"].as_array().unwrap() {
		assert!(claim["claim"].is_string() && claim["paper"].is_string());
		assert!(claim["measured"].is_string() && claim["holds"].is_boolean());
	}
	let hidden = fs::read_dir(&folder.0)
		.unwrap()
		.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
	assert_eq!(hidden.count(), 0);
	Output::new(&folder.0).unwrap();
	assert!(!folder.0.join("report.json").exists() && !folder.0.join("report.md").exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_with_its_name_and_a_way_out() {
	let folder = Folder::new("file");
	fs::write(&folder.0, "not a folder").unwrap();
	let error = Output::new(&folder.0.join("results")).unwrap_err().to_string();
	fs::remove_file(&folder.0).unwrap();
	assert!(error.contains("results") && error.contains("choose another --out"), "{error}");
}
