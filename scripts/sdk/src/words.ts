/** What there is to say of two chains' business with each other, to a person. */
import type { Chain, Peer } from './chain.js';

/** Something that hinders an exchange, or does not. */
export interface Finding {
	/** `error`: the chain would refuse, or value is at risk. */
	severity: 'error' | 'warning' | 'note';
	/** The pallet's error that it would be, or `sdk.Name`. */
	code: string;
	/** Genesis hash of the chain that it is about, if about one. */
	chain?: string;
	message: string;
}

/** Why there is no business with another chain; none if there is. */
export function hindrance(chain: Chain, other: Chain, peer: Peer | undefined, now: number): Finding | undefined {
	const [here, there] = [chain.name, other.name];
	const because = (name: string, message: string): Finding => ({
		severity: 'error',
		code: `ribp.${name}`,
		chain: chain.system,
		message,
	});
	if (!peer) {
		return because('UnknownSystem', `${here} does not know ${there}.`);
	}
	if (peer.status === 'Paused') {
		const what = 'no leg is registered or moved until root resumes it';
		return because('SystemPaused', `${here} has paused all business with ${there}: ${what}.`);
	}
	if (peer.status === 'Forked') {
		const what = 'nothing moves until one of its histories is chosen';
		return because('SystemForked', `${here} has been shown that ${there} is forked: ${what}.`);
	}
	if (peer.quietUntil > now) {
		const what = `nothing moves before block ${peer.quietUntil}`;
		return because('CoolingDown', `${here} has chosen a branch of ${there}: ${what}.`);
	}
	return undefined;
}

/** Why no contract with another chain is registered now although there is business; none if it is. */
export function closing(chain: Chain, other: Chain, peer: Peer, time: number): Finding | undefined {
	const about = { severity: 'error', chain: chain.system } as const;
	if (peer.isClosing) {
		const message = `${chain.name} is closing its business with ${other.name}: what is there goes on.`;
		return { ...about, code: 'ribp.SystemClosing', message };
	}
	if (time - peer.time > peer.trustPeriod) {
		const what = `is older than ${chain.name} trusts`;
		const message = `What ${chain.name} knows of ${other.name}, up to block ${peer.known}, ${what}.`;
		return { ...about, code: 'ribp.TrustExpired', message };
	}
	return undefined;
}
