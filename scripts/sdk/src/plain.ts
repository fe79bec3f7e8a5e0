/** SCALE values as a proposal writes them: integers as decimal strings, kinds by their names. */
import { AbstractInt, Enum, Option, Struct } from '@polkadot/types-codec';
import type { Codec } from '@polkadot/types/types';

/** Text, or fields of text. */
export type Plain = string | { [field: string]: Plain };

/** A value in plain JSON. */
export function plain(codec: Codec): Plain {
	if (codec instanceof AbstractInt) {
		return codec.toBigInt().toString();
	}
	if (codec instanceof Enum) {
		return { [codec.type]: plain(codec.inner) };
	}
	if (codec instanceof Option) {
		return codec.isSome ? { Some: plain(codec.unwrap()) } : 'None';
	}
	if (codec instanceof Struct) {
		const fields = [...codec.entries()] as [string, Codec][];
		return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]));
	}
	return codec.toHex();
}
