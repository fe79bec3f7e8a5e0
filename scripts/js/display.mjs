/** What a person sees: lines that stay, one line that is rewritten, tables, amounts. */

/** Lines for a person; the rewritten one only where a terminal can show it. */
export class Display {
	#out;
	#live = false;
	#started = Date.now();

	constructor(out = process.stdout) {
		this.#out = out;
	}

	/** A line that stays. */
	line(text = '') {
		this.#erase();
		this.#out.write(`${text}\n`);
	}

	/** A line that stays, with the time since the last `heading`. */
	event(text) {
		const seconds = ((Date.now() - this.#started) / 1000).toFixed(1);
		this.line(`  ${seconds.padStart(5)} s  ${text}`);
	}

	/** Begins a part. */
	heading(text) {
		this.#started = Date.now();
		this.line();
		this.line(this.#out.isTTY && !process.env.NO_COLOR ? `\x1b[1m${text}\x1b[0m` : text);
	}

	/** Replaces the live line. */
	live(text) {
		if (this.#out.isTTY) {
			this.#erase();
			this.#out.write(`  ${text}`.slice(0, (this.#out.columns || 80) - 1));
			this.#live = true;
		}
	}

	/** Rows of equally many cells; the first row is a heading, numbers are set to the right. */
	table(rows) {
		const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
		for (const row of rows) {
			const cells = row.map((cell, i) =>
				/\d/.test(rows[1][i]) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]),
			);
			this.line(`  ${cells.join('  ')}`.trimEnd());
		}
	}

	#erase() {
		if (this.#live) {
			this.#out.write('\r\x1b[K');
			this.#live = false;
		}
	}
}

/** Exact amount in whole tokens: no trailing zeros, thousands set apart. */
export function formatAmount(amount, { decimals, token }) {
	const sign = amount < 0n ? '-' : '';
	const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
	const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',');
	const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
	return `${sign}${whole}${fraction && `.${fraction}`} ${token}`;
}
