/**
 * The service counts in Unicode code points, the browser in UTF-16 units; they part at the first emoji.
 * Texts are compared, screened and counted in the form the service stores: `app/core/text.py` has the same rules.
 */
const BREAK = /\r\n?|[\u2028\u2029\u000b\u000c\u0085]/y;
const DROPPED =
	/\r\n?|[\u2028\u2029\u000b\u000c\u0085\u0001-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH = /[\u200b-\u200f\u2060\ufeff]/gu;
const JOINED = /^[\p{So}\p{Sk}\p{Mn}\p{Mc}\u0900-\u0dff]$|^(?=\p{L})[\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}]$/u;
/** Composition never reaches over the start of a new letter that is no jamo, so these can be composed apart. */
const COMPOSED = /[^\p{M}][\p{M}\u1160-\u11ff]*|\p{M}+/gsu;
/** Nothing in it that any of the rules could change: by far the most texts. */
const PLAIN = /^[\n\t\x20-\x7e]*$/;

interface Edit {
	start: number;
	end: number;
	by: string;
}

/** A text with passages changed, and the way back to where they stood. */
class Edited {
	readonly text: string;
	#edits: (Edit & { at: number })[] = [];

	constructor(before: string, edits: Edit[]) {
		let text = '';
		let done = 0;
		for (const edit of edits) {
			text += before.slice(done, edit.start);
			this.#edits.push({ ...edit, at: text.length });
			text += edit.by;
			done = edit.end;
		}
		this.text = text + before.slice(done);
	}

	/** A place inside a changed passage is that passage's start, or its end if `end`; what is gone stands outside. */
	back(at: number, end: boolean): number {
		let shift = 0;
		for (const edit of this.#edits) {
			const last = edit.at + edit.by.length;
			if (at < edit.at || (at === edit.at && (end || edit.by))) break;
			if (at < last) return end ? edit.end : edit.start;
			shift = edit.end - last;
		}
		return at + shift;
	}
}

/** A text as it is stored, and the way back from places in it to places in what was typed. Both count in UTF-16. */
export class Normal {
	readonly text: string;
	#steps: Edited[] = [];

	constructor(typed: string) {
		if (!PLAIN.test(typed)) {
			for (const edits of [dropped, unjoined, composed]) {
				const step = new Edited(typed, edits(typed));
				this.#steps.unshift(step);
				typed = step.text;
			}
		}
		this.text = typed;
	}

	back(at: number, end = false): number {
		return this.#steps.reduce((place, step) => step.back(place, end), at);
	}
}

export const normal = (text: string): string => new Normal(text).text;

const edit = (match: RegExpMatchArray, by: string): Edit => ({
	start: match.index!,
	end: match.index! + match[0].length,
	by
});

const dropped = (text: string): Edit[] =>
	[...text.matchAll(DROPPED)].map((match) => {
		BREAK.lastIndex = 0;
		return edit(match, BREAK.test(match[0]) ? '\n' : '');
	});

/** A joiner between emoji or in a joining script does work; elsewhere it only hides something. */
const unjoined = (text: string): Edit[] =>
	[...text.matchAll(ZERO_WIDTH)]
		.filter(({ 0: mark, index: at }) => {
			const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
			const after = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
			const isJoiner = mark === '\u200c' || mark === '\u200d';
			return !(isJoiner && JOINED.test(before) && JOINED.test(after));
		})
		.map((match) => edit(match, ''));

const composed = (text: string): Edit[] =>
	[...text.matchAll(COMPOSED)]
		.filter(([piece]) => piece !== piece.normalize('NFC'))
		.map((match) => edit(match, match[0].normalize('NFC')));

export function toPoints(text: string, units: number): number {
	let points = 0;
	for (let at = 0; at < units && at < text.length; points++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
	return points;
}

export function toUnits(text: string, points: number): number {
	let at = 0;
	for (let n = 0; n < points && at < text.length; n++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
	return at;
}
