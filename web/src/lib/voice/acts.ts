import type { Id } from '#lib/api/shapes.ts';
import type { Act, Upload } from '#lib/outbox/command.ts';

/** Where a recording's pieces lie in the room `chunks`: in order of their keys, under the take's id. */
export const chunkKey = (takeId: Id, seq: number) => `${takeId}/${String(seq).padStart(6, '0')}`;

/**
 * Sends a finished recording, in the lane of the thread it belongs to. The message or question that carries it is sent
 * right after, with `voice: { id: voice_id, … }`; it waits for this by itself. The pieces leave the phone once taken.
 */
export function uploadVoice(upload: Upload, threadId: Id): Act {
	return {
		method: 'POST',
		path: '/api/voice',
		lane: threadId,
		what: 'voice',
		upload,
		href: `/threads/${threadId}`
	};
}
