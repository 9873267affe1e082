import { expect, test } from 'vitest';
import { passage, stretchOf } from './snippet.ts';

test('marks are offsets, and what was escaped is text again', () => {
	const { text, marks } = passage('a &lt;b&gt; <mark>text-to-speech</mark> &amp; more');
	expect(text).toBe('a <b> text-to-speech & more');
	expect(marks.map(({ start, end }) => text.slice(start, end))).toEqual(['text-to-speech']);
});

test('an open mark marks nothing', () => {
	expect(passage('<mark>lost').marks).toEqual([]);
});

test('stretches of time are the month, the year, then the years', () => {
	expect(stretchOf('2026-11-02T10:00:00Z', '2026-11-22')).toBe('This month');
	expect(stretchOf('2026-02-02T10:00:00Z', '2026-11-22')).toBe('Earlier this year');
	expect(stretchOf('2019-02-02T10:00:00Z', '2026-11-22')).toBe('2019');
});
