import type { Finding } from '#lib/api/shapes.ts';
import type { Command } from '#lib/outbox/command.ts';

/** The value at a dotted path: `drafts.0.text`. */
export function at(body: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body);
}

/** A copy with another value at a dotted path. */
export function withAt<T>(body: T, path: string, value: unknown): T {
	const copy = JSON.parse(JSON.stringify(body)) as T;
	const keys = path.split('.');
	const last = keys.pop()!;
	const inner = at(copy, keys.join('.')) as Record<string, unknown> | undefined;
	(keys.length ? inner : (copy as Record<string, unknown>))![last] = value;
	return copy;
}

/** The texts a command carries, by path: what one can read again, copy and change. */
export function texts(command: Command): { path: string; text: string }[] {
	const found: { path: string; text: string }[] = [];
	const walk = (value: unknown, path: string) => {
		if (typeof value === 'string') {
			const isNamed = /(^|\.)(body|text|title|suggestion|note|notes|alias)$/.test(path);
			// Details hold choices and days too; what a person wrote has a space in it.
			if (isNamed || (path.startsWith('details.') && /\s/.test(value.trim())))
				found.push({ path, text: value });
		} else if (value && typeof value === 'object') {
			for (const [key, inner] of Object.entries(value)) {
				if (key !== 'kept' && key !== 'id' && key !== 'quote') walk(inner, path ? `${path}.${key}` : key);
			}
		}
	};
	if (command.upload?.gist) found.push({ path: 'gist', text: command.upload.gist });
	walk(command.body, '');
	return found;
}

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
