import { session } from '#lib/session/session.svelte.ts';

/**
 * Words in a composer, kept on the phone while they are written, so that a closed tab loses none. One place for each
 * composer: "ask", "thread:<id>". `outbox.send(act, [writing.gone(place)])` takes them out when the act is safe.
 */
export const writing = {
	read: <T>(place: string): Promise<T | undefined> => session.disk.get<T>('writing', place),
	keep: (place: string, value: unknown): Promise<void> =>
		session.disk.write([{ put: 'writing', row: { key: place, value } }]),
	forget: (place: string): Promise<void> => session.disk.write([writing.gone(place)]),
	gone: (place: string) => ({ drop: 'writing' as const, key: place })
};
