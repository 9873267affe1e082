import { tokens } from '#lib/text/fold.ts';
import type { Mark } from '#lib/ui/marked.ts';
import type { Known } from './names.svelte.ts';

/** Where the aliases of these students stand in a text, with the real name as `id`. Whole words, as they are written. */
export function shownIn(text: string, students: Known[]): Mark[] {
	if (!students.length) return [];
	const words = tokens(text);
	return students.flatMap((known): Mark[] => {
		const alias = tokens(known.says).map((token) => token.low);
		return words.flatMap((word, i) => {
			const last = words[i + alias.length - 1];
			const isIt = alias.length && last && alias.every((low, k) => words[i + k]?.low === low);
			// An animal's small letter is the animal: "an otter".
			const isName = word.raw[0] !== word.raw[0]!.toLowerCase();
			return isIt && isName ? [{ start: word.start, end: last.end, look: 'name', id: known.name }] : [];
		});
	});
}
