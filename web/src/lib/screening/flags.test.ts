import { describe, expect, it } from 'vitest';
import { Finder } from '#lib/key/find.ts';
import { Cover, knownFlags, merged, moved, refusedFlags, replaced, foundFlags, type Flag } from './flags.ts';

const flag = (text: string, quote: string, replacement?: string): Flag => {
	const start = text.indexOf(quote);
	return { start, end: start + quote.length, quote, label: 'PERSON', replacement, sure: true };
};
const jonah = { name: 'Jonah', says: 'Otter', case_id: 'k1' };

describe('what the service is asked about', () => {
	const text = 'Jonah reads. Ms. Albright told Jonah no.';
	const cover = new Cover(text, knownFlags(text, new Finder([jonah])));

	it('does not hold the names of one’s own key', () => {
		expect(cover.text).toBe('Otter reads. Ms. Albright told Otter no.');
	});
	it('maps its findings back, wherever they stand', () => {
		const shorter = new Cover(
			'Jonah, then Jonah, then Ben',
			knownFlags('Jonah, then Jonah, then Ben', new Finder([{ ...jonah, says: 'O' }]))
		);
		expect(shorter.text).toBe('O, then O, then Ben');
		const found = [{ start: 16, end: 19, label: 'PERSON', replacement: 'a student' }];
		expect(foundFlags('Jonah, then Jonah, then Ben', shorter, found)[0]).toMatchObject({
			start: 24,
			end: 27,
			quote: 'Ben'
		});
	});
	it('does not flag a replacement', () => {
		expect(foundFlags(text, cover, [{ start: 0, end: 5, label: 'PERSON' }])).toEqual([
			expect.objectContaining({ quote: 'Jonah' })
		]);
		expect(foundFlags(text, cover, [{ start: 1, end: 3, label: 'PERSON' }])).toEqual([]);
	});
});

it('counts the service’s code points as the browser’s units', () => {
	expect(refusedFlags('👩🏽‍🏫 told Ben', [{ start: 10, end: 13, label: 'PERSON' }])[0]?.quote).toBe('Ben');
});

it('finds its way back from the form that is stored to the one that was typed', () => {
	const typed = 'Zoe\u0308\u202e said:\r\nask Ben';
	const [flag] = refusedFlags(typed, [{ start: 14, end: 17, label: 'PERSON' }]);
	expect(flag?.quote).toBe('Ben');
	expect(refusedFlags(typed, [{ start: 0, end: 3, label: 'PERSON' }])[0]?.quote).toBe('Zoe\u0308');
});

it('keeps the longer of two that overlap', () => {
	const text = 'Ms. Albright said';
	expect(merged([flag(text, 'Albright'), flag(text, 'Ms. Albright')]).map((one) => one.quote)).toEqual([
		'Ms. Albright'
	]);
});

it('moves along with an edit, and lets go of what the edit touched', () => {
	const before = 'Ben and Ana read';
	const flags = [flag(before, 'Ben'), flag(before, 'Ana')];
	expect(moved(flags, before, 'Ben, Cem and Ana read').map((one) => [one.start, one.end])).toEqual([
		[0, 3],
		[13, 16]
	]);
	expect(moved(flags, before, 'Ben and Anabel read').map((one) => one.quote)).toEqual(['Ben']);
});

it('replaces, with a capital where a sentence begins', () => {
	const text = 'Ms. Albright said no. Jonah asked Ms. Albright.';
	const second = { ...flag(text, 'Ms. Albright'), start: 34, end: 46 };
	const changes = [
		{ flag: second, by: 'a teacher' },
		{ flag: flag(text, 'Ms. Albright'), by: 'a teacher' },
		{ flag: flag(text, 'Jonah'), by: 'Otter' }
	];
	expect(replaced(text, changes)).toBe('A teacher said no. Otter asked a teacher.');
});
