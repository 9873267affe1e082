import { expect, it } from 'vitest';
import { countChanges, diff, isRewritten, type Piece } from './diff.ts';

const before = (pieces: Piece[]) => pieces.flatMap((p) => (p.kind === 'in' ? [] : [p.text])).join('');
const after = (pieces: Piece[]) => pieces.flatMap((p) => (p.kind === 'out' ? [] : [p.text])).join('');
const told = (pieces: Piece[]) =>
	pieces.map(({ kind, text }) => ({ same: text, out: `[-${text}-]`, in: `[+${text}+]` })[kind]).join('');

it('strikes a clause once and puts the new words after it', () => {
	const pieces = diff(
		'The student struggles with grade-level text',
		'The student reads grade-6 text at 84 words a minute and understands it when it is heard'
	);
	expect(told(pieces)).toBe(
		'The student [-struggles with grade-level text-][+reads grade-6 text at 84 words a minute and understands it when it is heard+]'
	);
	expect(isRewritten(pieces)).toBe(false);
	expect(countChanges(pieces)).toBe(1);
});

it('keeps changes in two clauses apart', () => {
	expect(
		told(
			diff(
				'It is used in science, and not in language arts.',
				'It helps in science, and not yet in language arts.'
			)
		)
	).toBe('It [-is used-][+helps+] in science, and not [+yet +]in language arts.');
});

it('never cuts a word', () => {
	expect(told(diff('the student reads', 'the students read'))).toBe('the [-student reads-][+students read+]');
	expect(told(diff('don’t stop', 'do stop'))).toBe('[-don’t-][+do+] stop');
});

it('leaves untouched paragraphs alone, and gives both texts back whole', () => {
	const old = 'One stays.\n\nTwo is old.\n\nThree stays, too.';
	const fresh = 'One stays.\n\nTwo is new, and longer.\n\nThree stays, too.\n\nFour came.';
	const pieces = diff(old, fresh);
	expect(before(pieces)).toBe(old);
	expect(after(pieces)).toBe(fresh);
	expect(pieces[0]).toEqual({ kind: 'same', text: 'One stays.\n\nTwo is ' });
	expect(pieces.at(-1)!.kind).toBe('in');
});

it('gives both texts back whatever they are', () => {
	const texts = [
		'',
		'a',
		'a 👍 b',
		'👍👍',
		'a\n',
		'\n\na',
		'a, b; c',
		'c; b, a',
		'Zoë’s goal—84%.',
		' a  b '
	];
	for (const a of texts) {
		for (const b of texts) {
			const pieces = diff(a, b);
			expect(before(pieces)).toBe(a);
			expect(after(pieces)).toBe(b);
		}
	}
});

it('says when a passage is another one altogether', () => {
	const old = 'He is lazy, he never listens, and he forgets his books.';
	const fresh =
		'He starts alone in 2 of 5 lessons, finishes when someone sits near, and brings what a list names.';
	expect(isRewritten(diff(old, fresh))).toBe(true);
	expect(isRewritten(diff(old, old.replace('lazy', 'tired')))).toBe(false);
});

it('does not stop over two long texts that share nothing', () => {
	const many = (word: string) => Array.from({ length: 9_000 }, (_, i) => `${word}${i}`).join(' ');
	const pieces = diff(many('a'), many('b'));
	expect(before(pieces)).toBe(many('a'));
	expect(after(pieces)).toBe(many('b'));
});
