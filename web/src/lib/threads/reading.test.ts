import { describe, expect, it } from 'vitest';
import { arranged, isLetter, remarksWords } from './reading.ts';

const turn = (seq: number, author_id: string, body = 'words') => ({ seq, author_id, body });
const talk = [
	turn(1, 'dana'),
	turn(2, 'ruth'),
	turn(3, 'dana'),
	turn(4, 'ruth'),
	turn(5, 'dana'),
	turn(6, 'ruth'),
	turn(7, 'dana')
];
const seqs = (list: { seq: number }[]) => list.map(({ seq }) => seq);

describe('a thread', () => {
	it('begins for who asked with the newest answer', () => {
		const { question, earlier, shown } = arranged(talk, { authorId: 'dana', me: 'dana', readTo: 7 });
		expect(question!.seq).toBe(1);
		expect(seqs(earlier)).toEqual([2, 3, 4, 5]);
		expect(seqs(shown)).toEqual([6, 7]);
	});

	it('hides nothing that has not been read', () => {
		const { earlier, shown } = arranged(talk, { authorId: 'dana', me: 'dana', readTo: 3 });
		expect(seqs(earlier)).toEqual([2, 3]);
		expect(seqs(shown)).toEqual([4, 5, 6, 7]);
		expect(seqs(arranged(talk, { authorId: 'dana', me: 'ruth', readTo: 2 }).shown)).toEqual([3, 4, 5, 6, 7]);
	});

	it('shows who answers the last turns', () => {
		expect(seqs(arranged(talk, { authorId: 'dana', me: 'ruth', readTo: 7 }).shown)).toEqual([5, 6, 7]);
	});

	it('is all there while there is no answer, and has no question when that was long ago', () => {
		expect(arranged(talk.slice(0, 1), { authorId: 'dana', me: 'dana', readTo: 1 })).toMatchObject({
			earlier: [],
			shown: []
		});
		expect(arranged(talk.slice(1), { authorId: 'dana', me: 'dana', readTo: 7 }).question).toBeUndefined();
	});
});

it('takes advice for a letter and a line for a reply', () => {
	expect(isLetter(turn(2, 'ruth', 'Lead with what she can do. '.repeat(10)), 'dana')).toBe(true);
	expect(isLetter({ ...turn(2, 'ruth'), voice: {} }, 'dana')).toBe(true);
	expect(isLetter(turn(2, 'ruth', 'Yes.\n\nAnd thank you.'), 'dana')).toBe(true);
	expect(isLetter(turn(2, 'ruth', 'Yes.'), 'dana')).toBe(false);
	expect(isLetter(turn(3, 'dana', 'word '.repeat(100)), 'dana')).toBe(false);
});

it('counts remarks as people do', () => {
	expect([0, 1, 2, 12].map(remarksWords)).toEqual(['', 'one remark', 'two remarks', '12 remarks']);
});
