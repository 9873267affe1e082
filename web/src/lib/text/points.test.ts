import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Normal, normal, toPoints, toUnits } from './points.ts';

it('goes both ways past an emoji', () => {
	const text = 'a👍b';
	expect([0, 1, 3, 4].map((at) => toPoints(text, at))).toEqual([0, 1, 2, 3]);
	expect([0, 1, 2, 3].map((at) => toUnits(text, at))).toEqual([0, 1, 3, 4]);
});

it('compares texts as the service stores them', () => {
	expect(normal('Zoe\u0308\r\nreads')).toBe('Zo\u00eb\nreads');
});

it.each([
	['a\u2028b\u0085c\fd', 'a\nb\nc\nd'],
	['\u202eBen\u202c \u2066and\u2069 \u0007Ana', 'Ben and Ana'],
	['B\u200ben \ufeffA\u200dna', 'Ben Ana'],
	['👩\u200d🏫 \u0646\u200c\u0645', '👩\u200d🏫 \u0646\u200c\u0645'],
	['\u1100\u1161\u11a8', '각']
])('drops the marks the service drops: %j', (typed, stored) => expect(normal(typed)).toBe(stored));

it('finds every letter of the stored form in the typed one', () => {
	const piece = fc.constantFrom(
		'a',
		'e\u0301',
		'é',
		'\r\n',
		'\r',
		'👩🏽‍🏫',
		'\u202e',
		'\u1100\u1161',
		'\u0301',
		' ',
		'Ben',
		'\u200b'
	);
	fc.assert(
		fc.property(fc.array(piece), fc.array(piece), (before, after) => {
			const typed = `${before.join('')}|X|${after.join('')}`;
			const stored = new Normal(typed);
			const at = stored.text.indexOf('|X|') + 1;
			return typed.slice(stored.back(at), stored.back(at + 1, true)) === 'X';
		})
	);
});

it('composes what the whole text would be composed to', () => {
	const mark = fc.constantFrom(
		'e',
		'q',
		'\u0301',
		'\u0323',
		'\u1100',
		'\u1161',
		'\u11a8',
		'\u0958',
		'ﬁ',
		'\u212b',
		'か',
		'\u3099',
		' '
	);
	fc.assert(
		fc.property(fc.array(mark), (parts) => normal(parts.join('')) === parts.join('').normalize('NFC'))
	);
});
