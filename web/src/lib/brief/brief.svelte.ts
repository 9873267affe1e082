/**
 * The brief of a meeting, kept on the phone for the room without network.
 *   brief.of(meetingId)      what was kept, or undefined (reactive)
 *   brief.fetch(meetingId)   asks anew and keeps it; throws like everything in `lib/ask`
 *   brief.prepare(meetingId) the same in silence, at most every ten minutes
 */
import type { components } from '#lib/api/schema.d.ts';
import type { Id } from '#lib/api/shapes.ts';
import { readAndKeep } from '#lib/ask/ask.ts';
import { audio } from '#lib/ask/audio.svelte.ts';
import { store } from '#lib/session/session.svelte.ts';

export type Brief = components['schemas']['Brief'];

const FRESH_MS = 600_000;

class Briefs {
	#asked = new Map<Id, number>();

	of<T = Record<string, unknown>>(meetingId: Id): T | undefined {
		return store.kept<T>(`brief:${meetingId}`);
	}

	async fetch(meetingId: Id): Promise<void> {
		this.#asked.set(meetingId, Date.now());
		const fresh = await readAndKeep<Brief>(`brief:${meetingId}`, `/api/meetings/${meetingId}/brief`);
		// The room has no network: what may be heard there comes along.
		for (const asked of fresh.questions) if (asked.answer?.voice_id) void audio.keep(asked.answer.voice_id);
	}

	async prepare(meetingId: Id): Promise<void> {
		if (Date.now() - (this.#asked.get(meetingId) ?? 0) < FRESH_MS) return;
		await this.fetch(meetingId).catch(() => this.#asked.delete(meetingId));
	}
}

export const brief = new Briefs();
