/** Where the lines and signs of a goal's small chart stand. The service says what they mean; this only places them. */
import type { components } from '#lib/api/schema.d.ts';
import { daysBetween } from '#lib/time/words.ts';

export type Progress = components['schemas']['Progress'];

export const WIDTH = 120;
export const HEIGHT = 44;
const PAD = 6;

export interface Chart {
	aim?: { x1: number; y1: number; x2: number; y2: number };
	/** Points joined within a phase only; a missed day is a gap. */
	runs: string[];
	misses: string[];
	baseline: { x: number; y: number }[];
	last?: { x: number; y: number; below: boolean };
}

const round = (n: number) => Math.round(n * 10) / 10;

/** Undefined while there is nothing to draw. The small chart spans the data, not zero: its sentence has the numbers. */
export function draw(progress: Progress): Chart | undefined {
	const measured = progress.points.filter((point) => point.value != null);
	if (measured.length < 2) return undefined;
	const { baseline, baseline_on, target, target_on } = progress;
	const days = progress.points.map((point) => point.on);
	const first = [...days, ...(baseline_on ? [baseline_on] : [])].sort()[0]!;
	const lastDay = [...days].sort().at(-1)!;
	const span = Math.max(daysBetween(first, lastDay), 1);

	const aimAt = (day: string): number | undefined => {
		if (baseline == null || target == null || !baseline_on || !target_on || target_on <= baseline_on) return;
		if (day < baseline_on) return;
		const share = daysBetween(baseline_on, day) / daysBetween(baseline_on, target_on);
		return baseline + (target - baseline) * Math.min(share, 1);
	};
	const aimEnd = aimAt(lastDay);
	const values = measured.map((point) => point.value!);
	if (aimEnd !== undefined && baseline != null) values.push(aimEnd, baseline);
	const low = Math.min(...values);
	const high = Math.max(...values);
	const x = (day: string) => round(PAD + ((WIDTH - 2 * PAD) * daysBetween(first, day)) / span);
	const y = (value: number) => round(PAD + (HEIGHT - 2 * PAD) * (1 - (value - low) / (high - low || 1)));

	const chart: Chart = { runs: [], misses: [], baseline: [] };
	if (aimEnd !== undefined && baseline != null && baseline_on) {
		chart.aim = { x1: x(baseline_on), y1: y(baseline), x2: x(lastDay), y2: y(aimEnd) };
	}
	let run: string[] = [];
	let phase: string | null | undefined;
	const endRun = () => {
		if (run.length > 1) chart.runs.push(run.join(' '));
		run = [];
	};
	for (const point of progress.points) {
		if (point.value == null || point.phase !== phase) endRun();
		phase = point.phase;
		const at = x(point.on);
		if (point.value == null) {
			chart.misses.push(`M${at - 2} ${HEIGHT - PAD - 2}l4 4m0 -4l-4 4`);
			continue;
		}
		run.push(`${at},${y(point.value)}`);
		if (point.is_baseline) chart.baseline.push({ x: at, y: y(point.value) });
	}
	endRun();
	const newest = measured.at(-1)!;
	const aim = aimAt(newest.on);
	const below =
		aim !== undefined && (progress.direction === 'decrease' ? newest.value! > aim : newest.value! < aim);
	chart.last = { x: x(newest.on), y: y(newest.value!), below };
	return chart;
}
