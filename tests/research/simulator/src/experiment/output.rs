//! Files of the experiment.

use super::{Report, Study};
use std::{
	fmt, fs, io,
	path::{Path, PathBuf},
};

/// The folder that results are written to. A file in it is complete or not there.
#[derive(Clone, Debug)]
pub struct Output {
	folder: PathBuf,
}

/// Why a result is not in its file.
#[derive(Debug)]
pub struct WriteError {
	path: PathBuf,
	error: io::Error,
}

impl fmt::Display for WriteError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let Self { path, error } = self;
		write!(f, "'{}' cannot be written ({error}); choose another --out", path.display())
	}
}

impl std::error::Error for WriteError {}

const REPORTS: [&str; 2] = ["report.json", "report.md"];

impl Output {
	/// Makes the folder, if need be, and takes away the report of an earlier run.
	pub fn new(folder: &Path) -> Result<Self, WriteError> {
		let failed = |path: &Path, error| WriteError { path: path.into(), error };
		fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
		for report in REPORTS.map(|name| folder.join(name)) {
			match fs::remove_file(&report) {
				Err(error) if error.kind() != io::ErrorKind::NotFound => {
					return Err(failed(&report, error));
				},
				_ => {},
			}
		}
		let output = Self { folder: folder.into() };
		// Half an hour later would be late to find out.
		output.write("report.md", b"")?;
		fs::remove_file(folder.join("report.md")).map_err(|error| failed(folder, error))?;
		Ok(output)
	}

	/// Writes the figure of a study, as SVG and as PNG, and its table, as CSV.
	pub fn write_study(&self, study: &Study) -> Result<(), WriteError> {
		let name = study.name;
		self.write(&format!("{name}.csv"), study.table.csv().as_bytes())?;
		self.write(&format!("{name}.svg"), study.figure.svg().as_bytes())?;
		match study.figure.png() {
			Some(png) => self.write(&format!("{name}.png"), &png),
			None => Ok(()),
		}
	}

	/// Writes the report, as JSON and as Markdown.
	pub fn write_report(&self, report: &Report) -> Result<(), WriteError> {
		let [json, markdown] = REPORTS;
		let text = report
			.json()
			.map_err(|error| WriteError { path: self.folder.join(json), error: error.into() })?;
		self.write(json, text.as_bytes())?;
		self.write(markdown, report.markdown().as_bytes())
	}

	fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
		let path = self.folder.join(name);
		let unfinished = self.folder.join(format!(".{name}.unfinished"));
		let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
		written.map_err(|error| {
			let _ = fs::remove_file(&unfinished);
			WriteError { path, error }
		})
	}
}
