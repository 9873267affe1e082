/** What one can do with a thread, each as an act for the outbox: `outbox.send(postMessage(thread, …))`. */
import { v7 as uuid7 } from 'uuid';
import type { DraftKind, Help, Id, Thread, Topic, Voice } from '#lib/api/shapes.ts';
import type { Act } from '#lib/outbox/command.ts';
import type { Patch } from '#lib/store/overlays.ts';
import { withKept, type Kept } from '#lib/screening/kept.ts';
import { session } from '#lib/session/session.svelte.ts';

const nowIso = () => new Date().toISOString();

export interface Question {
	circle_id: Id;
	body?: string;
	/** A recording already lying in the outbox before this, under the same lane. */
	voice?: Pick<Voice, 'id' | 'duration_ms' | 'peaks' | 'gist'>;
	need_by?: string | null;
	meeting_id?: Id;
	case_id?: Id;
	item_ids?: Id[];
	mentor_id?: Id;
	help?: Help;
	topic?: Topic;
	drafts?: { kind: DraftKind; text: string; title?: string; item_id?: Id }[];
	kept?: Kept;
}

/** Asks. `threadId` is chosen before, so that a recording can share its lane. */
export function ask(question: Question, threadId: Id = uuid7()): Act {
	const { voice, drafts = [], kept, ...rest } = question;
	const at = nowIso();
	const me = session.personId;
	const made = drafts.map((draft) => ({ id: uuid7(), ...draft }));
	const patches: Patch[] = [
		{
			kind: 'thread',
			id: threadId,
			object: {
				...rest,
				body: undefined,
				author_id: me,
				mentor_id: question.mentor_id ?? null,
				state: 'waiting',
				item_ids: question.item_ids ?? [],
				created_at: at
			}
		},
		// The service makes the question message 1 under an id of its own; this one is drawn only until then.
		{
			kind: 'message',
			id: `${threadId}/1`,
			object: {
				thread_id: threadId,
				seq: 1,
				author_id: me,
				body: question.body ?? null,
				voice: voice ? { ...voice, state: 'uploading' } : null,
				at
			}
		},
		...made.flatMap((draft): Patch[] => [
			{ kind: 'draft', id: draft.id, object: { ...draft, text: undefined, thread_id: threadId } },
			{
				kind: 'version',
				id: `${draft.id}/1`,
				object: { draft_id: draft.id, version: 1, text: draft.text, author_id: me, at }
			}
		])
	];
	return {
		method: 'POST',
		path: '/api/threads',
		body: {
			id: threadId,
			...rest,
			...(voice ? { voice_id: voice.id } : {}),
			...(made.length ? { drafts: made } : {}),
			...withKept(kept)
		},
		lane: threadId,
		what: 'question',
		makes: made.map((draft) => draft.id),
		patches,
		href: `/threads/${threadId}`
	};
}

export function postMessage(
	thread: Pick<Thread, 'id' | 'author_id' | 'state' | 'mentor_id'>,
	said: { body?: string; voice?: Pick<Voice, 'id' | 'duration_ms' | 'peaks' | 'gist'>; kept?: Kept }
): Act {
	const id = uuid7();
	const mine = thread.author_id === session.personId;
	// A mentor's text answers; the author's next words after an answer ask again.
	const state = mine
		? thread.state === 'answered'
			? 'claimed'
			: thread.state
		: said.voice && thread.state !== 'answered'
			? 'claimed'
			: 'answered';
	return {
		method: 'POST',
		path: `/api/threads/${thread.id}/messages`,
		body: {
			id,
			...(said.body ? { body: said.body } : {}),
			...(said.voice ? { voice_id: said.voice.id } : {}),
			...withKept(said.kept)
		},
		lane: thread.id,
		what: mine ? 'question' : 'answer',
		patches: [
			{
				kind: 'message',
				id,
				object: {
					thread_id: thread.id,
					author_id: session.personId,
					body: said.body ?? null,
					voice: said.voice ? { ...said.voice, state: 'uploading' } : null,
					at: nowIso()
				}
			},
			{
				kind: 'thread',
				id: thread.id,
				object: mine ? { state } : { state, mentor_id: session.personId }
			}
		],
		href: `/threads/${thread.id}`
	};
}

const turns = {
	claim: () => ({ state: 'claimed', mentor_id: session.personId }),
	release: () => ({ state: 'waiting', mentor_id: null }),
	close: () => ({ state: 'closed', closed_at: nowIso() }),
	reopen: (thread: Pick<Thread, 'mentor_id'>) => ({
		state: thread.mentor_id ? 'claimed' : 'waiting',
		closed_at: null
	})
};

/** Takes it, gives it back, is done with it, opens it again. */
export function turn(thread: Pick<Thread, 'id' | 'mentor_id'>, to: keyof typeof turns): Act {
	return {
		method: 'POST',
		path: `/api/threads/${thread.id}/${to}`,
		lane: thread.id,
		what: 'change',
		patches: [{ kind: 'thread', id: thread.id, object: turns[to](thread) }],
		href: `/threads/${thread.id}`
	};
}

export function handOver(threadId: Id, mentorId: Id): Act {
	return {
		method: 'POST',
		path: `/api/threads/${threadId}/hand-over`,
		body: { mentor_id: mentorId },
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'thread', id: threadId, object: { mentor_id: mentorId } }]
	};
}

export type ThreadChange = Partial<
	Pick<Thread, 'title' | 'topic' | 'help' | 'need_by' | 'meeting_id' | 'case_id' | 'item_ids' | 'mentor_id'>
>;

export function changeThread(threadId: Id, change: ThreadChange, kept?: Kept): Act {
	return {
		method: 'PATCH',
		path: `/api/threads/${threadId}`,
		body: { ...change, ...withKept(kept) },
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'thread', id: threadId, object: { ...change } }],
		href: `/threads/${threadId}`
	};
}

/** How far this person has read; never goes backwards, bothers nobody when refused. */
export function readUpTo(threadId: Id, seq: number): Act {
	return {
		method: 'PUT',
		path: `/api/threads/${threadId}/read`,
		body: { seq },
		lane: `read:${threadId}`,
		what: 'change',
		quiet: true,
		patches: [{ kind: 'read', id: threadId, object: { thread_id: threadId, seq } }]
	};
}

export function retract(threadId: Id, messageId: Id): Act {
	return {
		method: 'DELETE',
		path: `/api/messages/${messageId}`,
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'message', id: messageId, object: { body: null, voice: null, retracted_at: nowIso() } }]
	};
}

/** Pins a passage of advice, for the case, an item or a meeting's brief. */
export function pin(
	threadId: Id,
	passage: { text: string; message_id?: Id; comment_id?: Id; item_id?: Id; meeting_id?: Id },
	kept?: Kept
): Act {
	const id = uuid7();
	return {
		method: 'POST',
		path: `/api/threads/${threadId}/takeaways`,
		body: { id, ...passage, ...withKept(kept) },
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'takeaway', id, object: { thread_id: threadId, ...passage, at: nowIso() } }],
		href: `/threads/${threadId}`
	};
}

export function unpin(threadId: Id, takeawayId: Id): Act {
	return {
		method: 'DELETE',
		path: `/api/takeaways/${takeawayId}`,
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'takeaway', id: takeawayId, gone: true }]
	};
}
