/** A goal's data from what is on this phone, for the goal's own page. The brief's line is the service's. */
import type { ItemRow } from '#lib/cases/cases.svelte.ts';
import type { Stored } from '#lib/store/store.svelte.ts';
import type { Progress } from './chart.ts';

type Item = Pick<ItemRow, 'id' | 'title' | 'details'>;
type Entry = Pick<Stored<'entry'>, 'on' | 'value' | 'details'>;

const number = (value: unknown) => (typeof value === 'number' ? value : null);
const text = (value: unknown) => (typeof value === 'string' && value ? value : null);

/** From its entries, oldest first; undefined while there is neither a baseline nor a value. */
export function progressOf(item: Item, entries: Entry[]): Progress | undefined {
	const said = item.details ?? {};
	const points = entries.map((entry) => {
		const about: Record<string, unknown> = entry.details ?? {};
		const phase = text(about.phase);
		return {
			on: entry.on,
			value: about.absent ? null : number(entry.value),
			phase,
			is_baseline: phase?.toLowerCase() === 'baseline'
		};
	});
	const baseline = number(said.baseline);
	const target = number(said.target);
	const unit = text(said.unit);
	const now = points.findLast((point) => point.value !== null)?.value;
	const start = baseline ?? points.find((point) => point.value !== null)?.value;
	if (start === undefined || start === null) return undefined;
	const way = `From ${start}${target === null ? '' : ` to ${target}`}${unit ? ` ${unit}` : ''}`;
	return {
		item_id: item.id,
		title: item.title,
		unit,
		direction: said.direction === 'decrease' ? 'decrease' : 'increase',
		baseline,
		baseline_on: text(said.baseline_on),
		target,
		target_on: text(said.target_on),
		points,
		look: 'few',
		sentence: now === undefined ? `${way}.` : `${way}; ${now} now.`
	};
}
