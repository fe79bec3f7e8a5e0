/**
 * Commands as a terminal runs them: in a shell, whose process group Ctrl-C ends as a whole.
 *
 * However this process ends, short of SIGKILL, its commands go with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Ends this process on a signal in order, and removes its folders when it ends.
import '../../scripts/js/nodes.mjs';

const running = new Set();

// Before the folders go: nobody writes to them any more.
process.prependListener('exit', () => running.forEach((command) => command.signal('SIGKILL')));

/** A command that runs in a folder, with variables that are added to the environment. */
export class Command {
	/** What it has written so far. */
	stdout = '';
	stderr = '';
	/** Its status, or the signal that ended it, once it and all that it started have ended. */
	status;
	#child;

	constructor(text, { folder, env = {} }) {
		this.text = text.trim();
		this.#child = spawn('sh', ['-c', text], {
			cwd: folder,
			env: { ...process.env, ...env },
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		running.add(this);
		for (const stream of ['stdout', 'stderr']) {
			this.#child[stream].setEncoding('utf8').on('data', (data) => (this[stream] += data));
		}
		/** Resolves to this command once it and all that it started have ended. */
		this.ended = once(this.#child, 'close').then(([code, signal]) => {
			running.delete(this);
			this.status = signal ?? code;
			return this;
		});
	}

	/** Sends a signal to the command and all that it started. */
	signal(name) {
		try {
			process.kill(-this.#child.pid, name);
		} catch (error) {
			if (error.code !== 'ESRCH') {
				throw error;
			}
		}
	}

	/** Ends the command as Ctrl-C does. */
	async interrupt() {
		this.signal('SIGINT');
		return this.ended;
	}

	/** What it did, for the message of a failure. */
	toString() {
		return `${this.text}\n(${this.status ?? 'still running'})\n${this.stdout}${this.stderr}`;
	}
}

/** Ends all commands of this process at once. */
export async function endCommands() {
	const ending = [...running];
	ending.forEach((command) => command.signal('SIGKILL'));
	await Promise.all(ending.map(({ ended }) => ended));
}
