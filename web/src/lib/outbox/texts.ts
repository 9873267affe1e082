import type { Act } from './command.ts';

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

/**
 * The texts a command carries, by path: what one can read again, copy and change. `every` has the details too that
 * are a single word, which may be a choice of a list.
 */
export function texts(
	command: Pick<Act, 'body' | 'upload'>,
	every = false
): { path: string; text: string }[] {
	const found: { path: string; text: string }[] = [];
	const walk = (value: unknown, path: string) => {
		if (typeof value === 'string') {
			const isNamed = /(^|\.)(body|text|title|suggestion|note|notes|alias)$/.test(path);
			// Details hold choices and days too; what a person wrote has a space in it.
			if (isNamed || (path.startsWith('details.') && (every || /\s/.test(value.trim()))))
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
