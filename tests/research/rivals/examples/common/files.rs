//! What is kept of a measurement.

use std::{
	fs,
	path::{Path, PathBuf},
	process::ExitCode,
};

/// Writes every file that was asked for, whatever becomes of the others.
pub fn keep<const N: usize>(files: [(Option<PathBuf>, String); N]) -> ExitCode {
	let is_kept = files.map(|(file, text)| file.is_none_or(|file| write(&file, &text)));
	ExitCode::from(u8::from(is_kept.contains(&false)))
}

fn write(file: &Path, text: &str) -> bool {
	let written = fs::write(file, text);
	if let Err(error) = &written {
		eprintln!("{}: {error}", file.display());
	}
	written.is_ok()
}
