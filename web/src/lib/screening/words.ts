import type { Caution } from '#lib/api/shapes.ts';
import type { Flag } from './flags.ts';
import { sayFor } from './screening.svelte.ts';

const kinds: Record<string, [string, string]> = {
	PERSON: ['looks like a name', 'look like names'],
	ORG: ['looks like a school', 'look like schools'],
	PLACE: ['looks like a place', 'look like places'],
	ADDRESS: ['looks like an address', 'look like addresses'],
	DATE_EXACT: ['is an exact date', 'are exact dates'],
	PHONE: ['looks like a number', 'look like numbers'],
	ID: ['looks like a number', 'look like numbers'],
	EMAIL: ['looks like an address', 'look like addresses'],
	URL: ['looks like a link', 'look like links']
};

/** "2 look like names", "1 is an exact date", "3 could tell who it is". */
export function foundWords(flags: Flag[]): string {
	const n = flags.length;
	const labels = new Set(flags.map((flag) => kinds[flag.label]?.[1]));
	const words = labels.size === 1 ? kinds[flags[0]!.label] : undefined;
	return `${n} ${words?.[n === 1 ? 0 : 1] ?? 'could tell who it is'}`;
}

/** "Replace with Otter and a teacher"; a count where the list would be long. */
export function replaceWords(flags: Flag[]): string {
	// In the middle of the button, whatever stands at the head of the sentence.
	const said = [
		...new Set(flags.map((flag) => sayFor(flag).replace(/^(The|A) /, (word) => word.toLowerCase())))
	];
	if (said.length <= 2 && said.join(' and ').length <= 24) return `Replace with ${said.join(' and ')}`;
	return flags.length === 1 ? 'Replace it' : `Replace all ${flags.length}`;
}

/** Things that are fine apart and could point to one student together. */
export function cautionWords(cautions: Caution[]): string {
	const reason = cautions.find((caution) => typeof caution.reason === 'string')?.reason;
	return reason ?? 'Together these could point to one student. Leave one out?';
}

/** What blocks, in one sentence, when someone would send all the same. */
export const blockWords = (flags: Flag[]) =>
	`Not yet: ${foundWords(flags)}. ${flags.some((flag) => flag.known) ? 'Replace' : 'Replace or keep'} ${flags.length === 1 ? 'it' : 'them'}, then it goes.`;

/** A question that only the writer can answer: "“grace”: a name here?" */
export function askWords(flag: Flag): string {
	const what: Record<string, string> = {
		ORG: 'a school',
		PLACE: 'a place',
		DATE_EXACT: 'a day',
		PERSON: 'a name'
	};
	return `“${flag.quote}”: ${what[flag.label] ?? 'something that tells who it is'}?`;
}
