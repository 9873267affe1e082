import { v7 as uuid7 } from 'uuid';
import { LEAST_MS, newTake, type Take } from './take.ts';

const PEAK_MS = 100;

/** A take cut in two after its first run, which lasted `ms`: what was said after the break is a take of its own. */
export function apart(take: Take, ms: number): { first: Take; rest: Take } {
	const from = take.runs[1]!.from;
	const peaks = Math.round(ms / PEAK_MS);
	return {
		first: {
			...take,
			ms,
			runs: [take.runs[0]!],
			pieces: from,
			peaks: take.peaks.slice(0, peaks),
			marks: take.marks.filter((mark) => mark.at_ms < ms)
		},
		rest: {
			...newTake(uuid7(), take.target),
			state: 'kept',
			by: take.by,
			ms: Math.max(LEAST_MS, take.ms - ms),
			runs: take.runs.slice(1).map((run) => ({ ...run, from: run.from - from })),
			pieces: take.pieces - from,
			peaks: take.peaks.slice(peaks),
			marks: take.marks
				.filter((mark) => mark.at_ms >= ms)
				.map((mark) => ({ ...mark, at_ms: Math.round(mark.at_ms - ms) }))
		}
	};
}
