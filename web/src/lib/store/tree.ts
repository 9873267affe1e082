/**
 * What hangs under what, and how one change becomes rows. A thread may arrive whole, as its GET shows it, or part by
 * part; either way the store holds its parts as rows of their own, so that each can come and go alone.
 */
import type { Change, Id, Kind } from '#lib/api/shapes.ts';

export type Obj = Record<string, unknown> & { id: Id };

export interface Part {
	kind: Kind;
	id: Id;
	object: Obj;
	parent?: string;
}

export const keyOf = (kind: Kind, id: Id) => `${kind}:${id}`;

/** "thread:1f…" back into its two halves. */
export function splitKey(key: string): [Kind, Id] {
	const colon = key.indexOf(':');
	return [key.slice(0, colon) as Kind, key.slice(colon + 1)];
}

const under = (kind: Kind, id: unknown) => (typeof id === 'string' && id ? keyOf(kind, id) : undefined);

/** The row that takes this one along when it goes. */
export function parentOf(kind: Kind, object: Obj): string | undefined {
	switch (kind) {
		case 'item':
		case 'thread':
			return under('case', object.case_id);
		case 'entry':
			return under('item', object.item_id);
		case 'message':
		case 'draft':
		case 'takeaway':
		case 'voice':
			return under('thread', object.thread_id);
		case 'read':
			return under('thread', object.thread_id ?? object.id);
		case 'version':
		case 'comment':
			return under('draft', object.draft_id);
		default:
			return undefined;
	}
}

function part(kind: Kind, object: Obj): Part {
	return { kind, id: object.id, object, parent: parentOf(kind, object) };
}

const list = (value: unknown) => (Array.isArray(value) ? (value as Obj[]) : []);

function draftParts(draft: Obj): Part[] {
	const { versions, comments, ...own } = draft;
	return [
		part('draft', own as Obj),
		...list(versions).map((version) =>
			part('version', {
				...version,
				id: version.id ?? `${draft.id}/${String(version.version)}`,
				draft_id: draft.id
			})
		),
		...list(comments).map((comment) => part('comment', { ...comment, draft_id: draft.id }))
	];
}

function threadParts(thread: Obj): Part[] {
	const { messages, drafts, takeaways, earlier: _earlier, ...own } = thread;
	return [
		part('thread', own as Obj),
		...list(messages).map((message) => part('message', { ...message, thread_id: thread.id })),
		...list(drafts).flatMap((draft) => draftParts({ ...draft, thread_id: thread.id })),
		...list(takeaways).map((takeaway) => part('takeaway', { ...takeaway, thread_id: thread.id }))
	];
}

/** The rows a `put` brings. A change without an object brings none: it will come again with one. */
export function partsOf(change: Pick<Change, 'kind' | 'id' | 'object'>): Part[] {
	if (!change.object) return [];
	const object = { ...change.object, id: change.id } as Obj;
	if (change.kind === 'thread') return threadParts(object);
	if (change.kind === 'draft') return draftParts(object);
	return [part(change.kind, object)];
}
