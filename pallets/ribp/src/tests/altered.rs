//! Evidence that somebody has changed on its way.

use super::world::World;
use crate::{mock::Test, statement_of, Evidence, Link, OwnHistory};
use ribp_light_client::Justification;
use ribp_protocol::{Extension, Statement};
use sp_runtime::Digest;

/// What can be put in the place of a part of honest evidence.
pub trait Altered: Sized {
	/// The votes that make the header final, which is a new one.
	fn justification(&mut self) -> &mut Justification;

	/// What leads to the header, which is a new one, from the known head.
	fn extension(&mut self) -> &mut Extension;

	/// The same with other votes for the header, which is a new one.
	fn justified_by(self, justification: Justification) -> Self;

	/// The same as if the header were known.
	fn unlinked(self) -> Self;
}

impl Altered for Evidence {
	fn justification(&mut self) -> &mut Justification {
		match &mut self.link {
			Link::Above { justification, .. } => justification,
			other => panic!("{other:?} has no votes"),
		}
	}

	fn extension(&mut self) -> &mut Extension {
		match &mut self.link {
			Link::Above { extension, .. } => extension,
			other => panic!("{other:?} extends nothing"),
		}
	}

	fn justified_by(mut self, justification: Justification) -> Self {
		*self.justification() = justification;
		self
	}

	fn unlinked(self) -> Self {
		Self { link: Link::Known, ..self }
	}
}

/// The same under a header that states something else, and that beta's voters have finalized.
pub fn stating(
	world: &World,
	evidence: &Evidence,
	change: impl FnOnce(&mut Statement),
) -> Evidence {
	let mut header = evidence.header.clone();
	let mut statement = statement_of(&header).expect("every header has one");
	change(&mut statement);
	header.digest = Digest { logs: vec![statement.item()] };
	let justification = world.beta.voters.justify(&header);
	Evidence { header, ..evidence.clone() }.justified_by(justification)
}

/// The same with a true proof that says nothing of what is asked: it shows another key.
pub fn silent(world: &World, evidence: &Evidence) -> Evidence {
	let key = OwnHistory::<Test>::hashed_key().to_vec();
	let proof = world.beta.prove(evidence.header.number, &[key]);
	Evidence { proof, ..evidence.clone() }
}
