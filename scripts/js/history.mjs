/** What a chain's finalized blocks say, read once and kept: the facts that figures are made of. */

/**
 * @typedef {object} Block
 * @property {number} number
 * @property {string} hash
 * @property {number} time milliseconds, by the chain's clock
 * @property {Array<{who: string, amount: bigint}>} fees what signers paid, rent included
 * @property {string[]} signers of the block's signed extrinsics
 * @property {Array<{hash: string, error?: object}>} extrinsics with the error of the call, be it inside
 *   a sudo
 * @property {Array<{contracts: string[], bytes: number, accepted: boolean}>} evidence
 * @property {Array<{name: string, id: string}>} events of contracts; an end goes by its outcome
 * @property {Array<{name: string, system: string, data: object}>} news of other chains, with what
 *   the events say, by the names of their fields
 */

/** How a contract ends. */
const OUTCOMES = ['Settled', 'Reversed', 'Expired', 'Cancelled'];

/** Follows the finalized blocks of one chain, without gaps, over restarts of its node. */
export class History {
	/** @type {Block[]} */
	blocks = [];
	#api;
	#unsubscribe;
	#working = Promise.resolve();
	#failure;

	/** Starts with the block that is finalized now, or goes on after the last one known. */
	async follow(api) {
		this.#api = api;
		const head = await api.rpc.chain.getFinalizedHead();
		const { number } = await api.rpc.chain.getHeader(head);
		const first = this.last ? this.last.number + 1 : number.toNumber();
		await this.#readFrom(api, first, number.toNumber());
		this.#unsubscribe = await api.rpc.chain.subscribeFinalizedHeads((header) => {
			// One that was on its way may still come after the end of the subscription.
			if (this.#api !== api) {
				return;
			}
			this.#working = this.#working
				.then(() => this.#readFrom(api, this.last.number + 1, header.number.toNumber()))
				.catch((error) => (this.#failure ??= error));
		});
	}

	/** Ends the subscription; what is known stays. */
	async pause() {
		this.#api = undefined;
		this.#unsubscribe?.();
		this.#unsubscribe = undefined;
		await this.#working;
		// A block that could not be read because its node went away is read by the next `follow`.
		this.#failure = undefined;
	}

	/** The newest block that has been read. */
	get last() {
		if (this.#failure) {
			throw this.#failure;
		}
		return this.blocks.at(-1);
	}

	/** Blocks after the block `number`. */
	after(number) {
		return this.blocks.filter((block) => block.number > number);
	}

	/** The block in which something happened to the contract `id`, if it did. */
	blockOf(name, id) {
		return this.blocks.find(({ events }) => events.some((e) => e.name === name && e.id === id));
	}

	/** All news of that name about another chain after block `from`, each with its `block`. */
	allNewsOf(name, system, from = 0) {
		return this.after(from).flatMap(({ number, news }) =>
			news
				.filter((event) => event.name === name && event.system === system)
				.map(({ data }) => ({ block: number, ...data })),
		);
	}

	/** The first of them, if any. */
	newsOf(name, system, from = 0) {
		return this.allNewsOf(name, system, from)[0];
	}

	/** How the contract `id` ended, as it is called in a status: the state does not keep it for good. */
	outcomeOf(id) {
		const outcome = OUTCOMES.find((name) => this.blockOf(name, id));
		return outcome?.toLowerCase();
	}

	/** What `address` paid in fees after block `from`, up to block `to`. */
	feesOf(address, from, to) {
		return this.after(from)
			.filter(({ number }) => number <= to)
			.flatMap(({ fees }) => fees)
			.filter(({ who }) => who === address)
			.reduce((sum, { amount }) => sum + amount, 0n);
	}

	async #readFrom(api, first, last) {
		for (let number = first; number <= last; number++) {
			this.blocks.push(await readBlock(api, number));
		}
	}
}

/** @returns {Promise<Block>} */
async function readBlock(api, number) {
	const hash = await api.rpc.chain.getBlockHash(number);
	const [{ block }, records, time] = await Promise.all([
		api.rpc.chain.getBlock(hash),
		api.query.system.events.at(hash),
		api.query.timestamp.now.at(hash),
	]);
	const events = [...records];
	const failed = new Set(
		events
			.filter(({ event }) => api.events.system.ExtrinsicFailed.is(event))
			.map(({ phase }) => phase.asApplyExtrinsic.toNumber()),
	);
	return {
		number,
		hash: hash.toHex(),
		time: time.toNumber(),
		fees: events
			.filter(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event))
			.map(({ event: { data }, phase }) => ({
				who: data.who.toString(),
				amount: withdrawn(api, events, phase, data.who),
			})),
		extrinsics: block.extrinsics.map(({ hash }, index) => ({
			hash: hash.toHex(),
			error: errorOf(api, events, index),
		})),
		signers: block.extrinsics.filter((e) => e.isSigned).map((e) => e.signer.toString()),
		evidence: block.extrinsics
			.map((extrinsic, index) => ({ extrinsic, accepted: !failed.has(index) }))
			.filter(({ extrinsic: { method } }) => api.tx.ribp.submitEvidence.is(method))
			.map(({ extrinsic, accepted }) => ({
				contracts: extrinsic.method.args[2].map((id) => id.toHex()),
				bytes: extrinsic.encodedLength,
				accepted,
			})),
		events: events
			.filter(({ event }) => event.section === 'ribp' && event.data.names?.includes('id'))
			.map(({ event: { method, data } }) => ({
				name: method === 'Ended' ? data.outcome.type : method,
				id: data.id.toHex(),
			})),
		news: events
			.filter(({ event }) => event.section === 'ribp' && event.data.names?.includes('system'))
			.map(({ event: { method, data } }) => ({
				name: method,
				system: data.system.toHex(),
				data: Object.fromEntries(data.names.map((name, i) => [name, data[i].toJSON()])),
			})),
	};
}

/**
 * What an extrinsic has taken from its signer to burn it: its fee with the tip, less what was too much,
 * and the rent of what it registers.
 */
function withdrawn(api, events, phase, who) {
	const { Deposit, Withdraw } = api.events.balances;
	const own = events.filter((record) => record.phase.eq(phase)).map(({ event }) => event);
	const sum = (kind) =>
		own
			.filter((event) => kind.is(event) && event.data.who.eq(who))
			.reduce((total, { data }) => total + data.amount.toBigInt(), 0n);
	return sum(Withdraw) - sum(Deposit);
}

/** The error of a block's extrinsic, if it has failed; a `sudo` succeeds even if its call fails. */
function errorOf(api, events, index) {
	for (const { phase, event } of events) {
		if (!phase.isApplyExtrinsic || phase.asApplyExtrinsic.toNumber() !== index) {
			continue;
		}
		if (api.events.system.ExtrinsicFailed.is(event)) {
			return event.data.dispatchError;
		}
		if (api.events.sudo?.Sudid.is(event) && event.data[0].isErr) {
			return event.data[0].asErr;
		}
	}
	return undefined;
}
