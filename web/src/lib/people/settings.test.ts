import { expect, it } from 'vitest';
import type { QuietHours } from '#lib/api/shapes.ts';
import { placeWords, whereWords } from './circles.ts';
import { regionOptions } from './countries.ts';
import { daysWords, quietWords, troubleWith, USUAL, wayOf } from './quiet.ts';
import { zoneOptions, zoneWords } from './zones.ts';

const weekend: QuietHours = { days: [6, 7], from: '00:00', to: '00:00' };

it.each([
	[[1, 2, 3, 4, 5, 6, 7], 'every day'],
	[[5, 4, 3, 2, 1], 'weekdays'],
	[[6, 7], 'Saturday and Sunday'],
	[[1, 2, 3, 4], 'Monday to Thursday'],
	[[1, 3, 5], 'Monday, Wednesday, and Friday']
])('says days as people do: %j', (days, words) => expect(daysWords(days)).toBe(words));

it('tells the usual hours, own ones and none apart', () => {
	expect([undefined, null, USUAL, [], [weekend]].map(wayOf)).toEqual([
		'usual',
		'usual',
		'usual',
		'none',
		'own'
	]);
	expect(quietWords(USUAL, 'en-US')).toMatch(/^8\sPM to 7\sAM$/);
	expect(quietWords([...USUAL, weekend], 'en-GB')).toBe(
		'20:00 to 7:00, every day; all day, Saturday and Sunday'
	);
	expect(quietWords([])).toMatch(/^None/);
});

it('does not keep hours without a day or a time', () => {
	expect(troubleWith([{ days: [], from: '20:00', to: '07:00' }])).toMatch(/day/);
	expect(troubleWith([{ days: [1], from: '', to: '07:00' }])).toMatch(/times/);
	expect(troubleWith([weekend])).toBeUndefined();
});

it('says time zones by the names people use', () => {
	expect(zoneWords('America/Los_Angeles')).toBe('Pacific time');
	expect(zoneWords('Europe/Lisbon')).toBe('Lisbon time');
	expect(zoneWords('America/Indiana/Knox')).toBe('Knox, Indiana time');
	expect(zoneOptions('Mars/Olympus').map((one) => one.value)).toContain('Mars/Olympus');
});

it('offers states and countries, and keeps a code it does not know', () => {
	const options = regionOptions('CA-ON');
	expect(options.find((one) => one.value === 'US-OH')?.label).toBe('Ohio');
	expect(options.find((one) => one.value === 'PT')?.label).toBe('Portugal');
	expect(options.at(-1)?.value).toBe('CA-ON');
	expect(new Set(options.map((one) => one.value)).size).toBe(options.length);
});

it('says in plain words what someone is in a circle', () => {
	expect(placeWords(['teacher'])).toBe('Asks');
	expect(placeWords(['mentor', 'teacher'])).toBe('Asks and answers');
	expect(placeWords(['teacher', 'mentor', 'steward'])).toBe('Asks, answers and hosts');
	expect(whereWords(['steward'])).toBe('You host here');
	expect(whereWords(['teacher', 'mentor'])).toBe('You ask and answer here');
});
