import { expect, it } from 'vitest';
import { isOneOf } from './screening.svelte.ts';

it('knows a thread’s own people by any part of their name, and nobody else', () => {
	const people = ['Dana Kestrow', 'Ruth Tollefsen'];
	for (const said of ['Dana', 'Dana Kestrow', 'Kestrow’s', 'ruth']) expect(isOneOf(people, said)).toBe(true);
	for (const said of ['Dan', 'Dana Miller', 'Marcus', '']) expect(isOneOf(people, said)).toBe(false);
});
