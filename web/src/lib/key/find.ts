/** One name the teacher knows, and what is said instead. With `case_id` it is that student's. */
export interface Known {
	name: string;
	says: string;
	case_id?: string;
}

/** Names that are also everyday words: only with their capital, and not where a sentence begins with them. */
const WORDS = new Set(
	'amber art autumn bill brook carter chase daisy dawn drew faith frank grace hope hunter ivy joy june mark mason may miles pat rich rob robin rose ruby sky star summer violet will win'.split(
		' '
	)
);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export interface Found {
	start: number;
	end: number;
	known: Known;
}

/** Where known names stand in a text, longest first, never overlapping. Offsets are UTF-16. */
export function findKnown(text: string, names: Known[]): Found[] {
	const found: Found[] = [];
	const longestFirst = [...names].sort((a, b) => b.name.length - a.name.length);
	for (const known of longestFirst) {
		const name = known.name.trim();
		if (!name) continue;
		const isWord = WORDS.has(name.toLowerCase());
		const pattern = new RegExp(
			`(?<![\\p{L}\\p{N}])${escaped(name).replace(/\s+/g, '\\s+')}(?![\\p{L}\\p{N}])`,
			isWord ? 'gu' : 'giu'
		);
		for (const match of text.matchAll(pattern)) {
			const start = match.index;
			const end = start + match[0].length;
			if (isWord && /(^|[.!?]\s+|\n\s*)$/.test(text.slice(0, start))) continue;
			if (found.some((other) => start < other.end && end > other.start)) continue;
			found.push({ start, end, known });
		}
	}
	return found.sort((a, b) => a.start - b.start);
}
