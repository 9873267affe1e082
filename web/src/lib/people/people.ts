import type { Id, Mentor, Thread } from '#lib/api/shapes.ts';
import { readAndKeep } from '#lib/ask/ask.ts';
import { session, store } from '#lib/session/session.svelte.ts';

const keptAs = (circleId: Id) => `mentors:${circleId}`;

/** The mentors of a circle as last heard; `fetchMentors` asks anew. Reactive. */
export function mentorsOf(circleId: Id): Mentor[] {
	return store.kept<{ items: Mentor[] }>(keptAs(circleId))?.items ?? [];
}

export async function fetchMentors(circleId: Id): Promise<void> {
	await readAndKeep(keptAs(circleId), `/api/circles/${circleId}/mentors`);
}

/** What to call someone: "You", a name from the thread or the circle, or "A colleague". */
export function nameOf(
	personId: Id | null | undefined,
	thread?: Pick<Thread, 'people' | 'circle_id'>
): string {
	if (!personId) return 'A colleague';
	if (personId === session.personId) return 'You';
	const inThread = thread?.people?.find((person) => person.id === personId);
	if (inThread) return inThread.display_name;
	const mentor = thread && mentorsOf(thread.circle_id).find((person) => person.id === personId);
	return mentor?.display_name ?? 'A colleague';
}

/** The first word of a name: among colleagues that is what one is called. */
export function firstName(name: string): string {
	return /^(dr|mr|mrs|ms|mx)\.? /i.test(name) ? name : (name.split(' ')[0] ?? name);
}
