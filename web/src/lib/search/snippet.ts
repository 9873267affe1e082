/** A found passage with its matches. The service sends it escaped, with `<mark>` around what was found. */
import type { Mark } from '#lib/ui/marked.ts';

const ENTITIES: Record<string, string> = {
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&#x27;': "'",
	'&#39;': "'"
};

const plain = (escaped: string) =>
	escaped.replace(/&(?:amp|lt|gt|quot|#x27|#39);/g, (entity) => ENTITIES[entity] ?? entity);

/** Turns it into text and marks, so that it is drawn as text and never as markup. */
export function passage(snippet: string): { text: string; marks: Mark[] } {
	let text = '';
	const marks: Mark[] = [];
	let start: number | undefined;
	for (const piece of snippet.split(/(<\/?mark>)/)) {
		if (piece === '<mark>') start = text.length;
		else if (piece === '</mark>') {
			if (start !== undefined) marks.push({ start, end: text.length, look: 'found' });
			start = undefined;
		} else text += plain(piece);
	}
	return { text: text.replace(/\n/g, ' '), marks };
}

/** "This month", "Earlier this year", then the years. */
export function stretchOf(at: string, now: string): string {
	if (at.slice(0, 7) === now.slice(0, 7)) return 'This month';
	return at.slice(0, 4) === now.slice(0, 4) ? 'Earlier this year' : at.slice(0, 4);
}
