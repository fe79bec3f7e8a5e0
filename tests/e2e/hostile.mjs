/** What a server can do to who asks it, and by what words a node's log must name it. */
import { gzipSync } from 'node:zlib';

/** Most bytes of an answer that a node takes. */
const MOST = 8 * 1024 * 1024;
/** Most of a finality proof. */
const MOST_FINALITY = 2 * 1024 * 1024;
const LATE = /did not answer in time/;
const BROKEN = /no connection to the peer, or it broke/;
const NO_JSON = /the answer is not JSON/;

const idOf = (body) => JSON.parse(body).id;

/** A response in the order of JSON-RPC, around a result that need not be JSON. */
const response = (id, result) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;

/** Sends `chunk` as fast as it is taken, without end. */
function pour(stream, chunk) {
	const more = () => {
		while (!stream.destroyed && stream.write(chunk));
	};
	stream.on('drain', more);
	stream.on('error', () => {});
	more();
}

/** Sends `byte` now and then, without end. */
function drip(stream, byte) {
	const dripping = setInterval(() => stream.write(byte), 150);
	stream.on('close', () => clearInterval(dripping));
	stream.on('error', () => {});
}

/** Answers with this result, whatever the question was. */
const result = (text) => (body, out) => out.end(response(idOf(body), text));

/** Answers with this body. */
const text = (body) => (_, out) => out.end(body);

const status = (code, headers = {}) => (_, out) => out.writeHead(code, headers).end('{}');

/** Speaks for itself, below HTTP. */
const raw = (speak) => (_, out) => speak(out.socket);

/** Made before anybody asks: it takes its time. */
const bomb = gzipSync(Buffer.alloc(64 << 20, ' '));

/** Answers that there is nothing to show: no fault, and the end of every pause. */
export const nothing = result('null');

/** The behaviours by name, each with the words of the warning that it must cause. */
export const hostile = {
	'an endless body': {
		behave: (_, out) => pour(out, Buffer.alloc(1 << 18, ' ')),
		says: /the answer is longer than 8388608 bytes|did not answer in time/,
	},
	'endless JSON': {
		behave(body, out) {
			out.write(`{"jsonrpc":"2.0","id":${idOf(body)},"result":[`);
			pour(out, Buffer.from('"0x",'.repeat(50_000)));
		},
		says: /the answer is longer than 8388608 bytes|did not answer in time/,
	},
	'endless headers': {
		behave: raw((socket) => {
			socket.write('HTTP/1.1 200 OK\r\n');
			pour(socket, `x-more: ${'y'.repeat(4_000)}\r\n`.repeat(10));
		}),
		says: BROKEN,
	},
	'endless interim responses': {
		behave: raw((socket) => pour(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))),
		says: /did not answer in time|no connection to the peer, or it broke/,
	},
	'a length beyond all memory': {
		behave: raw((socket) =>
			socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${2n ** 63n}\r\n\r\n{`),
		),
		says: LATE,
	},
	'a chunk beyond all memory': {
		behave: raw((socket) =>
			socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffff\r\n{'),
		),
		says: LATE,
	},
	'a finality proof as long as is taken': {
		behave: result(`"0x${'00'.repeat(MOST_FINALITY / 2 - 100)}"`),
		says: /the finality proof in the answer cannot be decoded/,
	},
	// No finality proof: a later block is looked for.
	'an answer as long as is taken': {
		behave: result(`"0x${'00'.repeat(MOST / 2 - 100)}"`),
		says: /the block hash in the answer cannot be decoded/,
	},
	'a few bytes that claim a long list': {
		behave: result(`"0x${'11'.repeat(32)}feffffff"`),
		says: /the finality proof in the answer cannot be decoded/,
	},
	'the wrong content type': {
		behave(_, out) {
			out.setHeader('content-type', 'text/html');
			out.end('<html>It works!</html>');
		},
		says: NO_JSON,
	},
	'a compressed bomb': {
		behave(_, out) {
			out.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
		},
		says: NO_JSON,
	},
	'huge numbers': {
		behave: (_, out) => out.end(response('9'.repeat(1_000_000), '1e999999999')),
		says: /the answer is not JSON|the answer belongs to another request|has the wrong shape/,
	},
	'deep nesting': {
		behave: result('['.repeat(4_000_000)),
		says: /the answer is not JSON|has the wrong shape/,
	},
	'deep nesting that nobody reads': {
		behave: text(`{"x":${'[{"y":'.repeat(500_000)}`),
		says: NO_JSON,
	},
	'invalid UTF-8': {
		behave: (body, out) =>
			out.end(Buffer.from(response(idOf(body), '"0x\xff\xfe"'), 'latin1')),
		says: NO_JSON,
	},
	'invalid hexadecimal': {
		behave: result('"0xzz"'),
		says: /holds bytes that are not hexadecimal/,
	},
	'truncated JSON': {
		behave: (body, out) => out.end(response(idOf(body), '"0x00').slice(0, -1)),
		says: NO_JSON,
	},
	'a body that breaks off': {
		behave(body, out) {
			out.writeHead(200, { 'content-length': 1_000 }).write(response(idOf(body), 'null'));
			setTimeout(() => out.socket.destroy(), 50);
		},
		says: BROKEN,
	},
	'another id': {
		behave: (body, out) => out.end(response(idOf(body) + 1, 'null')),
		says: /the answer belongs to another request/,
	},
	'an empty answer': { behave: text(''), says: NO_JSON },
	'a slow drip': { behave: (_, out) => drip(out, ' '), says: LATE },
	'slow headers': {
		behave: raw((socket) => {
			socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
			drip(socket, 'y');
		}),
		says: LATE,
	},
	'no answer': { behave: () => {}, says: LATE },
	'a connection that is reset': {
		behave: raw((socket) => socket.resetAndDestroy()),
		says: BROKEN,
	},
	'what is no HTTP': {
		behave: raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
		says: BROKEN,
	},
	'status 404': { behave: status(404), says: /HTTP status 404/ },
	'status 429': { behave: status(429, { 'retry-after': '0' }), says: /HTTP status 429/ },
	'status 500': { behave: status(500), says: /HTTP status 500/ },
	'a redirect to itself': { behave: status(308, { location: '/' }), says: /HTTP status 308/ },
	'a redirect to a file': {
		behave: status(302, { location: 'file:///etc/passwd' }),
		says: /HTTP status 302/,
	},
};
