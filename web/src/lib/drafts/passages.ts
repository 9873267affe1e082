/**
 * Passages of a draft: where remarks stand in the text that is drawn, how one chooses a passage, and what it is called.
 * Everything here counts in UTF-16 units, as the browser does; `points.ts` goes over to the contract's code points.
 */
import type { Anchor, Comment } from '#lib/api/shapes.ts';
import { toUnits } from '#lib/text/points.ts';

export interface Span {
	start: number;
	end: number;
}

export type Anchored<C> = { comment: C; number: number; status: Anchor['status'] } & Partial<Span>;

/**
 * Remarks with their place in the newest text, numbered as one reads them; those whose words are gone come last.
 * `known` is the newest text the service has placed them in: when `text` is newer still (it waits here), a remark keeps
 * its place only if its words stand in `text` exactly once.
 */
export function placed<C extends Pick<Comment, 'id' | 'anchor'>>(
	comments: C[],
	text: string,
	known: string = text
): Anchored<C>[] {
	const at = (comment: C): Omit<Anchored<C>, 'number'> => {
		const { status, start, end } = comment.anchor;
		if (status === 'gone' || start == null || end == null) return { comment, status: 'gone' };
		const span = { start: toUnits(known, start), end: toUnits(known, end) };
		if (text === known) return { comment, status, ...span };
		const words = known.slice(span.start, span.end);
		const first = text.indexOf(words);
		if (!words || first < 0 || text.indexOf(words, first + 1) >= 0) return { comment, status: 'gone' };
		return {
			comment,
			status: first === span.start ? status : 'moved',
			start: first,
			end: first + words.length
		};
	};
	return comments
		.map(at)
		.sort(
			(a, b) =>
				(a.start ?? Infinity) - (b.start ?? Infinity) ||
				(a.end ?? Infinity) - (b.end ?? Infinity) ||
				(a.comment.id < b.comment.id ? -1 : 1)
		)
		.map((one, i) => ({ ...one, number: i + 1 }));
}

export interface Run extends Span {
	text: string;
	/** Numbers of the remarks that lie over these words, and of those that end here. */
	over: number[];
	ends: number[];
}

/** Cuts a stretch of a text at the edges of the passages that lie on it; passages may overlap. */
export function runs(
	text: string,
	within: Span,
	passages: { number: number; start?: number; end?: number }[]
): Run[] {
	const here = passages.filter(
		(one): one is { number: number } & Span =>
			one.start !== undefined && one.end !== undefined && one.start < within.end && one.end > within.start
	);
	const edges = new Set([within.start, within.end]);
	for (const one of here) {
		edges.add(Math.max(one.start, within.start));
		edges.add(Math.min(one.end, within.end));
	}
	const cuts = [...edges].sort((a, b) => a - b);
	return cuts.slice(0, -1).map((start, i) => {
		const end = cuts[i + 1]!;
		return {
			start,
			end,
			text: text.slice(start, end),
			over: here.filter((one) => one.start < end && one.end > start).map((one) => one.number),
			ends: here.filter((one) => one.end === end).map((one) => one.number)
		};
	});
}

/** The paragraphs of a text, without the empty lines between them. */
export function paragraphs(text: string): Span[] {
	const found: Span[] = [];
	for (const match of text.matchAll(/(?:[^\n]+(?:\n(?!\s*\n|$))?)+/g)) {
		if (match[0].trim()) found.push({ start: match.index, end: match.index + match[0].length });
	}
	return found;
}

const SENTENCE = /[^.!?\n]+(?:[.!?]+(?![\p{L}\p{N}])["”’')\]]*|[.!?]+(?=[\p{L}\p{N}])[^.!?\n]*)*/gu;

/** The sentences of a text, each without the blanks around it. */
export function sentences(text: string): Span[] {
	const found: Span[] = [];
	for (const { start, end } of paragraphs(text)) {
		for (const part of split(text.slice(start, end))) {
			const lead = part.text.length - part.text.trimStart().length;
			const size = part.text.trim().length;
			if (size) found.push({ start: start + part.at + lead, end: start + part.at + lead + size });
		}
	}
	return found;
}

function split(text: string): { at: number; text: string }[] {
	if ('Segmenter' in Intl) {
		const cutter = new Intl.Segmenter('en', { granularity: 'sentence' });
		return [...cutter.segment(text)].map(({ index, segment }) => ({ at: index, text: segment }));
	}
	return [...text.matchAll(SENTENCE)].map((match) => ({ at: match.index, text: match[0] }));
}

const ORDER = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** "second", "eleventh" as far as words go, then the figure. */
export function nth(number: number): string {
	return ORDER[number - 1] ?? `${number}th`;
}

/** "second sentence", "last paragraph" where counting sentences would help nobody. */
export function placeWords(text: string, span: Span): string {
	const all = sentences(text);
	const at = all.findIndex((one) => one.end > span.start);
	if (at < 0) return '';
	const last = all.findLastIndex((one) => one.start < span.end);
	if (all.length === 1) return '';
	if (last === all.length - 1 && at === 0) return 'all of it';
	if (at === all.length - 1) return 'last sentence';
	if (at < ORDER.length) return `${nth(at + 1)} sentence${last > at ? ' and on' : ''}`;
	const parts = paragraphs(text);
	const paragraph = parts.findIndex((one) => one.end > span.start);
	return paragraph === parts.length - 1 ? 'last paragraph' : `${nth(paragraph + 1)} paragraph`;
}

const WORD = /\S+/g;

function words(text: string): Span[] {
	return [...text.matchAll(WORD)].map((match) => ({
		start: match.index,
		end: match.index + match[0].length
	}));
}

/** A selection grown to whole words and freed of blanks at its edges; undefined when no word is in it. */
export function snapped(text: string, span: Span): Span | undefined {
	const inside = words(text).filter((word) => word.end > span.start && word.start < span.end);
	if (!inside.length) return undefined;
	const whole = { start: inside[0]!.start, end: inside.at(-1)!.end };
	// A full stop that was not selected stays outside, an opening quote too.
	const tail = /[.,;:!?…"”’')\]]+$/.exec(text.slice(whole.start, whole.end));
	if (tail && span.end <= whole.end - tail[0].length) whole.end -= tail[0].length;
	const head = /^["“‘'([]+/.exec(text.slice(whole.start, whole.end));
	if (head && span.start >= whole.start + head[0].length) whole.start += head[0].length;
	return whole.end > whole.start ? whole : undefined;
}

/** The passage with one edge moved by a word; never empty, never beyond the text. */
export function stepped(text: string, span: Span, edge: 'start' | 'end', by: 1 | -1): Span {
	const all = words(text);
	if (edge === 'start') {
		const start =
			by < 0
				? all.findLast((word) => word.start < span.start)?.start
				: all.find((word) => word.start > span.start && word.start < span.end)?.start;
		return start === undefined ? span : { ...span, start };
	}
	const end =
		by > 0
			? all.find((word) => word.end > span.end)?.end
			: all.findLast((word) => word.end < span.end && word.end > span.start)?.end;
	return end === undefined ? span : { ...span, end };
}
