//! What one settled exchange costs by each rival.

#[path = "../rivals/mod.rs"]
mod rivals;

use rivals::{chain::Weighing, keys::Deal, world::{Genesis, World}, Rival};

fn main() {
	let deals = Deal::first(500);
	let genesis = Genesis::new(&deals, 10_000, 10);
	for rival in Rival::ALL {
		for n in [1, 10, 100, 500] {
			let mut world = World::new(&genesis, Weighing::Proofs);
			let bill = rival.exchange(&mut world, &deals[..n]);
			println!("{} {n} {:?} {:?}", rival.name(), bill.cost(), bill.counts());
		}
	}
}
