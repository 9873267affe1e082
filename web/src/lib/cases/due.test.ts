import { describe, expect, it } from 'vitest';
import type { Item } from '#lib/api/shapes.ts';
import { dueOn, dueWords, isDone, nounOf } from './due.ts';

const now = '2026-11-18';
const item = (kind: Item['kind'], due_on: string | null, details: Item['details'] = {}) => ({
	kind,
	title: 'Call home',
	due_on,
	details
});

describe('what is due', () => {
	it.each<[string, ReturnType<typeof item>, string | undefined]>([
		['a to-do stays due', item('todo', '2026-11-10'), '2026-11-10'],
		['a deadline stays due', item('deadline', '2026-11-10'), '2026-11-10'],
		['unless it was waived', item('deadline', '2026-11-10', { status: 'waived' }), undefined],
		['a call that has been is history', item('contact', '2026-11-10'), undefined],
		['one that is planned is due', item('contact', '2026-11-19'), '2026-11-19'],
		[
			'a promised step stays due',
			item('contact', '2026-11-10', { next_step_by: '2026-11-12' }),
			'2026-11-12'
		],
		[
			'until it is followed up',
			item('contact', '2026-11-10', { next_step_by: '2026-11-12', followed_up: true }),
			undefined
		],
		['a meeting of today is due', item('meeting', now), now],
		['a meeting that was is not', item('meeting', '2026-11-17'), undefined],
		['a review is due when it is ahead', item('first_talk', null, { review_on: '2026-12-01' }), '2026-12-01'],
		['and not when it is past', item('first_talk', null, { review_on: '2026-11-01' }), undefined],
		['no day, nothing due', item('note', null), undefined]
	])('%s', (_, one, day) => expect(dueOn(one, now)).toBe(day));
});

it('says the next step rather than the call it came from', () => {
	const call = item('contact', '2026-11-10', { next_step: 'Send the chart', next_step_by: '2026-11-20' });
	expect(dueWords(call)).toBe('Send the chart');
	expect(dueWords(item('first_talk', null, { review_on: '2026-12-01' }))).toBe('Talk again');
	expect(dueWords({ ...call, details: { ...call.details, followed_up: true } })).toBe('Call home');
});

it('has nouns for what a student can have', () => {
	expect(nounOf(item('meeting', now, { meeting_kind: 'annual_review' }))).toBe('annual');
	expect(nounOf(item('deadline', now, { rule: 'progress' }))).toBe('progress report');
	expect(nounOf(item('deadline', now, { rule: 'pwn' }))).toBeUndefined();
	expect(isDone(item('goal', now, { progress: 'met' }))).toBe(true);
});
