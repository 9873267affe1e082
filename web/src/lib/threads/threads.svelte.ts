/**
 * Threads as pages draw them, put together from the store. All of it is reactive: use it in `$derived`.
 *   threads.get(id)     a thread with its messages, drafts, comments and takeaways
 *   threads.mine(), .inbox(), .unclaimed(), .closed()   the boxes of the contract, in their order
 *   threads.unheard()   threads with something from somebody else that this person has not read or heard
 */
import type { Id, Person } from '#lib/api/shapes.ts';
import { firstName, nameOf } from '#lib/people/people.ts';
import { session, store } from '#lib/session/session.svelte.ts';
import type { Stored } from '#lib/store/store.svelte.ts';
import { addDays } from '#lib/time/words.ts';

export type ThreadRow = Stored<'thread'>;
export type MessageRow = Stored<'message'>;
export type CommentRow = Stored<'comment'>;
export type VersionRow = Stored<'version'>;
export type DraftView = Stored<'draft'> & {
	versions: VersionRow[];
	comments: CommentRow[];
	/** A next version of one's own that was not taken: its writer reads both and chooses. */
	refused?: VersionRow;
};
export type ThreadView = ThreadRow & {
	messages: MessageRow[];
	drafts: DraftView[];
	takeaways: Stored<'takeaway'>[];
};

const byId = (a: { id: Id }, b: { id: Id }) => (a.id < b.id ? -1 : 1);
/** By the service's number; what still waits here comes last, in the order it was written. */
const bySeq = (a: MessageRow, b: MessageRow) => (a.seq ?? Infinity) - (b.seq ?? Infinity) || byId(a, b);

const byNeed = (a: ThreadRow, b: ThreadRow) =>
	(needBy(a) ?? '9999').localeCompare(needBy(b) ?? '9999') ||
	(a.created_at ?? '').localeCompare(b.created_at ?? '') ||
	byId(a, b);

/** A message's voice with the newest that is known of it: it becomes ready after the message is there. */
export function voiceOf(message: { voice?: MessageRow['voice'] }) {
	if (!message.voice) return undefined;
	const own = store.get('voice', message.voice.id);
	return own ? { ...message.voice, ...own } : message.voice;
}

/** The day an answer is needed; while the question waits on this phone, the evening before its meeting. */
export function needBy(thread: ThreadRow): string | null {
	if (thread.need_by) return thread.need_by;
	const due = store.get('item', thread.meeting_id)?.due_on;
	return due ? addDays(due, -1) : null;
}

/**
 * The question and a draft's first version get their ids from the service; until those arrive they are drawn under
 * ids of our own ("…/1"). For the moment in which both are here, the service's wins.
 */
function distinct<T extends { id: Id }>(list: T[], number: (one: T) => number | undefined): T[] {
	const real = new Set(list.filter((one) => !one.id.includes('/')).map(number));
	return list.filter((one) => !one.id.includes('/') || !real.has(number(one)));
}

function messagesOf(threadId: Id): MessageRow[] {
	return distinct(store.under('thread', threadId, 'message'), (message) => message.seq).sort(bySeq);
}

const isRefused = (row: { waiting?: string }) => row.waiting === 'failed' || row.waiting === 'look';

function draftView(draft: Stored<'draft'>): DraftView {
	const versions = distinct(store.under('draft', draft.id, 'version'), (one) => one.version).sort(
		(a, b) => a.version - b.version || byId(a, b)
	);
	// A draft that waits as a whole is drawn whole, whatever became of it.
	const [taken, refused] = draft.waiting
		? [versions, []]
		: [versions.filter((one) => !isRefused(one)), versions.filter(isRefused)];
	return {
		...draft,
		versions: taken,
		refused: refused.at(-1),
		comments: store.under('draft', draft.id, 'comment')
	};
}

/** Draws one thread together. */
function view(thread: ThreadRow): ThreadView {
	const drafts = store
		.under('thread', thread.id, 'draft')
		.map(draftView)
		.sort((a, b) => (a.versions[0]?.at ?? '').localeCompare(b.versions[0]?.at ?? '') || byId(a, b));
	return {
		...thread,
		messages: messagesOf(thread.id),
		drafts,
		takeaways: store.under('thread', thread.id, 'takeaway')
	};
}

/** How far this person has read. */
export function readTo(thread: ThreadRow): number {
	const mark = store.get('read', thread.id);
	return Math.max(mark?.seq ?? 0, thread.read_to ?? 0);
}

/** The newest message of somebody else, when it has not been read or heard yet. */
export function unheardIn(thread: ThreadRow): MessageRow | undefined {
	const read = readTo(thread);
	return messagesOf(thread.id)
		.filter((message) => message.author_id !== session.personId && !message.retracted_at)
		.filter((message) => (message.seq ?? 0) > read && !message.waiting)
		.at(-1);
}

/** A name for a thread: its title, else the first words of the question, else what it is. */
export function titleOf(thread: ThreadRow, messages?: MessageRow[]): string {
	if (thread.title) return thread.title;
	const first = (messages ?? messagesOf(thread.id))[0];
	const words = thread.opening ?? first?.body ?? (first && voiceOf(first)?.gist) ?? '';
	const line = words.split(/(?<=[.?!])\s|\n/)[0] ?? '';
	return line || 'Your question';
}

/** Who answers, as the state is said on screen: "Ruth has it", "Waiting for someone". */
export function stateWords(thread: ThreadRow): string {
	const holder = thread.mentor_id ? firstName(nameOf(thread.mentor_id, thread)) : undefined;
	const mine = thread.mentor_id === session.personId;
	switch (thread.state) {
		case 'waiting':
			return mine ? 'Waiting for you' : holder ? `Waiting for ${holder}` : 'Waiting for someone';
		case 'claimed':
			return mine ? 'You have it' : `${holder ?? 'Someone'} has it`;
		case 'answered':
			return mine ? 'You answered' : `${holder ?? 'Someone'} answered`;
		case 'closed':
			return 'Done';
	}
}

/** The other one in the thread, as this person sees it. */
export function otherIn(thread: ThreadRow): Pick<Person, 'id' | 'display_name'> | undefined {
	const id = thread.author_id === session.personId ? thread.mentor_id : thread.author_id;
	return id ? { id, display_name: nameOf(id, thread) } : undefined;
}

/** What an act on a thread draws after that thread has gone is not one. */
const isWhole = (thread: ThreadRow) => Boolean(thread.author_id && thread.circle_id);

class Threads {
	get(id: Id | undefined): ThreadView | undefined {
		const thread = store.get('thread', id);
		return thread && isWhole(thread) ? view(thread) : undefined;
	}

	draft(id: Id | undefined): DraftView | undefined {
		const draft = store.get('draft', id);
		return draft?.thread_id ? draftView(draft) : undefined;
	}

	/** The question itself. */
	first(id: Id): MessageRow | undefined {
		return messagesOf(id)[0];
	}

	#all(): ThreadRow[] {
		return store.all('thread').filter(isWhole);
	}

	#open(): ThreadRow[] {
		return this.#all().filter((thread) => thread.state !== 'closed');
	}

	/** What I asked and is not done. */
	mine(): ThreadRow[] {
		return this.#open()
			.filter((thread) => thread.author_id === session.personId)
			.sort(byNeed);
	}

	/** What I hold, or what was given to me. */
	inbox(): ThreadRow[] {
		return this.#open()
			.filter((thread) => thread.mentor_id === session.personId)
			.sort(byNeed);
	}

	/** What nobody has yet and I may take. */
	unclaimed(): ThreadRow[] {
		return this.#open()
			.filter(
				(thread) => thread.state === 'waiting' && !thread.mentor_id && thread.author_id !== session.personId
			)
			.sort(byNeed);
	}

	closed(): ThreadRow[] {
		return this.#all()
			.filter((thread) => thread.state === 'closed')
			.sort((a, b) => (b.closed_at ?? '').localeCompare(a.closed_at ?? '') || byId(b, a));
	}

	unheard(): { thread: ThreadRow; message: MessageRow }[] {
		return this.#all()
			.filter((thread) => thread.author_id === session.personId || thread.mentor_id === session.personId)
			.map((thread) => ({ thread, message: unheardIn(thread) }))
			.filter((one): one is { thread: ThreadRow; message: MessageRow } => one.message !== undefined)
			.sort((a, b) => (b.message.at ?? '').localeCompare(a.message.at ?? ''));
	}
}

export const threads = new Threads();
