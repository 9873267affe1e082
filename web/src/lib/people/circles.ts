/** What someone is in a circle, in plain words, and what one can do there, as acts. */
import { v7 as uuid7 } from 'uuid';
import type { Circle, Id, Member, Role, Topic } from '#lib/api/shapes.ts';
import type { Act } from '#lib/outbox/command.ts';
import type { Patch } from '#lib/store/overlays.ts';

export const roleWords: Record<Role, { verb: string; what: string }> = {
	teacher: { verb: 'asks', what: 'Asks questions, about students known by alias.' },
	mentor: { verb: 'answers', what: 'Sees open questions here and answers them.' },
	steward: { verb: 'hosts', what: 'Invites people and says who is what. Reads no questions for it.' }
};
export const ROLES: Role[] = ['teacher', 'mentor', 'steward'];

const inOrder = (roles: Role[]) => ROLES.filter((role) => roles.includes(role));

function listed(words: string[]): string {
	return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** "Asks and answers". */
export function placeWords(roles: Role[]): string {
	const words = listed(inOrder(roles).map((role) => roleWords[role].verb));
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "You ask and answer here". */
export function whereWords(roles: Role[]): string {
	return `You ${listed(inOrder(roles).map((role) => roleWords[role].verb.replace(/s$/, '')))} here`;
}

/** Whoever makes a circle is its host. */
export function makeCircle(name: string, me: Pick<Member, 'id' | 'display_name'>): Act & { id: Id } {
	const id = uuid7();
	return {
		id,
		method: 'POST',
		path: '/api/circles',
		body: { id, name },
		lane: id,
		what: 'change',
		patches: [
			{ kind: 'circle', id, object: { name, roles: ['steward'], members: [{ ...me, roles: ['steward'] }] } }
		],
		href: `/settings/circle/${id}`
	};
}

/** Good for seven days; signing in with that address accepts it. */
export function invite(circleId: Id, email: string, roles: Role[]): Act {
	return {
		method: 'POST',
		path: `/api/circles/${circleId}/invitations`,
		body: { id: uuid7(), email, roles: inOrder(roles) },
		lane: circleId,
		what: 'change',
		href: `/settings/circle/${circleId}`
	};
}

const withMembers = (circle: Pick<Circle, 'id'>, members: Member[], more = {}): Patch[] => [
	{ kind: 'circle', id: circle.id, object: { members, ...more } }
];

export function setRoles(
	circle: Pick<Circle, 'id' | 'members'>,
	personId: Id,
	roles: Role[],
	isMe = false
): Act {
	const members = (circle.members ?? []).map((one) =>
		one.id === personId ? { ...one, roles: inOrder(roles) } : one
	);
	return {
		method: 'PATCH',
		path: `/api/circles/${circle.id}/members/${personId}`,
		body: { roles: inOrder(roles) },
		lane: circle.id,
		what: 'change',
		patches: withMembers(circle, members, isMe ? { roles: inOrder(roles) } : {}),
		href: `/settings/circle/${circle.id}`
	};
}

export function removeMember(circle: Circle, personId: Id): Act {
	return {
		method: 'DELETE',
		path: `/api/circles/${circle.id}/members/${personId}`,
		lane: circle.id,
		what: 'change',
		patches: withMembers(
			circle,
			(circle.members ?? []).filter((one) => one.id !== personId)
		),
		href: `/settings/circle/${circle.id}`
	};
}

/** What was asked there stays one's own; what one held there waits for somebody else. */
export function leaveCircle(circle: Circle, myId: Id): Act {
	return {
		...removeMember(circle, myId),
		patches: [{ kind: 'circle', id: circle.id, gone: true }],
		href: '/settings'
	};
}

/** What one likes to be asked about in a circle. */
export function likeTopics(circleId: Id, topics: Topic[]): Act {
	return {
		method: 'PATCH',
		path: `/api/circles/${circleId}/members/me`,
		body: { topics },
		lane: 'me',
		what: 'change',
		href: `/settings/circle/${circleId}`
	};
}
