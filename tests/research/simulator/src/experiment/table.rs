//! Tables, as CSV.

use ribp_protocol::Height;

/// Decimals of a number that is not whole.
const DECIMALS: usize = 6;

/// Rows under a header. The same figures make the same bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
	header: Vec<String>,
	rows: Vec<Vec<Cell>>,
}

/// One value of a table, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell(String);

impl From<f64> for Cell {
	fn from(number: f64) -> Self {
		let digits = format!("{number:.DECIMALS$}");
		let short = digits.trim_end_matches('0').trim_end_matches('.');
		Self(if short == "-0" { "0" } else { short }.to_owned())
	}
}

impl From<u64> for Cell {
	fn from(number: u64) -> Self {
		Self(number.to_string())
	}
}

impl From<Height> for Cell {
	fn from(number: Height) -> Self {
		Self(number.to_string())
	}
}

/// Words. What would divide cells or rows becomes a space.
impl From<&str> for Cell {
	fn from(words: &str) -> Self {
		Self(words.replace([',', '"', '\n', '\r'], " "))
	}
}

impl Table {
	/// A table without rows.
	pub fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
		Self { header: header.into_iter().map(Into::into).collect(), rows: Vec::new() }
	}

	/// Adds a row, which has a cell for each column.
	pub fn push(&mut self, row: Vec<Cell>) {
		assert_eq!(row.len(), self.header.len(), "a row has a cell for each column");
		self.rows.push(row);
	}

	/// Rows without the header.
	pub fn len(&self) -> usize {
		self.rows.len()
	}

	/// Whether it has no row.
	pub fn is_empty(&self) -> bool {
		self.rows.is_empty()
	}

	/// The table as CSV.
	pub fn csv(&self) -> String {
		let mut text = self.header.join(",");
		text.push('\n');
		for row in &self.rows {
			let cells: Vec<_> = row.iter().map(|Cell(cell)| cell.as_str()).collect();
			text.push_str(&cells.join(","));
			text.push('\n');
		}
		text
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_written_without_superfluous_digits() {
		let cells = [1.5, 2.0, 100.0, 0.000_000_4, -0.000_000_1, 1.0 / 3.0].map(Cell::from);
		let texts = ["1.5", "2", "100", "0", "0", "0.333333"].map(|text| Cell(text.into()));
		assert_eq!(cells, texts);
	}

	#[test]
	fn words_do_not_break_a_row() {
		let mut table = Table::new(["what", "count"]);
		table.push(vec!["a,b\n\"c\"".into(), 3u64.into()]);
		assert_eq!(table.csv(), "what,count\na b  c ,3\n");
		assert_eq!((table.len(), table.is_empty()), (1, false));
	}
}
