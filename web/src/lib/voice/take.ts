import type { Id } from '#lib/api/shapes.ts';
import type { Upload } from '#lib/outbox/command.ts';
import { clock } from '#lib/time/words.ts';

export type MarkKind = NonNullable<Upload['marks']>[number]['kind'];
export type Mark = NonNullable<Upload['marks']>[number];

/** What a take is for: a reply in a thread, or a new question with what it is about. */
export interface Target {
	thread_id?: Id;
	case_id?: Id;
	item_id?: Id;
	meeting_id?: Id;
}

/** One run of the recorder: its pieces begin at `from`. A take that stopped and went on has several. */
export interface Run {
	type: string;
	from: number;
}

/** What was chosen and written for a take before it was sent. */
export interface Said {
	gist?: string;
	kept?: string[];
	when?: string;
	circle_id?: Id;
	mentor_id?: Id;
}

/**
 * A recording on this phone. `recording`: pieces come in, or the phone stopped in the middle · `kept`: waits for its
 * speaker · `dropped`: discarded a moment ago · `sent`: lies in the outbox, which takes it away when it is there.
 */
export interface Take {
	id: Id;
	state: 'recording' | 'kept' | 'dropped' | 'sent';
	/** Who stopped it. */
	by?: 'phone' | 'speaker';
	target: Target;
	runs: Run[];
	pieces: number;
	ms: number;
	/** The loudest of each tenth of a second, 0 to 255. */
	peaks: number[];
	marks: Mark[];
	said: Said;
}

export const MOST_MS = 599_000;
export const WARN_MS = 570_000;
/** Shorter than this nobody has said anything. */
export const LEAST_MS = 700;

export const newTake = (id: Id, target: Target): Take => ({
	id,
	state: 'recording',
	target,
	runs: [],
	pieces: 0,
	ms: 0,
	peaks: [],
	marks: [],
	said: {}
});

/** Both are for the same reply, or both are new questions. */
export const isFor = (take: Take, target: Target) => take.target.thread_id === target.thread_id;

/** Its length as the recorder's clock shows it: whole seconds that have passed. */
export const timeOf = (ms: number) => clock(Math.floor(ms / 1000));

/** What one is told about a take found at a start. */
export function foundWords(take: Pick<Take, 'by' | 'ms'>): string {
	const at = timeOf(take.ms);
	return take.by === 'phone'
		? `The phone stopped us at ${at}. It is all here.`
		: `Your recording of ${at} is all here.`;
}

/** `count` values that stand for all, each the loudest of its share. */
export function folded(peaks: number[], count: number): number[] {
	if (!peaks.length) return [];
	return Array.from({ length: count }, (_, i) => {
		const from = Math.floor((i * peaks.length) / count);
		const to = Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / count));
		return Math.max(0, ...peaks.slice(from, to));
	});
}

/** Where the recorder is used: `/record?thread=…`, `/record?case=…&item=…`. */
export function hrefOf(target: Target, takeId?: Id): string {
	const query = new URLSearchParams();
	if (target.thread_id) query.set('thread', target.thread_id);
	if (target.case_id) query.set('case', target.case_id);
	if (target.item_id) query.set('item', target.item_id);
	if (target.meeting_id) query.set('meeting', target.meeting_id);
	if (takeId) query.set('take', takeId);
	const said = query.toString();
	return said ? `/record?${said}` : '/record';
}
