/**
 * The service counts in Unicode code points, the browser in UTF-16 units; they part at the first emoji.
 * Texts are compared, screened and counted in the form the service stores: `app/core/text.py` has the same rules.
 */
const BREAKS = /\r\n?|[\u2028\u2029\u000b\u000c\u0085]/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0001-\u0008\u000b-\u001f\u007f-\u009f]/g;
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH = /[\u200b-\u200f\u2060\ufeff]/gu;
const JOINED = /^[\p{So}\p{Sk}\p{Mn}\p{Mc}\u0900-\u0dff]$|^(?=\p{L})[\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}]$/u;
/** Nothing in it that any of the rules could change: by far the most texts. */
const PLAIN = /^[\n\t\x20-\x7e]*$/;

export function normal(text: string): string {
	if (PLAIN.test(text)) return text;
	return withoutMarks(text).normalize('NFC');
}

function withoutMarks(text: string): string {
	const clean = text.replace(BREAKS, '\n').replace(CONTROL, '').replace(BIDI, '');
	return clean.replace(ZERO_WIDTH, (mark, at: number) => {
		// A joiner between emoji or in a joining script does work; elsewhere it only hides something.
		const isJoiner = mark === '\u200c' || mark === '\u200d';
		const before = [...clean.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
		const after = String.fromCodePoint(clean.codePointAt(at + 1) ?? 0);
		return isJoiner && JOINED.test(before) && JOINED.test(after) ? mark : '';
	});
}

/** A text as it is stored, and the way back from places in it to places in what was typed. Both count in UTF-16. */
export class Normal {
	readonly text: string;
	/** Where pieces begin: in the stored text, in the typed one. */
	#stored: number[] = [];
	#typed: number[] = [];

	constructor(readonly typed: string) {
		this.text = normal(typed);
		if (this.text === typed) return;
		// Composition never reaches over the start of a new letter that is no jamo, so pieces can be walked apart.
		let stored = 0;
		for (const piece of typed.matchAll(/\r\n|[^\p{M}][\p{M}\u1160-\u11ff\u200b-\u200f]*|\p{M}+/gsu)) {
			this.#stored.push(stored);
			this.#typed.push(piece.index);
			stored += normal(piece[0]).length;
		}
		this.#stored.push(stored);
		this.#typed.push(typed.length);
	}

	/** The place in the typed text; one inside a piece is that piece's start, or its end if `end`. */
	back(at: number, end = false): number {
		if (!this.#stored.length) return at;
		let low = 0;
		let high = this.#stored.length - 1;
		while (low < high) {
			const middle = (low + high + (end ? 0 : 1)) >> 1;
			if (end ? this.#stored[middle]! >= at : this.#stored[middle]! <= at) {
				if (end) high = middle;
				else low = middle;
			} else if (end) low = middle + 1;
			else high = middle - 1;
		}
		return this.#typed[low]!;
	}
}

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
