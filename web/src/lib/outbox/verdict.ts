import { NotReached, Refused } from '#lib/api/client.ts';
import type { Command } from './command.ts';

const STEPS_S = [1, 2, 5, 15, 60, 300];

/** How long to wait before the next try, in ms, after `misses` in a row. */
export function backoff(misses: number, random: number): number {
	const step = STEPS_S[Math.min(Math.max(misses, 1), STEPS_S.length) - 1]!;
	return step * 1000 * (0.8 + 0.4 * random);
}

export type Verdict =
	/** Nobody of ours answered: every lane waits. */
	| { is: 'away' }
	/** Keep everything until the same person has signed in. */
	| { is: 'signed_out' }
	/** Try this one again after so many ms; `all` when others would hear the same. */
	| { is: 'later'; waitMs: number; all: boolean }
	/** The writer decides what becomes of it. */
	| { is: 'refused'; state: 'look' | 'failed'; problem: NonNullable<Command['problem']> };

/** What a failed try means for the command. */
export function verdict(command: Command, error: unknown, random: number): Verdict {
	if (error instanceof NotReached) return { is: 'away' };
	const usual = backoff(command.attempts + 1, random);
	if (!(error instanceof Refused)) return { is: 'later', waitMs: usual, all: false };
	const { status, retryAfter } = error;
	if (status === 401) return { is: 'signed_out' };
	if (status >= 500 || status === 408 || status === 425 || status === 429) {
		return {
			is: 'later',
			waitMs: retryAfter === undefined ? usual : retryAfter * 1000,
			all: status === 429
		};
	}
	return {
		is: 'refused',
		state: error.slug === 'identifiers-found' ? 'look' : 'failed',
		problem: { ...error.body, status }
	};
}
