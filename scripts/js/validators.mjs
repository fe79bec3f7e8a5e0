/** The validators of a chain: their session keys, and how root names them. */
import { Keyring } from '@polkadot/keyring';
import { stringToU8a, u8aConcat, u8aToHex } from '@polkadot/util';

import { rpc } from './nodes.mjs';
import { account } from './ribp.mjs';

/** Gives a node the session keys that `--validator-seed //name` would give it, besides its own. */
export async function insertKeys({ node }, name) {
	const author = await account(name);
	const voter = new Keyring({ type: 'ed25519' }).addFromUri(`//${name}`);
	for (const [kind, { publicKey }] of [['aura', author], ['gran', voter]]) {
		await rpc(node.http, 'author_insertKey', [kind, `//${name}`, u8aToHex(publicKey)]);
	}
}

/**
 * Registers the session keys of the node that was started with `--validator-seed //name`, for the
 * dev account of that name.
 */
export async function registerKeys(chain, name) {
	const author = await account(name);
	const voter = new Keyring({ type: 'ed25519' }).addFromUri(`//${name}`);
	// Each key signs for the account that is to own it.
	const statement = u8aConcat(stringToU8a('POP_'), author.publicKey);
	const proof = u8aConcat(author.sign(statement), voter.sign(statement));
	const keys = { aura: author.publicKey, grandpa: voter.publicKey };
	return chain.send(chain.api.tx.session.setKeys(keys, u8aToHex(proof)), author);
}

/** Makes dev accounts all the validators of a chain, by its root account. */
export async function nameValidators(chain, names) {
	const accounts = await Promise.all(names.map(account));
	const call = chain.api.tx.validators.setValidators(accounts.map(({ address }) => address));
	return chain.sudo(call);
}

/** The GRANDPA authority set that follows a chain's last finalized block. */
export async function authoritySet({ api, history }) {
	const state = await api.at(history.last.hash);
	const [id, authorities] = await Promise.all([
		state.query.grandpa.currentSetId(),
		state.query.grandpa.authorities(),
	]);
	return { id: id.toNumber(), size: authorities.length };
}

/** Id of the authority set of `peer` that `chain` believes, by its best block. */
export async function believedSet({ api }, peer) {
	const system = (await api.query.ribp.systems(peer.system)).unwrap();
	// By name: a property `set` of a structure is the method that sets its fields.
	return system.get('set').setId.toNumber();
}
