/** The published JSON schemas, and the check of a value against one. */

/** The part of JSON Schema 2020-12 that the schemas here use. */
export interface Schema {
	$schema?: string;
	$id?: string;
	$defs?: Record<string, Schema>;
	$ref?: string;
	title?: string;
	description?: string;
	type?: 'object' | 'array' | 'string' | 'integer';
	const?: string | number;
	enum?: string[];
	pattern?: string;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	items?: Schema;
	minItems?: number;
	maxItems?: number;
	properties?: Record<string, Schema>;
	required?: string[];
	additionalProperties?: boolean | Schema;
	propertyNames?: Schema;
	minProperties?: number;
	maxProperties?: number;
	anyOf?: Schema[];
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const HEIGHT = { type: 'integer', minimum: 0, maximum: 4_294_967_295 } as const;

/** What a terminal or a page would obey, or show in another order. */
const SHOWN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]*$';
const text = (maxLength: number): Schema => ({ type: 'string', maxLength, pattern: SHOWN });
const NAMES: Schema = { type: 'string', maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9]*$' };

const DEFINITIONS: Record<string, Schema> = {
	hash: { type: 'string', pattern: '^0x[0-9a-f]{64}$' },
	account: {
		description: 'Public key, or whatever the chain knows an account by; SS58 is for display',
		type: 'string',
		pattern: '^0x([0-9a-f]{64}|[0-9a-f]{40})$',
	},
	contractId: {
		description: 'SCALE of the epochs in which the legs expire, and of the contract\'s hash',
		type: 'string',
		pattern: '^0x[0-9a-f]{80}$',
	},
	integer: { type: 'string', pattern: '^(0|[1-9][0-9]{0,77})$' },
	item: {
		description: 'One kind of value, and which or how much of it, in its smallest unit',
		type: 'object',
		minProperties: 1,
		maxProperties: 1,
		propertyNames: NAMES,
		properties: {
			Token: { $ref: '#/$defs/integer' },
			Asset: {
				type: 'object',
				properties: { id: { $ref: '#/$defs/integer' }, amount: { $ref: '#/$defs/integer' } },
				required: ['id', 'amount'],
				additionalProperties: false,
			},
			Nft: {
				type: 'object',
				properties: { collection: { $ref: '#/$defs/integer' }, item: { $ref: '#/$defs/integer' } },
				required: ['collection', 'item'],
				additionalProperties: false,
			},
		},
		additionalProperties: {
			description: 'A kind of the chain\'s own',
			anyOf: [
				text(256),
				{ type: 'object', propertyNames: NAMES, additionalProperties: text(256) },
			],
		},
	},
	chain: {
		description: 'Compared with the connected node, field by field',
		type: 'object',
		properties: {
			genesis: { $ref: '#/$defs/hash' },
			name: text(64),
			token: {
				type: 'object',
				properties: {
					symbol: text(16),
					decimals: { type: 'integer', minimum: 0, maximum: 38 },
				},
				required: ['symbol', 'decimals'],
				additionalProperties: false,
			},
		},
		required: ['genesis', 'name', 'token'],
		additionalProperties: false,
	},
	leg: {
		description: 'One chain\'s half',
		type: 'object',
		properties: {
			chain: { $ref: '#/$defs/chain' },
			log: {
				description: 'What happens there, in full',
				type: 'object',
				properties: {
					from: { $ref: '#/$defs/account' },
					to: { $ref: '#/$defs/account' },
					items: { type: 'array', minItems: 1, maxItems: 64, items: { $ref: '#/$defs/item' } },
				},
				required: ['from', 'to', 'items'],
				additionalProperties: false,
			},
			logHash: { $ref: '#/$defs/hash' },
			expiry: { description: 'Last height at which the leg may commit', ...HEIGHT },
			notice: { description: 'Blocks that whoever cancels waits', ...HEIGHT },
			settlement: { enum: ['AtExpiry', 'Early'] },
		},
		required: ['chain', 'log', 'logHash', 'expiry', 'notice', 'settlement'],
		additionalProperties: false,
	},
};

/** Of a proposal, version 1. Published as `schema/proposal-1.json`. */
export const PROPOSAL_SCHEMA: Schema = {
	$schema: DIALECT,
	$id: 'urn:ribp:proposal:1',
	title: 'RIBP proposal',
	description: 'What two parties agree on before either signs: both legs in full. Canonical JSON.',
	type: 'object',
	properties: {
		format: { const: 'ribp-proposal' },
		version: { const: 1 },
		id: { $ref: '#/$defs/contractId' },
		reference: { $ref: '#/$defs/hash' },
		legs: {
			description: 'In the order of their genesis hashes',
			type: 'array',
			minItems: 2,
			maxItems: 2,
			items: { $ref: '#/$defs/leg' },
		},
	},
	required: ['format', 'version', 'id', 'reference', 'legs'],
	additionalProperties: false,
	$defs: DEFINITIONS,
};

/** Why a proposal is not accepted. */
export const REASONS = ['amount', 'asset', 'expiry', 'funds', 'party', 'duplicate', 'other'] as const;

/** Of a rejection, version 1. Published as `schema/rejection-1.json`. */
export const REJECTION_SCHEMA: Schema = {
	$schema: DIALECT,
	$id: 'urn:ribp:rejection:1',
	title: 'RIBP rejection',
	description: 'Why a proposal is not accepted; it goes from party to party, off chain.',
	type: 'object',
	properties: {
		format: { const: 'ribp-rejection' },
		version: { const: 1 },
		id: { $ref: '#/$defs/contractId' },
		reference: { $ref: '#/$defs/hash' },
		reason: { enum: [...REASONS] },
		note: text(280),
	},
	required: ['format', 'version', 'id', 'reference', 'reason'],
	additionalProperties: false,
	$defs: { hash: DEFINITIONS.hash, contractId: DEFINITIONS.contractId },
};

/** A field that is not as the schema says, and why. */
export interface Violation {
	field: string;
	says: string;
}

/** The first field of a value that is not as the schema says; none if all are. */
export function violation(value: unknown, schema: Schema, root = schema, at = ''): Violation | undefined {
	if (schema.$ref !== undefined) {
		const name = schema.$ref.slice('#/$defs/'.length);
		return violation(value, root.$defs?.[name] ?? {}, root, at);
	}
	const wrong = (says: string) => ({ field: at || 'the whole', says });
	if (schema.anyOf && schema.anyOf.every((one) => violation(value, one, root, at))) {
		return wrong('has none of the forms that it may have');
	}
	if (schema.const !== undefined && value !== schema.const) {
		return wrong(`is not ${JSON.stringify(schema.const)}`);
	}
	if (schema.enum && !schema.enum.some((one) => one === value)) {
		return wrong(`is none of ${schema.enum.join(', ')}`);
	}
	switch (schema.type) {
		case 'string':
			return wrongString(value, schema, wrong);
		case 'integer':
			return wrongInteger(value, schema, wrong);
		case 'array':
			return wrongArray(value, schema, root, at, wrong);
		case 'object':
			return wrongObject(value, schema, root, at, wrong);
		default:
			return undefined;
	}
}

type Wrong = (says: string) => Violation;

function wrongString(value: unknown, { pattern, maxLength }: Schema, wrong: Wrong) {
	if (typeof value !== 'string') {
		return wrong('is no text');
	}
	if (pattern !== undefined && !new RegExp(pattern).test(value)) {
		return wrong(`does not match ${pattern}`);
	}
	return maxLength !== undefined && value.length > maxLength ? wrong('is too long') : undefined;
}

function wrongInteger(value: unknown, { minimum = -Infinity, maximum = Infinity }: Schema, wrong: Wrong) {
	if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
		return wrong('is no integer');
	}
	return value < minimum || value > maximum ? wrong(`is not in ${minimum} to ${maximum}`) : undefined;
}

function wrongArray(value: unknown, schema: Schema, root: Schema, at: string, wrong: Wrong) {
	if (!Array.isArray(value)) {
		return wrong('is no list');
	}
	const { minItems = 0, maxItems = Infinity, items } = schema;
	if (value.length < minItems || value.length > maxItems) {
		return wrong(`does not have ${minItems} to ${maxItems} items`);
	}
	for (const [i, one] of value.entries()) {
		const found = items && violation(one, items, root, `${at}[${i}]`);
		if (found) {
			return found;
		}
	}
	return undefined;
}

function wrongObject(value: unknown, schema: Schema, root: Schema, at: string, wrong: Wrong) {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return wrong('is no object');
	}
	const { properties = {}, required = [], additionalProperties = true } = schema;
	const { minProperties = 0, maxProperties = Infinity } = schema;
	const inside = (key: string) => (at ? `${at}.${key}` : key);
	const missing = required.find((key) => !Object.hasOwn(value, key));
	if (missing !== undefined) {
		return { field: inside(missing), says: 'is missing' };
	}
	const fields = Object.entries(value);
	if (fields.length < minProperties || fields.length > maxProperties) {
		return wrong(`does not have ${minProperties} to ${maxProperties} fields`);
	}
	for (const [key, one] of fields) {
		if (schema.propertyNames && violation(key, schema.propertyNames, root, at)) {
			return wrong('has a field whose name is no name');
		}
		const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
		if (known === false) {
			return { field: inside(key), says: 'is not known' };
		}
		const found = typeof known === 'object' ? violation(one, known, root, inside(key)) : undefined;
		if (found) {
			return found;
		}
	}
	return undefined;
}
