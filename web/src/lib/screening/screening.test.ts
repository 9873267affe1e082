import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding } from '#lib/api/shapes.ts';
import { names } from '#lib/key/names.svelte.ts';
import { normal } from '#lib/text/points.ts';
import { Screening } from './screening.svelte.ts';

/** What the screen says of these words, wherever they stand. */
const says: Record<string, Pick<Finding, 'label' | 'band' | 'replacement'>> = {
	Marcus: { label: 'PERSON', band: 'sure', replacement: 'a student' },
	Pemberton: { label: 'PERSON', band: 'sure', replacement: 'a teacher' },
	grace: { label: 'PERSON', band: 'ask', replacement: 'someone' }
};
let asked: string[];
let isAway: boolean;

function findings(text: string): Finding[] {
	return Object.entries(says).flatMap(([word, said]) =>
		[...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map((match) => {
			const start = [...text.slice(0, match.index)].length;
			return { start, end: start + word.length, reason: 'It looks like a name.', ...said };
		})
	);
}

let person = 0;
beforeEach(async () => {
	asked = [];
	isAway = false;
	vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
		const { text } = JSON.parse(String(init.body)) as { text: string };
		asked.push(text);
		if (isAway) throw new TypeError('no network');
		return Response.json({ findings: findings(normal(text)), cautions: [] });
	});
	await names.open(`writer-${++person}`, true);
});
afterEach(() => {
	names.close();
	vi.unstubAllGlobals();
});

async function written(text: string): Promise<Screening> {
	const words = new Screening(text);
	await words.settled();
	return words;
}
const quotes = (words: Screening) => words.open.map((flag) => flag.quote);

describe('a text that is written', () => {
	it('offers what is sure and asks what only its writer knows', async () => {
		const words = await written('Marcus told grace, and Pemberton too.');
		expect(words.sure.map((flag) => flag.quote)).toEqual(['Marcus', 'Pemberton']);
		expect(words.asks.map((flag) => flag.quote)).toEqual(['grace']);
		words.replaceAll();
		expect(words.text).toBe('A student told grace, and a teacher too.');
		expect(quotes(words)).toEqual(['grace']);
		words.notName(words.asks[0]!);
		expect(words.open).toEqual([]);
		expect(words.kept).toEqual(['grace']);
		await vi.waitFor(() => expect(names.words).toEqual(['grace']));
	});

	it('takes back what was replaced or kept, in one tap', async () => {
		const words = await written('Marcus told grace.');
		const unreplace = words.replaceAll();
		const unkeep = words.notNames();
		expect(quotes(words)).toEqual([]);
		unkeep();
		expect(quotes(words)).toEqual(['grace']);
		unreplace();
		expect(words.text).toBe('Marcus told grace.');
		expect(quotes(words)).toEqual(['Marcus', 'grace']);
		await vi.waitFor(() => expect([names.words, names.earlier]).toEqual([[], []]));
	});

	it('throws away no word that was typed after what is taken back', async () => {
		const words = await written('Marcus told grace.');
		const undo = words.replaceAll();
		words.text += ' And then?';
		undo();
		expect(words.text).toBe('A student told grace. And then?');
	});

	it('does not ask again about what was said to be no name, in any text', async () => {
		(await written('The Pemberton method')).notNames();
		await vi.waitFor(() => expect(names.words).toEqual(['Pemberton']));
		const next = await written('Pemberton and Marcus');
		expect(quotes(next)).toEqual(['Marcus']);
		expect(next.kept).toEqual(['Pemberton']);
	});

	it('finds a name that was replaced before where the screen would not', async () => {
		(await written('Marcus reads.')).replaceAll();
		await vi.waitFor(() => expect(names.earlier.map((known) => known.name)).toEqual(['Marcus']));
		const next = await written('marcus again');
		expect(quotes(next)).toEqual(['marcus']);
		next.notNames();
		expect(quotes(next)).toEqual([]);
		await vi.waitFor(() => expect(names.earlier).toEqual([]));
	});

	it('asks nobody about the names of the key, and keeps none of them', async () => {
		await names.learn({ name: 'Jonah Reyes', says: 'Otter', case_id: 'k1' });
		const words = await written('👍 Jonah and Reyes’s aunt met Marcus.');
		expect(asked).toEqual(['👍 Otter and Otter’s aunt met Marcus.']);
		words.notNames();
		expect(quotes(words)).toEqual(['Jonah', 'Reyes']);
		words.replaceAll();
		expect(words.text).toBe('👍 Otter and Otter’s aunt met Marcus.');
	});

	it('knows whose a word is that the key did not dare to take for a name', async () => {
		await names.learn({ name: 'Grace', says: 'Plover', case_id: 'k2' });
		const words = await written('Then grace cried.');
		expect(words.open.map((flag) => [flag.quote, flag.replacement])).toEqual([['grace', 'Plover']]);
	});

	it('says that nobody could look, without network and without a screen of its own', async () => {
		isAway = true;
		const words = await written('Marcus reads.');
		expect(words.state).toBe('away');
		isAway = false;
		await words.settled();
		expect([words.state, ...quotes(words)]).toEqual(['seen', 'Marcus']);
	});
});
