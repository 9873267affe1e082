import { goto } from '$app/navigation';
import { outbox } from '#lib/session/session.svelte.ts';
import { neededBy } from '#lib/time/words.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { turn } from './acts.ts';
import { todayHere } from './head.svelte.ts';
import { needBy, threads, type ThreadRow } from './threads.svelte.ts';

/** "Someone else has it already. Next: needed by Friday evening." */
export function lateWords(exceptId?: string): string {
	const next = threads.unclaimed().find((thread) => thread.id !== exceptId);
	if (!next) return 'Someone else has it already.';
	const words = neededBy(needBy(next), todayHere());
	return `Someone else has it already. Next: ${words.charAt(0).toLowerCase()}${words.slice(1)}.`;
}

/**
 * Takes a question. It is hers at once on this phone; when somebody was faster, that is said in words and the act is
 * taken back, so that nothing is left to look at.
 */
export async function take(thread: ThreadRow): Promise<void> {
	const { id, done } = await outbox.send(turn(thread, 'claim'));
	void done.then(async (outcome) => {
		if (outcome.state === 'sent') toasts.say(`You have it. ${neededBy(needBy(thread), todayHere())}.`);
		if (outcome.state !== 'failed') return;
		const isLate = outcome.problem?.type?.endsWith('already-claimed') || outcome.problem?.status === 404;
		if (!isLate) return;
		toasts.say(lateWords(thread.id));
		await outbox.discard(id);
		if (location.pathname.startsWith(`/threads/${thread.id}`)) await goto('/inbox', { replace: true });
	});
}
