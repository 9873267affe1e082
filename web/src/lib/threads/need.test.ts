import { expect, it } from 'vitest';
import { dayOf, likely, needs } from './need.ts';

const monday = '2026-03-02';
const friday = { id: 'f', due_on: '2026-03-06', case_id: 'heron' };
const later = { id: 'l', due_on: '2026-03-11', case_id: 'wren' };

it('offers the next meeting, and about a student only that student’s own', () => {
	expect(needs(monday, [friday, later]).map((need) => need.label)).toEqual([
		'Tonight',
		'Before Friday’s meeting',
		'This week',
		'No rush'
	]);
	expect(needs(monday, [friday, later], 'wren')[1]).toMatchObject({ meeting_id: 'l' });
	expect(needs(monday, [friday, later], 'vole').map((need) => need.value)).toEqual([
		'tonight',
		'week',
		'none'
	]);
	expect(needs(monday, [{ ...friday, due_on: '2026-05-01' }]).map((need) => need.value)).not.toContain(
		'meeting'
	);
});

it('takes a near meeting for what is meant', () => {
	expect(likely(needs(monday, [friday]), monday, [friday])).toBe('meeting');
	const far = { ...friday, due_on: '2026-03-20' };
	expect(likely(needs(monday, [far]), monday, [far])).toBe('week');
	expect(likely(needs(monday, []), monday, [])).toBe('week');
});

it('means the evening before the meeting, and the Friday of this or, on a weekend, the next week', () => {
	const [tonight, meeting, week, none] = needs(monday, [friday]);
	expect([tonight, meeting, week, none].map((need) => dayOf(need, [friday]))).toEqual([
		'2026-03-02',
		'2026-03-05',
		'2026-03-06',
		null
	]);
	expect(needs('2026-03-07', []).find((need) => need.value === 'week')?.need_by).toBe('2026-03-13');
});
