/** An endpoint that stands in front of a node and behaves as badly as a test wants. */
import { createServer } from 'node:http';

/** Whether a request is what a node asks another chain for before it tells it anything. */
export const isGossip = (body) => body.includes('RibpApi_list_digest');

/** What the front does with a request that it has read. */
export const behaviours = {
	/** Closes the connection, as if nobody listened. */
	refuse: (_, response) => response.socket.destroy(),
	/** Answers what is no JSON. */
	garbage: (_, response) => response.end('<html>It works!</html>'),
	/** Answers JSON that has nothing to do with the question. */
	nonsense: (_, response) =>
		response.end('{"jsonrpc":"2.0","id":1,"result":"0x00ff"}'),
	/** Answers a byte now and then, for ever. */
	drip: (_, response) => {
		const dripping = setInterval(() => response.write(' '), 200);
		response.on('close', () => clearInterval(dripping));
	},
	/** Answers more than anybody should read. */
	flood: (_, response) => {
		const chunk = Buffer.alloc(1 << 20, ' ');
		const pour = () => {
			while (!response.destroyed && response.write(chunk));
		};
		response.on('drain', pour);
		pour();
	},
	/** Passes the question on to a node. */
	forward: (url) => async (body, response) => {
		const headers = { 'content-type': 'application/json' };
		const answer = await fetch(url, { method: 'POST', headers, body });
		response.setHeader('content-type', 'application/json');
		response.end(await answer.text());
	},
};

/** Passes the question on to a node, and lets no gossip through. */
export const withoutGossip = (url) => (body, response) =>
	isGossip(body) ? response.destroy() : behaviours.forward(url)(body, response);

export class Front {
	/** Requests since the behaviour was changed. */
	requests = 0;
	#behaviour = behaviours.refuse;
	#server = createServer(async (request, response) => {
		this.requests++;
		const behaviour = this.#behaviour;
		const parts = [];
		try {
			for await (const part of request) {
				parts.push(part);
			}
			await behaviour(Buffer.concat(parts), response);
		} catch {
			response.destroy();
		}
	});

	static async listen() {
		const front = new Front();
		await new Promise((listening) => front.#server.listen(0, '127.0.0.1', listening));
		return front;
	}

	get url() {
		return `http://127.0.0.1:${this.#server.address().port}`;
	}

	behave(behaviour) {
		this.#behaviour = behaviour;
		this.requests = 0;
		this.#server.closeAllConnections();
	}

	close() {
		this.#server.closeAllConnections();
		this.#server.close();
	}
}
