import { describe, expect, it, vi } from 'vitest';
import * as asking from '#lib/ask/ask.ts';
import { toldFlags } from '#lib/screening/flags.ts';
import { decoded, fromFile, isPlain, leftOut, ofText, spoken, Unreadable } from './file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => {
	const units = new Uint8Array(text.length * 2);
	[...text].forEach((char, at) => (units[at * 2] = char.charCodeAt(0)));
	return units;
};

describe('a text file', () => {
	it('is read on the phone, in whichever way it was written', () => {
		expect(decoded(bytes('Señora’s plan'))).toBe('Señora’s plan');
		expect(decoded(bytes('\ufeffplan'))).toBe('plan');
		expect(decoded(new Uint8Array([0xff, 0xfe, ...utf16('plan')]))).toBe('plan');
		expect(decoded(utf16('The plan'))).toBe('The plan');
		expect(decoded(new Uint8Array([0x53, 0x65, 0xf1, 0x6f, 0x72, 0x61]))).toBe('Señora');
	});

	it('never goes to the service, network or not', async () => {
		const sent = vi.spyOn(asking, 'readDocument');
		const read = await fromFile(new File(['The student\r\nreads.'], 'plan.txt'));
		expect(read).toEqual({ text: 'The student\nreads.', told: [], notes: [] });
		expect(sent).not.toHaveBeenCalled();
	});

	it('is known by its bytes too: a PDF that was renamed is none', () => {
		expect(isPlain('plan.txt', bytes('The student'))).toBe(true);
		expect(isPlain('plan.txt', bytes('%PDF-1.7'))).toBe(false);
		expect(isPlain('plan.pdf', bytes('The student'))).toBe(false);
	});

	it('that is none, or empty, is refused in words', async () => {
		await expect(fromFile(new File([new Uint8Array(40)], 'a.txt'))).rejects.toThrow(Unreadable);
		await expect(fromFile(new File([' \n'], 'a.txt'))).rejects.toThrow('no words');
	});

	it('longer than a draft ends where a paragraph ends', () => {
		const read = ofText('The student reads aloud.\n'.repeat(4000));
		expect(read.text.length).toBeGreaterThan(59_000);
		expect(read.text.endsWith('aloud.')).toBe(true);
		expect(leftOut(read.notes)).toMatch(/its beginning/);
	});
});

describe('a Word or PDF file', () => {
	it('without network is not read, and says so', async () => {
		vi.spyOn(asking, 'readDocument').mockRejectedValueOnce(new asking.NotReached());
		await expect(fromFile(new File(['PK'], 'plan.docx'))).rejects.toThrow('there is no network now');
	});

	it('that is refused says why in the service’s words', async () => {
		const body = { title: 'This document is locked with a password', detail: 'Save a copy without it.' };
		vi.spyOn(asking, 'readDocument').mockRejectedValueOnce(new asking.Refused(422, body));
		await expect(fromFile(new File(['%PDF-'], 'plan.pdf'))).rejects.toThrow(
			'This document is locked with a password. Save a copy without it.'
		);
	});

	it('that is too large is not even sent', async () => {
		const sent = vi.spyOn(asking, 'readDocument');
		const file = new File([new Uint8Array(10 * 1024 * 1024 + 1)], 'plan.pdf');
		await expect(fromFile(file)).rejects.toThrow('larger than 10 MB');
		expect(sent).not.toHaveBeenCalled();
	});
});

it('says what was left out as a sentence', () => {
	expect(leftOut([])).toBe('');
	expect(leftOut(['2 comments'])).toBe('Left out: 2 comments.');
	expect(leftOut(['2 comments', 'headers and footers', 'It was cut.'])).toBe(
		'Left out: 2 comments; headers and footers. It was cut.'
	);
});

it('reads a file’s name as words', () => {
	expect(spoken('Lopez_Maria-IEP 2026 (2).docx')).toBe('Lopez Maria IEP');
});

it('finds names that the file gave away, whole words only', () => {
	const flags = toldFlags('Rivers and rivers, Rivers’s, Riverside.', [{ quote: 'Rivers', label: 'PERSON' }]);
	expect(flags.map(({ start }) => start)).toEqual([0, 19]);
	expect(toldFlags('A.B. (x)', [{ quote: 'A.B. (x)', label: 'PERSON' }])).toHaveLength(1);
});
