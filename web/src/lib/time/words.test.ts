import { describe, expect, it } from 'vitest';
import { clock, clockTime, daysBetween, dayWords, neededBy, said, spokenLength, today } from './words.ts';

const tuesday = '2026-03-03';

describe('a day in words', () => {
	it.each([
		['2026-03-03', 'today'],
		['2026-03-04', 'tomorrow'],
		['2026-03-05', 'Thursday'],
		['2026-03-10', 'in a week'],
		['2026-03-12', 'in 9 days'],
		['2026-03-24', 'in 3 weeks'],
		['2026-08-01', '1 August'],
		['2027-08-01', '1 August 2027'],
		['2026-03-02', 'yesterday'],
		['2026-02-26', 'last Thursday'],
		['2026-02-10', '3 weeks ago']
	])('%s is %s', (day, words) => expect(dayWords(day, tuesday)).toBe(words));
});

it('says a need-by without blame when it is past', () => {
	expect(neededBy('2026-03-05', tuesday)).toBe('Needed by Thursday evening');
	expect(neededBy('2026-03-02', tuesday)).toBe('Needed by yesterday evening');
	expect(neededBy(null, tuesday)).toBe('No rush');
});

it('counts days across a change of the clocks', () => {
	expect(daysBetween('2026-03-07', '2026-03-09')).toBe(2);
});

it('knows the day of the person, not of the machine', () => {
	const at = new Date('2026-03-04T03:30:00Z');
	expect(today('America/New_York', at)).toBe('2026-03-03');
	expect(today('Asia/Tokyo', at)).toBe('2026-03-04');
});

it('says when something was said', () => {
	const now = new Date('2026-03-03T17:00:00Z');
	expect(said('2026-03-03T01:30:00Z', 'America/New_York', now)).toBe('last night');
	expect(said('2026-03-03T14:00:00Z', 'America/New_York', now)).toBe('this morning');
	expect(said('2026-02-28T00:30:00Z', 'America/New_York', now)).toBe('Friday evening');
});

it('writes durations and clock times', () => {
	expect(clock(134)).toBe('2:14');
	expect(clockTime('13:05')).toBe('1:05');
	expect(clockTime('09:30')).toBe('9:30');
	expect(spokenLength(134)).toBe('2 minutes 14 seconds');
	expect(spokenLength(60)).toBe('1 minute');
});
