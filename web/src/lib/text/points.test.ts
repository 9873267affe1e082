import { expect, it } from 'vitest';
import { normal, toPoints, toUnits } from './points.ts';

it('goes both ways past an emoji', () => {
	const text = 'a👍b';
	expect([0, 1, 3, 4].map((at) => toPoints(text, at))).toEqual([0, 1, 2, 3]);
	expect([0, 1, 2, 3].map((at) => toUnits(text, at))).toEqual([0, 1, 3, 4]);
});

it('compares texts as the service stores them', () => {
	expect(normal('Zoe\u0308\r\nreads')).toBe('Zo\u00eb\nreads');
});
