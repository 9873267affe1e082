import type { Finding } from '#lib/api/shapes.ts';
import type { Command } from '#lib/outbox/command.ts';
import { texts } from '#lib/outbox/texts.ts';

export const findingsOf = (command: Command): Record<string, Finding[]> =>
	(command.problem?.findings as Record<string, Finding[]> | undefined) ?? {};

/** The first words of what waits, for its row. */
export function firstWords(command: Command): string {
	return texts(command)[0]?.text || (command.what === 'voice' ? 'A recording' : 'A change');
}

/** A next version of a draft that moved on: both are read where the draft is. */
export function isStale(command: Command): boolean {
	return command.state === 'failed' && (command.problem?.type ?? '').endsWith('stale-version');
}

/** Where its writer looks at it again. */
export const lookAt = (command: Command) =>
	isStale(command) && command.href ? command.href : `/waiting/${command.id}`;

/** What happened and what follows, for a refusal that is not about names. */
export function whyWords(command: Command): string {
	const slug = command.problem?.type?.split('/').at(-1) ?? '';
	switch (command.problem?.status) {
		case 404:
			return 'It is no longer there, or no longer yours to see. You can copy your words.';
		case 410:
			return 'The student’s record was deleted, and what belonged to it. You can copy your words; then they go from this phone too.';
		case 413:
			return 'It is too long to send in one piece. Make it shorter, or send it in two.';
		case 403:
			return 'This is not yours to do here. You can copy your words.';
		case 409:
			if (/stale|version/.test(slug))
				return 'The words changed meanwhile. Yours are here; read both and choose.';
			if (/already-claimed/.test(slug)) return 'Someone else has it already. You can let this go.';
			if (/closed/.test(slug)) return 'This question is done. Open it again, then send yours.';
			return 'Things changed meanwhile. Yours are here.';
		default:
			return command.problem?.detail ?? 'The service did not take it as it stands. Yours are here.';
	}
}
