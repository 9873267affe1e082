/**
 * How a form asks for one detail: label, shape, choices. `words`, `line`, `lines` and `ticks` are typed and screened.
 * `itemFields.ts` and `entryFields.ts` say which details each kind has.
 */
import { clockTime } from '#lib/time/words.ts';

export type Shape = 'words' | 'line' | 'lines' | 'number' | 'day' | 'time' | 'choice' | 'yes' | 'ticks';
export interface FieldSpec {
	key: string;
	label: string;
	shape: Shape;
	hint?: string;
	choices?: [value: string, label: string][];
	/** Asked for under *More*: nobody has it at hand when the thing is first written down. */
	later?: boolean;
}

export const words = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'words',
	hint
});
export const line = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'line',
	hint
});
export const day = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'day',
	hint
});
export const number = (key: string, label: string, hint?: string): FieldSpec => ({
	key,
	label,
	shape: 'number',
	hint
});
export const yes = (key: string, label: string): FieldSpec => ({ key, label, shape: 'yes' });
export const choice = (key: string, label: string, choices: [string, string][]): FieldSpec => ({
	key,
	label,
	shape: 'choice',
	choices
});

export const later = (...fields: FieldSpec[]): FieldSpec[] =>
	fields.map((field) => ({ ...field, later: true }));

/** A value as it stands on a page; undefined when there is nothing to say. */
export function shown(field: FieldSpec, value: unknown): string | undefined {
	if (value === null || value === undefined || value === '') return undefined;
	if (field.shape === 'time') return clockTime(String(value));
	if (field.shape === 'yes') return value ? 'Yes' : 'No';
	if (field.shape === 'choice') return field.choices?.find(([key]) => key === value)?.[1] ?? String(value);
	if (field.shape === 'ticks')
		return (value as { text?: string; done?: boolean }[])
			.map((tick) => `${tick.done ? '☑' : '☐'} ${tick.text ?? ''}`)
			.join('\n');
	if (Array.isArray(value)) return value.join('\n') || undefined;
	return String(value);
}
