/** Where the names of a name key stand in a text, however they are bent or misspelt. */
import type { Known } from './names.svelte.ts';
import { fold, isOneSlip, tokens, type Token } from '#lib/text/fold.ts';

/**
 * `exact` it is that name · `word` that name or the everyday word it is too ("Will", first in its sentence) ·
 * `near` one slip away from it
 */
export type How = 'exact' | 'word' | 'near';

export interface Found {
	start: number;
	end: number;
	known: Known;
	how: How;
}

const set = (words: string) => new Set(words.split(' '));
const TITLES = set('mr mrs ms miss mx dr coach principal prof señor señora sr sra');
const PARTICLES = set(
	'de la el al van von der den da di du del dos das bin ibn y of the and jr sr ii iii st'
);
/** Said before a name, and nobody's: "Mom Elena". */
const KIN = set(
	'mom mum mama mommy dad papa daddy mother father parent grandmother grandfather grandma grandpa nana aunt auntie ' +
		'uncle brother sister cousin teacher nurse student'
);
/** What schools and places are besides their name. */
const GENERIC = set(
	'school schools elementary middle high primary secondary junior senior intermediate academy preparatory charter ' +
		'magnet public district unified independent consolidated central county community isd usd cusd sd city town ' +
		'township village borough center education learning early childhood k'
);
/** After these a sentence's first "Will" or "May" is no name. */
const SUBJECTS = set(
	'i he she it they we you the this that these those there his her my our your their anyone someone a an any'
);
const MODALS = set('will may can might art');
const LEAST_FOR_SLIPS = 5;
const GAP = /^(?:[\s\u00a0]{1,2}|[-‐‑]|\.\s?)$/;
const SENTENCE_START = /(^|[.!?:]["'”’)]*\s+|\n[\s•*–-]*|["“‘(])$/;

interface Phrase {
	words: string[];
	known: Known;
	/** Only with its capital: the rest of a place's name, which alone may be a plain word. */
	capital?: boolean;
}

export class Finder {
	#byFirst = new Map<string, Phrase[]>();
	/** Names of one word long enough for slips, by their length. */
	#byLength = new Map<number, Phrase[]>();
	#ordinary: ReadonlySet<string>;

	/** `ordinary`: everyday words that are names too, or one slip away from one. */
	constructor(names: Known[], ordinary: ReadonlySet<string> = new Set()) {
		this.#ordinary = ordinary;
		for (const known of names) {
			for (const phrase of [known.name, ...(known.also ?? [])].flatMap((name) => phrases(name, known))) {
				this.#add(phrase);
			}
		}
		for (const options of this.#byFirst.values()) options.sort((a, b) => b.words.length - a.words.length);
	}

	#add(phrase: Phrase): void {
		const first = phrase.words[0];
		if (!first) return;
		const options = this.#byFirst.get(first) ?? [];
		if (options.some((other) => other.words.join(' ') === phrase.words.join(' '))) return;
		this.#byFirst.set(first, [...options, phrase]);
		const { length } = first;
		if (phrase.words.length > 1 || phrase.capital || length < LEAST_FOR_SLIPS) return;
		this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), phrase]);
	}

	/** In order, never overlapping, the longest first where several begin. */
	find(text: string): Found[] {
		if (!this.#byFirst.size) return [];
		const words = tokens(text);
		const found: Found[] = [];
		for (let i = 0; i < words.length;) {
			const hit = this.#phraseAt(text, words, i) ?? this.#nearAt(words, i);
			if (hit) found.push({ ...hit.found, start: this.#withTitle(text, words, i, hit.found) });
			i += hit?.length ?? 1;
		}
		return found;
	}

	/** Whose name this quote is, whatever its casing: for words that something else found. */
	whose(quote: string): Known | undefined {
		const words = tokens(quote)
			.map((word) => word.low)
			.filter((low) => !TITLES.has(low));
		const options = this.#byFirst.get(words[0] ?? '') ?? [];
		return options.find((phrase) => phrase.words.every((word, i) => word === words[i]))?.known;
	}

	#phraseAt(text: string, words: Token[], i: number): { found: Found; length: number } | undefined {
		for (const [first, plural] of stems(words[i]!.low)) {
			for (const phrase of this.#byFirst.get(first) ?? []) {
				const { length } = phrase.words;
				if (length === 1 ? false : plural) continue;
				const last = words[i + length - 1];
				if (!last) continue;
				const end = length === 1 ? ending(last, plural) : this.#rest(text, words, i, phrase);
				if (end === undefined) continue;
				const how = this.#how(text, words, i, phrase, length === 1 ? words[i]!.low : '');
				if (how) return { found: { start: words[i]!.start, end, known: phrase.known, how }, length };
			}
		}
		return undefined;
	}

	/** The end of a phrase of several words that goes on as it should, or undefined. */
	#rest(text: string, words: Token[], i: number, phrase: Phrase): number | undefined {
		for (let k = 1; k < phrase.words.length; k++) {
			const [before, word] = [words[i + k - 1]!, words[i + k]!];
			if (!GAP.test(text.slice(before.end, word.start))) return undefined;
			const isLast = k === phrase.words.length - 1;
			const fitting = stems(word.low).find(([stem]) => stem === phrase.words[k]);
			if (!fitting || (fitting[1] && !isLast)) return undefined;
			if (isLast) return ending(word, fitting[1]);
		}
		return undefined;
	}

	#how(text: string, words: Token[], i: number, phrase: Phrase, low: string): How | undefined {
		const word = words[i]!;
		const isCapital = /^\p{Lu}/u.test(word.raw);
		if (phrase.capital && !isCapital) return undefined;
		if (!low || !this.#ordinary.has(low)) return 'exact';
		if (!isCapital) return undefined;
		const title = words[i - 1];
		if (title && TITLES.has(title.low)) return 'exact';
		if (!SENTENCE_START.test(text.slice(Math.max(0, word.start - 8), word.start))) return 'exact';
		const next = words[i + 1]?.low;
		return MODALS.has(low) && next && SUBJECTS.has(next) ? undefined : 'word';
	}

	#nearAt(words: Token[], i: number): { found: Found; length: number } | undefined {
		const { low, start, end } = words[i]!;
		if (low.length < LEAST_FOR_SLIPS - 1 || this.#ordinary.has(low)) return undefined;
		const phrase = [low.length, low.length + 1, low.length - 1]
			.flatMap((length) => this.#byLength.get(length) ?? [])
			.find(({ words: [name] }) => !low.startsWith(name!) && isOneSlip(name!, low));
		return phrase && { found: { start, end, known: phrase.known, how: 'near' }, length: 1 };
	}

	/** "Ms. Albright" is one; "Ms. a teacher" would be none. */
	#withTitle(text: string, words: Token[], i: number, found: Found): number {
		const title = words[i - 1];
		const isTitled =
			title && TITLES.has(title.low) && GAP.test(text.slice(title.end, found.start).trimEnd() || ' ');
		return isTitled && !found.known.place ? title.start : found.start;
	}

	/** What leaves the phone may hold none of them, however doubtful: every spelling with a capital is covered. */
	cover(text: string): Found[] {
		const found = this.find(text);
		const extra = tokens(text).flatMap((word): Found[] => {
			const phrase =
				/^\p{Lu}/u.test(word.raw) && this.#byFirst.get(word.low)?.find((one) => one.words.length === 1);
			const isTaken = found.some((other) => word.start < other.end && word.end > other.start);
			return phrase && !isTaken
				? [{ start: word.start, end: word.end, known: phrase.known, how: 'word' }]
				: [];
		});
		return [...found, ...extra].sort((a, b) => a.start - b.start);
	}
}

/** The word itself, and what it is the plural of: "Jonahs", "Reyeses". */
function stems(low: string): [stem: string, plural: string][] {
	const found: [string, string][] = [[low, '']];
	if (low.length > 4 && low.endsWith('es')) found.push([low.slice(0, -2), 'es']);
	if (low.length > 3 && low.endsWith('s')) found.push([low.slice(0, -1), 's']);
	return found;
}

/** Where a name ends in its word: a plural's "s" stays and reads on after what is said instead. */
const ending = (word: Token, plural: string) => (plural === 's' ? word.end - 1 : word.end);

function phrases(name: string, known: Known): Phrase[] {
	const all = tokens(name).map((token) => token.low);
	const words = all.length > 1 && TITLES.has(all[0]!) ? all.slice(1) : all;
	const found: Phrase[] = [{ words, known }];
	if (words.length > 1) found.push({ words: [words.join('')], known });
	if (known.place) {
		const stem = words.slice(0, words.findLastIndex((word) => !GENERIC.has(word)) + 1);
		for (let n = words.length - 1; n >= stem.length && n > 0; n--) {
			found.push({ words: words.slice(0, n), known, capital: true });
		}
	} else if (words.length > 1) {
		for (const part of words) {
			const isPart = part.length > 1 && !PARTICLES.has(part) && !TITLES.has(part) && !KIN.has(part);
			if (isPart) found.push({ words: [part], known });
		}
	}
	return found;
}

/** Words that are a name and nothing besides: not "Jonah’s mother". */
export function isBareName(quote: string): boolean {
	const words = tokens(quote);
	const isShort = words.length > 0 && words.length <= 3;
	return (
		isShort && (words.length === 1 || words.every((word) => /^\p{Lu}/u.test(word.raw) && !KIN.has(word.low)))
	);
}

export const isSame = (one: string, other: string) => fold(one) === fold(other);
