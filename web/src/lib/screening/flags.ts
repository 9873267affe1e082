import type { Finding, Told } from '#lib/api/shapes.ts';
import type { Finder, Found, How } from '#lib/key/find.ts';
import type { Known } from '#lib/key/names.svelte.ts';
import { Normal, toUnits } from '#lib/text/points.ts';

/** Words that look like a name or tell who it is, and what could stand there instead. Offsets are UTF-16. */
export interface Flag {
	start: number;
	end: number;
	quote: string;
	label: string;
	replacement?: string;
	reason?: string;
	/** It is offered as a replacement; without, it is a question. Both want an answer. */
	sure: boolean;
	/** The teacher's own name key knows it. */
	known?: Known;
	how?: How;
}

const reasons: Record<How, string> = {
	exact: 'Your name key knows this name.',
	word: 'Your name key has this name, and it is a word too.',
	near: 'Nearly a name of your name key.'
};

function flagOf(text: string, { start, end, known, how }: Found): Flag {
	return {
		start,
		end,
		quote: text.slice(start, end),
		label: known.place ? (known.place === 'town' ? 'PLACE' : 'ORG') : 'PERSON',
		replacement: known.says,
		reason: known.earlier ? 'You replaced it in an earlier text.' : reasons[how],
		sure: how !== 'word',
		// What she replaced before may still be no name today.
		...(known.earlier ? {} : { known, how })
	};
}

/** What one's own name key sees; nothing leaves the phone for it. */
export const knownFlags = (text: string, finder: Finder): Flag[] =>
	finder.find(text).map((found) => flagOf(text, found));

/** Names that the file of this text gave away, wherever they stand in it. */
export function toldFlags(text: string, told: Told[]): Flag[] {
	return told.flatMap(({ quote, label, replacement, reason, band }) => {
		const word = new RegExp(
			`(?<![\\p{L}\\p{N}])${quote.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}])`,
			'gu'
		);
		return [...text.matchAll(word)].map(({ index }) => ({
			start: index,
			end: index + quote.length,
			quote,
			label,
			replacement: replacement ?? undefined,
			reason: reason ?? undefined,
			sure: band !== 'ask'
		}));
	});
}

/** A text as it may leave the phone: no name of the key in it, not even a doubtful one. */
export const covered = (text: string, finder: Finder): Cover =>
	new Cover(
		text,
		finder.cover(text).map((found) => flagOf(text, found))
	);

/** It is in the key and nothing else: this one cannot be kept as it is. */
export const isCertain = (flag: Flag) => flag.how === 'exact';

interface Piece {
	from: number;
	to: number;
	length: number;
}

/** A text in which known names already stand replaced, and the way back for offsets in it. */
export class Cover {
	readonly text: string;
	#pieces: Piece[] = [];

	constructor(original: string, flags: Flag[]) {
		let out = '';
		let at = 0;
		for (const flag of [...flags].sort((a, b) => a.start - b.start)) {
			out += original.slice(at, flag.start);
			const said = flag.replacement ?? 'someone';
			this.#pieces.push({ from: out.length, to: flag.start, length: flag.end - flag.start });
			out += said;
			this.#ends.push(out.length);
			at = flag.end;
		}
		this.text = out + original.slice(at);
	}

	#ends: number[] = [];

	/** Where a place of the covered text lies in the original; undefined inside a replacement. */
	back(at: number): number | undefined {
		let shift = 0;
		for (let i = 0; i < this.#pieces.length; i++) {
			const piece = this.#pieces[i]!;
			const end = this.#ends[i]!;
			if (at <= piece.from) break;
			if (at < end) return undefined;
			shift = piece.to + piece.length - end;
		}
		return at + shift;
	}
}

/** Findings on a covered text (code points of its normal form) as flags on the original; what lies on a replacement is none. */
export function foundFlags(original: string, cover: Cover, findings: Finding[]): Flag[] {
	const stored = new Normal(cover.text);
	return findings.flatMap((finding) => {
		const start = cover.back(stored.back(toUnits(stored.text, finding.start)));
		const end = cover.back(stored.back(toUnits(stored.text, finding.end), true));
		if (start === undefined || end === undefined || end <= start) return [];
		return [
			{
				start,
				end,
				quote: original.slice(start, end),
				label: finding.label,
				replacement: finding.replacement ?? undefined,
				reason: finding.reason ?? undefined,
				sure: finding.band !== 'ask'
			}
		];
	});
}

/** The findings of a refusal (code points, of the text as it was sent) as flags on it. */
export function refusedFlags(text: string, findings: Finding[]): Flag[] {
	return foundFlags(text, new Cover(text, []), findings);
}

/** All flags that stand, in order; where two overlap the longer one stays. */
export function merged(flags: Flag[]): Flag[] {
	const kept: Flag[] = [];
	for (const flag of [...flags].sort((a, b) => b.end - b.start - (a.end - a.start))) {
		if (!kept.some((other) => flag.start < other.end && flag.end > other.start)) kept.push(flag);
	}
	return kept.sort((a, b) => a.start - b.start);
}

/** Flags after an edit: those beside it move along, those it touched are gone until the screen has looked again. */
export function moved(flags: Flag[], before: string, after: string): Flag[] {
	const most = Math.min(before.length, after.length);
	let head = 0;
	while (head < most && before[head] === after[head]) head++;
	let tail = 0;
	while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
	const shift = after.length - before.length;
	return flags.flatMap((flag) => {
		// A letter put at its edge makes another word of it.
		if (flag.end < head || (flag.end === head && !isLetter(after[head]))) return [flag];
		const rest = before.length - tail;
		const isBehind = flag.start > rest || (flag.start === rest && !isLetter(after[rest + shift - 1]));
		if (isBehind) return [{ ...flag, start: flag.start + shift, end: flag.end + shift }];
		return [];
	});
}

const isLetter = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** Puts other words where these flags stand. */
export function replaced(text: string, changes: { flag: Flag; by: string }[]): string {
	let out = '';
	let at = 0;
	for (const { flag, by } of [...changes].sort((a, b) => a.flag.start - b.flag.start)) {
		const opensSentence = /(^|[.!?]\s+|\n\s*)$/.test(text.slice(0, flag.start));
		out += text.slice(at, flag.start) + (opensSentence ? by.charAt(0).toUpperCase() + by.slice(1) : by);
		at = flag.end;
	}
	return out + text.slice(at);
}
