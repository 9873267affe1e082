/** In quotation marks, once: words that came with a pair of their own get no second one. */
export function quoted(words: string): string {
	const own = /^[“"]([^“”"]*)[”"]$/.exec(words.trim());
	return `“${own ? own[1] : words}”`;
}
