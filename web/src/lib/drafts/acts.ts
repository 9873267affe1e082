/** What one can do with a draft, each as an act for the outbox. Offsets are code points of the version meant. */
import { v7 as uuid7 } from 'uuid';
import type { Comment, DraftKind, Id } from '#lib/api/shapes.ts';
import type { Act } from '#lib/outbox/command.ts';
import { session } from '#lib/session/session.svelte.ts';
import { withKept, type Kept } from '#lib/screening/kept.ts';

const nowIso = () => new Date().toISOString();

export function addDraft(
	threadId: Id,
	draft: { kind: DraftKind; text: string; title?: string; item_id?: Id },
	kept?: Kept
): Act {
	const id = uuid7();
	const at = nowIso();
	return {
		method: 'POST',
		path: `/api/threads/${threadId}/drafts`,
		body: { id, ...draft, ...withKept(kept) },
		lane: threadId,
		what: 'draft',
		patches: [
			{ kind: 'draft', id, object: { ...draft, text: undefined, thread_id: threadId } },
			{
				kind: 'version',
				id: `${id}/1`,
				object: { draft_id: id, version: 1, text: draft.text, author_id: session.personId, at }
			}
		],
		href: `/threads/${threadId}/drafts/${id}`
	};
}

/** A new version over `base`; 409 when somebody was faster, and then both texts are there to choose from. */
export function newVersion(threadId: Id, draftId: Id, base: number, text: string, kept?: Kept): Act {
	const id = uuid7();
	return {
		method: 'POST',
		path: `/api/drafts/${draftId}/versions`,
		body: { id, base_version: base, text, ...withKept(kept) },
		lane: threadId,
		what: 'draft',
		patches: [
			{
				kind: 'version',
				id,
				object: { draft_id: draftId, version: base + 1, text, author_id: session.personId, at: nowIso() }
			}
		],
		href: `/threads/${threadId}/drafts/${draftId}`
	};
}

/** A remark on a passage, with or without other wording for it. */
export function remark(
	threadId: Id,
	draftId: Id,
	on: { version: number; start: number; end: number; quote: string },
	said: { body?: string; suggestion?: string },
	kept?: Kept
): Act {
	const id = uuid7();
	return {
		method: 'POST',
		path: `/api/drafts/${draftId}/comments`,
		body: { id, ...on, ...said, ...withKept(kept) },
		lane: threadId,
		what: 'remark',
		patches: [
			{
				kind: 'comment',
				id,
				object: {
					draft_id: draftId,
					author_id: session.personId,
					...on,
					...said,
					state: 'open',
					anchor: { status: 'kept', start: on.start, end: on.end },
					at: nowIso()
				}
			}
		],
		href: `/threads/${threadId}/drafts/${draftId}`
	};
}

const verbs = { accept: 'accepted', decline: 'declined', resolve: 'resolved' } as const;

/** The author uses it, keeps hers, or is done with it. */
export function decide(threadId: Id, comment: Pick<Comment, 'id'>, verb: keyof typeof verbs): Act {
	return {
		method: 'POST',
		path: `/api/comments/${comment.id}/${verb}`,
		lane: threadId,
		what: 'change',
		patches: [{ kind: 'comment', id: comment.id, object: { state: verbs[verb] } }]
	};
}
