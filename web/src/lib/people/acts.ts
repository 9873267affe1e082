import type { Day, Id } from '#lib/api/shapes.ts';
import type { Act } from '#lib/outbox/command.ts';

/** The last day away from a circle's questions; null is back. */
export function goAway(circleId: Id, until: Day | null): Act {
	return {
		method: 'PATCH',
		path: `/api/circles/${circleId}/members/me`,
		body: { away_until: until },
		lane: 'me',
		what: 'change'
	};
}
