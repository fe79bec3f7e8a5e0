//! What rounds, endpoints, submissions and gossip come to, each branch by its name.

use codec::{Decode, Encode};

/// In place of the code of a fault that has none.
pub const NO_CODE: i64 = 0;

/// Declares results that are counted and printed by name.
macro_rules! results {
	(
		$(#[$of_all:meta])*
		$all:ident { $($(#[$doc:meta])* $name:ident = $text:literal,)+ }
	) => {
		$(#[$of_all])*
		#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
		#[cfg_attr(feature = "std", derive(serde::Serialize), serde(rename_all = "camelCase"))]
		pub enum $all { $($(#[$doc])* $name,)+ }

		impl $all {
			/// All of them.
			pub const ALL: &'static [Self] = &[$(Self::$name),+];

			/// The name by which metrics and the command line call it.
			pub fn name(self) -> &'static str {
				match self { $(Self::$name => $text,)+ }
			}
		}
	};
}

results! {
	/// What a round with a peer comes to.
	RoundResult {
		/// No endpoint of the peer is set, or the setting cannot be read.
		NoEndpoint = "no_endpoint",
		/// Other peers took all the time after this block.
		OutOfTime = "out_of_time",
		/// The peer is left alone for a while, since the last rounds failed.
		Pausing = "pausing",
		/// There is nothing to ask for.
		Idle = "idle",
		/// There is no business with the peer, and nothing to ask for: see `stopped`.
		Stopped = "stopped",
		/// It is another node's turn.
		AnothersTurn = "anothers_turn",
		/// The round before this one never came to its end.
		Unfinished = "unfinished",
		/// Endpoints answered, and nothing is new or moves.
		Nothing = "nothing",
		/// There is something, and the last message may still be on its way.
		Underway = "underway",
		/// The pool has taken a message.
		Submitted = "submitted",
		/// The pool has not taken the message.
		NotTaken = "not_taken",
		/// No endpoint answered to the purpose.
		Failed = "failed",
	}
}

results! {
	/// What asking one endpoint comes to.
	#[derive(Default)]
	EndpointResult {
		/// It was not asked yet.
		#[default]
		NotAsked = "not_asked",
		/// It has something that is worth a message.
		Found = "found",
		/// Its newest block moves nothing, and is no step.
		NothingMoves = "nothing_moves",
		/// It has finalized nothing after the known head.
		NothingNewer = "nothing_newer",
		/// It answers null when asked for a proof of finality.
		NoJustification = "no_justification",
		/// It does not have the header that its own proof is about.
		HeaderMissing = "header_missing",
		/// It takes more rounds to find a proof of finality that fits.
		Searching = "searching",
		/// It takes more rounds to prove what leads from the known head to its own.
		Tracing = "tracing",
		/// It does not know the newest known block, which is higher than what it has: it lags behind.
		Lagging = "lagging",
		/// It does not know the newest known block, and its history is not shown to be another one.
		HeadUnknown = "head_unknown",
		/// It is on a branch that is known, and not followed.
		KnownBranch = "known_branch",
		/// It has another block than is known at some height, and nobody tells what proves it.
		Unproven = "unproven",
		/// It answers for another chain: the setting is wrong.
		OtherChain = "other_chain",
		/// What it says is refused: see `refused`.
		Refused = "refused",
		/// It could not be asked, or does not keep to its protocol: see `fault`.
		Faulty = "faulty",
		/// It has pruned the state that was to be proven.
		StateDiscarded = "state_discarded",
	}
}

results! {
	/// What becomes of a message to the own transaction pool.
	Fate {
		/// The pool has taken it.
		Taken = "taken",
		/// The view has advanced to its block, or beyond.
		Effective = "effective",
		/// Its time is over, and the view has not advanced to its block.
		Lost = "lost",
		/// The pool has not taken it.
		NotTaken = "not_taken",
		/// It is larger than any message may be.
		TooLarge = "too_large",
		/// It was held back: the last one may still be on its way.
		Underway = "underway",
	}
}

results! {
	/// What a message is about.
	MessageKind {
		/// A newer header, and contracts that it moves.
		Evidence = "evidence",
		/// Contracts that a known header moves.
		KnownEvidence = "known_evidence",
		/// What a witness has counted of a fork.
		Tally = "tally",
		/// That a witness stands on two branches.
		Refutation = "refutation",
		/// Another history than the known one.
		Fork = "fork",
		/// Contracts that end by time.
		Conclusion = "conclusion",
	}
}

results! {
	/// Why a contract does not move.
	Standing {
		/// The peer's block says nothing that moves it: see `error`.
		NotYet = "not_yet",
		/// What the peer says of it is refused: see `error`.
		Refused = "refused",
		/// It was not looked at: the message was full, or the time over.
		NotLookedAt = "not_looked_at",
		/// No endpoint of the peer has answered to the purpose.
		PeerSilent = "peer_silent",
		/// The peer's node has pruned the state that tells.
		StateDiscarded = "state_discarded",
		/// It moves by a message that is on its way.
		Underway = "underway",
		/// The pool has not taken the message that moves it.
		NotTaken = "not_taken",
	}
}

results! {
	/// What telling a peer, or one message to it, comes to.
	TellingResult {
		/// No endpoint of the peer is set.
		NoEndpoint = "no_endpoint",
		/// There is nothing of which it could be told: no other system, and no own endpoint.
		NothingToTell = "nothing_to_tell",
		/// It was not drawn after this block.
		NotDrawn = "not_drawn",
		/// Other peers took all the time after this block.
		OutOfTime = "out_of_time",
		/// No endpoint has said what it lacks.
		Unreachable = "unreachable",
		/// It lacks nothing.
		UpToDate = "up_to_date",
		/// It was told shortly before.
		Quiet = "quiet",
		/// It would not take it yet, or knows it, or nothing is kept that proves it.
		NotMade = "not_made",
		/// What proves it could not be fetched.
		NotFetched = "not_fetched",
		/// Its node has taken the message.
		Taken = "taken",
		/// Its node has not: see `code`.
		NotTaken = "not_taken",
		/// More was to be said than one block's messages.
		Full = "full",
	}
}

results! {
	/// What looking for contracts that time ends comes to.
	ConcludingResult {
		/// None is open.
		NoneOpen = "none_open",
		/// None ends in the next block.
		NoneDue = "none_due",
		/// The pool has taken a message at least.
		Submitted = "submitted",
		/// The pool has taken no message.
		NotTaken = "not_taken",
	}
}

results! {
	/// What the worker does after a block.
	WorkerResult {
		/// It has looked at all peers.
		Done = "done",
		/// Another worker of this node is still at it.
		Busy = "busy",
		/// Another worker of this node still tells peers what they lack.
		TellingBusy = "telling_busy",
		/// It is switched off: the node says so, for the worker does not run then.
		Off = "off",
		/// No other chain is known.
		NoSystems = "no_systems",
	}
}

results! {
	/// Why a request got no usable answer.
	Fault {
		/// The address cannot be a peer's.
		BadUrl = "bad_url",
		/// No connection came about, or it broke.
		Unreachable = "unreachable",
		/// The time was over before the answer ended.
		Deadline = "deadline",
		/// The server asks to be asked less often: HTTP 429, or JSON-RPC -32999 or -32005.
		RateLimited = "rate_limited",
		/// The server answered with another HTTP status than 200.
		Status = "status",
		/// The answer is longer than is taken, or than the node sends.
		TooLarge = "too_large",
		/// The answer is no JSON.
		NotJson = "not_json",
		/// The answer is no JSON-RPC response, or belongs to another request.
		NotJsonRpc = "not_json_rpc",
		/// The node does not serve the method.
		MethodMissing = "method_missing",
		/// The node refused the request, with a code.
		Rpc = "rpc",
		/// The node has not finalized the block.
		NotFinalized = "not_finalized",
		/// The node cannot tell who finalized the block.
		NoSetChange = "no_set_change",
		/// The node has pruned the state.
		StateDiscarded = "state_discarded",
		/// The answer has no result, or of another type than the method promises.
		Mistyped = "mistyped",
		/// The answer is about another block than the question.
		WrongBlock = "wrong_block",
	}
}

results! {
	/// What a peer's node is asked.
	Method {
		/// `grandpa_proveFinality`.
		ProveFinality = "grandpa_proveFinality",
		/// `chain_getFinalizedHead`.
		FinalizedHead = "chain_getFinalizedHead",
		/// `state_getReadProof`.
		ReadProof = "state_getReadProof",
		/// `chain_getHeader`.
		Header = "chain_getHeader",
		/// `chain_getBlockHash`.
		BlockHash = "chain_getBlockHash",
		/// `state_call`.
		Call = "state_call",
		/// `author_submitExtrinsic`.
		Submit = "author_submitExtrinsic",
	}
}
