//! The fuzzer's bytes as choices.

/// The bytes that are left; where there are none, every choice is 0.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
	pub fn new(bytes: &'a [u8]) -> Self {
		Self(bytes)
	}

	pub fn byte(&mut self) -> u8 {
		let Some((first, rest)) = self.0.split_first() else { return 0 };
		self.0 = rest;
		*first
	}

	pub fn number(&mut self) -> u32 {
		u32::from_le_bytes(std::array::from_fn(|_| self.byte()))
	}

	/// One of `count` things; 0 if there are none.
	pub fn index(&mut self, count: usize) -> usize {
		let choice = match count {
			0..=0x100 => usize::from(self.byte()),
			_ => usize::from(u16::from_le_bytes([self.byte(), self.byte()])),
		};
		choice % count.max(1)
	}

	/// One of these.
	pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
		&from[self.index(from.len())]
	}

	/// Up to `most` bytes.
	pub fn bytes(&mut self, most: usize) -> &'a [u8] {
		let length = self.index(most + 1).min(self.0.len());
		let (taken, rest) = self.0.split_at(length);
		self.0 = rest;
		taken
	}

	/// All that is left.
	pub fn rest(&mut self) -> &'a [u8] {
		std::mem::take(&mut self.0)
	}

	/// Spoils `bytes` in up to four places.
	pub fn spoil(&mut self, bytes: &mut Vec<u8>) {
		for _ in 0..self.index(5) {
			let at = self.index(bytes.len() + 1);
			match self.byte() % 4 {
				0 => {
					let change = self.byte();
					if let Some(byte) = bytes.get_mut(at) {
						*byte ^= change;
					}
				},
				1 => {
					let end = bytes.len().min(at + self.index(64));
					bytes.drain(at..end);
				},
				2 => {
					bytes.splice(at..at, self.bytes(64).iter().copied());
				},
				_ => bytes.truncate(at),
			}
		}
	}
}
