/**
 * The brief of a meeting, kept on the phone for the room without network.
 *   brief.of(meetingId)      what was kept, or undefined (reactive)
 *   brief.fetch(meetingId)   asks anew and keeps it; throws like everything in `lib/ask`
 *   brief.prepare(meetingId) the same in silence, at most every ten minutes
 */
import type { Id } from '#lib/api/shapes.ts';
import { readAndKeep } from '#lib/ask/ask.ts';
import { store } from '#lib/session/session.svelte.ts';

const FRESH_MS = 600_000;

class Briefs {
	#asked = new Map<Id, number>();

	of<T = Record<string, unknown>>(meetingId: Id): T | undefined {
		return store.kept<T>(`brief:${meetingId}`);
	}

	async fetch(meetingId: Id): Promise<void> {
		this.#asked.set(meetingId, Date.now());
		await readAndKeep(`brief:${meetingId}`, `/api/meetings/${meetingId}/brief`);
	}

	async prepare(meetingId: Id): Promise<void> {
		if (Date.now() - (this.#asked.get(meetingId) ?? 0) < FRESH_MS) return;
		await this.fetch(meetingId).catch(() => this.#asked.delete(meetingId));
	}
}

export const brief = new Briefs();
