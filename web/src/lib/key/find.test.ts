import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covered } from '#lib/screening/flags.ts';
import { fold, isOneSlip } from '#lib/text/fold.ts';
import { Finder } from './find.ts';
import type { Known } from './names.svelte.ts';
import { ordinary } from './ordinary.ts';

const jonah: Known = { name: 'Jonah Reyes', says: 'Otter', case_id: 'k1', also: ['JoJo'] };
const albright: Known = { name: 'Ms. Albright', says: 'a teacher' };
const will: Known = { name: 'Will', says: 'Wren', case_id: 'k2' };
const grace: Known = { name: 'Grace', says: 'Plover', case_id: 'k3' };
const jose: Known = { name: 'José Núñez', says: 'Heron', case_id: 'k4' };
const school: Known = { name: 'Lincoln Park Elementary School', says: 'our school', place: 'school' };
const finder = new Finder([jonah, albright, will, grace, jose, school], ordinary);

const said = (text: string) =>
	finder.find(text).map((one) => `${text.slice(one.start, one.end)}→${one.known.says}`);

describe('finding known names', () => {
	it.each([
		['Jonah and Ms. Albright', ['Jonah→Otter', 'Ms. Albright→a teacher']],
		['Mrs. Albright, ALBRIGHT’S room', ['Mrs. Albright→a teacher', 'ALBRIGHT→a teacher']],
		["jonah's book, JONAH too, jojo as well", ['jonah→Otter', 'JONAH→Otter', 'jojo→Otter']],
		['Jonah Reyes and Reyes, Jonah', ['Jonah Reyes→Otter', 'Reyes→Otter', 'Jonah→Otter']],
		['both Jonahs; the Reyeses; Jonahs book', ['Jonah→Otter', 'Reyeses→Otter', 'Jonah→Otter']],
		[
			'jose nunez, JOSÉ, Jose\u0301 Nun\u0303ez',
			['jose nunez→Heron', 'JOSÉ→Heron', 'Jose\u0301 Nun\u0303ez→Heron']
		],
		['Jonha read, jona too, Jonnah', ['Jonha→Otter', 'jona→Otter', 'Jonnah→Otter']],
		['Jonahson and Johannes', []],
		['I will ask. Will he read? It was Will. Ask Will.', ['Will→Wren', 'Will→Wren']],
		['The grade is a trace of grace', []],
		[
			'at Lincoln Park Elementary, in Lincoln Park, in a park',
			['Lincoln Park Elementary→our school', 'Lincoln Park→our school']
		]
	])('%s', (text, found) => expect(said(text)).toEqual(found));

	it('asks where a sentence begins with a name that is a word', () => {
		expect(finder.find('Grace reads well.').map((one) => one.how)).toEqual(['word']);
		expect(finder.find('She told Grace.').map((one) => one.how)).toEqual(['exact']);
	});

	it('tells whose a word is that something else found', () => {
		expect(finder.whose('grace')?.says).toBe('Plover');
		expect(finder.whose('Ms. Albright')?.says).toBe('a teacher');
		expect(finder.whose('Marcus')).toBeUndefined();
	});
});

const name = fc
	.stringMatching(/^[A-Z][a-zäéñöø]{4,9}$/)
	.filter((one) => !ordinary.has(fold(one)) && !/s$|es$/.test(one));
const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
const around = fc.tuple(
	fc.constantFrom('', 'I told ', 'the note:\n', '“', 'ok. ', '👍 ', '3rd '),
	fc.constantFrom('', '’s book', "'s", ' reads.', ', who', '!', '\n', ' 👍🏽', '”')
);
const casing = fc.constantFrom(
	(text: string) => text,
	(text: string) => text.toLowerCase(),
	(text: string) => text.toUpperCase(),
	(text: string) => text.normalize('NFD')
);

describe('a name of five letters or more', () => {
	const finds = (known: string, text: string) =>
		new Finder([{ name: known, says: 'Otter' }], ordinary).find(text).length === 1;

	it('is found in any casing and normal form, in any company', () => {
		fc.assert(
			fc.property(name, casing, around, (known, cased, [before, after]) =>
				finds(known, before + cased(known) + after)
			)
		);
	});

	it('is found with one slip, where that makes no everyday word', () => {
		const slip = fc.record({
			at: fc.nat(30),
			by: letter,
			kind: fc.constantFrom('add', 'drop', 'swap', 'wrong')
		});
		fc.assert(
			fc.property(name, slip, around, (known, { at, by, kind }, [before, after]) => {
				const i = at % (known.length - 1);
				const slipped = {
					add: known.slice(0, i) + by + known.slice(i),
					drop: known.slice(0, i) + known.slice(i + 1),
					swap: known.slice(0, i) + known[i + 1] + known[i] + known.slice(i + 2),
					wrong: known.slice(0, i) + by + known.slice(i + 1)
				}[kind];
				fc.pre(!ordinary.has(fold(slipped)) && !/s$/.test(slipped));
				return finds(known, before + slipped + after);
			})
		);
	});

	it('never stands in what leaves the phone, be it a word or not', () => {
		fc.assert(
			fc.property(
				fc.array(fc.oneof(name, fc.constantFrom('Grace', 'Will', 'May', 'Hunter')), {
					minLength: 1,
					maxLength: 4
				}),
				fc.array(fc.constantFrom('. ', ' and ', '\n', '? ', ': ', ' told '), { minLength: 4, maxLength: 4 }),
				(known, between) => {
					const names = known.map((one): Known => ({ name: one, says: 'the student' }));
					const text = known.map((one, i) => one + between[i]).join('') + known[0];
					const out = covered(text, new Finder(names, ordinary)).text;
					return known.every((one) => !out.includes(one));
				}
			)
		);
	});
});

it('slips as thumbs do', () => {
	for (const other of ['jonha', 'jona', 'jonahh', 'jomah', 'ojnah'])
		expect(isOneSlip('jonah', other)).toBe(true);
	for (const other of ['jonah', 'joan', 'jonathan', 'noah', 'hanoj'])
		expect(isOneSlip('jonah', other)).toBe(false);
});
