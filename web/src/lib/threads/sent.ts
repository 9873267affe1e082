import { firstName } from '#lib/people/people.ts';
import { isMine } from './head.svelte.ts';
import { otherIn, threads, type ThreadRow } from './threads.svelte.ts';

/** What is said once words in a thread have arrived; to who answers also what waits next. */
export function sentWords(thread: ThreadRow): string {
	const other = otherIn(thread);
	if (isMine(thread)) return other ? `Sent. ${firstName(other.display_name)} will see it.` : 'Sent.';
	const waiting = threads.unclaimed().length;
	return waiting ? `Sent. Next: ${waiting} waiting.` : 'Sent.';
}
