/** What a Markdown text holds besides prose. */

/** A heading, or a fenced block with its language and its text. */
const HEADING_OR_BLOCK = /^#+ (?<heading>.*)$|^```(?<language>.*)\n(?<text>[^]*?)^```$/gm;
/** Any line that begins or ends a fenced block, however it is written. */
const FENCE = /^[\s>]*(```|~~~)/gm;

/**
 * The fenced blocks of a text, in order, each with the heading above it.
 *
 * Throws if a fence is written in a way that would hide a block.
 */
export function fencedBlocks(markdown) {
	const blocks = [];
	let above;
	for (const { groups } of markdown.matchAll(HEADING_OR_BLOCK)) {
		const { heading, language, text } = groups;
		if (heading !== undefined) {
			above = heading;
		} else {
			blocks.push({ heading: above, language, text });
		}
	}
	const fences = markdown.match(FENCE)?.length ?? 0;
	if (fences !== 2 * blocks.length) {
		throw new Error(`${fences} fences, but ${blocks.length} blocks between \`\`\` and \`\`\``);
	}
	return blocks;
}

/** The rows of all tables whose first cell is code: that code, and the whole line. */
export function codeRows(markdown) {
	return [...markdown.matchAll(/^\| `([^`]+)` \|.*$/gm)].map(([line, code]) => ({ code, line }));
}

/** What is set in code within the prose. */
export function inlineCode(markdown) {
	const prose = markdown.replace(HEADING_OR_BLOCK, '');
	return [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
}
