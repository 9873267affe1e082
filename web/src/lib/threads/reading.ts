/** How a thread is laid out for the one who reads it, and what it is called. */
import type { Id } from '#lib/api/shapes.ts';

interface Turn {
	author_id: Id | null;
	seq?: number;
	body?: string | null;
	voice?: object | null;
	retracted_at?: string | null;
}

/** A mentor reads on from where she was; so many turns before that give the tone. */
const BEFORE = 3;
/** Longer than a short reply. */
const LETTER_LENGTH = 200;

export interface Arranged<M> {
	question?: M;
	/** Folded away until asked for. */
	earlier: M[];
	shown: M[];
}

/**
 * The question apart; who asked sees from the newest answer on, or from the first she has not read; who answers sees
 * the last few turns. What is before lies folded.
 */
export function arranged<M extends Turn>(
	messages: M[],
	around: { authorId: Id; me: Id; readTo: number }
): Arranged<M> {
	const question = messages[0]?.seq === undefined || messages[0].seq === 1 ? messages[0] : undefined;
	const rest = question ? messages.slice(1) : messages;
	const isTheirs = (message: M) => message.author_id !== around.me && !message.retracted_at;
	const unread = rest.findIndex((message) => isTheirs(message) && (message.seq ?? 0) > around.readTo);
	const newest =
		around.me === around.authorId ? rest.findLastIndex(isTheirs) : Math.max(0, rest.length - BEFORE);
	const from = Math.max(0, Math.min(newest < 0 ? 0 : newest, unread < 0 ? Infinity : unread));
	return { question, earlier: rest.slice(0, from), shown: rest.slice(from) };
}

/** Advice is a letter; what goes back and forth in a line or two is not. */
export function isLetter(message: Turn, authorId: Id): boolean {
	if (message.author_id === authorId || message.retracted_at) return false;
	return (
		Boolean(message.voice) ||
		(message.body ?? '').length > LETTER_LENGTH ||
		/\n\s*\n/.test(message.body ?? '')
	);
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** "one", "ten", "14". */
export const countIn = (n: number) => COUNTS[n] ?? String(n);

/** "Two remarks", "One remark". */
export function remarksWords(n: number): string {
	if (!n) return '';
	return `${countIn(n)} ${n === 1 ? 'remark' : 'remarks'}`;
}

export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
