import { expect, test } from 'vitest';
import { draw, type Progress } from './chart.ts';

const goal = (values: (number | null)[], more: Partial<Progress> = {}): Progress => ({
	item_id: '0',
	title: 'Reading aloud',
	unit: 'words a minute',
	direction: 'increase',
	baseline: 80,
	baseline_on: '2026-09-01',
	target: 110,
	target_on: '2026-12-01',
	points: values.map((value, i) => ({
		on: `2026-09-${String(i * 3 + 1).padStart(2, '0')}`,
		value,
		phase: 'long words',
		is_baseline: false
	})),
	look: 'mixed',
	sentence: '',
	...more
});

test('a single point is no line yet', () => {
	expect(draw(goal([80]))).toBeUndefined();
});

test('a missed day is a gap and a cross, never a zero', () => {
	const chart = draw(goal([80, 82, null, 83, 84]))!;
	expect(chart.runs).toHaveLength(2);
	expect(chart.misses).toHaveLength(1);
});

test('the newest point below the aim line is told by its form', () => {
	expect(draw(goal([80, 80, 80]))!.last!.below).toBe(true);
	expect(draw(goal([80, 90, 99]))!.last!.below).toBe(false);
	expect(draw(goal([80, 90, 99], { direction: 'decrease' }))!.last!.below).toBe(true);
});

test('without a target there is no aim line', () => {
	expect(draw(goal([80, 90], { target: null }))!.aim).toBeUndefined();
});
