import { describe, expect, it } from 'vitest';
import type { Anchor } from '#lib/api/shapes.ts';
import { toPoints } from '#lib/text/points.ts';
import { paragraphs, placed, placeWords, runs, sentences, snapped, stepped } from './passages.ts';

const comment = (id: string, status: Anchor['status'], start?: number, end?: number) => ({
	id,
	anchor: { status, start, end }
});
const draft =
	'Otter 🦦 brings ideas.\n\nThe student struggles with text. It is used in science.\n\nThe family says so.';

describe('remarks on a draft', () => {
	it('stand where their words are, past an emoji too, those without words last', () => {
		const start = toPoints(draft, draft.indexOf('The student'));
		const found = placed(
			[
				comment('gone', 'gone'),
				comment('b', 'moved', start + 34, start + 40),
				comment('a', 'kept', start, start + 21)
			],
			draft
		);
		expect(found.map(({ comment, number }) => [comment.id, number])).toEqual([
			['a', 1],
			['b', 2],
			['gone', 3]
		]);
		expect(draft.slice(found[0]!.start, found[0]!.end)).toBe('The student struggles');
		expect(found[2]!.start).toBeUndefined();
	});

	it('follow their words into a text that has not been sent yet', () => {
		const known = 'One two. Three four.';
		const one = comment('a', 'kept', 9, 20);
		expect(placed([one], 'Zero. One two. Three four.', known)[0]).toMatchObject({
			status: 'moved',
			start: 15,
			end: 26
		});
		expect(placed([one], 'One two. Three five.', known)[0]).toMatchObject({ status: 'gone' });
		expect(placed([one], 'Three four. Three four.', known)[0]).toMatchObject({ status: 'gone' });
	});

	it('may overlap: each word knows all that lie over it', () => {
		const cuts = runs('abcdefgh', { start: 1, end: 8 }, [
			{ number: 1, start: 0, end: 4 },
			{ number: 2, start: 3, end: 6 },
			{ number: 3 }
		]);
		expect(cuts.map(({ text, over, ends }) => [text, over, ends])).toEqual([
			['bc', [1], []],
			['d', [1, 2], [1]],
			['ef', [2], [2]],
			['gh', [], []]
		]);
	});
});

describe('a passage to choose', () => {
	it('is a sentence, found in every paragraph', () => {
		expect(sentences(draft).map(({ start, end }) => draft.slice(start, end))).toEqual([
			'Otter 🦦 brings ideas.',
			'The student struggles with text.',
			'It is used in science.',
			'The family says so.'
		]);
		expect(
			paragraphs('\n\na\nb\n \nc\n').map(({ start, end }) => '\n\na\nb\n \nc\n'.slice(start, end).trim())
		).toEqual(['a\nb', 'c']);
	});

	it('grows to whole words, and leaves out a stop that was not meant', () => {
		const text = 'She said “reads well”, twice.';
		const of = (start: number, end: number) => {
			const span = snapped(text, { start, end });
			return span && text.slice(span.start, span.end);
		};
		expect(of(11, 18)).toBe('reads well');
		expect(of(25, 28)).toBe('twice');
		expect(of(25, 29)).toBe('twice.');
		expect(of(3, 4)).toBeUndefined();
		expect(of(3, 6)).toBe('said');
	});

	it('is stepped word by word, never to nothing', () => {
		const text = 'one two three four';
		const at = (span: { start: number; end: number }) => text.slice(span.start, span.end);
		const span = { start: 4, end: 13 };
		expect(at(stepped(text, span, 'start', -1))).toBe('one two three');
		expect(at(stepped(text, span, 'start', 1))).toBe('three');
		expect(at(stepped(text, span, 'end', 1))).toBe('two three four');
		expect(at(stepped(text, span, 'end', -1))).toBe('two');
		expect(at(stepped(text, { start: 4, end: 7 }, 'end', -1))).toBe('two');
		expect(at(stepped(text, { start: 4, end: 7 }, 'start', 1))).toBe('two');
		expect(at(stepped(text, { start: 0, end: 18 }, 'end', 1))).toBe(text);
	});

	it('is called by its place', () => {
		const of = (words: string) => {
			const start = draft.indexOf(words);
			return placeWords(draft, { start, end: start + words.length });
		};
		expect(of('The student struggles')).toBe('second sentence');
		expect(of('struggles with text. It is used')).toBe('second sentence and on');
		expect(of('The family')).toBe('last sentence');
		expect(placeWords('Just one.', { start: 0, end: 4 })).toBe('');
	});
});
