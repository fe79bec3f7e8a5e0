/** Bar charts as SVG: panels of horizontal bars, each bar with its name and its value. */

const WIDTH = 720;
const LEFT = 220;
const RIGHT = 90;
const ROW = 26;
const HEAD = 44;

const escaped = (text) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const text = (x, y, content, style = '') =>
	`<text x="${x}" y="${y}"${style && ` ${style}`}>${escaped(content)}</text>`;

function panel({ title, unit, bars }, top) {
	const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
	const rows = bars.flatMap(({ name, value }, i) => {
		const y = top + HEAD + i * ROW;
		const length = ((WIDTH - LEFT - RIGHT) * value) / most;
		return [
			text(LEFT - 8, y + 14, name, 'text-anchor="end"'),
			`<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="18" fill="#3b6ea5"/>`,
			text((LEFT + length + 6).toFixed(1), y + 14, short(value)),
		];
	});
	return [text(16, top + 24, `${title} (${unit})`, 'font-weight="bold"'), ...rows];
}

/** Three digits are enough to see, and no more is measured. */
function short(value) {
	return value >= 100 ? value.toFixed() : String(Number(value.toPrecision(3)));
}

/**
 * @param {{title: string, unit: string, bars: {name: string, value: number}[]}[]} panels each with a
 *   scale of its own, from zero
 * @returns {string}
 */
export function barChart(panels) {
	const tops = [0];
	for (const { bars } of panels) {
		tops.push(tops.at(-1) + HEAD + bars.length * ROW + 16);
	}
	const height = tops.at(-1);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" ` +
			`height="${height}" font-family="sans-serif" font-size="13">`,
		`<rect width="${WIDTH}" height="${height}" fill="white"/>`,
		...panels.flatMap((one, i) => panel(one, tops[i])),
		'</svg>\n',
	].join('\n');
}
