import type { Me, Preferences } from '#lib/api/shapes.ts';
import { outbox, session, store } from '#lib/session/session.svelte.ts';

export type MeFields = Partial<
	Pick<Me, 'display_name' | 'region' | 'time_zone' | 'quiet_hours' | 'works_with'>
>;

/** Keeps changes to oneself: drawn at once, sent when there is network. */
export async function changeMe(fields: MeFields & { preferences?: Partial<Preferences> }): Promise<void> {
	const sent = await outbox.send({
		method: 'PATCH',
		path: '/api/me',
		body: fields,
		lane: 'me',
		what: 'change',
		href: '/settings'
	});
	// Who I am does not come with the changes: the answer is taken in before the act stops being drawn.
	void sent.done.then(({ state, data }) => (state === 'sent' ? store.keep('me', data) : undefined));
}

/** Preferences merge; what is drawn until then must be whole. */
export function prefer(change: Partial<Preferences>): Promise<void> {
	return changeMe({ preferences: { ...session.me?.preferences, ...change } });
}
