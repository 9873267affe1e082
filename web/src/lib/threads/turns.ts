import { goto } from '$app/navigation';
import { outbox } from '#lib/session/session.svelte.ts';
import { sheetGone } from '#lib/ui/sheets.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { readUpTo, turn } from './acts.ts';
import { readTo, type ThreadRow } from './threads.svelte.ts';

/** "Heard, thank you": closes, and nothing more is owed by anyone. */
export async function done(thread: ThreadRow, words = 'Done.'): Promise<void> {
	if (thread.last_seq && thread.last_seq > readTo(thread))
		await outbox.send(readUpTo(thread.id, thread.last_seq));
	await outbox.send(turn(thread, 'close'));
	toasts.say(words, () => void outbox.send(turn(thread, 'reopen')));
}

export async function reopen(thread: ThreadRow): Promise<void> {
	await outbox.send(turn(thread, 'reopen'));
	toasts.say('Open again.');
}

/** Gives a question back to the circle, or to its author when she had chosen this mentor. */
export async function giveBack(thread: ThreadRow): Promise<void> {
	const canTakeAgain = thread.for_anyone !== false;
	await outbox.send(turn(thread, 'release'));
	toasts.say('Given back.', canTakeAgain ? () => void outbox.send(turn(thread, 'claim')) : undefined);
	await sheetGone();
	await goto('/inbox');
}
