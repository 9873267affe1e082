import type { Id } from '#lib/api/shapes.ts';

const LETTING_GO_MS = 700;

/** The lock a tab holds while it records a take. */
export const lockName = (id: Id) => `take-${id}`;

/** Another tab is recording it right now. A page that was reloaded holds on to its own for a moment still. */
export async function isHeld(id: Id): Promise<boolean> {
	if (!globalThis.navigator?.locks) return false;
	try {
		return await navigator.locks.request(
			lockName(id),
			{ signal: AbortSignal.timeout(LETTING_GO_MS) },
			() => false
		);
	} catch {
		return true;
	}
}
