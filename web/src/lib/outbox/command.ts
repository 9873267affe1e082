import type { ProblemBody } from '#lib/api/client.ts';
import type { Id } from '#lib/api/shapes.ts';
import type { Patch } from '#lib/store/overlays.ts';

/** What kind of words wait, for the line that says so: "1 question on this phone, waiting for network". */
export type What = 'question' | 'answer' | 'draft' | 'remark' | 'voice' | 'change';

/** A voice note lying on this phone in chunks, to be sent in slices before what carries it. */
export interface Upload {
	voice_id: Id;
	/** Rows of the room `chunks` under this parent, in order. */
	take_id: Id;
	content_type: string;
	gist?: string;
	/** Quotes in `gist` that are no names. */
	kept?: Record<string, string[]>;
	marks?: { at_ms: number; kind: 'point' | 'ask' | 'do_this' | 'careful' }[];
}

/** What a page asks for. Made by the functions in `lib/<domain>/acts.ts`, given to `outbox.send`. */
export interface Act {
	method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
	path: string;
	/** With the client's `id` in it, so that sending it twice is harmless. */
	body?: Record<string, unknown>;
	/** Acts of one lane go one after the other: the thread's or case's id, or "me". */
	lane: string;
	what: What;
	/** How it will look once taken; drawn at once. */
	patches?: Patch[];
	/** Ids that exist only once this is taken; acts that mention them wait for it. The body's `id` is one by itself. */
	makes?: Id[];
	/** A refusal needs nobody's eye: drop it (how far one has read). */
	quiet?: boolean;
	upload?: Upload;
	/** Where the writer can look at it again. */
	href?: string;
}

/**
 * `queued` waits · `sent` was taken and waits only for the service's own copy · `look` has words that look like names ·
 * `failed` was refused for another reason. `sending` is never stored: a killed tab finds it queued.
 */
export type CommandState = 'queued' | 'sending' | 'sent' | 'look' | 'failed';

export interface Command extends Act {
	id: Id;
	/** The account that wrote it; it goes under no other. */
	person_id: Id;
	n: number;
	state: CommandState;
	attempts: number;
	/** Not before this time (ms); kept over restarts, so that a wish of the service to be left alone holds. */
	not_before: number;
	/** When it was written, by this phone's clock: only ever shown, never used for order. */
	written_at: string;
	problem?: ProblemBody & { status: number };
	/** How much of a voice note is there, 0 to 1; not stored. */
	progress?: number;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Ids this act brings into being. */
export function makes(act: Act): Id[] {
	const own = typeof act.body?.id === 'string' ? [act.body.id] : [];
	return [...own, ...(act.makes ?? []), ...(act.upload ? [act.upload.voice_id] : [])];
}

/** Ids this act mentions and does not make itself. */
export function needs(act: Act): Set<Id> {
	const own = new Set(makes(act));
	const mentioned = `${act.path} ${act.body ? JSON.stringify(act.body) : ''}`.match(UUID) ?? [];
	return new Set(mentioned.filter((id) => !own.has(id)));
}

/**
 * The next command that may go, or when to look again. A lane goes in order; `busy` lanes have one under way. What
 * mentions an id that an earlier command has yet to make waits for it; if that one was refused it waits for its
 * writer, without holding up others of its lane.
 */
export function choose(
	commands: Command[],
	busy: Set<string>,
	now: number
): { next?: Command; waitUntil?: number } {
	const closed = new Set(busy);
	const coming = new Set<Id>();
	const refused = new Set<Id>();
	let waitUntil: number | undefined;
	for (const command of commands) {
		if (command.state === 'sent') continue;
		if (command.state === 'look' || command.state === 'failed') {
			for (const id of makes(command)) refused.add(id);
			continue;
		}
		const needed = needs(command);
		const hasAny = (ids: Set<Id>) => [...needed].some((id) => ids.has(id));
		if (hasAny(refused)) {
			for (const id of makes(command)) refused.add(id);
			continue;
		}
		if (!closed.has(command.lane) && !hasAny(coming)) {
			if (command.not_before <= now) return { next: command };
			waitUntil = Math.min(waitUntil ?? Infinity, command.not_before);
		}
		closed.add(command.lane);
		for (const id of makes(command)) coming.add(id);
	}
	return { waitUntil };
}
