import { expect, it } from 'vitest';
import { draw } from './chart.ts';
import { progressOf } from './goal.ts';

const goal = (details: Record<string, unknown>) => ({ id: 'g', title: 'Starts writing', details });
const entry = (on: string, value: number | null, details: Record<string, unknown> = {}) => ({
	on,
	value,
	details
});

it('says where a goal comes from, where it goes and where it is', () => {
	const details = { baseline: 7, target: 2, unit: 'minutes', direction: 'decrease' };
	const line = progressOf(goal(details), [entry('2026-11-02', 7), entry('2026-11-09', 5)])!;
	expect(line.sentence).toBe('From 7 to 2 minutes; 5 now.');
	expect(draw(line)!.runs).toHaveLength(1);
	expect(progressOf(goal(details), [])!.sentence).toBe('From 7 to 2 minutes.');
});

it('takes a day without data for a gap, and what came before it for now', () => {
	const line = progressOf(goal({}), [entry('2026-11-02', 0), entry('2026-11-09', 3, { absent: true })])!;
	expect(line.points.map((point) => point.value)).toEqual([0, null]);
	expect(line.sentence).toBe('From 0; 0 now.');
});

it('has nothing to say of a goal without numbers', () => {
	expect(progressOf(goal({ target: 4 }), [])).toBeUndefined();
});
